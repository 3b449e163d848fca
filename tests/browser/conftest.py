"""A real Chromium on the real app with the embedded model, or on a fake engine; a fresh visitor for each test."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from sdgui.bench.viewers import CHROMIUM_FLAGS, find_chromium
from tests.running_app import RunningApp
from tests.studio.conftest import ManyModels
from tests.web.conftest import Site, open_site

DESKTOP = (1440, 900)
PHONE = (390, 844)
PATIENCE = 120_000
"""Milliseconds after which something that does not happen has failed."""
SHOTS = Path(os.environ.get("SDGUI_SHOTS", "test-artifacts/screenshots"))


# For this folder alone: while Playwright runs, no later test could start an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    path = find_chromium()
    if path is None:
        raise RuntimeError("No Chromium on the path; .ci/run installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    app = RunningApp(tmp_path_factory.mktemp("app"))
    yield app
    app.kill()


@pytest.fixture(scope="package")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site"), models=ManyModels("other")) as site:
        yield site


@pytest.fixture
def site(shared_site: Site) -> Iterator[Site]:
    """The page with two models and an engine that paints at once, or waits and fails as a test tells it."""
    yield shared_site
    shared_site.settle()


# What of the page changed its place by itself since it was opened; ends with a mark that is moved to be seen.
_MOVED = """
() => new Promise((resolve) => {
  const moved = [];
  const mark = document.createElement("div");
  mark.className = "mark";
  mark.style.cssText = "background: red; height: 40px; left: 0; position: fixed; top: 0; width: 40px; z-index: 99";
  new PerformanceObserver((list) => {
    for (const { sources } of list.getEntries()) {
      for (const { node, currentRect } of sources) {
        const element = node instanceof Element ? node : node?.parentElement;
        if (element === mark) {
          mark.remove();
          resolve(moved);
        } else if (currentRect.width && element?.closest("main.contain > .column")) {
          moved.push(element.id || element.className);
        }
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
  document.body.append(mark);
  requestAnimationFrame(() => requestAnimationFrame(() => { mark.style.top = "200px"; }));
})
"""


class Visitor:
    """One person with a browser of their own; whatever the console complains of is kept."""

    def __init__(self, browser: Browser, *, touch: bool = False) -> None:
        self.context: BrowserContext = browser.new_context(has_touch=touch, color_scheme="dark")
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self._devtools = self.context.new_cdp_session(self.page)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def open(self, url: str) -> Page:
        self.page.goto(url)
        self.page.wait_for_selector("html[data-sdgui=ready]")
        return self.page

    def leave(self) -> None:
        """Closes the page and forgets who this was; what the browser compiled is kept for the next visitor."""
        origin = self.page.evaluate("location.origin")
        self.page.goto("about:blank")
        self.page.unroute_all(behavior="ignoreErrors")
        self.context.set_offline(False)
        self.context.clear_cookies()
        if origin.startswith("http"):
            # Playwright's own set_storage_state() forgets what was compiled, too.
            kept = {"origin": origin, "storageTypes": "local_storage"}
            self._devtools.send("Storage.clearDataForOrigin", kept)
        self.complaints.clear()


class Visitors:
    """Browsers for visitors who come and go: a page opens in a third of the time where one has been before."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[bool, list[Visitor]] = {False: [], True: []}

    @contextmanager
    def come(self, size: tuple[int, int] = DESKTOP, *, touch: bool = False) -> Iterator[Visitor]:
        """Somebody whom no site has seen before; an error if the console complained meanwhile."""
        free = self._free[touch]
        visitor = free.pop() if free else Visitor(self._browser, touch=touch)
        width, height = size
        visitor.page.set_viewport_size({"width": width, "height": height})
        yield visitor
        complaints = visitor.complaints.copy()
        visitor.leave()
        free.append(visitor)
        assert complaints == []


@pytest.fixture(scope="package")
def visitors(browser: Browser) -> Visitors:
    return Visitors(browser)


@pytest.fixture
def make_visitor(visitors: Visitors) -> Iterator[Callable[..., Visitor]]:
    with ExitStack() as stack:

        def make(
            size: tuple[int, int] = DESKTOP, *, touch: bool = False, same_as: Visitor | None = None
        ) -> Visitor:
            visitor = stack.enter_context(visitors.come(size, touch=touch))
            if same_as is not None:
                visitor.context.set_storage_state(same_as.context.storage_state())
            return visitor

        yield make


@pytest.fixture
def page(make_visitor: Callable[..., Visitor], app: RunningApp) -> Page:
    return make_visitor().open(app.url)


@pytest.fixture
def quick(make_visitor: Callable[..., Visitor], site: Site) -> Page:
    """The Dream tab of a fresh visitor, with the fake engine."""
    return make_visitor().open(site.url)


@pytest.fixture
def sheets(make_visitor: Callable[..., Visitor], site: Site) -> Page:
    """The Compare tab of a fresh visitor, with the fake engine."""
    return make_visitor().open(f"{site.url}/#compare")


def moved(page: Page) -> list[str]:
    """What of the page changed its place by itself since it was opened."""
    return page.evaluate(_MOVED)


def shoot(page: Page, name: str) -> None:
    """Keeps what the page looks like now."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def set_slider(page: Page, name: str, value: int | float) -> None:
    """Types a number into a slider's box."""
    box = page.locator(f"#{name} input[type=number]")
    box.fill(str(value))
    box.press("Tab")


def ask(
    page: Page, prompt: str, *, count: int = 4, steps: int = 25, seed: int | None = 1041
) -> None:
    """Fills in the controls, as a person does; does not click Dream."""
    page.fill("#prompt textarea", prompt)
    if not page.locator("#count input[type=number]").is_visible():
        page.click("#settings-button")
    set_slider(page, "count", count)
    set_slider(page, "steps", steps)
    page.fill("#seed input, #seed textarea", "" if seed is None else str(seed))
    if page.locator("#settings-close").is_visible():
        page.click("#settings-close")


def dream(page: Page) -> None:
    page.click("#dream-button")


def finished(page: Page, count: int, row: int = 0) -> None:
    """Waits until the row shows `count` finished pictures."""
    tiles = page.locator(".dream-row").nth(row).locator(".tile[data-state=done]")
    expect(tiles).to_have_count(count)

"""Who watches a dream: a real Chromium where there is one, else a client that fetches what the page would."""

import io
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from PIL import Image

from sdgui.bench.client import AppClient

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PACE = 10
"""The client fetches a preview after a tenth of the steps, as the page does at least."""


def find_chromium() -> str | None:
    """The browser on the path; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


class Shown(Protocol):
    """One page of one visitor, open."""

    def look(self) -> None:
        """Has it see that a dream has begun, from where on it follows by itself."""
        ...

    def count_previews(self, pictures: int) -> int:
        """Waits until so many pictures are shown; how many previews were fetched of them, each of all pictures."""
        ...


class Viewer(Protocol):
    """Opens pages."""

    name: str

    def open(self, client: AppClient) -> Any:
        """A context manager: the page (`Shown`) of the client's visitor, ready."""
        ...

    def close(self) -> None:
        """Ends what was started."""
        ...


def find_viewer() -> Viewer:
    """Chromium where it and Playwright are installed, else a stand-in."""
    path = find_chromium()
    try:
        return StandIn() if path is None else Chromium(path)
    except ImportError:
        return StandIn()


class Chromium:
    """A real browser without a window."""

    name = "in Chromium"

    def __init__(self, path: str) -> None:
        """ImportError where Playwright is not installed."""
        from playwright.sync_api import sync_playwright

        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)

    @contextmanager
    def open(self, client: AppClient) -> Iterator[Shown]:
        """The page in a fresh profile with the client's cookie."""
        with self.page(client.url, *client.cookie()) as page:
            yield ShownInChromium(page)

    @contextmanager
    def page(self, url: str, name: str, value: str) -> Iterator["Page"]:
        """The page of who has this cookie, in a fresh profile; all of it has come."""
        context = self._browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": name, "value": value, "url": url}])
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("html[data-sdgui=ready]")
        page.wait_for_load_state("networkidle")
        yield page
        context.close()

    @contextmanager
    def traced(self, page: "Page") -> Iterator[dict[str, Any]]:
        """What the browser does meanwhile, task by task, as Chromium writes it; filled in at the end."""
        trace: dict[str, Any] = {}
        self._browser.start_tracing(page=page, categories=["toplevel"])
        try:
            yield trace
        finally:
            trace.update(json.loads(self._browser.stop_tracing()))

    def close(self) -> None:
        """Ends the browser."""
        self._browser.close()
        self._playwright.stop()


class ShownInChromium:
    """The page in Chromium, told through its devtools."""

    def __init__(self, page: "Page") -> None:
        self._page = page

    def look(self) -> None:
        """As it looks when somebody comes back to its tab."""
        self._page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def count_previews(self, pictures: int) -> int:
        """By what the page has asked the server for."""
        self._page.wait_for_function(
            "n => document.querySelectorAll('.tile[data-state=done]').length === n", arg=pictures
        )
        count: int = self._page.evaluate(
            "performance.getEntriesByType('resource').filter(({name}) => name.includes('/live/')).length"
        )
        return count


class StandIn:
    """No browser: a thread follows the stream, and fetches and decodes previews and thumbnails as the page does."""

    name = "by a client that fetches what the page does"

    @contextmanager
    def open(self, client: AppClient) -> Iterator[Shown]:
        """Who will follow the client's dreams; somebody new, as in a fresh profile."""
        client.cookie()
        yield ShownToClient(client)

    def close(self) -> None:
        """Nothing was started."""


class ShownToClient:
    """What the page would fetch, fetched."""

    def __init__(self, client: AppClient) -> None:
        self._client = client
        self._previews = 0
        self._pictures = 0
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def look(self) -> None:
        """Begins to follow."""
        self._thread.start()

    def count_previews(self, pictures: int) -> int:
        """By what was fetched; RuntimeError when a picture is missing."""
        self._thread.join()
        if self._pictures != pictures:
            raise RuntimeError(f"{self._pictures} of {pictures} pictures were told of")
        return self._previews

    def _follow(self) -> None:
        shown = -PACE
        for line in self._client.stream("/watch"):
            if not line.startswith("data: "):
                continue
            news = json.loads(line.removeprefix("data: "))
            if news["type"] == "progress" and news["live"]:
                if news["step"] - shown >= max(1, news["steps"] // PACE):
                    shown = news["step"]
                    for strip in news["live"]:
                        self._show(f"/live/{news['job']}/{strip['id']}?rev={strip['revision']}")
                        self._previews += 1
            elif news["type"] == "picture":
                self._show(f"/thumb/{news['picture']}")
                self._pictures += 1

    def _show(self, path: str) -> None:
        """An answer without an image is a preview that is over by now."""
        content = self._client.get(path)
        if content:
            with Image.open(io.BytesIO(content)) as image:
                image.load()

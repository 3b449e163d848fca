"""A sheet outlives its server: killed in the middle and started again, it goes on where it was. No model is needed."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sdgui.bench.server import ENVIRONMENT, ROOT, free_port
from tests.browser.compare_page import ask_wall, begin, dreams, made, sheet, tiles
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


class PaintedApp:
    """The page with the painter in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.start()

    def start(self) -> None:
        """Returns when it answers."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.painter", str(self.port), str(self.folder)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=ENVIRONMENT,
        )
        assert self._process.stdout is not None
        assert self.url in self._process.stdout.readline()

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaintedApp]:
    app = PaintedApp(tmp_path_factory.mktemp("painted"))
    yield app
    app.kill()


def test_a_wall_whose_server_was_killed_completes_itself(
    painted: PaintedApp, make_visitor: Callable[..., Visitor]
) -> None:
    visitor = make_visitor()
    page = visitor.open(f"{painted.url}/#compare")
    ask_wall(page, count=12, steps=12)
    begin(page)
    some_made(page)
    done = pictures(page)
    painted.kill()
    expect(sheet(page).locator(".dream-meta")).to_contain_text("the connection is lost")
    painted.start()
    made(page, 12)
    assert pictures(page)[:4] == done[:4]
    # Chromium's own words about the lost connection
    assert all("net::ERR" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


def test_a_wall_that_was_stopped_is_continued_after_a_restart(
    painted: PaintedApp, make_visitor: Callable[..., Visitor]
) -> None:
    visitor = make_visitor()
    page = visitor.open(f"{painted.url}/#compare")
    ask_wall(page, count=12, steps=12)
    begin(page)
    some_made(page)
    page.click("#stop-button")
    more = sheet(page).locator(".row-continue")
    expect(more).to_be_visible()
    done = pictures(page)
    page.goto("about:blank")
    painted.kill()
    painted.start()
    visitor.open(f"{painted.url}/#compare")
    expect(more).to_have_text(re.compile(r"Continue \(\d\)"))
    more.click()
    made(page, 12)
    assert pictures(page)[:4] == done[:4]
    assert [tile["seed"] for tile in dreams(page)[0]["tiles"]] == list(range(500, 512))


def some_made(page: Page) -> None:
    """Waits for the first batch; the others take a while yet."""
    expect(tiles(page, "done").nth(3)).to_be_visible()


def pictures(page: Page) -> list[str | None]:
    """The ids of the newest sheet's pictures, None where there is none."""
    return [tile["picture"] for tile in dreams(page)[0]["tiles"]]

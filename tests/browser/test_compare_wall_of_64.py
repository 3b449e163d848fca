"""A wall of 64 tiles forms while the page stays quick: its worker events were recorded, no model runs beside it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.compare_page import ask_wall, begin, made
from tests.browser.conftest import Visitor
from tests.browser.replay import COUNT, STEPS, ReplayEngine
from tests.web.conftest import open_site
from tests.web.painter import PaintedModel

pytestmark = pytest.mark.browser

TILES = 64
LONG = 100.0
"""Milliseconds."""
BEGIN = "the wall begins"
TIMELINE = "disabled-by-default-devtools.timeline"
COUNT_PREVIEWS = """
() => {
  window.seen = {};
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      (window.seen[target.dataset.index] ??= new Set()).add(target.dataset.revision);
    }
  }).observe(document.querySelector("#compare"), {
    subtree: true, attributes: true, attributeFilter: ["data-revision"],
  });
}
"""
SEEN = "() => Object.values(window.seen).map((revisions) => revisions.size)"


def test_a_wall_of_64_tiles_causes_no_long_task(
    browser: Browser, make_visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    """Every task of the page's main thread takes at most 100 ms of its processor's time.

    Measured from Chromium's own trace, not by the wall clock: beside other programs a task waits for its turn, and
    that is not the page's doing.
    """
    with open_site(tmp_path, engine=ReplayEngine(), models=PaintedModel(), batch=COUNT) as site:
        page = make_visitor().open(f"{site.url}/#compare")
        ask_wall(page, count=TILES, steps=STEPS)
        page.evaluate(COUNT_PREVIEWS)
        browser.start_tracing(page=page, categories=[TIMELINE, "blink.user_timing"])
        page.evaluate("(name) => performance.mark(name)", BEGIN)
        begin(page)
        made(page, TILES)
        tasks = main_thread_tasks(json.loads(browser.stop_tracing())["traceEvents"])
        seen = sorted(page.evaluate(SEEN))
    assert len(tasks) > 100
    assert max(tasks) <= LONG
    assert len(seen) == TILES
    assert seen[TILES // 2] >= 3, seen


def main_thread_tasks(events: list[dict[str, Any]]) -> list[float]:
    """Milliseconds of processor time of each task of the page since the wall began."""
    mark = next(event for event in events if event["name"] == BEGIN)
    return [
        event["tdur"] / 1000
        for event in events
        if event["name"] == "RunTask"
        and "tdur" in event
        and (event["pid"], event["tid"]) == (mark["pid"], mark["tid"])
        and event["ts"] >= mark["ts"]
    ]

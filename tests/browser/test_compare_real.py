"""Compare with the embedded model: stop and continue, strength 0, a grid, and what all of it looks like."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.compare_page import (
    ask_grid,
    ask_wall,
    asked,
    begin,
    choose,
    choose_mode,
    compared,
    dreams,
    export,
    kept,
    look,
    made,
    press,
    sheet,
    stand_on,
    tiles,
    write,
)
from tests.browser.conftest import PHONE, SHOTS, Visitor, Visitors, shoot
from tests.running_app import RunningApp

pytestmark = pytest.mark.browser

PROMPT = "a red boat at sea, watercolor"
STEPS = 8
COUNT = 15


@pytest.fixture(scope="module")
def owner(visitors: Visitors, app: RunningApp) -> Iterator[Visitor]:
    """Who has a wall, keeps three of it and pinned two."""
    with visitors.come() as visitor:
        page = visitor.open(f"{app.url}/#compare")
        choose(page, "sampler", "DPM++ 2M")
        ask_wall(page, prompt=PROMPT, count=COUNT, steps=STEPS)
        begin(page)
        expect(tiles(page, "preview")).to_have_count(COUNT)
        shoot(page, "compare-forming-1440")
        made(page, COUNT)
        for index in (1, 7, 10):
            stand_on(page, index)
            press(page, "k")
        stand_on(page, 4)
        press(page, "x")
        expect(kept(page)).to_have_count(3)
        stand_on(page, 10)
        press(page, "a")
        stand_on(page, 7)
        press(page, "b")
        compared(page)
        yield visitor


@pytest.fixture(scope="module")
def row(owner: Visitor) -> dict[str, Any]:
    """What the server says of a row of strengths around one of the wall."""
    page = owner.page
    choose_mode(page, "variations")
    stand_on(page, 7, place=-1)
    page.locator("#vary-by label", has_text="Strengths").click()
    write(page, "vary-seed", "77")
    begin(page)
    made(page, 6)
    calm(page)
    shoot(page, "compare-variations-1440")
    return dreams(page)[0]


@pytest.fixture(scope="module")
def grid(owner: Visitor) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the server says of a grid that was stopped after its first row, and then of the whole."""
    page = owner.page
    ask_grid(
        page, ("Prompt S/R", "boat, fish, house"), ("Cfg scale", "2, 4, 8"), prompt=PROMPT, seed=507
    )
    expect(page.locator("#plan")).to_contain_text("9 cells · about")
    begin(page)
    expect(tiles(page, "done").nth(2)).to_be_visible()
    page.click("#stop-button")
    more = sheet(page).locator(".row-continue")
    expect(more).to_be_visible()
    stopped = dreams(page)[0]
    calm(page)
    shoot(page, "compare-stopped-1440")
    more.click()
    made(page, 9)
    calm(page)
    shoot(page, "compare-grid-1440")
    return stopped, dreams(page)[0]


def test_a_wall_of_the_embedded_model(owner: Visitor) -> None:
    page = owner.page
    told = dreams(page)[-1]["tiles"]
    assert [tile["seed"] for tile in told] == list(range(500, 500 + COUNT))
    assert all(tile["match"] is not None for tile in told)
    calm(page)
    shoot(page, "compare-wall-1440")
    look(page, "diff")
    expect(page.locator(".pair-map img")).to_be_visible()
    shoot(page, "compare-pair-1440")
    page.click("#pair-enlarge")
    look(page, "slider")
    shoot(page, "compare-pair-large-1440")
    press(page, "Escape")


def test_strength_0_is_the_picture_itself(owner: Visitor, row: dict[str, Any]) -> None:
    source, first = row["sheet"]["sources"][0], row["tiles"][0]["picture"]
    apart = asked(owner.page, f"/compare/difference?a={source}&b={first}")
    assert apart["mean"] < 1  # of 255: batches of other sizes round differently
    assert apart["differs"] == []


def test_what_was_made_before_a_stop_stays(grid: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = ({tile["picture"] for tile in told["tiles"]} - {None} for told in grid)
    assert len(before) >= 3
    assert before < after


def test_the_exports_of_a_grid(
    owner: Visitor, grid: object, make_visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    page = owner.page
    with Image.open(export(page, "PNG sheet", tmp_path)) as image:
        assert image.width > 3 * 128 and image.height > 3 * 128
        image.save(SHOTS / "compare-sheet.png")
    reader = make_visitor()
    reader.context.set_offline(True)
    reader.page.goto(export(page, "HTML", tmp_path).as_uri())
    expect(reader.page.locator("tbody th")).to_have_text(["2", "4", "8"])
    shoot(reader.page, "compare-html-1440")
    reader.page.locator("figure button").nth(4).click()
    expect(reader.page.locator("dialog")).to_be_visible()
    shoot(reader.page, "compare-html-large-1440")


def test_all_of_it_fits_a_phone(
    owner: Visitor,
    row: object,
    grid: object,
    app: RunningApp,
    make_visitor: Callable[..., Visitor],
) -> None:
    page = make_visitor(PHONE, touch=True, same_as=owner).open(f"{app.url}/#compare")
    kinds = ["grid", "variations", "wall"]
    expect(page.locator("#compare .sheet").first).to_be_visible()
    for kind in kinds:
        found = page.locator(f"#compare .sheet[data-kind={kind}]").first
        found.scroll_into_view_if_needed()
        found.evaluate("(e) => e.scrollIntoView({ block: 'start' })")
        drawn(page)
        shoot(page, f"compare-{kind}-390")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    page.locator(".sheet[data-kind=wall] .tile .open").nth(1).tap()
    expect(page.locator("#compare .tile-bar")).to_be_visible()
    shoot(page, "compare-chosen-390")
    page.locator("#settings-button").tap()
    compared(page)
    look(page, "diff")
    expect(page.locator(".pair-map img")).to_be_visible()
    shoot(page, "compare-pair-390")
    page.locator("#tray").scroll_into_view_if_needed()
    shoot(page, "compare-tray-390")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def calm(page: Page) -> None:
    """Waits until nothing is dreamt, and scrolls the settings up."""
    expect(page.locator("#stop-button")).to_be_hidden()
    page.locator("#settings").evaluate("(e) => e.scrollTo(0, 0)")


def drawn(page: Page) -> None:
    """Waits until the pictures in sight are drawn."""
    page.wait_for_function(
        """() => [...document.querySelectorAll("#compare .tile img")].filter((e) => {
          const { top, bottom } = e.getBoundingClientRect();
          return bottom > 0 && top < innerHeight;
        }).every((e) => e.complete && e.naturalWidth > 0)"""
    )

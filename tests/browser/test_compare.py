"""The Compare tab as people use it: walls, marks, the tray, pins, variations and grids."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from sdgui.errors import UserError
from tests.browser.compare_page import (
    PROMPT,
    ask_grid,
    ask_wall,
    asked,
    begin,
    box,
    choose,
    choose_mode,
    click_dream,
    compared,
    dreams,
    kept,
    look,
    made,
    open_button,
    pin_both,
    press,
    sheet,
    stand_on,
    tiles,
    wall,
    write,
)
from tests.browser.conftest import PHONE, Visitor, set_slider
from tests.browser.test_layout import SMALL
from tests.web.conftest import Site

pytestmark = pytest.mark.browser


def tab_to(page: Page, selector: str) -> None:
    """Goes there with the Tab key alone."""
    for _ in range(80):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def selected(page: Page) -> Locator:
    return page.locator("#compare .tile.is-selected")


def seed_of(tile: Locator) -> str:
    return tile.locator(".seed").inner_text()


def test_a_wall_by_keyboard_alone(make_visitor: Callable[..., Visitor], site: Site) -> None:
    site.engine.match = lambda spec: (spec.seed * 37 % 101) / 101
    page = make_visitor().open(site.url)
    tab_to(page, "#tab-dream")
    press(page, "ArrowRight")
    page.wait_for_selector("body[data-tab=compare]")
    tab_to(page, "#prompt textarea")
    page.keyboard.type(PROMPT)
    press(page, "Control+Enter")
    made(page, 16)
    expect(page.locator("[role=listbox]:visible")).to_have_count(0)  # opened on the way, and closed
    press(page, "Alt+ArrowUp")
    expect(selected(page)).to_have_attribute("data-index", "0")

    first = box(selected(page))
    press(page, "ArrowRight")
    beside = box(selected(page))
    assert beside["y"] == first["y"] and beside["x"] > first["x"]
    press(page, "ArrowDown")
    below = box(selected(page))
    assert below["x"] == pytest.approx(beside["x"], abs=1) and below["y"] > beside["y"]
    press(page, "ArrowLeft", "ArrowUp")
    expect(selected(page)).to_have_attribute("data-index", "0")

    press(page, "k")
    expect(selected(page)).to_have_class(re.compile("is-kept"))
    expect(kept(page)).to_have_count(1)
    a = seed_of(selected(page))
    press(page, "a", "ArrowRight", "x")
    expect(tiles(page).first.locator(".kept-badge")).to_be_visible()
    expect(selected(page)).to_have_class(re.compile("is-rejected"))
    assert float(selected(page).locator("img").evaluate("(e) => getComputedStyle(e).opacity")) < 1
    press(page, "ArrowDown", "b")
    b = seed_of(selected(page))
    expect(page.locator("#pair .is-a .pair-label")).to_have_text(f"A {a}")
    expect(page.locator("#pair .is-b .pair-label")).to_have_text(f"{b} B")
    press(page, "Space")
    expect(page.locator(".pair-stage")).to_have_attribute("data-mode", "flip")
    before = page.locator(".pair-stage").get_attribute("data-shown")
    press(page, "Space")
    expect(page.locator(".pair-stage")).not_to_have_attribute("data-shown", before or "")

    press(page, "Enter")
    expect(page.locator("#viewer")).to_be_visible()
    expect(page.locator("#viewer .viewer-facts dd").first).to_have_text(b)
    press(page, "Space")
    expect(page.locator("#pair-large .pair-stage")).to_have_attribute("data-shown", before or "")
    press(page, "Escape")
    expect(page.locator("#pair-large")).to_be_hidden()
    expect(page.locator("#viewer .viewer-facts dd").first).to_have_text(b)
    press(page, "Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    assert seed_of(selected(page)) == b

    sort = sheet(page).locator(".sheet-sort")
    sort.focus()
    press(page, "ArrowDown")
    expect(sort).to_have_value("match")
    ranks = [score.split()[0] for score in sheet(page).locator(".score").all_inner_texts()]
    assert ranks == [f"#{place}" for place in range(1, 17)]
    assert seed_of(selected(page)) == b
    tab_to(page, "#compare .tile .open")
    assert seed_of(selected(page)) == b

    press(page, "v")
    expect(sheet(page)).to_have_attribute("data-kind", "variations")
    made(page, 8)
    rows = [box(tile)["y"] for tile in tiles(page).all()]
    assert rows == sorted([rows[0], rows[-1]] * 4) and box(tiles(page).first)["width"] > 200
    wall_told, row_told = dreams(page)[1], dreams(page)[0]
    source = next(tile["picture"] for tile in wall_told["tiles"] if str(tile["seed"]) == b)
    assert set(row_told["sheet"]["sources"]) == {source}
    captions = sheet(page).locator(".caption")
    seeds = [str(tile["own"]["variation"]["seed"]) for tile in row_told["tiles"]]
    expect(captions).to_have_text(seeds)
    assert captions.evaluate_all("(all) => all.every((e) => e.scrollWidth <= e.clientWidth)")
    press(page, "k")
    expect(tiles(page).first).to_have_class(re.compile("is-kept"))
    press(page, "Alt+ArrowDown")
    expect(page.locator("#prompt textarea")).to_be_focused()


def test_kept_ones_and_pins_survive_a_reload(sheets: Page) -> None:
    page = sheets
    wall(page)
    stand_on(page, 1)
    press(page, "k")
    stand_on(page, 3)
    press(page, "k")
    expect(kept(page)).to_have_count(2)
    pin_both(page, 1, 2)
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    expect(page.locator("body")).to_have_attribute("data-tab", "compare")
    expect(kept(page)).to_have_count(2)
    expect(page.locator("#tray .tray-title")).to_have_text("Kept 2")
    expect(page.locator("#pair .is-a .pair-label")).to_have_text("A 501")
    expect(page.locator("#pair .is-b .pair-label")).to_have_text("502 B")
    compared(page)
    expect(sheet(page).locator(".tile.is-kept .seed")).to_have_text(["501", "503"])
    stand_on(page, 1)
    press(page, "k")
    expect(kept(page)).to_have_count(1)
    kept(page).locator(".tray-drop").click()
    expect(kept(page)).to_have_count(0)
    expect(sheet(page).locator(".tile.is-kept")).to_have_count(0)
    assert asked(page, "/kept")["pictures"] == []


def test_the_mouse_does_what_the_keys_do(sheets: Page) -> None:
    page = sheets
    wall(page)
    tile = tiles(page).nth(2)

    def use(name: str) -> None:
        tile.hover()
        tile.locator(f".tools [data-name={name}]").click()

    use("keep")
    expect(tile).to_have_class(re.compile("is-kept"))
    expect(kept(page)).to_have_count(1)
    use("reject")
    expect(tile).to_have_class(re.compile("is-rejected"))
    expect(kept(page)).to_have_count(0)
    use("a")
    expect(page.locator("#pair .is-a .pair-label")).to_have_text("A 502")
    tile = tiles(page).nth(3)
    use("b")
    expect(page.locator("#pair .is-b .pair-label")).to_have_text("503 B")
    page.locator("#settings").evaluate("(e) => e.scrollTo(0, e.scrollHeight)")
    expect(page.locator(".pair-stage")).not_to_be_in_viewport()
    press(page, "Space")
    page.wait_for_selector(".pair-stage[data-mode=flip]")
    expect(page.locator(".pair-stage")).to_be_in_viewport(ratio=1)
    page.locator(".pair-turner").click()
    expect(page.locator(".pair-stage")).to_have_attribute("data-shown", "b")
    tile.locator("img").click()
    expect(page.locator("#viewer")).to_be_visible()
    page.click("#viewer-close")
    use("vary")
    expect(sheet(page)).to_have_attribute("data-kind", "variations")
    made(page, 8)


def test_touch_does_what_the_keys_do(make_visitor: Callable[..., Visitor], site: Site) -> None:
    page = make_visitor(PHONE, touch=True).open(f"{site.url}/#compare")
    wall(page)
    bar = page.locator("#compare .tile-bar")

    def bottom(element: Locator) -> float:
        return box(element)["y"] + box(element)["height"]

    def use(index: int, name: str) -> None:
        open_button(page, index).tap()
        expect(selected(page)).to_have_attribute("data-index", str(index))
        button = bar.locator(f"[data-name={name}]")
        button.tap()
        assert box(button)["height"] >= 40 and box(button)["width"] >= 40
        assert bottom(bar) == pytest.approx(bottom(page.locator("#compare")), abs=1)

    use(0, "keep")
    expect(tiles(page).first).to_have_class(re.compile("is-kept"))
    use(1, "reject")
    expect(tiles(page).nth(1)).to_have_class(re.compile("is-rejected"))
    use(2, "a")
    use(3, "b")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    # The two are seen at once, and again from the strip below the sheets.
    for _ in range(2):
        large = page.locator("#pair-large")
        expect(large.locator(".is-a .pair-label")).to_have_text("A 502")
        expect(large.locator(".is-b .pair-label")).to_have_text("503 B")
        expect(large.locator(".pair-table")).to_contain_text("another seed")
        assert page.evaluate(SMALL) == []
        page.go_back()
        expect(large).to_be_hidden()
        expect(page.locator(".pair-strip")).to_have_text(re.compile("Compare 502 and 503"))
        page.locator(".pair-strip").tap()
    page.go_back()
    page.locator(".kept-chip", has_text="Kept 1").tap()
    expect(page.locator("#settings")).to_have_attribute("role", "dialog")
    expect(kept(page)).to_have_count(1)
    expect(page.locator("#tray-export")).to_be_in_viewport()
    page.locator("#settings-close").tap()
    open_button(page, 3).tap()
    expect(page.locator("#viewer")).to_be_visible()
    page.locator("#viewer-close").tap()
    expect(page.locator("#viewer")).to_be_hidden()
    bar.locator("[data-name=vary]").tap()
    expect(sheet(page)).to_have_attribute("data-kind", "variations")
    made(page, 8)
    # What the bar would do is done to what is seen.
    page.locator("#compare").evaluate("(e) => e.scrollTo(0, 0)")
    expect(bar).to_be_hidden()
    page.locator("#compare").evaluate("(e) => e.scrollTo(0, e.scrollHeight)")
    expect(bar).to_be_visible()
    page.get_by_role("button", name="Clear A and B").tap()
    expect(page.locator(".pair-strip")).to_be_hidden()


def test_stop_keeps_what_is_done_and_continue_makes_the_rest(sheets: Page, site: Site) -> None:
    page = sheets
    site.engine.most = 1
    ask_wall(page, count=10)
    expect(page.locator("#prompt-hint")).not_to_contain_text("to the pictures")
    begin(page)
    made(page, 4)
    expect(page.locator("#prompt-hint")).to_contain_text("to the pictures")
    page.click("#stop-button")
    expect(sheet(page)).to_have_attribute("data-state", "cancelled")
    expect(page).to_have_title("stopped · sdgui")
    expect(tiles(page, "stopped")).to_have_count(6)
    expect(sheet(page).locator(".tile:visible")).to_have_count(4)  # and no ghosts
    # In Dream its name and all that can be done with it are seen in a window of middling width, too.
    page.click("#tab-dream")
    page.set_viewport_size({"width": 768, "height": 1024})
    row = page.locator(".dream-row")
    expect(row.locator(".open-sheet")).to_have_text("Open in Compare (4)")
    assert box(row.locator(".dream-title"))["width"] > 100
    assert box(row.locator(".row-remove"))["x"] + box(row.locator(".row-remove"))["width"] <= 768
    # Of small tiles the pictures are seen, and the seed of the one that is meant.
    page.click("#tab-compare")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    expect(tiles(page, "done").first.locator(".seed")).to_have_css("opacity", "0")
    page.set_viewport_size({"width": 1440, "height": 900})
    more = sheet(page).locator(".row-continue")
    expect(more).to_have_text("Continue (6)")
    done = [tile["picture"] for tile in dreams(page)[0]["tiles"]]
    site.engine.most = None
    site.engine.go.set()
    more.click()
    made(page, 10)
    expect(more).to_be_hidden()
    told = dreams(page)[0]["tiles"]
    assert [tile["seed"] for tile in told] == list(range(500, 510))
    assert [tile["picture"] for tile in told][:4] == done[:4]


def test_what_waits_is_one_line_that_opens_when_it_starts_and_leaves_no_ghosts_when_it_is_stopped(
    sheets: Page, site: Site
) -> None:
    page = sheets
    titles, lines = page.locator("#compare .dream-title"), page.locator("#compare .sheet.is-bare")
    site.engine.go.clear()
    for name in ("the first", "the second", "the third"):
        ask_grid(page, ("Seed", "1-4"), prompt=name)
        begin(page)
    for _ in ("asked for", "seen again"):
        expect(titles).to_have_text(["the third", "the second", "the first"])
        expect(sheet(page, 2).locator(".plot")).to_be_visible()
        for place in (0, 1):
            expect(sheet(page, place).locator(".row-stop")).to_have_text("Cancel")
            expect(sheet(page, place).locator(".dream-meta")).to_contain_text("in the queue")
            assert box(sheet(page, place))["height"] < 48
        expect(page.locator("#compare .tile:visible")).to_have_count(4)
        page.reload()
    site.engine.most = 0
    site.engine.go.set()
    expect(sheet(page, 1).locator(".plot")).to_be_visible()
    expect(titles).to_have_text(["the third", "the second", "the first"])
    made(page, 4, 2)

    page.click("#stop-button")
    page.locator(".toast").get_by_role("button", name="Stop all").click()
    expect(lines).to_have_count(2)
    site.engine.most = None
    site.engine.go.set()
    page.reload()
    expect(lines.locator(".dream-meta")).to_have_text(["stopped", "stopped"])
    expect(lines.locator(".row-continue")).to_have_text(["Continue", "Continue"])
    expect(page.locator("#compare .tile:visible")).to_have_count(4)
    lines.nth(0).locator(".row-continue").click()
    made(page, 4)
    expect(sheet(page).locator(".plot")).to_be_visible()
    page.click("#tab-dream")
    second = page.locator(".dream-row").nth(1)
    expect(second.locator(".dream-meta")).to_have_text("stopped")
    expect(second.locator(".row-continue")).to_be_visible()
    page.fill("#prompt textarea", "something else")
    second.locator(".reuse").click()
    expect(page.locator("#prompt textarea")).to_have_value("the second")
    second.locator(".row-remove").click()
    expect(page.locator(".dream-row")).to_have_count(2)
    page.reload()
    expect(page.locator(".dream-row")).to_have_count(2)


def test_refining_a_draft_makes_the_kept_seeds_at_full_steps(sheets: Page) -> None:
    page = sheets
    choose(page, "sampler", "DPM++ 2M")
    page.locator("#draft input").check()
    set_slider(page, "draft-steps", 3)
    wall(page, steps=20)
    assert dreams(page)[0]["steps"] == 3
    stand_on(page, 1)
    press(page, "k")
    stand_on(page, 3)
    press(page, "k")
    refine = page.locator("#tray-refine")
    expect(refine).to_have_text("Refine at 20 steps")
    expect(kept(page)).to_have_count(2)
    refine.click()
    expect(sheet(page)).to_have_attribute("data-kind", "refined")
    made(page, 2)
    told = dreams(page)[0]
    assert [tile["seed"] for tile in told["tiles"]] == [501, 503]
    assert told["steps"] == 20
    expect(refine).to_be_disabled()
    pin_both(page)
    look(page, "diff")
    tiles(page).nth(1).hover()
    sheet(page).locator(".tools [data-name=versus]").click()
    expect(page.locator("#pair .is-a .pair-label")).to_have_text("A 503")
    expect(page.locator("#pair .is-b .pair-label")).to_have_text("503 B")
    compared(page)
    expect(page.locator(".pair-stage")).to_have_attribute("data-mode", "slider")
    expect(page.locator("#pair .pair-differs tr")).to_have_text([re.compile(r"steps\s*3\s*20")])


def test_a_sampler_that_loses_the_composition_is_named_and_another_offered(sheets: Page) -> None:
    page = sheets
    choose(page, "sampler", "Euler a")
    expect(page.locator("#draft-note")).to_be_empty()
    page.locator("#draft input").check()
    expect(page.locator("#draft-note")).to_contain_text("Euler a")
    page.click("#use-steady")
    expect(page.locator("#draft-note")).to_be_empty()
    expect(page.locator("#sampler select")).to_have_value("DPM++ 2M")
    wall(page)
    assert dreams(page)[0]["sampler"] == "DPM++ 2M"


def test_a_row_of_strengths_begins_with_the_picture_itself(sheets: Page) -> None:
    page = sheets
    wall(page)
    choose_mode(page, "variations")
    expect(page.locator("#vary-base")).to_contain_text("Choose a picture first")
    stand_on(page, 2)
    expect(page.locator("#vary-base")).to_contain_text("502")
    page.locator("#vary-by label", has_text="Strengths").click()
    write(page, "vary-strengths", "0-1 [6]")
    begin(page)
    made(page, 6)
    expect(sheet(page).locator(".caption")).to_have_text(
        [f"strength {value}" for value in ("0", "0.2", "0.4", "0.6", "0.8", "1")]
    )
    row, first = dreams(page)[0]["tiles"], dreams(page)[1]["tiles"]
    found = asked(page, f"/compare/difference?a={first[2]['picture']}&b={row[0]['picture']}")
    assert found["mean"] == 0
    assert [tile["own"].get("variation", {}).get("strength", 0) for tile in row] == [
        0, 0.2, 0.4, 0.6, 0.8, 1,
    ]  # fmt: skip


def test_a_grid_says_its_size_and_time_before_it_begins(sheets: Page, site: Site) -> None:
    page = sheets
    site.engine.match = lambda spec: spec.guidance / 20
    ask_grid(page, ("Steps", "2, 3, 4"), ("Cfg scale", "3, 7, 11"))
    expect(page.locator("#plan")).to_have_text(re.compile("^9 cells"))
    begin(page)
    made(page, 9)
    expect(sheet(page).locator(".plot-column")).to_have_text(["2", "3", "4"])
    expect(sheet(page).locator(".plot-row")).to_have_text(["3", "7", "11"])
    # Nothing lies on a picture: its match stands below, and a seed that all share shows on the one pointed at.
    first, score = tiles(page).first, sheet(page).locator(".score").first
    expect(score).to_have_text("#7 0.15")
    assert box(score)["y"] >= box(first)["y"] + box(first)["height"]
    assert box(first)["y"] + box(first)["height"] + 20 <= box(tiles(page).nth(3))["y"]
    expect(first.locator(".seed")).to_have_css("opacity", "0")
    first.hover()
    expect(first.locator(".seed")).to_have_css("opacity", "1")
    # All of it is in sight, also below a line of what waits.
    end, place = box(sheet(page).locator(".score").last), box(page.locator("#compare"))
    assert 54 <= place["y"] + place["height"] - end["y"] - end["height"] < 94
    plot = sheet(page).locator(".plot")
    assert plot.evaluate("(one) => one.scrollHeight - one.clientHeight") == 0
    # Or it fills the width, up to four times its pictures' pixels.
    fill, whole = sheet(page).locator(".sheet-width"), box(first)["width"]
    expect(fill).to_have_text("Fill width")
    fill.click()
    expect(fill).to_have_text("Show whole")
    assert box(first)["width"] == 256 > 1.2 * whole
    page.reload()
    expect(fill).to_have_text("Show whole")
    assert box(first)["width"] == 256
    fill.click()
    assert box(first)["width"] == whole
    write(page, "x-values", "2, 3")
    expect(page.locator("#plan")).to_have_text(re.compile(r"6 cells · about .+"))
    # Two that are pinned leave both axes in sight.
    pin_both(page)
    page.locator("#settings").evaluate("(panel) => { panel.scrollTop = 0; }")
    for axis in ("#x-axis", "#y-axis"):
        expect(page.locator(axis)).to_be_in_viewport(ratio=1)


def test_labels_of_a_grid_stay_in_sight(sheets: Page) -> None:
    page = sheets
    page.set_viewport_size({"width": 900, "height": 620})
    ask_grid(page, ("Seed", "1-12"), ("Cfg scale", "1-5"))
    begin(page)
    made(page, 60)
    plot = sheet(page).locator(".plot")
    last = tiles(page).last
    last.scroll_into_view_if_needed()
    stand_on(page, 59)
    scroller, list_box = box(plot), box(page.locator("#compare"))
    column = box(sheet(page).locator(".plot-column").last)
    row = box(sheet(page).locator(".plot-row").last)
    cell = box(last)
    assert row["x"] >= scroller["x"] - 1
    assert row["x"] + row["width"] <= cell["x"] + 1
    assert column["y"] >= list_box["y"] - 1
    assert column["y"] + column["height"] <= cell["y"] + 1
    assert abs(column["x"] - cell["x"]) <= 2
    assert (
        plot.evaluate("(e) => e.scrollLeft") > 0
        or page.evaluate("document.querySelector('#compare').scrollLeft") > 0
    )


@pytest.mark.parametrize("name", ["help", "confirm"])
def test_a_dialog_fits_a_phone(make_visitor: Callable[..., Visitor], site: Site, name: str) -> None:
    page = make_visitor(PHONE, touch=True).open(site.url)
    page.evaluate("(name) => document.getElementById(name).showModal()", name)
    dialog = box(page.locator(f"#{name}"))
    assert dialog["x"] >= 12
    assert dialog["x"] + dialog["width"] <= PHONE[0] - 12


def test_a_large_grid_asks_first(sheets: Page) -> None:
    page = sheets
    ask_grid(page, ("Seed", "1-13"), ("Steps", "1-5"))
    expect(page.locator("#plan")).to_contain_text("65 cells")
    click_dream(page)
    expect(page.locator("#confirm")).to_contain_text("Dream 65 cells?")
    page.click("#confirm-no")
    expect(page.locator("#confirm")).to_be_hidden()
    assert dreams(page) == []
    click_dream(page)
    page.click("#confirm-yes")
    made(page, 65)
    assert len(dreams(page)) == 1
    click_dream(page)
    expect(page.locator("#confirm")).to_be_visible()


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (("Steps", ""), "no values"),
        (("Steps", "9-3"), "9-3"),
        (("Seed", "1-10000"), "400"),
        (("Prompt S/R", "cat, dog"), "cat"),
        (("Sampler", "Euler, Eulre"), "Eulre"),
    ],
)
def test_bad_values_are_told_in_a_sentence(sheets: Page, x: tuple[str, str], words: str) -> None:
    page = sheets
    ask_grid(page, x)
    values = page.locator("#x-values textarea")
    fault = page.locator("#x-values-error")
    expect(fault).to_contain_text(words)
    expect(values).to_have_attribute("aria-invalid", "true")
    click_dream(page)
    expect(values).to_be_focused()
    expect(fault).to_contain_text(words)
    assert "Traceback" not in fault.inner_text()
    expect(page.locator(".toast")).to_have_count(0)
    assert dreams(page) == []


def test_a_model_that_does_not_load_fails_its_own_row(sheets: Page, site: Site) -> None:
    page = sheets
    site.engine.unloadable["other"] = UserError(
        "The model other could not be loaded.", "Its weights are damaged."
    )
    ask_grid(page, ("Seed", "1-3"), ("Model", "demo, other"))
    begin(page)
    made(page, 3)
    expect(tiles(page, "failed")).to_have_count(3)
    for tile in tiles(page, "failed").all():
        expect(tile).to_contain_text("The model other could not be loaded.")
    assert [tile.get_attribute("data-index") for tile in tiles(page, "failed").all()] == [
        "3", "4", "5",
    ]  # fmt: skip
    site.engine.unloadable.clear()
    sheet(page).locator(".row-continue").click()
    made(page, 6)


def test_the_slider_moves_by_keys_and_by_dragging(sheets: Page) -> None:
    page = sheets
    wall(page)
    pin_both(page)
    handle = page.locator(".pair-handle")
    handle.focus()
    expect(handle).to_have_attribute("aria-valuenow", "50")
    press(page, "ArrowLeft")
    expect(handle).to_have_attribute("aria-valuenow", "48")
    press(page, "Home")
    expect(handle).to_have_attribute("aria-valuenow", "0")
    frame = box(page.locator(".pair-frame"))
    y = frame["y"] + frame["height"] / 2
    page.mouse.move(frame["x"] + 4, y)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.75, y, steps=5)
    page.mouse.up()
    expect(handle).to_have_attribute("aria-valuenow", "75")


def test_four_ways_to_look_at_two_pictures(sheets: Page) -> None:
    page = sheets
    wall(page)
    pin_both(page)
    look(page, "side")
    a, b = box(page.locator(".pair-picture.is-a")), box(page.locator(".pair-picture.is-b"))
    assert a["x"] + a["width"] <= b["x"] + 1
    look(page, "flip")
    expect(page.locator(".pair-picture.is-b")).to_have_attribute("aria-hidden", "true")
    look(page, "diff")
    expect(page.locator(".pair-map img")).to_be_visible()
    table = page.locator(".pair-table")
    expect(table).to_contain_text(re.compile(r"SSIM\s*\?\s*-?\d\.\d\d"))
    expect(table).to_contain_text(re.compile(r"difference\s*\d+\.\d %"))
    page.click("#pair-enlarge")
    expect(page.locator("#pair-large .pair-map img")).to_be_visible()
    level, a = page.locator(".pair-level"), page.locator("#pair-large .is-a img")
    expect(level).to_have_text("400 %")
    assert box(a)["width"] == pytest.approx(4 * 64, abs=0.5)
    page.get_by_role("button", name="1:1").click()
    expect(level).to_have_text("100 %")
    assert box(a)["width"] == pytest.approx(64, abs=0.5)
    press(page, "+", "0")
    expect(level).to_have_text("400 %")
    press(page, "Escape")
    expect(page.locator("#pair-large")).to_be_hidden()

    # What the keyboard stands on has a ring, and the whole of it.
    share, emphasis = sheet(page).locator(".row-share"), page.locator("#emphasis input")
    share.focus()
    assert box(share)["y"] - box(sheet(page))["y"] >= 4
    emphasis.focus()
    expect(emphasis).to_have_css("outline-style", "solid")


def test_only_settings_that_differ_are_listed(sheets: Page) -> None:
    page = sheets
    ask_grid(page, ("Steps", "2, 3"), ("Cfg scale", "3, 7"))
    begin(page)
    made(page, 4)
    pin_both(page, 0, 1)
    expect(page.locator(".pair-differs tr")).to_have_text([re.compile(r"steps\s*2\s*3")])
    stand_on(page, 3)
    press(page, "b")
    compared(page)
    expect(page.locator(".pair-differs tr")).to_have_count(2)
    stand_on(page, 0)
    press(page, "b")
    compared(page)
    expect(page.locator(".pair-differs")).to_have_text("Same settings")


def test_pictures_of_two_sizes_are_not_subtracted(sheets: Page) -> None:
    page = sheets
    ask_grid(page, ("Size", "64x64, 128x64"))
    begin(page)
    made(page, 2)
    pin_both(page)
    expect(page.locator("#pair .pair-note")).to_contain_text("different sizes")
    look(page, "diff")
    expect(page.locator(".pair-map")).to_contain_text("64 × 64")
    expect(page.locator(".pair-map")).to_contain_text("128 × 64")
    expect(page.locator(".pair-map img")).to_have_count(0)


def test_a_prompt_is_shown_and_never_run(sheets: Page) -> None:
    page = sheets
    prompt = (
        "<img src=x onerror=\"document.title='broken'\"><script>alert(1)</script> ' \" &amp; שלום"
    )
    wall(page, prompt=prompt)
    stand_on(page, 0)
    press(page, "k")
    expect(sheet(page).locator(".dream-title")).to_have_text(prompt)
    expect(kept(page).locator(".tray-open")).to_have_attribute(
        "title", re.compile(re.escape(prompt))
    )
    page.click("#tray-export")
    press(page, "Escape")
    label = "<b>bold</b>"
    ask_grid(page, ("Prompt", f'"{label}", plain'), prompt=prompt)
    begin(page)
    made(page, 2)
    expect(sheet(page).locator(".plot-column").first).to_have_text(label)
    pin_both(page)
    expect(page.locator(".pair-differs")).to_contain_text(label)
    assert page.locator(":is(#compare, #pair, #tray) :is(script, b b, img[src=x])").count() == 0
    assert page.title() != "broken"


def test_nothing_jumps_while_a_wall_forms(sheets: Page, site: Site) -> None:
    page = sheets
    site.engine.most = 1
    site.engine.match = lambda spec: (spec.seed % 10) / 10
    assert (
        box(page.locator("#pair-block"))["height"] < 90
    )  # empty, it leaves the place to the settings
    ask_wall(page, count=16)
    begin(page)
    page.keyboard.press("Space")  # which the button has not: it would begin the same once more
    made(page, 4)
    expect(tiles(page)).to_have_count(16)
    page.keyboard.press("Alt+ArrowUp")
    assert page.evaluate("document.activeElement.matches('.sheet .open')")
    expect(page.locator("#compare .sheet")).to_have_count(1)
    before = [box(tile) for tile in tiles(page).all()]
    prompt = box(page.locator("#prompt-box"))
    site.engine.most = None
    site.engine.go.set()
    made(page, 16)
    expect(sheet(page)).to_have_attribute("data-state", "finished")
    expect(sheet(page).locator(".score").first).to_contain_text("0.")
    assert [box(tile) for tile in tiles(page).all()] == before
    expect(page.locator("#stop-button")).to_be_hidden()
    assert box(page.locator("#prompt-box")) == prompt
    # As large as the whole of it can be, row after row, which a longer prompt leaves where they are.
    tops = [tile["y"] for tile in before]
    assert [tops.count(top) for top in sorted(set(tops))] == [6, 6, 4]
    assert before[0]["width"] >= 165
    tiles(page).nth(9).hover()
    tools = tiles(page).nth(9).locator(".tools button:visible")
    expect(tools).to_have_count(6)
    assert len({box(one)["y"] for one in tools.all()}) == 1, "what can be done stands in one line"
    page.fill("#prompt textarea", "a red boat\n" * 5)
    assert box(page.locator("#prompt-box"))["height"] > prompt["height"]
    assert [box(tile) for tile in tiles(page).all()] == before


def test_settings_of_compare_survive_a_reload(sheets: Page) -> None:
    page = sheets
    set_slider(page, "wall-count", 23)
    ask_grid(page, ("Sampler", "Euler, Heun"))
    page.wait_for_function(
        "() => JSON.parse(localStorage.getItem('sdgui-settings')).values.y_axis === 'Nothing'"
    )
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    expect(page.locator("body")).to_have_attribute("data-mode", "grid")
    expect(page.locator("#x-axis select")).to_have_value("Sampler")
    expect(page.locator("#x-values :is(input, textarea)")).to_have_value("Euler, Heun")
    expect(page.locator("#y-axis select")).to_have_value("Nothing")
    choose_mode(page, "wall")
    expect(page.locator("#wall-count input[type=number]")).to_have_value("23")


def test_everything_in_compare_has_a_name(sheets: Page) -> None:
    page = sheets
    wall(page)
    pin_both(page)
    press(page, "k")
    for mode in ("wall", "variations", "grid"):
        choose_mode(page, mode)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, input, textarea, select, a[href], [tabindex='0']")]
              .filter((e) => e.offsetParent !== null)
              .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.title
                || e.labels?.length || e.getAttribute("aria-labelledby")))
              .map((e) => e.outerHTML.slice(0, 120))"""
        )
        assert nameless == []

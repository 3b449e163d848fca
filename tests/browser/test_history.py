"""The History tab over thousands of pictures: what is in the page, the search, selecting, deleting, comparing."""

import io
import os
import re
import secrets
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from sdgui.model_info import ModelRef
from sdgui.picture_query import PictureQuery
from sdgui.records import JobEnd, JobRecord, JobState, TaskRecord
from sdgui.spec import PictureSpec
from sdgui.storage.database import Database, Found
from sdgui.storage.layout import DATABASE, picture_path, thumbnail_path
from tests import peers_files as peers
from tests.browser.compare_page import choose_mode
from tests.browser.conftest import PHONE, Visitors, ask, dream, finished, moved, shoot
from tests.people import who
from tests.web.conftest import Site, visitor_in

pytestmark = pytest.mark.browser

NO_ANSWER = """(address) => {
    const fetch = window.fetch;
    window.fetch = (asked, ...how) => {
        if (asked !== address) return fetch(asked, ...how);
        window.fetch = fetch;
        return Promise.reject(new TypeError());
    };
}"""
"""Nobody answers the next request to an address."""
COUNT_LEAVING = """() => {
    window.leaving = 0;
    const count = (changes) => changes.forEach(({ removedNodes }) => (window.leaving += removedNodes.length));
    new MutationObserver(count).observe(document.querySelector(".history-list"), { childList: true });
}"""
DAYS, PER_DAY = 50, 100
TOTAL = DAYS * PER_DAY


def keep_history(site: Site, visitor: str) -> None:
    """Fifty days with a dream of a hundred pictures each, every other one of a castle; all have the same file."""
    files = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (64, 64), (200, 90, 40)).save(files[0], "PNG")
    Image.new("RGB", (64, 64), (200, 90, 40)).save(files[1], "JPEG")
    folder = site.store._folder.path
    database = Database(folder / DATABASE)
    now = time.time()
    first: list[os.PathLike[str]] = []
    try:
        for day in range(DAYS):
            job = job_of(visitor, now - 86_400 * day, "a castle" if day % 2 else "a boat")
            paths = [picture_path(job.created, task.spec.seed, task.id) for task in job.tasks]
            for task, path in zip(job.tasks, paths, strict=True):
                places = (folder / path, folder / thumbnail_path(path, task.id))
                for i, place in enumerate(places):
                    place.parent.mkdir(parents=True, exist_ok=True)
                    if len(first) <= i:
                        place.write_bytes(files[i].getvalue())
                        first.append(place)
                    else:
                        os.link(first[i], place)
            database.add_job(job, tuple(paths))
            rows = [row for task in job.tasks if (row := database.task(task.id)) is not None]
            found = [Found(task=row, created=job.created, notes={}, size=600) for row in rows]
            database.end_jobs((JobEnd(job=job.id, state=JobState.FINISHED),), found)
    finally:
        database.close()


def job_of(visitor: str, created: float, prompt: str) -> JobRecord:
    specs = (
        PictureSpec(
            prompt=prompt,
            negative_prompt="",
            model=ModelRef(id="demo", hash="ab" * 32),
            width=64,
            height=64,
            steps=2,
            guidance=4.0,
            sampler="Euler",
            seed=seed,
        )
        for seed in range(PER_DAY)
    )
    return JobRecord(
        id=secrets.token_hex(16),
        visitor=visitor,
        created=created,
        state=JobState.QUEUED,
        tasks=tuple(TaskRecord(id=secrets.token_hex(16), spec=spec) for spec in specs),
    )


def loaded(page: Page, shown: int) -> None:
    """The first so many tiles show their pictures: what is deleted while it is still asked for is not found."""
    for i in range(shown):
        expect(tiles(page).nth(i)).to_have_class(re.compile("is-there"))


@pytest.fixture(scope="module")
def many(visitors: Visitors, shared_site: Site) -> Iterator[Page]:
    """A page of somebody with thousands of pictures."""
    with visitors.come() as visitor:
        page = visitor.open(shared_site.url)
        cookies = {each["name"]: each["value"] for each in page.context.cookies()}
        keep_history(shared_site, visitor_in(cookies))
        yield page


@pytest.fixture
def history(many: Page, site: Site) -> Page:
    """The History tab, as one comes to it."""
    many.goto("about:blank")
    many.goto(f"{site.url}/#history")
    many.wait_for_selector("html[data-sdgui=ready]")
    expect(tiles(many).first).to_have_class(re.compile("is-there"))
    return many


def tiles(page: Page) -> Locator:
    return page.locator(".history-tile")


def count(page: Page) -> Locator:
    return page.locator(".history-count b").last


def says(page: Page) -> Locator:
    return page.locator(".history-selected")


def names(page: Page, first: int) -> list[str | None]:
    return [tiles(page).nth(i).get_attribute("aria-label") for i in range(first)]


def test_only_what_is_seen_is_in_the_page_and_every_day_is_a_key_away(history: Page) -> None:
    expect(count(history)).to_have_text("5,000 pictures")
    expect(history.get_by_role("button", name="More", exact=True)).to_be_visible()
    assert moved(history) == []
    assert tiles(history).count() < 200
    tiles(history).first.focus()
    history.keyboard.press("End")
    last = history.locator(f".history-tile[aria-posinset='{TOTAL}']")
    expect(last).to_be_focused()
    expect(last).to_have_attribute("aria-label", re.compile("castle, seed"))
    expect(last).to_have_class(re.compile("is-there"))
    assert tiles(history).count() < 200
    rail = history.get_by_role("slider", name="Day")
    rail.focus()
    history.keyboard.press("Home")
    expect(rail).to_have_attribute("aria-valuetext", "Today")
    history.keyboard.press("ArrowDown")
    expect(rail).to_have_attribute("aria-valuetext", "Yesterday")
    expect(history.locator(".history-head").filter(has_text="Yesterday")).to_be_in_viewport()
    # The pictures have the whole width, and the days lie over their edge where somebody points at them.
    wide = history.locator(".history-list").bounding_box()
    assert wide is not None and wide["width"] == 1440 - 2 * 24
    rail.hover()
    expect(history.locator(".history-marks span").first).to_be_visible()
    assert history.locator(".history-list").bounding_box() == wide
    shoot(history, "history")
    box = rail.bounding_box()
    assert box is not None
    rail.click(position={"x": 40, "y": 0.4 * box["height"]})
    expect(rail).to_have_attribute("aria-valuenow", re.compile("^2"))
    expect(tiles(history).nth(40)).to_have_class(re.compile("is-there"))
    history.evaluate(COUNT_LEAVING)
    former = tiles(history).nth(40).get_attribute("aria-posinset") or ""
    rail.click(position={"x": 40, "y": 0.7 * box["height"]})
    expect(tiles(history).nth(40)).not_to_have_attribute("aria-posinset", former)
    expect(tiles(history).nth(40)).to_have_class(re.compile("is-there"))
    # Coming in costs each of them its styles: they stay, and show other pictures.
    assert history.evaluate("leaving") < tiles(history).count() / 4


def test_back_restores_a_search_and_the_tab(history: Page) -> None:
    history.keyboard.press("/")
    history.keyboard.type("castle")
    expect(count(history)).to_have_text("2,500 pictures")
    assert history.url.endswith("#history?q=castle")
    history.get_by_role("button", name="♥ Kept").click()
    expect(history.locator(".history-note")).to_contain_text("No picture fits that.")
    history.click("#tab-dream")
    history.go_back()
    expect(history.get_by_role("button", name="♥ Kept")).to_have_attribute("aria-pressed", "true")
    history.go_back()
    expect(count(history)).to_have_text("2,500 pictures")
    expect(history.locator("#history-search")).to_have_value("castle")
    history.reload()
    expect(count(history)).to_have_text("2,500 pictures")
    history.get_by_role("button", name="Clear the search").click()
    expect(count(history)).to_have_text("5,000 pictures")
    history.get_by_role("button", name="Date").click()
    days = history.get_by_role("dialog", name="Days")
    assert days.evaluate("(element) => element.scrollWidth <= element.clientWidth")
    days.get_by_role("button", name="Last 7 days").click()
    expect(count(history)).to_have_text("700 pictures")
    history.get_by_role("button", name="Last 7 days").click()
    expect(days.locator("[aria-pressed=true]")).to_have_text("Last 7 days")
    history.keyboard.press("Escape")
    # Who listens is told of days where there are some.
    expect(history.get_by_role("slider", name="Day")).to_have_count(1)
    history.evaluate("location.hash = '#history?sort=match'")
    expect(history.locator(".history-sort")).to_have_text("Best match first")
    expect(history.get_by_role("slider", name="Day")).to_have_count(0)
    assert not history.locator(".history-rail").evaluate("(rail) => rail.tabIndex >= 0")


def test_shift_selects_what_was_never_loaded_and_esc_lets_go(history: Page) -> None:
    tiles(history).nth(2).click(modifiers=["Control"])
    tiles(history).nth(1).focus()
    history.keyboard.press("End")
    history.locator(f".history-tile[aria-posinset='{TOTAL}']").click(modifiers=["Shift"])
    expect(says(history)).to_have_text("4,998 selected")
    with history.expect_download() as saved:
        history.get_by_role("button", name="Export").click()
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert len(archive.namelist()) == 4998
    history.keyboard.press("Escape")
    expect(says(history)).to_be_hidden()
    tiles(history).last.focus()
    history.keyboard.press("Home")
    head = history.locator(".history-all").first
    expect(head).to_have_text("Select all")
    history.keyboard.press("Control+a")
    expect(says(history)).to_have_text("100 selected")
    expect(head).to_have_text("Clear")
    tiles(history).nth(1).click(modifiers=["Control"])
    expect(head).to_have_text("Select all")
    head.click()
    expect(says(history)).to_have_text("100 selected")
    head.click()
    expect(says(history)).to_be_hidden()
    expect(head).to_have_text("Select all")
    box = tiles(history).nth(1).bounding_box()
    assert box is not None
    history.mouse.move(box["x"] + 10, box["y"] + 10)
    history.mouse.down()
    history.mouse.move(box["x"] + 2 * box["width"], box["y"] + 2 * box["height"], steps=4)
    history.mouse.up()
    expect(says(history)).to_have_text("4 selected")


def test_what_is_deleted_goes_at_once_and_undo_brings_it_back_to_its_place(
    history: Page, site: Site
) -> None:
    before = names(history, 6)
    loaded(history, 4)
    tiles(history).nth(1).focus()
    for key in ("Space", "Shift+ArrowRight", "Delete"):
        history.keyboard.press(key)
    expect(count(history)).to_have_text("4,998 pictures")
    assert names(history, 4) == [before[0], *before[3:6]]
    history.get_by_role("button", name="Undo").click()
    expect(count(history)).to_have_text("5,000 pictures")
    expect(tiles(history).nth(1)).to_have_attribute("aria-label", before[1] or "")
    assert names(history, 6) == before
    # Undo fails while the server is away, and works when it is back; another tab hears of both.
    other = history.context.new_page()
    other.goto(history.url)
    expect(count(other)).to_have_text("5,000 pictures")
    history.bring_to_front()
    loaded(history, 4)
    tiles(history).first.focus()
    history.keyboard.press("Delete")
    expect(count(history)).to_have_text("4,999 pictures")
    expect(count(other)).to_have_text("4,999 pictures")
    history.evaluate(NO_ANSWER, "/bin/restore")
    history.get_by_role("button", name="Undo").click()
    expect(history.get_by_role("alert")).to_contain_text("What was deleted is still in the bin.")
    history.get_by_role("button", name="Undo").click()
    expect(count(history)).to_have_text("5,000 pictures")
    expect(count(other)).to_have_text("5,000 pictures")
    other.close()
    loaded(history, 4)
    # On another device of the same person: it shows as soon as somebody comes back to the page.
    anna = who(visitor_in({one["name"]: one["value"] for one in history.context.cookies()}))
    [newest] = site.store.picture_ids(anna.visitor, PictureQuery(), limit=1)
    site.studio.bin(anna, pictures=[newest])
    history.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(count(history)).to_have_text("4,999 pictures")
    site.studio.restore(anna, pictures=[newest])
    history.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(count(history)).to_have_text("5,000 pictures")
    expect(tiles(history).first).to_have_attribute("aria-label", before[0] or "")
    assert names(history, 6) == before


def test_a_folder_is_imported_and_its_picture_tells_what_it_was_made_with(
    history: Page, tmp_path: Path
) -> None:
    (tmp_path / "a fox.png").write_bytes(peers.png({"parameters": peers.INFOTEXT}))
    history.get_by_role("button", name="More", exact=True).click()
    history.get_by_role("menuitem", name="Import a folder…").click()
    path = history.get_by_label("Path of the folder on this machine")
    expect(path).to_be_focused()
    shoot(history, "import")
    path.fill(str(tmp_path / "nothing"))
    path.press("Enter")
    expect(history.get_by_role("alert")).to_contain_text("There is no folder at")
    path.fill(str(tmp_path))
    path.press("Enter")
    line = history.get_by_role("group", name="Import of a folder")
    expect(line).to_contain_text("1 picture came in.")
    expect(count(history)).to_have_text("5,001 pictures")
    expect(tiles(history).first).to_have_attribute("aria-label", re.compile("fox.*seed 965400086"))
    tiles(history).first.focus()
    history.keyboard.press("Enter")
    expect(history.locator(".viewer-facts")).to_contain_text("a fox.png")
    history.get_by_role("button", name="Reuse settings").click()
    expect(history.locator("#made-with")).to_contain_text("the model “v1-5-pruned-emaonly”")
    history.keyboard.press("Escape")
    history.click("#tab-history")
    (tmp_path / "a fox.png").rename(tmp_path / "moved.png")
    history.reload()
    expect(tiles(history).first).to_have_attribute("aria-label", re.compile("file gone"))
    tiles(history).first.click()
    expect(history.locator(".viewer-broken")).to_contain_text(
        "a fox.png, is no longer in the folder"
    )
    expect(history.locator("#viewer-copy")).to_be_visible()
    for name in ("#viewer-download", "#viewer-copy-picture", "#viewer [data-name=share]"):
        expect(history.locator(name)).to_be_hidden()
    shoot(history, "file-gone")
    history.get_by_role("button", name="Take it out of the list").click()
    history.keyboard.press("Escape")
    expect(count(history)).to_have_text("5,000 pictures")


def test_marks_and_stars_are_given_by_key_also_where_a_picture_is_large(history: Page) -> None:
    tiles(history).first.focus()
    history.keyboard.press("k")
    history.keyboard.press("4")
    expect(tiles(history).first).to_have_attribute("aria-label", re.compile("kept, rated 4 of 5"))
    # The second click of a double click falls beside the picture by then, where one click closes it.
    tiles(history).first.dblclick(position={"x": 8, "y": 40})
    assert history.evaluate("getSelection().toString()") == ""
    expect(history.locator("#viewer")).to_be_visible()
    history.keyboard.press("Escape")
    expect(tiles(history).first).to_be_focused()
    history.keyboard.press("Enter")
    expect(history.locator(".viewer-top span")).to_have_text("1 of 5,000")
    history.keyboard.press("ArrowRight")
    expect(history.locator(".viewer-top span")).to_have_text("2 of 5,000")
    history.keyboard.press("5")
    expect(history.locator(".viewer-rating .is-on")).to_have_count(5)
    history.keyboard.press("Escape")
    expect(tiles(history).nth(1)).to_be_focused()
    expect(tiles(history).nth(1)).to_have_attribute("aria-label", re.compile("rated 5 of 5"))
    history.locator("[data-filter=rating]").click()
    history.get_by_role("menuitemradio", name="★ 5").click()
    expect(count(history)).to_have_text("1 picture")
    history.click("#tab-dream")  # whose viewer has the same
    history.locator("#gallery .tile .open:enabled").nth(1).click()
    stars = history.locator(".viewer-rating .is-on")
    history.keyboard.press("2")
    expect(stars).to_have_count(2)
    history.keyboard.press("Escape")
    history.wait_for_function("!history.state?.layers")  # else it meets what comes next


def test_two_are_compared_as_a_and_b_and_more_as_a_wall(history: Page) -> None:
    for i in (0, 3):
        tiles(history).nth(i).click(modifiers=["Control"])
    history.locator(".history-bar").get_by_role("button", name="Share").click()
    expect(history.get_by_role("heading", name="Share this pair")).to_be_visible()
    history.keyboard.press("Escape")
    history.get_by_role("button", name="Compare", exact=True).click()
    expect(history.get_by_role("dialog", name="A and B, large")).to_be_visible()
    history.keyboard.press("Escape")
    expect(history.locator("#pair-enlarge")).to_be_focused()
    expect(history.locator("#pair")).to_have_class(re.compile("is-both"))
    choose_mode(history, "grid")
    history.click("#tab-history")
    tiles(history).first.focus()
    history.keyboard.press("End")
    history.locator(f".history-tile[aria-posinset='{TOTAL}']").click(modifiers=["Control"])
    expect(says(history)).to_have_text("3 selected")
    history.get_by_role("button", name="Compare", exact=True).click()
    wall = history.get_by_test_id("sheet").first
    expect(wall.locator(".tile[data-state=done]")).to_have_count(3)
    expect(wall.locator(".apart")).to_contain_text(["“a boat”", "“a boat”", "“a castle”"])
    expect(wall.locator(".dream-title")).to_have_text("3 pictures")
    expect(history.locator("#compare .welcome")).to_have_count(0)
    expect(history.locator("body")).to_have_attribute("data-mode", "wall")
    history.reload()
    expect(wall.locator(".tile[data-state=done]")).to_have_count(3)
    shoot(history, "wall-of-history")
    expect(history.locator("#gallery .dream-row").first).to_be_attached()
    assert history.locator(f"#gallery [data-job='{wall.get_attribute('data-job')}']").count() == 0
    wall.locator(".open").first.click()
    history.keyboard.press("Delete")
    expect(history.get_by_test_id("toast")).to_contain_text("1 picture deleted")
    history.keyboard.press("Escape")
    expect(wall.locator(".tile[data-state=done]")).to_have_count(2)
    history.keyboard.press("Control+z")
    expect(wall.locator(".tile[data-state=done]")).to_have_count(3)
    wall.get_by_role("button", name="Remove").click()
    expect(history.get_by_test_id("sheet")).to_have_count(0)
    expect(history.get_by_text("The wall is removed; its pictures stay")).to_be_visible()
    history.get_by_role("button", name="Undo").click()
    expect(wall.locator(".tile[data-state=done]")).to_have_count(3)
    history.click("#tab-history")
    expect(count(history)).to_have_text("5,000 pictures")


def test_new_pictures_wait_on_top_while_one_looks_further_down(history: Page) -> None:
    scroll = history.locator(".history-scroll")
    scroll.evaluate("(element) => (element.scrollTop = 3000)")
    seen = history.locator(".history-tile.is-there[data-index='300']")
    place = seen.bounding_box()
    name = seen.get_attribute("aria-label")
    history.click("#tab-dream")
    ask(history, "a fox", count=2, steps=2)
    dream(history)
    finished(history, 2)
    history.click("#tab-history")
    expect(history.locator(".history-fresh")).to_have_text("2 new")
    assert (seen.bounding_box(), seen.get_attribute("aria-label")) == (place, name)
    history.locator(".history-fresh").click()
    expect(tiles(history).first).to_have_attribute("aria-label", re.compile("^a fox"))
    expect(count(history)).to_have_text("5,002 pictures")


def test_phones_select_by_a_long_press_and_filter_in_a_sheet(
    visitors: Visitors, site: Site
) -> None:
    with visitors.come(PHONE, touch=True) as visitor:
        page = visitor.open(site.url)
        ask(page, "a fox", count=2, steps=2)
        dream(page)
        finished(page, 2)
        page.click("#tab-history")
        expect(count(page)).to_have_text("2 pictures")
        page.reload()
        expect(count(page)).to_have_text("2 pictures")
        expect(page.get_by_role("button", name="More", exact=True)).to_be_visible()
        assert moved(page) == []
        tile = tiles(page).first
        tile.dispatch_event("pointerdown", {"pointerType": "touch", "button": 0, "bubbles": True})
        expect(tile).to_have_attribute("aria-selected", "true")
        expect(page.get_by_text("1 selected of")).to_be_visible()
        page.click("#history-filters")
        page.get_by_label("Kept only").check()
        page.get_by_role("button", name="Show 0 pictures").click()
        expect(page.locator(".history-note")).to_contain_text("No picture fits that.")
        page.get_by_role("button", name="Clear filters").last.click()
        expect(count(page)).to_have_text("2 pictures")
        tiles(page).first.focus()
        for key in ("Control+a", "Delete"):
            page.keyboard.press(key)
        expect(page.locator(".history-note")).to_contain_text("in the bin, 2 of them")
        page.get_by_role("button", name="Open the bin").click()
        expect(tiles(page)).to_have_count(2)

"""What the Compare tab exports, opened and looked at as who gets the file does."""

import errno
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from sdgui.events import Pixels
from tests.browser.compare_page import (
    PROMPT,
    ask_grid,
    begin,
    box,
    dreams,
    export,
    made,
    press,
    request,
    sheet,
    stand_on,
    url_of,
    wall,
)
from tests.browser.conftest import Visitor
from tests.web.conftest import Site

pytestmark = pytest.mark.browser

NASTY = "a \"red\" <script>document.title='broken'</script> boat, 'at' sea & snow"


@pytest.fixture
def grid(sheets: Page) -> Page:
    """A grid of three seeds by two prompts, of which two are kept."""
    page = sheets
    ask_grid(page, ("Seed", "500-502"), ("Prompt S/R", "boat, <b>fish</b>"), prompt=NASTY)
    begin(page)
    made(page, 6)
    for index in (0, 4):
        stand_on(page, index)
        press(page, "k")
    expect(page.locator("#tray .tray-title")).to_have_text("Kept 2")
    return page


def pictures(page: Page) -> list[bytes]:
    """The original files of the newest sheet, in its order."""
    ids = [tile["picture"] for tile in dreams(page)[0]["tiles"]]
    return [request(page).get(f"{url_of(page)}/picture/{one}").body() for one in ids]


def pixels(png: bytes | Path) -> Pixels:
    with Image.open(png if isinstance(png, Path) else io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def place_of(picture: Pixels, within: Pixels) -> tuple[int, int]:
    """Left and top of a picture of one colour in a sheet; it is there in full."""
    ys, xs = np.nonzero((within == picture[0, 0]).all(axis=2))
    top, left = int(ys.min()), int(xs.min())
    height, width, _ = picture.shape
    assert (within[top : top + height, left : left + width] == picture).all()
    return left, top


def test_the_png_sheet_holds_every_pixel_in_its_place(grid: Page, tmp_path: Path) -> None:
    path = export(grid, "PNG sheet", tmp_path)
    with Image.open(path) as image:
        assert image.format == "PNG"
        width, height = image.size
        told = json.loads(image.info["sdgui-sheet"])
    assert told["title"] == NASTY
    assert [cell["spec"]["seed"] for cell in told["cells"]] == [500, 501, 502] * 2
    whole = pixels(path)
    places = [place_of(pixels(png), whole) for png in pictures(grid)]
    lefts, tops = [left for left, _ in places], [top for _, top in places]
    assert lefts[:3] == lefts[3:] == sorted(set(lefts))
    assert len(set(tops[:3])) == len(set(tops[3:])) == 1 and tops[0] < tops[3]
    assert lefts[0] > 0 and tops[0] > 0  # the labels
    assert width >= lefts[2] + 64 and height >= tops[3] + 64
    assert width < 3 * 64 + 600 and height < 2 * 64 + 400


def test_the_zip_holds_the_originals_and_what_they_are(grid: Page, tmp_path: Path) -> None:
    with zipfile.ZipFile(export(grid, "ZIP", tmp_path)) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("grid.json"))
        files = [archive.read(cell["file"]) for cell in told["cells"]]
        names = archive.namelist()
    assert files == pictures(grid)
    assert names[0] == "r01-c01-seed-500.png" and len(names) == 7
    assert told["sheet"]["x"] == {"title": "Seed", "labels": ["500", "501", "502"]}
    assert told["sheet"]["y"] == {"title": "Prompt S/R", "labels": ["boat", "<b>fish</b>"]}
    assert [cell["mark"] for cell in told["cells"]] == ["kept", "", "", "", "kept", ""]


def test_the_html_opens_offline(
    grid: Page, tmp_path: Path, make_visitor: Callable[..., Visitor]
) -> None:
    path = export(grid, "HTML", tmp_path)
    reader = make_visitor()
    reader.context.set_offline(True)
    requests: list[str] = []
    reader.page.on("request", lambda request: requests.append(request.url))
    reader.page.goto(path.as_uri())
    page = reader.page
    expect(page.locator("h1")).to_have_text(NASTY)
    assert page.title() == NASTY
    expect(page.locator("thead th")).to_have_text(["500", "501", "502"])
    expect(page.locator("tbody th")).to_have_text(["boat", "<b>fish</b>"])
    images = page.locator("figure img")
    expect(images).to_have_count(6)
    widths = page.evaluate(
        "Promise.all([...document.querySelectorAll('figure img')].map(async (e) => (await e.decode(), e.naturalWidth)))"
    )
    assert widths == [64] * 6
    images.nth(4).click()
    dialog = page.locator("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("h2")).to_have_text("Seed 501 · Prompt S/R <b>fish</b>")
    large = dialog.locator("#large img")
    assert box(large)["width"] > 64
    press(page, "ArrowRight")
    expect(dialog.locator("h2")).to_have_text("Seed 502 · Prompt S/R <b>fish</b>")
    with page.expect_download() as download:
        dialog.locator("#save").press("Enter")
    assert download.value.suggested_filename == "r02-c03-seed-502.png"
    assert download.value.path().read_bytes() == pictures(grid)[5]
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    assert page.locator("b, h1 script").count() == 0
    assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]


def test_the_kept_ones_alone_can_be_taken_along(grid: Page, tmp_path: Path) -> None:
    with zipfile.ZipFile(export(grid, "ZIP", tmp_path, place=1)) as archive:
        told = json.loads(archive.read("grid.json"))
    assert [(cell["spec"]["seed"], cell["mark"]) for cell in told["cells"]] == [
        (500, "kept"),
        (501, "kept"),
    ]
    grid.click("#tray-export")
    with grid.expect_download() as download:
        grid.locator('.sd-menu[role="menu"] button', has_text="PNG sheet").click()
    whole = pixels(download.value.path())
    originals = [pixels(png) for png in pictures(grid)]
    for index in (0, 4):
        place_of(originals[index], whole)
    assert not (whole == originals[1][0, 0]).all(axis=2).any()


def test_the_menu_is_used_by_keyboard_and_closes(grid: Page) -> None:
    button = grid.locator(".sheet-export")
    button.focus()
    press(grid, "Enter")
    menu = grid.locator('.sd-menu[role="menu"]')
    expect(menu).to_be_visible()
    expect(menu.locator("button").first).to_be_focused()
    press(grid, "ArrowDown")
    expect(menu.locator("button").nth(1)).to_be_focused()
    press(grid, "Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()


def test_a_full_disk_is_told_in_a_sentence(
    make_visitor: Callable[..., Visitor], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    visitor = make_visitor()
    page = visitor.open(f"{site.url}/#compare")
    wall(page)
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    sheet(page).locator(".sheet-export").click()
    page.locator('.sd-menu[role="menu"] button', has_text="PNG sheet").click()
    expect(page.locator(".toast.is-error")).to_contain_text("The disk is full")
    assert "503" in visitor.complaints.pop()  # Chromium's own word about the answer


def test_a_sheet_without_a_picture_offers_nothing(sheets: Page, site: Site) -> None:
    site.engine.go.clear()
    ask_grid(sheets, ("Seed", "1-2"), prompt=PROMPT)
    begin(sheets)
    expect(sheet(sheets).locator(".tile")).to_have_count(2)
    sheet(sheets).locator(".sheet-export").click()
    expect(sheets.locator('.sd-menu[role="menu"]')).to_contain_text("No picture is finished yet")
    expect(sheets.locator('.sd-menu[role="menu"] button')).to_have_count(0)
    press(sheets, "Escape")
    site.engine.go.set()
    made(sheets, 2)

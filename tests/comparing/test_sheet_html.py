"""HTML sheets, parsed again: everything inside, nothing fetched, nothing a visitor typed taken for HTML."""

import base64
import hashlib
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sdgui.comparing.cells import Cell
from sdgui.comparing.sheet_html import write_html
from sdgui.sheet import Axis, Sheet, SheetKind
from tests.comparing.samples import PROMPT, WALL, FullDisk, grid, named, png, spec, stored, wall

HOSTILE = '</script><img src=x onerror="window.bad=1"> \'"<!-- ]]> &amp; \u202e {0} \x00'
OPEN = {"meta", "link", "img", "br", "input"}


class Page(HTMLParser):
    """The page as a browser reads it: elements with their attributes, and text by the element that holds it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.path: list[str] = []
        self.feed(html)
        self.close()
        assert self.path == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in OPEN:
            self.path.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.path.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.path[-1] if self.path else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def said(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]


def written(sheet: Sheet, cells: tuple[Cell, ...], title: str = PROMPT) -> str:
    file = io.BytesIO()
    write_html(title, sheet, cells, file)
    return file.getvalue().decode()


def page(sheet: Sheet, cells: tuple[Cell, ...], title: str = PROMPT) -> Page:
    return Page(written(sheet, cells, title))


def pictures(found: Page) -> list[bytes]:
    sources = [str(image.get("src")) for image in found.all("img") if image.get("src")]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    return [base64.b64decode(source.split(",", 1)[1], validate=True) for source in sources]


def test_every_picture_is_inside_byte_for_byte(tmp_path: Path) -> None:
    cells = wall(3)
    assert pictures(page(WALL, stored(tmp_path, cells))) == [cell.png for cell in cells]


def test_a_grid_is_a_table_with_headers() -> None:
    found = page(*grid(3, 2))
    assert [head["scope"] for head in found.all("th")] == ["col"] * 3 + ["row"] * 2
    assert len(found.all("figure")) == len(found.all("td")) - 1 == 6  # and the corner


def test_a_column_alone_is_a_table_too() -> None:
    column = Sheet(kind=SheetKind.GRID, y=Axis(title="Steps", labels=("5", "10")))
    found = page(column, wall(2))
    assert [head["scope"] for head in found.all("th")] == ["row", "row"]
    assert [cell["data-label"] for cell in found.all("figure")] == ["Steps 5", "Steps 10"]


def test_the_corner_names_the_axes() -> None:
    html = written(*grid(3, 2))
    assert '<td class="corner"><div>Steps →</div><div>Cfg scale ↓</div></td>' in html


def test_a_wall_is_a_list() -> None:
    found = page(WALL, wall(5))
    assert len(found.all("li")) == 5
    assert found.said("span")[:5] == ["500", "501", "502", "503", "504"]


def test_a_long_row_is_folded() -> None:
    found = page(*named("Steps", tuple(str(i) for i in range(40))))
    assert len(found.all("li")) == 40
    assert found.all("table") == []


def test_every_cell_names_its_file_and_what_it_is() -> None:
    cells = page(*grid(2, 2)).all("figure")
    assert [cell["data-file"] for cell in cells] == [
        "r01-c01-seed-500.png",
        "r01-c02-seed-500.png",
        "r02-c01-seed-500.png",
        "r02-c02-seed-500.png",
    ]
    assert [cell["data-label"] for cell in cells] == [
        "Steps 1 · Cfg scale 1",
        "Steps 2 · Cfg scale 1",
        "Steps 1 · Cfg scale 2",
        "Steps 2 · Cfg scale 2",
    ]


def test_every_picture_has_a_text_and_its_size() -> None:
    images = [image for image in page(*grid(2, 1)).all("img") if image.get("src")]
    assert [image["alt"] for image in images] == [
        "Steps 1 · Cfg scale 1",
        "Steps 2 · Cfg scale 1",
    ]
    assert {(image["width"], image["height"]) for image in images} == {("128", "128")}


def test_settings_are_told_once_shared_or_by_each() -> None:
    found = page(WALL, wall(2))
    assert found.said("dt").count("Seed") == 2
    assert found.said("dt").count("Sampler") == 1
    assert found.said("dd").count(PROMPT) == 1


def test_what_can_be_pressed_is_a_button() -> None:
    found = page(WALL, wall(1))
    assert found.all("a") == []
    assert "save" in [button.get("id") for button in found.all("button")]


def test_a_missing_picture_says_why() -> None:
    failed = Cell(spec(501), None, fault="The model could not be loaded.")
    found = page(WALL, (wall(1)[0], failed, Cell(spec(502), None)))
    assert len(pictures(found)) == 1
    assert "The model could not be loaded." in found.said("span")
    assert "not made" in found.said("span")


def test_a_picture_deleted_meanwhile_is_missing(tmp_path: Path) -> None:
    cells = stored(tmp_path, wall(2))
    assert isinstance(cells[0].png, Path)
    cells[0].png.unlink()
    assert len(pictures(page(WALL, cells))) == 1


def test_kept_ones_are_marked() -> None:
    kept = Cell(spec(), png(spec()), mark="kept")
    figures = page(WALL, (kept, wall(1)[0])).all("figure")
    assert [figure.get("class") for figure in figures] == ["kept", None]


def test_matches_are_told() -> None:
    assert "0.31" in page(WALL, (Cell(spec(), png(spec()), match=0.3072),)).said("span")


def hostile() -> tuple[Sheet, tuple[Cell, ...]]:
    sheet = Sheet(
        kind=SheetKind.GRID,
        x=Axis(title=HOSTILE, labels=(HOSTILE, "b")),
        y=Axis(title=HOSTILE, labels=(HOSTILE,)),
    )
    first = spec(prompt=HOSTILE, negative_prompt=HOSTILE, sampler=HOSTILE)
    return sheet, (Cell(first, png(first)), Cell(spec(), None, fault=HOSTILE))


def test_what_a_visitor_typed_is_never_html() -> None:
    tame = page(*grid(2, 1))
    found = page(*hostile(), title=HOSTILE)
    extra = len(tame.all("button")) - len(found.all("button"))  # one picture is missing
    assert extra == 1
    assert len(found.all("script")) == 1
    assert {tag for tag, _ in found.elements} <= {tag for tag, _ in tame.elements} | {"svg", "span"}
    for _, attributes in found.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert [image for image in found.all("img") if image.get("src") == "x"] == []


def test_what_a_visitor_typed_is_shown_as_typed() -> None:
    found = page(*hostile(), title=HOSTILE)
    shown = HOSTILE.replace("\0", "\ufffd")
    assert found.said("title") == found.said("h1") == [shown]
    assert shown in found.said("dd")


def test_the_file_has_no_nul() -> None:
    assert "\0" not in written(*hostile(), title=HOSTILE)


def test_nothing_is_fetched() -> None:
    html = written(*grid(2, 2))
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", html.split("<main", 1)[0]) == []
    assert "url(" not in html
    assert "@import" not in html
    found = Page(html)
    for _, attributes in found.elements:
        for name in ("src", "href", "srcset", "action", "poster"):
            assert str(attributes.get(name) or "data:").startswith("data:")


def test_the_policy_allows_only_the_pages_own_script_and_style() -> None:
    html = written(WALL, wall(1))
    policy = next(
        str(meta["content"])
        for meta in Page(html).all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        text = html.split(f"<{tag}>", 1)[1].split(f"</{tag}>", 1)[0]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}'" in policy


def test_the_policy_stands_before_everything_that_it_governs() -> None:
    elements = Page(written(WALL, wall(1))).elements
    policy = next(i for i, (_, found) in enumerate(elements) if "http-equiv" in found)
    assert policy < min(
        i for i, (tag, _) in enumerate(elements) if tag in ("style", "link", "script")
    )


def test_it_is_written_one_picture_at_a_time(tmp_path: Path) -> None:
    cells = stored(tmp_path, wall(40, width=256, height=256))

    class Largest(io.BytesIO):
        most = 0

        def write(self, data: object) -> int:
            assert isinstance(data, bytes)
            self.most = max(self.most, len(data))
            return super().write(data)

    file = Largest()
    write_html(PROMPT, WALL, cells, file)
    assert file.most < 16_000  # the style, or one picture
    assert len(file.getvalue()) > 40_000


@pytest.mark.parametrize("room", [0, 5000, 20000])
def test_a_full_disk_is_told_as_it_is(room: int) -> None:
    with pytest.raises(OSError, match="No space left"):
        write_html(PROMPT, WALL, wall(40), FullDisk(room))


def test_cells_that_do_not_fill_the_axes_are_refused() -> None:
    sheet, cells = grid(2, 2)
    with pytest.raises(ValueError, match="cannot fill"):
        write_html(PROMPT, sheet, cells[:3], io.BytesIO())


def test_a_sheet_of_nothing_is_still_a_page() -> None:
    assert page(WALL, ()).said("h1") == [PROMPT]

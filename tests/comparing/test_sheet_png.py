"""PNG sheets, opened again: every picture at its place, labels where they belong, sizes within limits."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdgui.comparing import sheet_layout
from sdgui.comparing.cells import Cell
from sdgui.comparing.lettering import READABLE, Lettering
from sdgui.comparing.sheet_layout import MAX_PIXELS, MAX_SIDE, Layout, lay_out, texts_of
from sdgui.comparing.sheet_png import write_png
from sdgui.model_info import ModelRef
from sdgui.sheet import SHEET, Axis, Sheet, SheetKind
from tests.comparing.samples import (
    PROMPT,
    WALL,
    FullDisk,
    colour,
    grid,
    named,
    places_of,
    png,
    spec,
    stored,
    wall,
)

LONG = "a watercolour of a red bicycle leaning against a white wall beside a window, " * 6


def drawn(
    sheet: Sheet, cells: tuple[Cell, ...], title: str = PROMPT, *, light: bool = False
) -> Image.Image:
    file = io.BytesIO()
    write_png(title, sheet, cells, file, light=light)
    image = Image.open(file)
    image.load()
    return image


def layout_of(sheet: Sheet, cells: tuple[Cell, ...], title: str = PROMPT) -> Layout:
    texts = texts_of(title, sheet, cells)
    return lay_out(texts, cells, Lettering(texts.all))


def has_letters(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether anything light stands within left, top, right, bottom."""
    return bool(np.asarray(image.crop(box).convert("L")).max() > 120)


def test_every_picture_of_a_grid_is_at_its_place() -> None:
    image = drawn(*grid(3, 2))
    places = [places_of(image, i) for i in range(6)]
    assert all(place is not None for place in places)
    lefts = [place[0] for place in places if place]
    tops = [place[1] for place in places if place]
    assert lefts[:3] == lefts[3:] == sorted(set(lefts))
    assert tops[0] == tops[1] == tops[2] < tops[3] == tops[4] == tops[5]


def test_pictures_keep_their_pixels() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    noise[0, 0], noise[-1, -1] = colour(3), colour(3)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, format="PNG")
    image = drawn(WALL, (Cell(spec(), file.getvalue()),))
    place = places_of(image, 3)
    assert place is not None
    assert np.array_equal(np.asarray(image.crop(place)), noise)


def test_every_column_and_row_has_its_label() -> None:
    image = drawn(*grid(3, 2))
    for column in range(3):
        left, top, right, _ = places_of(image, column) or pytest.fail()
        assert has_letters(image, (left, top - 30, right, top - 4))
    for row in range(2):
        left, top, _, bottom = places_of(image, row * 3) or pytest.fail()
        assert has_letters(image, (0, top, left - 4, bottom))


def test_a_wall_is_as_square_as_it_can_be_without_gaps() -> None:
    image = drawn(WALL, wall(15))
    lefts = {(places_of(image, i) or pytest.fail())[0] for i in range(15)}
    assert len(lefts) == 5


def test_every_picture_of_a_wall_has_its_seed_below() -> None:
    image = drawn(WALL, wall(9))
    for i in range(9):
        left, _, right, bottom = places_of(image, i) or pytest.fail()
        assert has_letters(image, (left, bottom + 2, right, bottom + 20))


def test_a_wall_says_how_well_each_matches() -> None:
    matched = tuple(Cell(cell.spec, cell.png, match=0.5 + i / 10) for i, cell in enumerate(wall(4)))
    texts = texts_of(PROMPT, WALL, matched)
    assert texts.captions == ("500", "501", "502", "503")
    assert texts.matches == ("0.50", "0.60", "0.70", "0.80")
    assert texts.shared.endswith("each with its seed and match to the prompt")


def test_a_long_row_is_folded() -> None:
    sheet, cells = named("Seed", tuple(str(i) for i in range(40)))
    layout = layout_of(sheet, cells)
    assert len({box.top for box in layout.boxes}) > 3
    assert texts_of(PROMPT, sheet, cells).captions == sheet.x.labels  # type: ignore[union-attr]


def test_a_short_row_stays_one() -> None:
    sheet, cells = named("Seed", tuple(str(i) for i in range(8)))
    assert len({box.top for box in layout_of(sheet, cells).boxes}) == 1


@pytest.mark.parametrize(
    ("columns", "rows", "side"),
    [(2, 1, 1024), (3, 2, 128), (20, 20, 128), (20, 20, 64), (200, 2, 128), (2, 200, 128)],
)
def test_labels_can_be_read_when_a_sheet_is_seen_whole(columns: int, rows: int, side: int) -> None:
    sheet, cells = grid(columns, rows, width=side, height=side)
    layout = layout_of(sheet, cells)
    assert min(words.size for words in layout.words) >= READABLE
    if max(columns, rows) <= 20:  # a ribbon of 200 cannot be
        on_a_screen = min(1, 900 / layout.height, 1440 / layout.width)
        assert layout.label_size * on_a_screen >= 8


@pytest.mark.parametrize("side", [512, 1024, 2048])
@pytest.mark.parametrize(("columns", "rows"), [(20, 20), (400, 1), (1, 400), (100, 4)])
def test_400_cells_stay_within_the_limits(columns: int, rows: int, side: int) -> None:
    sheet, cells = grid(columns, rows, width=64, height=64)
    large = tuple(Cell(spec(cell.spec.seed, width=side, height=side), None) for cell in cells)
    layout = layout_of(sheet, large)
    assert max(layout.width, layout.height) <= MAX_SIDE
    assert layout.width * layout.height <= MAX_PIXELS
    assert min(words.size for words in layout.words) >= READABLE


def test_a_sheet_too_large_is_drawn_with_smaller_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_layout, "MAX_PIXELS", 2**19)
    image = drawn(*grid(4, 4, width=512, height=256))
    assert image.width * image.height <= 2**19
    for i in range(16):
        left, top, right, bottom = places_of(image, i) or pytest.fail()
        assert 64 < right - left < 512
        assert (right - left) / (bottom - top) == pytest.approx(2, abs=0.05)


def test_nothing_overlaps() -> None:
    sheet, cells = grid(4, 3)
    layout = layout_of(sheet, cells, LONG)
    taken = np.zeros((layout.height, layout.width), dtype=int)
    for box in layout.boxes:
        taken[box.top : box.top + box.height, box.left : box.left + box.width] += 1
    for words in layout.words:
        top, left = round(words.top), round(words.left)
        taken[top : top + words.height, left : left + round(words.width)] += 1
    assert taken.max() == 1


def test_long_labels_are_cut_within_their_columns() -> None:
    sheet, cells = named("Prompt", (LONG, "a red car"))
    layout = layout_of(sheet, cells)
    letters = Lettering([LONG])
    assert all(
        letters.width(line, words.size) <= words.width + 1
        for words in layout.words
        for line in words.lines
    )
    assert any(line.endswith("…") for words in layout.words for line in words.lines)


def test_a_small_sheet_has_room_for_its_title() -> None:
    sheet, cells = grid(2, 1, width=64, height=64)
    assert drawn(sheet, cells).width >= 480


def test_pictures_of_several_sizes_are_all_whole() -> None:
    sizes = ((128, 128), (192, 128), (128, 192))
    labels = tuple(f"{width} × {height}" for width, height in sizes)
    sheet = Sheet(kind=SheetKind.GRID, x=Axis(title="Size", labels=labels))
    specs = [spec(width=width, height=height) for width, height in sizes]
    image = drawn(sheet, tuple(Cell(one, png(one, i)) for i, one in enumerate(specs)))
    for i, size in enumerate(sizes):
        left, top, right, bottom = places_of(image, i) or pytest.fail()
        assert (right - left, bottom - top) == size


def test_a_missing_picture_is_an_empty_tile_that_says_why() -> None:
    sheet, cells = grid(2, 1)
    broken = Cell(cells[1].spec, None, fault="The model could not be loaded.")
    image = drawn(sheet, (cells[0], broken))
    _left, top, right, bottom = places_of(image, 0) or pytest.fail()
    beside = (right + 10, top + 30, right + 120, bottom - 30)
    assert places_of(image, 1) is None
    assert has_letters(image, beside)


def test_a_picture_deleted_meanwhile_is_missing(tmp_path: Path) -> None:
    cells = stored(tmp_path, wall(2))
    assert isinstance(cells[0].png, Path)
    cells[0].png.unlink()
    image = drawn(WALL, cells)
    assert places_of(image, 0) is None
    assert places_of(image, 1) is not None


def test_a_broken_picture_does_not_spoil_the_sheet() -> None:
    good = wall(2)[1]
    assert good.png is not None
    for broken in (b"not a png", png(spec())[:60]):
        assert places_of(drawn(WALL, (Cell(spec(), broken), good)), 1) is not None


def test_a_kept_picture_is_framed_and_not_covered() -> None:
    cells = wall(2)
    image = drawn(WALL, (Cell(cells[0].spec, cells[0].png, mark="kept"), cells[1]))
    left, top, right, bottom = places_of(image, 0) or pytest.fail()
    assert (right - left, bottom - top) == (128, 128)
    assert image.getpixel((left - 1, top + 60)) == (0x7C, 0x6C, 0xFF)
    other = places_of(image, 1) or pytest.fail()
    assert image.getpixel((other[2], other[1] + 60)) != (0x7C, 0x6C, 0xFF)


def test_a_light_sheet_has_dark_letters_on_a_light_ground() -> None:
    cells = (*wall(1), Cell(spec(501), None))
    dark, light = (np.asarray(drawn(WALL, cells, light=one).convert("L")) for one in (False, True))
    assert dark.shape == light.shape
    title = (slice(0, 40), slice(0, None))
    assert dark[0, 0] < 32 and dark[title].max() > 200
    assert light[0, 0] > 224 and light[title].min() < 60
    assert np.median(light) > 200  # nor is the place of what is missing dark


def test_the_sheet_says_what_it_holds() -> None:
    sheet, cells = grid(2, 2)
    said = json.loads(drawn(sheet, cells).info[SHEET])
    assert said["title"] == PROMPT
    assert said["sheet"]["x"] == {"title": "Steps", "labels": ["1", "2"]}
    assert [(cell["row"], cell["column"]) for cell in said["cells"]] == [
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
    ]


def test_what_a_large_sheet_says_can_be_read_again() -> None:
    cells = tuple(
        Cell(spec(i, prompt="é" * 2000, negative_prompt="猫" * 2000, width=64, height=64), None)
        for i in range(400)
    )
    assert len(json.loads(drawn(WALL, cells).info[SHEET])["cells"]) == 400


@pytest.mark.parametrize("room", [0, 50, 2000])
def test_a_full_disk_is_told_as_it_is(room: int) -> None:
    with pytest.raises(OSError, match="No space left"):
        write_png(PROMPT, WALL, wall(4), FullDisk(room))


def test_cells_that_do_not_fill_the_axes_are_refused() -> None:
    sheet, cells = grid(2, 2)
    with pytest.raises(ValueError, match="3 pictures cannot fill 2 × 2 cells"):
        write_png(PROMPT, sheet, cells[:3], io.BytesIO())


def test_a_sheet_of_nothing_is_still_a_picture() -> None:
    assert drawn(WALL, ()).width >= 480


def test_any_text_can_be_a_label() -> None:
    odd = ("</script>", "кошка", "猫が夜空の下にいる", "قطة خضراء", "🐱 → ♥", "")
    sheet, cells = named("Prompt", odd)
    image = drawn(sheet, cells, title="猫\n\nкошка")
    assert all(places_of(image, i) for i in range(len(odd)))


def test_two_models_have_their_own_rows() -> None:
    axis = Axis(title="Model", labels=("demo", "stable-diffusion-v1-5/stable-diffusion-v1-5"))
    sheet = Sheet(kind=SheetKind.GRID, y=axis)
    specs = [spec(model=ModelRef(id=label, hash="a" * 64)) for label in axis.labels]
    image = drawn(sheet, tuple(Cell(one, png(one, i)) for i, one in enumerate(specs)))
    upper, lower = (places_of(image, i) or pytest.fail() for i in range(2))
    assert upper[0] == lower[0]
    assert upper[3] < lower[1]


def test_labels_may_be_empty() -> None:
    axis = Axis(title="Negative prompt", labels=("", ""))
    for sheet in (Sheet(kind=SheetKind.GRID, x=axis), Sheet(kind=SheetKind.GRID, y=axis)):
        assert places_of(drawn(sheet, wall(2)), 1)

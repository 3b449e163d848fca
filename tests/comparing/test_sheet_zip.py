"""ZIPs of sheets, opened again."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from sdgui.comparing.cells import Cell
from sdgui.comparing.sheet_zip import GRID, write_zip
from sdgui.model_info import ModelRef
from sdgui.sheet import Sheet
from sdgui.spec import PictureSpec, Variation
from tests.comparing.samples import PROMPT, WALL, FullDisk, grid, png, spec, stored, wall


def zipped(sheet: Sheet, cells: tuple[Cell, ...], title: str = PROMPT) -> zipfile.ZipFile:
    file = io.BytesIO()
    write_zip(title, sheet, cells, file)
    archive = zipfile.ZipFile(file)
    assert archive.testzip() is None
    return archive


def grid_of(archive: zipfile.ZipFile) -> dict[str, object]:
    said = json.loads(archive.read(GRID))
    assert isinstance(said, dict)
    return said


def test_every_picture_is_inside_byte_for_byte(tmp_path: Path) -> None:
    cells = stored(tmp_path, wall(3))
    archive = zipped(WALL, cells)
    for name, cell in zip(sorted(set(archive.namelist()) - {GRID}), cells, strict=True):
        assert isinstance(cell.png, Path)
        assert archive.read(name) == cell.png.read_bytes()


def test_pictures_are_not_compressed_again() -> None:
    archive = zipped(WALL, wall(2))
    assert {
        info.compress_type for info in archive.infolist() if info.filename.endswith(".png")
    } == {zipfile.ZIP_STORED}


def test_pictures_of_a_wall_are_numbered() -> None:
    assert zipped(WALL, wall(2)).namelist() == ["001-seed-500.png", "002-seed-501.png", GRID]


def test_pictures_of_a_grid_are_named_by_row_and_column() -> None:
    assert zipped(*grid(2, 2)).namelist() == [
        "r01-c01-seed-500.png",
        "r01-c02-seed-500.png",
        "r02-c01-seed-500.png",
        "r02-c02-seed-500.png",
        GRID,
    ]


@pytest.mark.parametrize(("columns", "rows"), [(20, 20), (400, 1), (1, 400), (101, 3)])
def test_names_sort_in_the_grids_order(columns: int, rows: int) -> None:
    names = zipped(*grid(columns, rows, width=64, height=64)).namelist()[:-1]
    assert names == sorted(names)
    assert len(set(names)) == columns * rows


def test_names_are_safe_everywhere() -> None:
    odd = spec(prompt="../../etc/passwd\\CON:*?", model=ModelRef(id="../x", hash="a"))
    archive = zipped(WALL, (Cell(odd, png(odd)),), title="../../x")
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,60}", name) for name in archive.namelist())


def test_the_grid_tells_the_layout() -> None:
    sheet, cells = grid(2, 2)
    said = grid_of(zipped(sheet, cells))
    assert said["schema"] == 1
    assert said["title"] == PROMPT
    assert Sheet.from_json(json.dumps(said["sheet"])) == sheet


def test_the_grid_tells_of_every_cell() -> None:
    made = Cell(
        spec(variation=Variation(seed=7, strength=0.3)), png(spec()), match=0.25, mark="kept"
    )
    failed = Cell(spec(501, prompt="猫 “é”"), None, fault="The model could not be loaded.")
    cells = grid_of(zipped(WALL, (made, failed)))["cells"]
    assert isinstance(cells, list)
    specs = [PictureSpec.from_json(json.dumps(cell.pop("spec"))) for cell in cells]
    assert specs == [made.spec, failed.spec]
    assert cells == [
        {
            "file": "001-seed-500.png",
            "row": None,
            "column": None,
            "match": 0.25,
            "mark": "kept",
            "fault": "",
        },
        {
            "file": None,
            "row": None,
            "column": None,
            "match": None,
            "mark": "",
            "fault": "The model could not be loaded.",
        },
    ]


def test_every_file_that_the_grid_names_is_there(tmp_path: Path) -> None:
    sheet, cells = grid(2, 2)
    cells = stored(tmp_path, cells)
    assert isinstance(cells[2].png, Path)
    cells[2].png.unlink()  # deleted by its owner meanwhile
    archive = zipped(sheet, cells)
    said = grid_of(archive)["cells"]
    assert isinstance(said, list)
    assert [cell["file"] for cell in said if cell["file"]] == archive.namelist()[:-1]
    assert said[2]["file"] is None
    assert (said[3]["row"], said[3]["column"]) == (2, 2)


@pytest.mark.parametrize("room", [0, 100, 700])
def test_a_full_disk_is_told_as_it_is(room: int) -> None:
    with pytest.raises(OSError, match="No space left"):
        write_zip(PROMPT, WALL, wall(4), FullDisk(room))


def test_cells_that_do_not_fill_the_axes_are_refused() -> None:
    sheet, cells = grid(2, 2)
    with pytest.raises(ValueError, match="cannot fill"):
        write_zip(PROMPT, sheet, cells[:3], io.BytesIO())

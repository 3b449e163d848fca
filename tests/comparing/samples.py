"""Sheets for the tests: each picture has one colour of its own, so that it is found again."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from sdgui.comparing.cells import Cell
from sdgui.model_info import ModelRef
from sdgui.sheet import Axis, Sheet, SheetKind
from sdgui.spec import PictureSpec

PROMPT = "a green cat under a night sky, neon"
WALL = Sheet(kind=SheetKind.WALL)


def spec(seed: int = 500, **changes: object) -> PictureSpec:
    fields: dict[str, object] = {
        "prompt": PROMPT,
        "negative_prompt": "",
        "model": ModelRef(id="demo", hash="0123456789abcdef" * 4),
        "width": 128,
        "height": 128,
        "steps": 25,
        "guidance": 7.0,
        "sampler": "Euler",
        "seed": seed,
    }
    return PictureSpec(**{**fields, **changes})  # type: ignore[arg-type]


def colour(number: int) -> tuple[int, int, int]:
    """A colour that no label has: its red is always 200 or more, its blue under 56."""
    return 200 + number % 50, number // 50 * 20 % 256, number % 56


def png(spec: PictureSpec, number: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (spec.width, spec.height), colour(number)).save(file, format="PNG")
    return file.getvalue()


def wall(count: int, *, first: int = 500, **changes: object) -> tuple[Cell, ...]:
    specs = [spec(first + i, **changes) for i in range(count)]
    return tuple(Cell(one, png(one, i)) for i, one in enumerate(specs))


def grid(
    columns: int, rows: int, *, width: int = 128, height: int = 128
) -> tuple[Sheet, tuple[Cell, ...]]:
    """Steps × cfg scale."""
    steps = tuple(str(i + 1) for i in range(columns))
    scales = tuple(str(i + 1) for i in range(rows))
    sheet = Sheet(
        kind=SheetKind.GRID,
        x=Axis(title="Steps", labels=steps),
        y=Axis(title="Cfg scale", labels=scales),
    )
    specs = [
        spec(steps=column + 1, guidance=float(row + 1), width=width, height=height)
        for row in range(rows)
        for column in range(columns)
    ]
    return sheet, tuple(Cell(one, png(one, i)) for i, one in enumerate(specs))


def named(axis: str, labels: tuple[str, ...]) -> tuple[Sheet, tuple[Cell, ...]]:
    """One row with these labels."""
    sheet = Sheet(kind=SheetKind.GRID, x=Axis(title=axis, labels=labels))
    return sheet, wall(len(labels))


def places_of(image: Image.Image, number: int) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of the picture of this number on a sheet; right and bottom lie outside."""
    found = np.all(np.asarray(image) == colour(number), axis=2)
    if not found.any():
        return None
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


class FullDisk(io.BytesIO):
    """A file of a disk on which `room` bytes are left."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, data: object) -> int:
        assert isinstance(data, bytes | bytearray | memoryview)
        if self.tell() + len(data) > self.room:
            raise OSError(28, "No space left on device")
        return super().write(data)


def stored(folder: Path, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The same cells with their pictures in files."""
    found = []
    for i, cell in enumerate(cells):
        assert isinstance(cell.png, bytes)
        file = folder / f"{i}.png"
        file.write_bytes(cell.png)
        found.append(Cell(cell.spec, file))
    return tuple(found)

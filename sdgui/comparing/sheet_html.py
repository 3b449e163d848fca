"""A sheet as one HTML file that opens anywhere, offline: pictures, labels, settings, and nothing fetched."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sdgui import __version__
from sdgui.comparing.arrangement import columns_and_rows, in_words, is_folded
from sdgui.comparing.cells import Cell
from sdgui.comparing.picture_files import kind_of
from sdgui.comparing.settings_in_words import (
    Settings,
    captions,
    own,
    shared,
    shared_line,
    without_absent,
)
from sdgui.comparing.sheet_json import picture_names
from sdgui.sheet import Sheet

_HERE = Path(__file__).parent
_CSS = (_HERE / "sheet.css").read_text(encoding="utf-8")
_JS = (_HERE / "sheet.js").read_text(encoding="utf-8")

T = TypeVar("T")


def write_html(title: str, sheet: Sheet, cells: Sequence[Cell], file: IO[bytes]) -> None:
    """Writes the page cell by cell, the original PNGs inside as data addresses: one picture at a time in memory.

    Its policy lets no browser fetch anything, and run no script but its own. `file` is binary; its OSError (a full
    disk) is raised as it is. ValueError unless the cells fill the sheet's axes.
    """
    shape = columns_and_rows(sheet, len(cells))
    specs = [cell.spec for cell in cells]
    same = shared(specs) if cells else {}
    line = shared_line(specs, title) if cells else ""
    labels = captions(specs) if cells else ()
    if sheet.x is not None and is_folded(sheet):
        line += f" · each with its {in_words(sheet.x.title)}"
        labels, shape = sheet.x.labels, None
    elif shape is not None:
        labels = _labels(sheet, *shape)
    columns, rows = (0, 0) if shape is None else shape
    names, differing = picture_names(sheet, cells), own(specs) if cells else ()

    def figure(number: int) -> _Figure:
        return _figure(cells[number], labels[number], names[number], differing[number])

    page = _TEMPLATES.get_template("sheet.html").generate(
        policy=_policy(),
        version=__version__,
        style=_CSS,
        script=_JS,
        title=title,
        line=line,
        x=sheet.x,
        y=sheet.y,
        count=len(cells),
        columns=columns,
        rows=rows,
        width=max((spec.width for spec in specs), default=1),
        height=max((spec.height for spec in specs), default=1),
        cell=figure,
        shared=without_absent(same),
    )
    for piece in page:
        file.write(piece.encode("utf-8", "replace"))


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """One cell as the page shows it; `picture` is its PNG in base64, None where there is none."""

    label: str
    file: str
    width: int
    height: int
    kept: bool
    picture: str | None
    kind: str
    missing: str
    match: float | None
    settings: Settings


def _figure(cell: Cell, label: str, file: str, settings: Settings) -> _Figure:
    png = cell.read()
    told = {} if cell.match is None else {"Match": f"{cell.match:.3f}"}
    return _Figure(
        label=label,
        file=file,
        width=cell.spec.width,
        height=cell.spec.height,
        kept=cell.kept,
        kind="png" if png is None else kind_of(png),
        picture=None if png is None else base64.b64encode(png).decode("ascii"),
        missing=cell.missing,
        match=cell.match,
        settings={**settings, **told},
    )


def _labels(sheet: Sheet, columns: int, rows: int) -> tuple[str, ...]:
    """What each cell of a grid is, row by row: its axes and its labels on them."""
    x, y = sheet.x, sheet.y
    return tuple(
        " · ".join(
            f"{axis.title} {axis.labels[place]}"
            for axis, place in ((x, column), (y, row))
            if axis is not None
        )
        for row in range(rows)
        for column in range(columns)
    )


def _policy() -> str:
    script, style = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (_JS, _CSS)
    )
    return (
        f"default-src 'none'; img-src data:; script-src 'sha256-{script}'; "
        f"style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    )


def _without_nul(value: T) -> T | str:
    """HTML has no NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
    finalize=_without_nul,
    cache_size=1,
)

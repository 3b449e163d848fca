"""A sheet as one HTML file that opens anywhere, offline: pictures, labels, settings, and nothing fetched."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import IO

from sdgui import __version__
from sdgui.comparing.arrangement import columns_and_rows, in_words, is_folded
from sdgui.comparing.cells import Cell
from sdgui.comparing.described import (
    Settings,
    captions,
    own,
    shared,
    shared_line,
    without_absent,
)
from sdgui.comparing.sheet_json import picture_names
from sdgui.sheet import Axis, Sheet

_CSS = Path(__file__).with_name("sheet.css").read_text(encoding="utf-8")
_JS = Path(__file__).with_name("sheet.js").read_text(encoding="utf-8")


def write_html(title: str, sheet: Sheet, cells: Sequence[Cell], file: IO[bytes]) -> None:
    """Writes the page cell by cell, the original PNGs inside as data addresses: one picture at a time in memory.

    Its policy lets no browser fetch anything, and run no script but its own. `file` is binary; its OSError (a full
    disk) is raised as it is. ValueError unless the cells fill the sheet's axes.
    """
    _Page(title, sheet, cells, file).write()


class _Page:
    def __init__(self, title: str, sheet: Sheet, cells: Sequence[Cell], file: IO[bytes]) -> None:
        self.title = title
        self.sheet = sheet
        self.cells = cells
        self.file = file
        specs = [cell.spec for cell in cells]
        self.names = picture_names(sheet, cells)
        self.shape = columns_and_rows(sheet, len(cells))
        captioned = captions(specs) if cells else ()
        self.own = own(specs) if cells else ()
        self.shared = shared(specs) if cells else {}
        self.line = shared_line(specs, title) if cells else ""
        if sheet.x is not None and is_folded(sheet):
            captioned = sheet.x.labels
            self.shape = None
            self.line += f" · each with its {in_words(sheet.x.title)}"
        self.captions = captioned

    def write(self) -> None:
        """The page from top to bottom."""
        columns = 0 if self.shape is None else self.shape[0]
        width = max((cell.spec.width for cell in self.cells), default=1)
        height = max((cell.spec.height for cell in self.cells), default=1)
        self._put(
            _HEAD.format(policy=_policy(), title=_safe(self.title), css=_CSS, version=__version__)
        )
        long = ' class="long"' if len(self.title) > 120 else ""
        self._put(_HEADER.format(title=_safe(self.title), long=long, line=_safe(self.line)))
        sizes = f'data-columns="{columns}" data-width="{width}" data-height="{height}"'
        self._put(f'<main {sizes} tabindex="-1">\n')
        if self.shape is None:
            self._wall()
        else:
            self._table(*self.shape)
        self._put("</main>\n")
        self._put(_VIEW.format(shared=_list(without_absent(self.shared))))
        self._put(f"<script>{_JS}</script>\n</body>\n</html>\n")

    def _wall(self) -> None:
        self._put("<ul>\n")
        for i in range(len(self.cells)):
            self._put("<li>")
            self._cell(i, self.captions[i])
            self._put("</li>\n")
        self._put("</ul>\n")

    def _table(self, columns: int, rows: int) -> None:
        x, y = self.sheet.x, self.sheet.y
        self._put("<table>\n<thead><tr>")
        across = "" if x is None else f"<div>{_safe(x.title)} →</div>"
        down = "" if y is None else f"<div>{_safe(y.title)} ↓</div>"
        self._put(f'<td class="corner">{across}{down}</td>')
        for label in x.labels if x is not None else ():
            self._put(f'<th scope="col">{_clamped(label)}</th>')
        self._put("</tr></thead>\n<tbody>\n")
        for row in range(rows):
            self._put("<tr>")
            head = "<td></td>" if y is None else f'<th scope="row">{_clamped(y.labels[row])}</th>'
            self._put(head)
            for column in range(columns):
                self._put("<td>")
                self._cell(row * columns + column, _label(x, column, y, row))
                self._put("</td>\n")
            self._put("</tr>\n")
        self._put("</tbody>\n</table>\n")

    def _cell(self, i: int, label: str) -> None:
        cell = self.cells[i]
        kept = ' class="kept"' if cell.kept else ""
        told = f'data-label="{_safe(label)}" data-file="{self.names[i]}"'
        self._put(f'<figure{kept} {told} data-width="{cell.spec.width}">')
        size = f'width="{cell.spec.width}" height="{cell.spec.height}"'
        png = cell.read()
        if png is None:
            shape = f'viewBox="0 0 {cell.spec.width} {cell.spec.height}"'
            self._put(f'<div class="missing"><svg {shape}></svg>')
            self._put(f'<span dir="auto">{_safe(cell.missing)}</span></div>')
        else:
            self._put(
                f'<button type="button"><img {size} alt="{_safe(label)}" decoding="async" src="'
            )
            self._put("data:image/png;base64,")
            self.file.write(base64.b64encode(png))
            self._put('"></button>')
        match = "" if cell.match is None else f'<span class="match">{cell.match:.2f}</span>'
        said = "" if self.shape else f'<span dir="auto">{_safe(label)}</span>'
        if said or match:
            self._put(f"<figcaption>{said}{match}</figcaption>")
        settings = dict(self.own[i])
        if cell.match is not None:
            settings["Match"] = f"{cell.match:.3f}"
        self._put(f"<dl hidden>{_list(settings)}</dl></figure>")

    def _put(self, text: str) -> None:
        self.file.write(text.encode("utf-8", "replace"))


def _label(x: Axis | None, column: int, y: Axis | None, row: int) -> str:
    labels = [axis.labels[place] for axis, place in ((x, column), (y, row)) if axis is not None]
    return " · ".join(labels)


def _clamped(label: str) -> str:
    """A label of which the page shows as much as there is room for."""
    return f'<div dir="auto" title="{_safe(label)}">{_safe(label)}</div>'


def _list(settings: Settings) -> str:
    return "".join(
        f'<dt>{_safe(name)}</dt><dd dir="auto">{_safe(value)}</dd>'
        for name, value in settings.items()
    )


def _safe(text: str) -> str:
    """Text for HTML, within elements and quoted attributes; HTML has no NUL."""
    return escape(text.replace("\0", "\ufffd"), quote=True)


def _policy() -> str:
    script, style = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (_JS, _CSS)
    )
    return (
        f"default-src 'none'; img-src data:; script-src 'sha256-{script}'; "
        f"style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    )


_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta name="generator" content="sdgui {version}">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{css}</style>
</head>
<body>
"""

_HEADER = """<header>
<div><h1{long} dir="auto">{title}</h1>
<p>{line}</p></div>
<label class="zoom">Size <input id="zoom" type="range" min="48" max="768" step="1"></label>
</header>
"""

_VIEW = """<dialog aria-label="One picture">
<div id="large"><img alt=""></div>
<div id="side">
<nav>
<button id="back" type="button" aria-label="Back" title="←">‹</button>
<button id="next" type="button" aria-label="Next" title="→">›</button>
<button id="save" type="button">Download</button>
<button id="close" type="button" title="Esc">Close</button>
</nav>
<h2 dir="auto"></h2>
<dl id="settings"></dl>
<dl>{shared}</dl>
</div>
</dialog>
"""

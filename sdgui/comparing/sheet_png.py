"""A sheet as one PNG: title, labels and pictures, readable when it is seen whole."""

import json
from collections.abc import Mapping, Sequence
from typing import IO

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from sdgui.comparing.cells import Cell
from sdgui.comparing.lettering import READABLE, Lettering, line_height
from sdgui.comparing.picture_files import read_rgb
from sdgui.comparing.sheet_json import sheet_json
from sdgui.comparing.sheet_layout import DIM, GOOD, TEXT, Box, Layout, Words, lay_out, texts_of
from sdgui.errors import OutOfOrder
from sdgui.sheet import SHEET, Sheet

_PARAMETERS = "parameters"
_BACKGROUND = "#0e1014"
_EMPTY = "#1c2027"
_LINE = "#272c35"
_ACCENT = "#7c6cff"
_LIGHT = {
    _BACKGROUND: "#f6f7f9",
    _EMPTY: "#eceef2",
    _LINE: "#d9dde4",
    _ACCENT: "#5b48e8",
    TEXT: "#14171c",
    DIM: "#59616e",
    GOOD: "#187a49",
}
"""What the colours are on a light sheet."""
_COMPRESS_LEVEL = 1  # as for the pictures themselves: four times as fast for a sixth more bytes


def write_png(
    title: str,
    sheet: Sheet,
    cells: Sequence[Cell],
    file: IO[bytes],
    *,
    infotext: str = "",
    light: bool = False,
) -> None:
    """Draws the sheet and writes it, with the JSON of `sheet_json` under the PNG text "sdgui-sheet".

    Pictures keep their pixels unless the sheet would pass 16384 a side or 2**26 in all; then all are scaled down
    evenly, and never the letters below 12 px. A missing one is an empty tile that says why. Kept ones are framed.
    `infotext` stands under "parameters", where A1111's grids say what the first was made with. `light`: dark letters
    on a light ground, else light ones on a dark ground.
    `file` is binary; its OSError (a full disk) is raised as it is. ValueError unless the cells fill the sheet's axes.
    """
    texts = texts_of(title, sheet, cells)
    letters = Lettering((*texts.all, *(cell.missing for cell in cells)))
    layout = lay_out(texts, cells, letters)
    paint = dict(zip(_LIGHT, _LIGHT.values() if light else _LIGHT, strict=True))
    image = Image.new("RGB", (layout.width, layout.height), paint[_BACKGROUND])
    pen = ImageDraw.Draw(image)
    for words in layout.words:
        _write(pen, words, letters, paint)
    for cell, box in zip(cells, layout.boxes, strict=True):
        png = cell.read()
        picture = None if png is None else _picture(png, box)
        if picture is None:
            word = cell.missing if png is None else "cannot be read"
            _draw_empty(pen, box, word, layout, letters, paint)
        else:
            image.paste(picture, (box.left, box.top))
        if cell.kept:
            _frame(pen, box, max(2, layout.gap // 2), paint[_ACCENT])
    said = PngInfo()
    if infotext:
        said.add_text(_PARAMETERS, infotext)
    # Uncompressed and ASCII: of compressed texts Pillow reads no more than 1 MiB
    said.add_text(SHEET, json.dumps(sheet_json(title, sheet, cells)))
    image.save(file, format="PNG", pnginfo=said, compress_level=_COMPRESS_LEVEL)


def _picture(png: bytes, box: Box) -> Image.Image | None:
    """The picture at the box's size; None where it cannot be read."""
    try:
        picture = read_rgb(png)
    except OutOfOrder:
        return None
    if picture.size == (box.width, box.height):
        return picture
    return picture.resize((box.width, box.height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _draw_empty(
    pen: ImageDraw.ImageDraw,
    box: Box,
    word: str,
    layout: Layout,
    letters: Lettering,
    paint: Mapping[str, str],
) -> None:
    right, bottom = box.left + box.width - 1, box.top + box.height - 1
    pen.rectangle((box.left, box.top, right, bottom), fill=paint[_EMPTY], outline=paint[_LINE])
    inside = box.width * 0.88
    size, (lines,) = letters.fit(
        [word], (layout.label_size, READABLE), width=inside, height=box.height * 0.9
    )
    height = len(lines) * line_height(size)
    words = Words(
        lines=lines,
        size=size,
        colour=DIM,
        left=box.left + (box.width - inside) / 2,
        top=box.top + (box.height - height) / 2,
        width=inside,
        align=0.5,
    )
    _write(pen, words, letters, paint)


def _frame(pen: ImageDraw.ImageDraw, box: Box, width: int, colour: str) -> None:
    """A frame around a picture, in the gap: none of its pixels are covered."""
    left, top = box.left - width, box.top - width
    right, bottom = box.left + box.width - 1 + width, box.top + box.height - 1 + width
    pen.rectangle((left, top, right, bottom), outline=colour, width=width)


def _write(
    pen: ImageDraw.ImageDraw, words: Words, letters: Lettering, paint: Mapping[str, str]
) -> None:
    baseline = words.top + words.size
    for line in words.lines:
        room = words.width - letters.width(line, words.size)
        x = round(words.left + room * words.align)
        letters.draw(pen, (x, round(baseline)), line, words.size, paint[words.colour])
        baseline += line_height(words.size)

"""Where everything lies on a PNG sheet: letters first, so that they can be read; pictures give way."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sdgui.comparing.arrangement import columns_and_rows, in_words, is_folded
from sdgui.comparing.cells import Cell
from sdgui.comparing.lettering import READABLE, Lettering, line_height
from sdgui.comparing.settings_in_words import captions, shared_line
from sdgui.sheet import Axis, Sheet

MAX_SIDE = 16384
"""The most pixels a side: what browsers and viewers still show."""
MAX_PIXELS = 2**26
"""The most pixels of a sheet: 256 MiB while it is drawn, and below where Pillow warns of a bomb."""

_LEAST_WIDTH = 480  # of a sheet, so that its title can be read above two small pictures
_LEAST_SLOT = 64
_GLANCE = 72
"""A sheet seen whole on a screen 900 px high shows letters of side / 72 as 12.5 px."""

TEXT = "#e8eaee"
DIM = "#9aa3b0"
GOOD = "#58c98b"


@dataclass(frozen=True, kw_only=True)
class Words:
    """Lines of text from `top`, placed by `align` (0 left, 0.5 centred, 1 right) within `width` from `left`."""

    lines: tuple[str, ...]
    size: int
    colour: str
    left: float
    top: float
    width: float
    align: float = 0.0

    @property
    def height(self) -> int:
        """Height of all lines in pixels."""
        return len(self.lines) * line_height(self.size)


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A whole sheet in pixels: its texts, and for each cell the box of its picture; `gap` lies between slots."""

    width: int
    height: int
    gap: int
    label_size: int
    words: tuple[Words, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Everything that a sheet says: labels along its axes, or a caption under each picture."""

    title: str
    shared: str
    x: Axis | None
    y: Axis | None
    captions: tuple[str, ...]
    matches: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """All texts, one after another."""
        axes = [text for axis in (self.x, self.y) if axis for text in (axis.title, *axis.labels)]
        return (self.title, self.shared, *axes, *self.captions, *self.matches)


def texts_of(title: str, sheet: Sheet, cells: Sequence[Cell]) -> Texts:
    """What a sheet says. A single long row is folded like a wall, its labels under the pictures."""
    specs = [cell.spec for cell in cells]
    x, each = sheet.x, ""
    under: tuple[str, ...] = ()
    if columns_and_rows(sheet, len(cells)) is None:
        under = captions(specs) if cells else ()
        if under == tuple(str(spec.seed) for spec in specs):
            each = "each with its seed"
    elif x is not None and is_folded(sheet):
        under, each = x.labels, f"each with its {in_words(x.title)}"
        x = None
    matches: tuple[str, ...] = ()
    if under and any(cell.match is not None for cell in cells):
        matches = tuple("" if cell.match is None else f"{cell.match:.2f}" for cell in cells)
        each = f"{each} and match" if each else "each with its match"
        each += " to the prompt"
    said = (
        shared_line(specs, title) if cells else "",
        each if cells else "",
        "framed: kept" if any(cell.kept for cell in cells) else "",
    )
    return Texts(
        title=title,
        shared=" · ".join(filter(None, said)),
        x=x,
        y=sheet.y,
        captions=under,
        matches=matches,
    )


def lay_out(texts: Texts, cells: Sequence[Cell], letters: Lettering) -> Layout:
    """The sheet at full size, or with its pictures scaled down evenly until it is within the limits."""
    scale = 1.0
    while True:
        layout = _Drawing(texts, cells, letters, scale).layout()
        pixels = layout.width * layout.height
        excess = max(
            layout.width / MAX_SIDE, layout.height / MAX_SIDE, math.sqrt(pixels / MAX_PIXELS)
        )
        if excess <= 1 or scale < 0.001:
            return layout
        scale *= 0.99 / excess


class _Drawing:
    """One attempt, at one scale of the pictures."""

    def __init__(
        self, texts: Texts, cells: Sequence[Cell], letters: Lettering, scale: float
    ) -> None:
        self.texts = texts
        self.letters = letters
        self.scale = scale
        self.cells = cells
        self.columns, self.rows = self._shape()
        self.widths = self._sides("width", self.columns, lambda i: i % self.columns)
        self.heights = self._sides("height", self.rows, lambda i: i // self.columns)
        self.slot_width, self.slot_height = min(self.widths), min(self.heights)
        side = max(sum(self.widths), sum(self.heights))
        slot = min(self.slot_width, self.slot_height)
        self.base = max(READABLE + 2, min(side / _GLANCE, slot / 3.5))
        self.gap = max(4, round(self.base / 4))
        self.margin = round(self.base * 1.2)
        self.words: list[Words] = []
        self.match_below = False

    def layout(self) -> Layout:
        """Texts and boxes from top to bottom."""
        row_size, row_labels, row_width = self._row_labels()
        left = self.margin + row_width
        grid = sum(self.widths) + self.gap * (self.columns - 1)
        width = max(left + grid, _LEAST_WIDTH - self.margin) + self.margin
        top = self._heading(self.margin, width - 2 * self.margin)
        lefts = _starts(left, self.widths, self.gap)
        top, column_size = self._column_labels(top, lefts, row_width)
        size, under, caption_height = self._captions()
        tops = _starts(top, self.heights, caption_height + self.gap)
        boxes = []
        for i, cell in enumerate(self.cells):
            row, column = divmod(i, self.columns)
            boxes.append(self._box(cell, row, column, (lefts[column], tops[row])))
            if under:
                below = tops[row] + self.heights[row]
                self._caption(i, under[i], size, lefts[column], below)
        for row, lines in enumerate(row_labels):
            y = tops[row] + (self.heights[row] - len(lines) * line_height(row_size)) / 2
            self._say(lines, row_size, TEXT, self.margin, y, row_width - self.gap * 2, 1.0)
        return Layout(
            width=width,
            height=tops[-1] + self.heights[-1] + caption_height + self.margin,
            gap=self.gap,
            label_size=max(READABLE, min(filter(None, (size, row_size, column_size)), default=0)),
            words=tuple(self.words),
            boxes=tuple(boxes),
        )

    def _sides(self, side: str, count: int, place: Callable[[int], int]) -> list[int]:
        """Width of each column or height of each row: of its largest picture, but enough for some letters."""
        least = float(_LEAST_SLOT)
        if side == "width" and self.texts.captions:
            words = (word for caption in self.texts.captions for word in caption.split())
            longest = self.letters.width(max(words, key=len, default=""), READABLE)
            least = min(max(longest + 1, _LEAST_SLOT), 2 * _LEAST_SLOT)
        sides = [math.ceil(min(least, MAX_SIDE * 0.85 / count))] * count
        for i, cell in enumerate(self.cells):
            scaled = round(getattr(cell.spec, side) * self.scale)
            sides[place(i)] = max(sides[place(i)], scaled)
        return sides

    def _shape(self) -> tuple[int, int]:
        x, y = self.texts.x, self.texts.y
        if x is None and y is None:
            count = max(1, len(self.cells))
            tallest = max((cell.spec.height for cell in self.cells), default=1)
            aspect = max((cell.spec.width for cell in self.cells), default=1) / tallest
            square = min(count, max(1, math.ceil(math.sqrt(count / aspect))))
            columns = min(square, square + 1, key=lambda columns: -count % columns)
            return columns, math.ceil(count / columns)
        return 1 if x is None else len(x.labels), 1 if y is None else len(y.labels)

    def _heading(self, top: int, width: int) -> int:
        largest = round(self.base * 1.35)
        size, (lines,) = self.letters.fit(
            [self.texts.title], (largest, round(self.base)), width=width, lines=3
        )
        top += self._say(lines, size, TEXT, self.margin, top, width)
        small = max(READABLE, round(self.base * 0.85))
        size, (lines,) = self.letters.fit(
            [self.texts.shared], (small, max(READABLE, round(small * 0.7))), width=width, lines=4
        )
        top += self.gap // 2
        top += self._say(lines, size, DIM, self.margin, top, width)
        return top + self.margin

    def _sizes(self, letters_in_a_slot: float) -> tuple[int, int]:
        most = max(READABLE, round(min(self.base, self.slot_width / letters_in_a_slot)))
        return most, max(READABLE, round(most * 0.6))

    def _row_labels(self) -> tuple[int, tuple[tuple[str, ...], ...], int]:
        """Size, lines of each, and the width of their column with the gap to the pictures."""
        y = self.texts.y
        if y is None:
            return 0, (), 0
        sizes = self._sizes(4.5)
        widest = max(self.letters.width(label, sizes[0]) for label in y.labels)
        narrow = max(self.slot_width * 1.25, sizes[0] * 9)
        for most in (narrow, max(narrow, sum(self.widths) * 0.35)):
            width = math.ceil(min(widest, most))
            size, lines = self.letters.fit(y.labels, sizes, width=width, height=self.slot_height)
            if size == sizes[0]:
                break
        written = [self.letters.width(line, size) for label in lines for line in label]
        width = math.ceil(max(written, default=0))
        width = max(width, math.ceil(min(self.letters.width(y.title, size), self.slot_width)))
        return size, lines, width + self.gap * 2

    def _column_labels(self, top: int, lefts: list[int], row_width: int) -> tuple[int, int]:
        """Writes the column labels and both axes' titles; the top of the pictures, and the size of the labels."""
        x, y = self.texts.x, self.texts.y
        sizes = self._sizes(4.5)
        if x is None and y is None:
            return top, 0
        size = sizes[0]
        lines: tuple[tuple[str, ...], ...] = ()
        if x is not None:
            most = max(3, min(8, self.slot_height // line_height(sizes[1])))
            size, lines = self.letters.fit(x.labels, sizes, width=self.slot_width, lines=most)
            grid = lefts[-1] + self.widths[-1] - lefts[0]
            _, (over,) = self.letters.fit([x.title], (size, size), width=grid, lines=1)
            top += self._say(over, size, DIM, lefts[0], top, grid, 0.5) + self.gap // 2
        beside: tuple[str, ...] = ()
        if y is not None:
            _, (beside,) = self.letters.fit(
                [y.title], (size, READABLE), width=row_width - self.gap * 2, lines=3
            )
        height = line_height(size) * max(map(len, (*lines, beside)))
        for column, label in enumerate(lines):
            down = top + height - len(label) * line_height(size)
            self._say(label, size, TEXT, lefts[column], down, self.widths[column], 0.5)
        down = top + height - len(beside) * line_height(size)
        self._say(beside, size, DIM, self.margin, down, row_width - self.gap * 2, 1.0)
        return top + height + self.gap, size

    def _captions(self) -> tuple[int, tuple[tuple[str, ...], ...], int]:
        """Size, lines of each, and the height that they take under every picture."""
        texts = self.texts
        if not texts.captions:
            return 0, (), 0
        sizes = self._sizes(6.5)
        lines_most = max(2, min(5, self.slot_height // (2 * line_height(sizes[0]))))
        size, lines = self.letters.fit(
            texts.captions, sizes, width=self.slot_width, lines=lines_most
        )
        rows = max(map(len, lines))
        self.match_below = bool(texts.matches) and not all(
            len(label) == 1 and self.letters.width(label[0] + "  " + match, size) <= self.slot_width
            for label, match in zip(lines, texts.matches, strict=True)
        )
        rows += self.match_below
        return size, lines, rows * line_height(size) + self.gap

    def _caption(self, i: int, lines: tuple[str, ...], size: int, x: int, y: int) -> None:
        y += self.gap // 2
        height = self._say(lines, size, TEXT, x, y, self.slot_width)
        if self.texts.matches:
            down, align = (y + height, 0.0) if self.match_below else (y, 1.0)
            match = (self.texts.matches[i],)
            self._say(match, size, GOOD, x, down, self.slot_width, align)

    def _box(self, cell: Cell, row: int, column: int, slot: tuple[int, int]) -> Box:
        width = max(1, round(cell.spec.width * self.scale))
        height = max(1, round(cell.spec.height * self.scale))
        left = slot[0] + (self.widths[column] - width) // 2
        top = slot[1] + (self.heights[row] - height) // 2
        return Box(left=left, top=top, width=width, height=height)

    def _say(
        self,
        lines: tuple[str, ...],
        size: int,
        colour: str,
        left: float,
        top: float,
        width: float,
        align: float = 0.0,
    ) -> int:
        words = Words(
            lines=lines, size=size, colour=colour, left=left, top=top, width=width, align=align
        )
        self.words.append(words)
        return words.height


def _starts(first: int, sides: list[int], between: int) -> list[int]:
    return list(accumulate((side + between for side in sides[:-1]), initial=first))

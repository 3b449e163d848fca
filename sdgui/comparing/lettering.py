"""Text on sheets: fonts by what they can write, lines by what fits."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageDraw, ImageFont, features

READABLE = 12
"""The smallest size of letters on a sheet, in pixels."""

_BUNDLED = ""
_FONTS = (
    _BUNDLED,
    # Latin, Greek, Cyrillic and more: Linux, Windows, macOS
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf"),
    *("segoeui.ttf", "arial.ttf", "Arial Unicode.ttf", "Arial.ttf"),
    # Chinese, Japanese, Korean
    *("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "wqy-microhei.ttc"),
    *("wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "msyh.ttc", "YuGothR.ttc", "malgun.ttf"),
    *("PingFang.ttc", "Hiragino Sans GB.ttc", "AppleSDGothicNeo.ttc"),
    # Other scripts
    *("NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf", "NotoSansDevanagari-Regular.ttf"),
    *("NotoSansThai-Regular.ttf", "Nirmala.ttf", "Nirmala.ttc", "leelawui.ttf"),
    # Symbols and emoji, in outlines
    *("seguisym.ttf", "NotoSansSymbols2-Regular.ttf", "NotoEmoji-Regular.ttf"),
    *("Symbola.ttf", "seguiemj.ttf"),
)
_SIMPLER = {"×": "x", "–": "-", "—": "-", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"} | {
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
}
_SHAPES = features.check("raqm")
_NO_CHARACTER = "\uffff"
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_PIECE = re.compile(rf"[{_WIDE}]|[^\s\-/_,{_WIDE}]*[\-/_,]+|[^\s\-/_,{_WIDE}]+")
"""What is kept on one line: a word, a part of a name such as "stable-", one wide character."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A text set in lines; `whole` is False where something was cut off or a word broken."""

    lines: tuple[str, ...]
    whole: bool


class Lettering:
    """Letters for the texts of one sheet.

    Pillow's bundled font writes little more than English. The main font is therefore the first that has all letters
    of `texts`: the bundled one, or one of a list of common names that FreeType finds installed on this machine. Single
    characters that it lacks come from the others. Where no font has a character, accents are dropped and signs
    simplified (ä to a, × to x); what still remains is drawn as an empty box. Right-to-left scripts and joined letters
    need Pillow's Raqm (in its wheels, with FriBiDi installed); without, letters stand singly from left to right.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        letters = {char for text in texts for char in text if char.isalnum()}
        lacking = {name: _lacking(name, letters) for name in _installed(letters)}
        self._main = min(lacking, key=lambda name: lacking[name])

    def width(self, text: str, size: int) -> float:
        """Width of one line in pixels."""
        return sum(_font(name, size).getlength(run) for name, run in self._runs(text))

    def draw(
        self,
        pen: ImageDraw.ImageDraw,
        place: tuple[float, float],
        text: str,
        size: int,
        colour: str,
    ) -> None:
        """Draws one line; `place` is where its baseline begins."""
        x, y = place
        for name, run in self._runs(text):
            font = _font(name, size)
            pen.text((x, y), run, font=font, fill=colour, anchor="ls")
            x += font.getlength(run)

    def set(self, text: str, size: int, *, width: float, lines: int) -> Lines:
        """Breaks a text into at most `lines` lines, cut with … where it is longer."""
        done: list[str] = []
        line = ""
        whole = True
        for piece, space in _pieces(text):
            grown = f"{line}{space}{piece}" if line else piece
            if self.width(grown, size) <= width:
                line = grown
                continue
            if line:
                done.append(line)
            line = piece
            while len(done) < lines and self.width(line, size) > width:
                whole = False
                fitting = self._fitting(line, size, width)
                done.append(line[:fitting])
                line = line[fitting:]
            if len(done) >= lines:
                done[lines - 1 :] = [self._cut(done[lines - 1] + " " + line, size, width)]
                return Lines(lines=tuple(done), whole=False)
        return Lines(lines=(*done, line) if line else tuple(done), whole=whole)

    def fit(
        self,
        texts: Sequence[str],
        sizes: tuple[int, int],
        *,
        width: float,
        lines: int | None = None,
        height: float | None = None,
    ) -> tuple[int, tuple[tuple[str, ...], ...]]:
        """The largest size from `sizes` (most, least) at which every text fits whole, and the lines of each.

        At most `lines`, or as many as `height` holds. At the least size what does not fit is cut.
        """
        size, least = sizes
        while True:
            most = lines if lines is not None else max(1, int((height or 0) // line_height(size)))
            each = [self.set(text, size, width=width, lines=most) for text in texts]
            if size <= least or all(one.whole for one in each):
                return size, tuple(one.lines for one in each)
            size = max(least, min(size - 1, round(size * 0.92)))

    def _fitting(self, text: str, size: int, width: float) -> int:
        count = 1
        while count < len(text) and self.width(text[: count + 1], size) <= width:
            count += 1
        return count

    def _cut(self, text: str, size: int, width: float) -> str:
        kept = text[: self._fitting(text, size, width)]
        while kept and self.width(f"{kept.rstrip()}…", size) > width:
            kept = kept[:-1]
        return f"{kept.rstrip(' ,·-/')}…"

    def _runs(self, text: str) -> list[tuple[str, str]]:
        """The text in runs of one font each, characters that no font has made simpler."""
        runs: list[tuple[str, str]] = []
        for char in text:
            name = runs[-1][0] if runs and runs[-1][1][-1].isalpha() else self._main
            if not _silent(char):
                found = _first_with(char, self._main)
                if found is None and (simpler := _simpler(char)) != char:
                    char, found = simpler, self._main
                name = self._main if found is None else found
            elif unicodedata.category(char) == "Cf" and not _SHAPES:
                continue  # joiners and marks of direction would be boxes
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + char)
            else:
                runs.append((name, char))
        return runs


def line_height(size: int) -> int:
    """Distance of two baselines in pixels."""
    return round(size * 1.28)


def _pieces(text: str) -> list[tuple[str, str]]:
    """What is kept on one line, each with the space before it."""
    pieces = []
    end = 0
    for found in _PIECE.finditer(text):
        pieces.append((found.group(), " " if found.start() > end else ""))
        end = found.end()
    return pieces


def _silent(char: str) -> bool:
    """Whether a character goes with the one before it: spaces, combining marks, invisible ones."""
    return char.isspace() or unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc")


def _simpler(char: str) -> str:
    plain = _SIMPLER.get(char)
    if plain is None:
        parts = unicodedata.normalize("NFKD", char)
        plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain if plain.isascii() and plain else char


def _installed(letters: set[str]) -> list[str]:
    """The bundled font alone where it has all the letters; else all that can be found."""
    if not _lacking(_BUNDLED, letters):
        return [_BUNDLED]
    return [name for name in _FONTS if _is_there(name)]


def _lacking(name: str, letters: set[str]) -> int:
    return sum(not _has(name, char) for char in letters)


def _first_with(char: str, main: str) -> str | None:
    if _has(main, char):
        return main
    return next((name for name in _FONTS if _is_there(name) and _has(name, char)), None)


@lru_cache(maxsize=4096)
def _has(name: str, char: str) -> bool:
    """Whether a font has a character: it does not draw the box that stands for a missing one."""
    return _drawn(name, char) != _drawn(name, _NO_CHARACTER)


def _drawn(name: str, char: str) -> tuple[tuple[int, int], bytes]:
    mask = _font(name, 24).getmask(char)
    return mask.size, bytes(mask)


@lru_cache(maxsize=64)
def _is_there(name: str) -> bool:
    try:
        _font(name, 24)
    except OSError:
        return False
    return True


@lru_cache(maxsize=256)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    if name != _BUNDLED:
        return ImageFont.truetype(name, size)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font

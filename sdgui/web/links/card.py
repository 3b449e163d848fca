"""What a messenger unfolds of a link: a JPEG of 1200 × 630 with the pictures and a few words."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from sdgui.comparing.lettering import Lettering, line_height
from sdgui.comparing.picture_files import read_rgb
from sdgui.web.shared.page.theme import DARK

WIDTH, HEIGHT = 1200, 630
_NARROWEST, _WIDEST = 420, 680
_MARGIN = 56
_BASELINE = 566
_MOST = 16
"""Pictures of a wall that are seen on it."""
_BRAND = ("sd", "gui")
_QUALITY = 86


def write_card(files: Sequence[Path], title: str, corner: str, *, is_pair: bool = False) -> bytes:
    """The card as JPEG; `title` and `corner` as they are shown, "" for none.

    FileNotFoundError and OutOfOrder where a picture cannot be read.
    """
    pictures = [read_rgb(file) for file in files[:_MOST]]
    first = pictures[0]
    width = HEIGHT
    if len(pictures) == 1 or is_pair:
        width = round(min(max(HEIGHT * first.width / first.height, _NARROWEST), _WIDEST))
        pictures = [_whole(picture, width) for picture in pictures]
    card = Image.new("RGB", (WIDTH, HEIGHT), DARK["bg"])
    _glow(card, first, width)
    card.paste(_side_by_side(pictures, width, is_pair=is_pair), (0, 0))
    _write(card, title, corner, width + _MARGIN)
    jpeg = io.BytesIO()
    card.save(jpeg, format="JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return jpeg.getvalue()


def _whole(picture: Image.Image, width: int) -> Image.Image:
    """All of a picture, before itself, dark and blurred, where it has another shape than its place."""
    if round(HEIGHT * picture.width / picture.height) == width:
        return picture
    small = ImageOps.fit(picture, (width // 8, HEIGHT // 8)).filter(ImageFilter.GaussianBlur(4))
    behind = small.resize((width, HEIGHT), Image.Resampling.BICUBIC)
    box = Image.blend(Image.new("RGB", behind.size, DARK["bg"]), behind, 0.4)
    whole = ImageOps.contain(picture, box.size)
    box.paste(whole, ((width - whole.width) // 2, (HEIGHT - whole.height) // 2))
    return box


def _glow(card: Image.Image, picture: Image.Image, left: int) -> None:
    """What the picture throws on the wall behind the words: small first, so that blurring costs nothing."""
    small = ImageOps.fit(picture, (90, 79)).filter(ImageFilter.GaussianBlur(10))
    side = small.resize((WIDTH - left + 120, HEIGHT + 120), Image.Resampling.BICUBIC)
    ground = Image.new("RGB", side.size, DARK["bg"])
    card.paste(Image.blend(ground, side, 0.26), (left - 30, -60))


def _side_by_side(pictures: Sequence[Image.Image], width: int, *, is_pair: bool) -> Image.Image:
    box = Image.new("RGB", (width, HEIGHT), DARK["bg"])
    if is_pair:
        one, other = (ImageOps.fit(picture, (width, HEIGHT)) for picture in pictures[:2])
        box.paste(one, (0, 0))
        box.paste(other.crop((width // 2, 0, width, HEIGHT)), (width // 2, 0))
        ImageDraw.Draw(box).rectangle((width // 2 - 2, 0, width // 2 + 1, HEIGHT), fill="white")
        return box
    across = math.isqrt(len(pictures) - 1) + 1 if len(pictures) > 1 else 1
    down = math.ceil(len(pictures) / across)
    for number, picture in enumerate(pictures):
        column, row = number % across, number // across
        left, right = width * column // across, width * (column + 1) // across
        top, bottom = HEIGHT * row // down, HEIGHT * (row + 1) // down
        box.paste(ImageOps.fit(picture, (right - left, bottom - top)), (left, top))
    return box


def _write(card: Image.Image, title: str, corner: str, left: int) -> None:
    pen = ImageDraw.Draw(card)
    letters = Lettering((title, corner, *_BRAND))
    room = WIDTH - _MARGIN - left
    if title:
        size, (lines,) = letters.fit([title], (60, 30), width=room, height=380)
        lines = _balanced(letters, title, size, lines, room)
        step = line_height(size)
        top = (_BASELINE - 40 - len(lines) * step) / 2 + 24
        for number, line in enumerate(lines):
            place = (left, top + number * step + size)
            _draw_bold(letters, pen, place, line, size, DARK["text"])
    _draw_bold(letters, pen, (left, _BASELINE), _BRAND[0], 36, DARK["text"])
    x = left + letters.width(_BRAND[0], 36)
    for letter, colour in zip(_BRAND[1], (DARK["accent"], "#a864f6", DARK["accent2"]), strict=True):
        _draw_bold(letters, pen, (x, _BASELINE), letter, 36, colour)
        x += letters.width(letter, 36)
    if corner:
        at = WIDTH - _MARGIN - letters.width(corner, 26)
        letters.draw(pen, (at, _BASELINE), corner, 26, "#c3cad4")


def _balanced(
    letters: Lettering, title: str, size: int, lines: tuple[str, ...], room: int
) -> tuple[str, ...]:
    """The same number of lines, as equally long as they can be."""
    for width in range(room, room // 2, -16):
        narrower = letters.set(title, size, width=width, lines=len(lines))
        if not narrower.whole:
            break
        lines = narrower.lines
    return lines


def _draw_bold(
    letters: Lettering,
    pen: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: int,
    colour: str,
) -> None:
    """Of the fonts that are everywhere none is bold: drawn twice, they look so."""
    for shift in (0.0, size / 40):
        letters.draw(pen, (place[0] + shift, place[1]), text, size, colour)

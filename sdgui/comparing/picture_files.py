"""Reading the pictures that are compared: a damaged one, or a trap, is told in words and costs nothing."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageOps

from sdgui.errors import OutOfOrder
from sdgui.records import MOST_PIXELS

# What Pillow raises for PNGs that are broken in one way or another.
_FAULTS = (
    *(OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error, zlib.error),
    *(Image.DecompressionBombError, OverflowError, MemoryError),
)


_BEGINNINGS = {b"\xff\xd8\xff": "jpeg", b"RIFF": "webp"}


def kind_of(content: bytes) -> str:
    """What a picture's bytes are: "png", "jpeg" or "webp"."""
    return next((kind for begin, kind in _BEGINNINGS.items() if content.startswith(begin)), "png")


def read_rgb(png: Path | bytes) -> Image.Image:
    """The picture (PNG, JPEG or WebP), upright, in RGB; FileNotFoundError when its file is gone, OutOfOrder when it
    cannot be read.

    One that claims to have more than `MOST_PIXELS` is not decoded.
    """
    try:
        with Image.open(
            png if isinstance(png, Path) else io.BytesIO(png), formats=["PNG", "JPEG", "WEBP"]
        ) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"it claims to have {image.width} × {image.height} pixels")
            return ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError:
        raise
    except _FAULTS as error:
        raise OutOfOrder("That picture cannot be read.", "Its file is damaged.") from error

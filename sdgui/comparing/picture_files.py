"""Reading the pictures that are compared: a damaged one, or a trap, is told in words and costs nothing."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

from sdgui.errors import OutOfOrder
from sdgui.records import MOST_PIXELS

# What Pillow raises for PNGs that are broken in one way or another.
_FAULTS = (
    *(OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error, zlib.error),
    *(Image.DecompressionBombError, OverflowError, MemoryError),
)


def read_rgb(png: Path | bytes) -> Image.Image:
    """The picture in RGB; FileNotFoundError when its file is gone, OutOfOrder when it cannot be read.

    One that claims to have more than `MOST_PIXELS` is not decoded.
    """
    try:
        with Image.open(
            png if isinstance(png, Path) else io.BytesIO(png), formats=["PNG"]
        ) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"it claims to have {image.width} × {image.height} pixels")
            return image.convert("RGB")
    except FileNotFoundError:
        raise
    except _FAULTS as error:
        raise OutOfOrder("That picture cannot be read.", "Its file is damaged.") from error

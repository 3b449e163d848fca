"""Thumbnails: small JPEGs for the gallery, made again from the PNG whenever one is missing."""

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from sdgui.events import Pixels
from sdgui.storage.pictures import opened

LONGEST_SIDE = 384
_QUALITY = 85


def encode_thumbnail(pixels: Pixels) -> bytes:
    """The picture as JPEG, its longest side at most 384 px; never enlarged."""
    return _jpeg(Image.fromarray(np.ascontiguousarray(pixels)))


def encode_thumbnail_of(file: Path) -> bytes:
    """The thumbnail of a PNG, JPEG or WebP on disk; Unreadable when it cannot be read."""
    with opened(file, any_kind=True) as image:
        return encode_thumbnail_in(ImageOps.exif_transpose(image))


def encode_thumbnail_in(image: Image.Image) -> bytes:
    """The thumbnail of a picture that Pillow opened, whatever its mode; what is transparent is white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        ground.alpha_composite(clear)
        image = ground
    return _jpeg(image.convert("RGB"))


def _jpeg(image: Image.Image) -> bytes:
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    jpeg = io.BytesIO()
    image.save(jpeg, format="JPEG", quality=_QUALITY)
    return jpeg.getvalue()

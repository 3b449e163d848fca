"""A PNG without whatever it says of itself."""

import io
import struct

from sdgui.comparing.picture_files import read_rgb

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_OF_THE_PICTURE = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"}
"""The chunks without which it would look otherwise (https://www.w3.org/TR/png-3/#5Chunk-naming-conventions)."""


def as_png(picture: bytes) -> bytes:
    """The pixels of a JPEG or WebP as a PNG, and nothing else; OutOfOrder where it is damaged."""
    png = io.BytesIO()
    image = read_rgb(picture)
    image.info.clear()  # Pillow writes some of it along
    image.save(png, format="PNG", compress_level=1)
    return png.getvalue()


def without_texts(png: bytes) -> bytes:
    """The same pixels, and nothing else: no texts, no times, nothing behind its end; ValueError where it is no PNG."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("it is no PNG")
    kept = [_SIGNATURE]
    at = len(_SIGNATURE)
    while at + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind = png[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(png):
            break
        if kind in _OF_THE_PICTURE:
            kept.append(png[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
    raise ValueError("it is cut off")

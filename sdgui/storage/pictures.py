"""Pictures as PNG bytes that carry what made them, `parameters` (infotext) and `sdgui` (the complete spec), and where
they stand among the others."""

import io
import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sdgui import __version__
from sdgui.events import Pixels
from sdgui.records import MOST_PIXELS
from sdgui.spec import PictureSpec
from sdgui.storage.infotext import to_infotext
from sdgui.storage.place import Place
from sdgui.storage.right_kinds import is_of

PARAMETERS = "parameters"
SDGUI = "sdgui"

END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_COMPRESS_LEVEL = 1  # measured at 512 px: 24 ms, and 17 % larger than level 4 in 52 ms


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What a PNG of ours says of itself: its spec, how it was made, and its place, of which former versions told
    nothing."""

    spec: PictureSpec
    notes: dict[str, str]
    place: Place | None = None


def encode_png(
    spec: PictureSpec, pixels: Pixels, notes: dict[str, str], place: Place | None = None
) -> bytes:
    """The picture as PNG, with its parameters inside; ValueError when the pixels are not of the spec's size."""
    if pixels.shape != (spec.height, spec.width, 3) or pixels.dtype != np.uint8:
        raise ValueError(f"{spec.width} × {spec.height} RGB bytes expected, got {pixels.shape}")
    said = {"spec": spec.to_dict(), "notes": notes, "version": __version__}
    if place is not None:
        said["place"] = place.to_dict()
    texts = PngInfo()
    texts.add_text(PARAMETERS, to_infotext(spec))  # tEXt, or iTXt where Latin-1 does not suffice
    texts.add_text(SDGUI, json.dumps(said, sort_keys=True))
    # In memory first: Pillow's own writing to a file loses the reason when the disk is full.
    png = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(
        png, format="PNG", pnginfo=texts, compress_level=_COMPRESS_LEVEL
    )
    return png.getvalue()


def read_spec(file: Path) -> PictureSpec | None:
    """The complete spec inside a PNG; None when it is not a picture of ours. The values are as written, of the right
    kinds and otherwise unchecked."""
    said = read_provenance(file)
    return None if said is None else said.spec


def read_provenance(file: Path) -> Provenance | None:
    """The spec and notes inside a PNG; None when it is not a picture of ours."""
    text = _text_in(file, SDGUI)
    return None if text is None else provenance_in(text)


def read_infotext(file: Path) -> str | None:
    """The text `parameters` inside a PNG, as it stands there; None where there is none."""
    return _text_in(file, PARAMETERS)


def _text_in(file: Path, name: str) -> str | None:
    try:
        with opened(file) as image:
            text = image.info.get(name)
    except Unreadable:
        return None
    return text if isinstance(text, str) else None


def provenance_in(text: str) -> Provenance | None:
    """What the text `sdgui` of a picture of ours says; None for one of another shape."""
    try:
        said = json.loads(text)
        spec = PictureSpec.from_json(json.dumps(said["spec"]))
        if not is_of(PictureSpec, spec):
            return None
        return Provenance(spec=spec, notes=dict(said["notes"]), place=_place(said.get("place")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _place(said: Any) -> Place | None:
    """The place; None where none is said that could be one."""
    try:
        return Place.from_dict(said)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def is_whole(file: Path, spec: PictureSpec) -> bool:
    """Whether `file` is a PNG that decodes to the end and was made from exactly this spec."""
    said = read_provenance(file)
    if said is None or said.spec != spec:
        return False
    try:
        with opened(file) as image:
            if image.size != (spec.width, spec.height):
                return False
            image.verify()  # every checksum
        with opened(file) as image:
            image.load()
        return file.read_bytes().endswith(END)
    except (OSError, Unreadable):
        return False


class Unreadable(Exception):
    """A picture's file that is gone, damaged, or claims to be larger than any picture."""


@contextmanager
def opened(file: Path | IO[bytes], *, any_kind: bool = False) -> Iterator[Image.Image]:
    """A PNG, or with `any_kind` a JPEG or WebP too, of which nothing is decoded yet; whatever fails inside of reading
    it is Unreadable."""
    try:
        with Image.open(file, formats=["PNG", "JPEG", "WEBP"] if any_kind else ["PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Unreadable(f"it claims to have {image.width} × {image.height} pixels")
            yield image
    except _FAULTS as error:
        raise Unreadable(str(error)) from error


# What Pillow raises for PNGs that are broken in one way or another.
_FAULTS = (
    *(OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error, zlib.error),
    *(Image.DecompressionBombError, OverflowError, MemoryError),
)

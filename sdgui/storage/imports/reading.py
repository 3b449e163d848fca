"""One file of a folder, read once: its hash, what it was made with, its size and its thumbnail."""

import hashlib
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import ImageOps

from sdgui.imports import FileKind
from sdgui.made_with import MadeWith, Origin
from sdgui.model_ref import ModelRef
from sdgui.samplers import AUTOMATIC
from sdgui.spec import PictureSpec, Variation
from sdgui.storage.made_with.reading import of_texts
from sdgui.storage.made_with.texts import read_texts
from sdgui.storage.pictures import SDGUI, Provenance, Unreadable, opened, provenance_in
from sdgui.storage.plain_file import open_plain
from sdgui.storage.rows import storable
from sdgui.storage.thumbnails import encode_thumbnail_in

LARGEST = 256 * 2**20
"""Bytes of a file that is read."""
_LONGEST_PROMPT = 20_000
_KINDS = {"PNG": FileKind.PNG, "JPEG": FileKind.JPEG, "WEBP": FileKind.WEBP}
_MOST_SEED = 2**63


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A file as it was found: `modified` in nanoseconds since the epoch, `size` in bytes, `hash` its SHA-256."""

    path: str
    size: int
    modified: int
    hash: str

    @property
    def created(self) -> float:
        """The file's own time, in seconds since the epoch."""
        return self.modified / 1e9


@dataclass(frozen=True, kw_only=True)
class ReadPicture:
    """A picture whose pixels could be decoded to the end."""

    kind: FileKind
    spec: PictureSpec
    made_with: MadeWith | None
    notes: dict[str, str]
    thumbnail: bytes


def read_content(file: Path) -> bytes:
    """The bytes of a file; Unreadable when it is larger than any picture. OSError when it cannot be read."""
    with open_plain(file) as opened_file:
        content = opened_file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Unreadable("it is larger than any picture")
    return content


def hash_of(content: bytes) -> str:
    """The SHA-256 of a file's content, in hex."""
    return hashlib.sha256(content).hexdigest()


def read_picture(content: bytes) -> ReadPicture:
    """What a PNG, JPEG or WebP shows and says; Unreadable when it is none, or damaged.

    A picture of ours keeps its whole spec. For any other the spec holds what is known, with 0 and "" for what is not,
    and the size of the file itself.
    """
    with opened(io.BytesIO(content), any_kind=True) as image:
        kind = _KINDS[image.format or ""]
        upright = ImageOps.exif_transpose(image)
        width, height = upright.size
        thumbnail = encode_thumbnail_in(upright)
    texts = read_texts(io.BytesIO(content)).texts
    if SDGUI in texts and (ours := provenance_in(texts[SDGUI])) is not None:
        kept = _of_ours(ours, width, height)
        if kept is not None:
            return ReadPicture(
                kind=kind, spec=kept, made_with=None, notes=ours.notes, thumbnail=thumbnail
            )
    made = replace(of_texts(texts), size=(width, height), sheet=None, pictures=0)
    spec = _spec_of(made, width, height)
    return ReadPicture(kind=kind, spec=spec, made_with=made, notes={}, thumbnail=thumbnail)


def _of_ours(said: Provenance, width: int, height: int) -> PictureSpec | None:
    """Its spec, of the size that the file has; None where its values are not of the kind that ours are."""
    spec = replace(said.spec, width=width, height=height)
    numbers = (spec.steps, spec.seed)
    texts = (spec.prompt, spec.negative_prompt, spec.sampler, spec.schedule, spec.model.id)
    is_ours = (
        all(isinstance(one, int) and abs(one) < _MOST_SEED for one in numbers)
        and all(isinstance(one, str) for one in texts)
        and isinstance(spec.guidance, int | float)
        and all(isinstance(v, str) for v in said.notes.values())
    )
    if not is_ours:
        return None
    try:
        text = storable(json.dumps(spec.to_dict()))
        return PictureSpec.from_json(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _spec_of(made: MadeWith, width: int, height: int) -> PictureSpec:
    """What a file says, as far as a spec can hold it; nothing of it is made up but 0 and ""."""
    variation = None
    if made.variation_seed is not None and made.variation_strength:
        variation = Variation(seed=made.variation_seed, strength=made.variation_strength)
    return PictureSpec(
        prompt=storable(made.prompt[:_LONGEST_PROMPT]),
        negative_prompt=storable(made.negative_prompt[:_LONGEST_PROMPT]),
        model=ModelRef(
            id="" if made.model is None else storable(made.model), hash=storable(made.model_hash)
        ),
        width=width,
        height=height,
        steps=0 if made.steps is None else made.steps,
        guidance=0.0 if made.guidance is None else made.guidance,
        sampler="" if made.sampler is None else storable(made.sampler),
        schedule=AUTOMATIC if not made.schedule else storable(made.schedule),
        seed=0 if made.seed is None else made.seed,
        variation=variation,
        emphasis=made.emphasis and made.origin is not Origin.NONE,
    )

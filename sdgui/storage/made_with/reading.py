"""What a picture's file was made with, whoever wrote it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

from sdgui.adapters import learnt_words, loras
from sdgui.correction import Correction, read_correction, written
from sdgui.errors import UserError
from sdgui.made_with import MadeWith, NamedAdapter, Origin
from sdgui.request_fields import AXES
from sdgui.sheet import SHEET, Axis, Sheet, SheetKind
from sdgui.spec import PictureSpec
from sdgui.storage.made_with import values
from sdgui.storage.made_with.comfyui import of_comfyui
from sdgui.storage.made_with.infotexts import of_infotext
from sdgui.storage.made_with.invokeai import of_invokeai
from sdgui.storage.made_with.swarmui import of_swarmui
from sdgui.storage.made_with.texts import USER_COMMENT, read_texts
from sdgui.storage.pictures import PARAMETERS, SDGUI

TOO_LONG = "Some text in it is longer than what is read."
_LONGEST_PREFIX = 10
_MOST_LABELS = 1000
_LONGEST_LABEL = 10_000


def read_made_with(file: BinaryIO) -> MadeWith | None:
    """What a PNG, JPEG or WebP says that it was made with; None where it is none of these.

    The pixels are not decoded. Whatever the bytes are, nothing but OSError is raised.
    """
    found = read_texts(file)
    if not found.is_picture:
        return None
    made = of_texts(found.texts)
    notes = (*made.notes, TOO_LONG) if found.too_long else made.notes
    return replace(made, size=found.size, notes=notes)


def of_texts(texts: Mapping[str, str]) -> MadeWith:
    """What the texts of a picture say; of `Origin.NONE` where they say nothing that is known."""
    texts = _with_prefixed(texts)
    made = _of_ours(texts.get(SDGUI)) or _of_our_sheet(texts.get(SHEET))
    for name in (PARAMETERS, USER_COMMENT):
        if made is None and name in texts:
            made = of_swarmui(texts[name]) or of_infotext(texts[name])
    if made is None:
        made = of_invokeai(texts) or of_comfyui(texts)
    return MadeWith() if made is None else made


def _with_prefixed(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts, and those that ComfyUI puts into Exif with their name before them: `prompt:{…}`."""
    found = dict(texts)
    for text in texts.values():
        name, colon, rest = text[:_LONGEST_PREFIX].partition(":")
        if colon and name.lower() in ("prompt", "workflow"):
            found.setdefault(name.lower(), rest + text[_LONGEST_PREFIX:])
    return found


def _of_ours(text: str | None) -> MadeWith | None:
    """What our own complete spec says; None where it is of another shape, when the infotext may still tell."""
    if text is None:
        return None
    told = values.mapping(values.mapping(text).get("spec"))
    try:
        spec = PictureSpec.from_json(json.dumps(told))
        return of_spec(spec)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _of_our_sheet(text: str | None) -> MadeWith | None:
    """What the first picture of a sheet of ours was made with, and how all of them lie."""
    told = values.mapping(text)
    cells = values.listed(told.get("cells"))
    made = _of_ours(json.dumps(cells[0])) if cells else None
    if made is None:
        return None
    said = values.mapping(told.get("sheet"))
    x, y = _axis(said.get("x")), _axis(said.get("y"))
    try:
        kind = SheetKind(str(said.get("kind")))
    except ValueError:
        kind = SheetKind.WALL
    return replace(made, sheet=Sheet(kind=kind, x=x, y=y if x else None), pictures=len(cells))


def _axis(told: object) -> Axis | None:
    """An axis that could have been asked for."""
    said = values.mapping(told)
    title, labels = said.get("title"), values.listed(said.get("labels"))
    if title not in AXES or not 0 < len(labels) <= _MOST_LABELS:
        return None
    if not all(isinstance(one, str) and len(one) <= _LONGEST_LABEL for one in labels):
        return None
    return Axis(title=title, labels=tuple(labels))


def of_spec(spec: PictureSpec) -> MadeWith:
    """A spec as what a file says; values of another kind than ours are left out."""
    variation = spec.variation
    tags_are_read = spec.emphasis is True or bool(spec.adapters)
    return MadeWith(
        origin=Origin.SDGUI,
        prompt=values.text(spec.prompt),
        negative_prompt=values.text(spec.negative_prompt),
        model=values.name(spec.model.id),
        model_hash=values.text(spec.model.hash)[:64],
        width=values.whole(spec.width),
        height=values.whole(spec.height),
        steps=values.whole(spec.steps),
        guidance=values.real(spec.guidance),
        sampler=values.name(spec.sampler),
        schedule=values.name(spec.schedule),
        seed=values.whole(spec.seed),
        variation_seed=None if variation is None else values.whole(variation.seed),
        variation_strength=None if variation is None else values.real(variation.strength),
        emphasis=tags_are_read,
        loras=tuple(
            NamedAdapter(name=str(one.ref.id)[:300], hash=values.text(one.ref.hash))
            for one in loras(spec.adapters)
        ),
        words=tuple(
            NamedAdapter(name=str(one.ref.id)[:300], hash=values.text(one.ref.hash))
            for one in learnt_words(spec.adapters)
        ),
        correction=_correction(spec.correction),
    )


def _correction(correction: Correction) -> Correction | None:
    """How its model was read; None for what cannot be meant."""
    try:
        return read_correction(written(correction))
    except (UserError, ValueError):
        return None

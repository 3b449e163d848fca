"""What a file was made with, as values of the page's settings: only what the page could offer by itself."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from sdgui.adapter_info import AdapterKind
from sdgui.errors import UserError
from sdgui.made_with import MadeWith, NamedAdapter, Origin
from sdgui.model_info import ModelInfo
from sdgui.ports import Models
from sdgui.request_fields import SETTINGS
from sdgui.samplers import joined_name
from sdgui.sheet import Sheet, SheetKind
from sdgui.spec import DreamRequest
from sdgui.web.shared.settings.controls import from_request, nearest_aspect, size_for
from sdgui.written_values import shown

OfSheet = Callable[[Sheet, int], dict[str, Any]]
"""The settings, by name, that ask for a sheet of so many pictures again."""
_CALLED = {
    Origin.SDGUI: "sdgui",
    Origin.A1111: "A1111",
    Origin.FORGE: "Forge",
    Origin.INVOKEAI: "InvokeAI",
    Origin.COMFYUI: "ComfyUI",
    Origin.SWARMUI: "SwarmUI",
}
_KINDS = {
    SheetKind.WALL: "a wall",
    SheetKind.REFINED: "refined drafts",
    SheetKind.VARIATIONS: "variations",
    SheetKind.GRID: "a grid",
}
NOTHING_SAID = "This picture does not say what it was made with."
_SURE = 8
"""Hex digits of a hash from which on it tells models apart."""
_ENDINGS = (".safetensors", ".ckpt")
_READ = ("prompt", "negative_prompt", "steps", "guidance", "seed")


def restored(
    made: MadeWith, models: Models, chosen: str, of_sheet: OfSheet | None = None
) -> dict[str, Any]:
    """`source`, a `sentence`, `request` (the settings by name), what is `absent` here, `notes`, and what the file
    `says`, for a person.

    The model is found by its hash, then by its name; where it is not here, the settings are for `chosen`. `of_sheet`
    gives the settings of a whole sheet.
    """
    size = None if made.size is None else list(made.size)
    if made.origin is Origin.NONE:
        told = {"source": "none", "sentence": NOTHING_SAID, "request": {}, "absent": []}
        return told | {"notes": list(made.notes), "says": [], "size": size}
    model, remark = _model(made, models)
    absent = _absent(made, models, model)
    info = models.look(chosen if model is None else model)
    correction = None if model is None else made.correction
    if correction is not None and not info.ref.hash:
        info = models.describe(info.ref.id)  # only its content tells how its owner has it read
    request, notes = _request(made, info)
    request = replace(request, correction=correction)
    controls = from_request(request, info)
    if controls.sampler not in info.samplers:
        if made.sampler is not None:
            absent.append({"what": "sampler", "name": shown(controls.sampler)})
        controls = replace(controls, sampler=info.sampler)
    values = asdict(controls) | {"lock": request.seed is not None}
    del values["count"]  # a picture says nothing of how many a dream should have
    if made.sheet is not None and of_sheet is not None:
        values |= of_sheet(made.sheet, made.pictures)
    return {
        "source": str(made.origin),
        "sentence": f"{_sheet_in_words(made)}Made with {_CALLED[made.origin]}.",
        "request": values,
        "absent": absent,
        "notes": [*made.notes, *remark, *notes],
        "says": _says(made),
        "size": size,
    }


def _sheet_in_words(made: MadeWith) -> str:
    """ "A sheet of 32 pictures: Steps × Cfg scale. "; "" of a single picture."""
    if made.sheet is None:
        return ""
    axes = " × ".join(axis.title for axis in (made.sheet.x, made.sheet.y) if axis is not None)
    many = "1 picture" if made.pictures == 1 else f"{made.pictures:,} pictures"
    return f"A sheet of {many}: {axes or _KINDS[made.sheet.kind]}. "


def _model(made: MadeWith, models: Models) -> tuple[str | None, tuple[str, ...]]:
    """The model that is meant, and what is to be known of it; None where it is not here."""
    names = models.names()
    hashes = {name: _hash(models, name) for name in models.at_hand()}
    if len(made.model_hash) >= _SURE:
        for name, known in hashes.items():
            if known.startswith(made.model_hash):
                return name, ()
    if made.model is None:
        return None, ()
    wanted = _stem(made.model)
    found = [made.model] if made.model in names else [n for n in names if _stem(n) == wanted]
    if len(found) != 1:
        return None, ()
    # Only a hash of a whole file can be compared with ours.
    known = hashes.get(found[0], "")
    differs = bool(known) and made.origin is Origin.SDGUI and len(made.model_hash) >= _SURE
    remark = f"The model called {shown(found[0])} here is another one than that of the picture."
    return found[0], (remark,) if differs else ()


def _hash(models: Models, name: str) -> str:
    try:
        return models.look(name).ref.hash
    except UserError:
        return ""


def _stem(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2].casefold()
    for ending in _ENDINGS:
        last = last.removesuffix(ending)
    return last


def _absent(made: MadeWith, models: Models, model: str | None) -> list[dict[str, str]]:
    absent = []
    if model is None and made.model is not None:
        absent.append({"what": "model", "name": shown(made.model)})
    kinds: tuple[tuple[AdapterKind, str, tuple[NamedAdapter, ...]], ...] = (
        (AdapterKind.LORA, "lora", made.loras),
        (AdapterKind.EMBEDDING, "embedding", made.words),
    )
    here = {(one.kind, _stem(one.name)) for one in models.adapters()}
    for kind, what, asked in kinds:
        absent += [
            {"what": what, "name": shown(one.name)}
            for one in asked
            if (kind, _stem(one.name)) not in here
        ]
    if made.vae is not None and made.vae.casefold() not in ("none", "automatic"):
        absent.append({"what": "vae", "name": shown(made.vae)})
    vae = None if made.correction is None else made.correction.vae
    if vae is not None and model is not None:
        try:
            models.check_vae(vae, models.look(model))
        except UserError:
            absent.append({"what": "vae", "name": shown(vae.id)})
    return absent


def _request(made: MadeWith, info: ModelInfo) -> tuple[DreamRequest, list[str]]:
    """What can be asked for of it, and a sentence for each value that cannot."""
    notes: list[str] = []

    def taken(read: Callable[[], Any], otherwise: Any = None) -> Any:
        try:
            return read()
        except UserError as fault:
            notes.append(fault.message)
            return otherwise

    said = {
        name: taken(lambda name=name: SETTINGS[name].read(getattr(made, name)))  # type: ignore[misc]
        for name in _READ
        if getattr(made, name) is not None
    }
    if made.variation_seed is not None and made.variation_strength:
        notes.append("It is a variation; these settings make what it varies.")
    width, height = made.width, made.height
    fits = all(
        one is not None and info.min_size <= one <= info.max_size and one % info.size_step == 0
        for one in (width, height)
    )
    if not fits:
        if width is not None and height is not None:
            asked = f"{width:,} × {height:,} pixels cannot be asked of {shown(info.title)}"
            aspect = nearest_aspect(width, height)
            width, height = size_for(aspect, info)
            notes.append(f"{asked}: its nearest shape is {aspect}, {width:,} × {height:,}.")
        else:
            width = height = None
    sampler = made.sampler
    if sampler is not None and made.schedule is not None:
        sampler = joined_name(sampler, made.schedule)
    return (
        DreamRequest(
            prompt=said.get("prompt") or "",
            negative_prompt=said.get("negative_prompt") or "",
            model=info.ref.id,
            width=width,
            height=height,
            steps=said.get("steps"),
            guidance=said.get("guidance"),
            sampler=sampler,
            seed=said.get("seed"),
            emphasis=made.emphasis,
        ),
        notes,
    )


def _says(made: MadeWith) -> list[list[str]]:
    """What the file says, as pairs of a label and a value."""
    size = None if made.width is None else f"{made.width} × {made.height}"
    sampler = made.sampler
    if sampler is not None and made.schedule is not None:
        sampler = joined_name(sampler, made.schedule)
    lie = () if made.sheet is None else (("X", made.sheet.x), ("Y", made.sheet.y))
    axes = [
        (f"{name}: {axis.title}", ", ".join(axis.labels)[:2000])
        for name, axis in lie
        if axis is not None
    ]
    told = (
        (SETTINGS["prompt"].label, made.prompt[:2000]),
        (SETTINGS["negative_prompt"].label, made.negative_prompt[:2000]),
        (SETTINGS["model"].label, made.model),
        ("Size", size),
        (SETTINGS["steps"].label, made.steps),
        (SETTINGS["guidance"].label, None if made.guidance is None else f"{made.guidance:g}"),
        (SETTINGS["sampler"].label, sampler),
        (SETTINGS["seed"].label, made.seed),
        *axes,
    )
    return [[label, str(value)] for label, value in told if value is not None and value != ""]

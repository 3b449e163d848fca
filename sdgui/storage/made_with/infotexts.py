"""Made with A1111, Forge or an older sdgui: the text under `parameters`, or in the comment of Exif."""

from sdgui.emphasis import read_prompt
from sdgui.made_with import MadeWith, NamedAdapter, Origin
from sdgui.storage.infotext import ParsedInfotext, from_infotext
from sdgui.storage.made_with import values
from sdgui.storage.made_with.samplers import our_sampler

_MAX_TEXT = 100_000
"""Characters of an infotext; what is longer is something else."""


def of_infotext(text: str) -> MadeWith | None:
    """What an infotext says; None where it has no line of parameters."""
    if len(text) > _MAX_TEXT:
        return None
    read = from_infotext(text)
    if not read.fields or (read.steps is None and read.seed is None):
        return None
    hashes = values.mapping(read.fields.get("Hashes"))
    sampler, schedule = our_sampler(read.sampler, read.schedule)
    model_hash = read.model_hash or hashes.get("model")
    return MadeWith(
        origin=_origin(read),
        prompt=read.prompt,
        negative_prompt=read.negative_prompt,
        model=values.name(read.model),
        model_hash=_hex(model_hash),
        width=read.width,
        height=read.height,
        steps=read.steps,
        guidance=read.guidance,
        sampler=sampler,
        schedule=schedule,
        seed=read.seed,
        variation_seed=read.variation_seed,
        variation_strength=read.variation_strength,
        emphasis=read.emphasis,
        loras=_loras(read),
        words=tuple(NamedAdapter(name=n, hash=h) for n, h in read.word_hashes.items()),
        vae=values.stem(read.fields.get("VAE")),
        notes=_notes(read),
    )


def _origin(read: ParsedInfotext) -> Origin:
    version = read.fields.get("Version", "")
    if version.startswith("sdgui"):
        return Origin.SDGUI
    if version == "ComfyUI":  # nodes that save pictures for Civitai write so
        return Origin.COMFYUI
    return Origin.FORGE if version[:1] == "f" or version.startswith("neo") else Origin.A1111


def _loras(read: ParsedInfotext) -> tuple[NamedAdapter, ...]:
    told = {name.casefold(): (name, one) for name, one in read.lora_hashes.items()}
    asked = [
        tag.name
        for prompt in (read.prompt, read.negative_prompt)
        for tag in read_prompt(prompt).loras
    ]
    for name in asked:
        told.setdefault(name.casefold(), (name, ""))
    return tuple(NamedAdapter(name=name, hash=one) for name, one in told.values())


def _notes(read: ParsedInfotext) -> tuple[str, ...]:
    told = []
    if "Hires upscale" in read.fields or "Hires steps" in read.fields:
        told.append("It was enlarged in a second pass, which is not repeated here.")
    elif "Denoising strength" in read.fields:
        told.append("It was made from another picture, which its file does not hold.")
    if read.clip_skip is not None and read.clip_skip > 1 and _origin(read) is not Origin.SDGUI:
        told.append(
            f"Its clip skip of {read.clip_skip} is left out: it is set for a model, by Correct in Models."
        )
    return tuple(told)


def _hex(value: object) -> str:
    """A hash, or the beginning of one, that is long enough to tell models apart."""
    told = str(value).strip().lower() if isinstance(value, str) else ""
    told = told.removeprefix("0x")
    return told if 8 <= len(told) <= 64 and all(c in "0123456789abcdef" for c in told) else ""

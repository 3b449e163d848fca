"""Infotext: a picture's parameters as the text that A1111 writes under the PNG key `parameters`, and its reader.

The reader follows A1111's own rules: it shows that what we write is read back as it was meant.
The format cannot tell a prompt's own line "Negative prompt: …" from the negative prompt; everything else survives.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sdgui import __version__
from sdgui.adapters import Adapter, learnt_words, loras
from sdgui.correction import Correction
from sdgui.request_fields import key_of
from sdgui.samplers import AUTOMATIC, KARRAS, SCHEDULES, split_name
from sdgui.spec import PictureSpec

_NEGATIVE = f"{key_of('negative_prompt')}:"
# A1111's pattern, with keys bounded so that a long line of nothing cannot take quadratic time
_PARAMETER = re.compile(r'(\w[\w \-/]{1,60}):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_MIN_PARAMETERS = 3
_UNIFORM = "Uniform"
"""A1111's name for the model's own schedule."""
_KARRAS_OF_ITSELF = ("DPM++ 2M", "DPM++ SDE")
"""Samplers for which A1111 takes `Automatic` as Karras, so that we say of theirs which schedule is meant."""

_LORA_HASHES, _WORD_HASHES = "Lora hashes", "TI hashes"
_SHORT_HASH = 10
"""Hex digits of the SHA-256 of a whole file: what A1111 and Civitai call AutoV2."""

_CLIP_SKIP, _NOISE_SCHEDULE, _ZERO_SNR = "Clip skip", "Noise Schedule", "Zero Terminal SNR"
"""As A1111 writes them."""
_VAE, _VAE_HASH, _SUFFIX = "VAE", "VAE hash", ".safetensors"
"""A1111 calls a VAE by its file."""
_ORIGINAL, _NONE = "Original", "None"
"""A1111's names for emphasis as it always was, and for brackets that are plain text."""


@dataclass(frozen=True, kw_only=True)
class ParsedInfotext:
    """What an infotext says; None where it says nothing readable; `fields` holds every key as it was written.

    `lora_hashes` and `word_hashes` are by name, of as many digits as were written.
    """

    prompt: str
    negative_prompt: str = ""
    steps: int | None = None
    sampler: str | None = None
    schedule: str | None = None
    guidance: float | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    model: str | None = None
    model_hash: str | None = None
    variation_seed: int | None = None
    variation_strength: float | None = None
    clip_skip: int | None = None
    vae: str | None = None
    vae_hash: str | None = None
    emphasis: bool = True
    lora_hashes: dict[str, str] = field(default_factory=dict)
    word_hashes: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)


def to_infotext(spec: PictureSpec) -> str:
    """The infotext of a picture; hashes are cut to their first 10 hex digits."""
    variation: dict[str, object] = {}
    if spec.variation is not None:
        variation = {
            key_of("variation_seed"): spec.variation.seed,
            key_of("variation_strength"): _short(spec.variation.strength),
        }
    parameters: dict[str, object] = {
        key_of("steps"): spec.steps,
        key_of("sampler"): spec.sampler,
        key_of("schedule"): _schedule_type(spec.sampler, spec.schedule),
        key_of("guidance"): _short(spec.guidance),
        key_of("seed"): spec.seed,
        key_of("width"): f"{spec.width}x{spec.height}",
        "Model hash": spec.model.hash[:_SHORT_HASH],
        key_of("model"): spec.model.id,
        **variation,
        **_corrections(spec.correction),
        **_vae(spec.correction),
        key_of("emphasis"): _ORIGINAL if spec.emphasis else _NONE,
        **_hashes(_LORA_HASHES, loras(spec.adapters)),
        **_hashes(_WORD_HASHES, learnt_words(spec.adapters)),
        "Version": f"sdgui {__version__}",
    }
    lines = [spec.prompt]
    if spec.negative_prompt:
        lines.append(f"{_NEGATIVE} {spec.negative_prompt}")
    lines.append(", ".join(f"{key}: {_quoted(str(value))}" for key, value in parameters.items()))
    return "\n".join(lines)


def from_infotext(text: str) -> ParsedInfotext:
    """What an infotext says, by A1111's rules; a last line of fewer than three parameters is part of the prompt."""
    *lines, last = text.strip().split("\n")
    found = _PARAMETER.findall(last)
    if len(found) < _MIN_PARAMETERS:
        lines, found = [*lines, last], []
    fields = {key.strip(): _unquoted(value.strip()) for key, value in found}

    starts = (i for i, line in enumerate(lines) if line.strip().startswith(_NEGATIVE))
    start = next(starts, len(lines))
    negative = "\n".join(lines[start:]).strip().removeprefix(_NEGATIVE)
    sampler, schedule = _sampler_of(fields)
    size = re.fullmatch(r"(\d{1,9})x(\d{1,9})", fields.get(key_of("width"), ""))
    return ParsedInfotext(
        prompt="\n".join(lines[:start]).strip(),
        negative_prompt=negative.strip(),
        steps=_whole(fields.get(key_of("steps"))),
        sampler=sampler,
        schedule=schedule,
        guidance=_real(fields.get(key_of("guidance"))),
        seed=_whole(fields.get(key_of("seed"))),
        width=int(size[1]) if size else None,
        height=int(size[2]) if size else None,
        model=fields.get(key_of("model")),
        model_hash=fields.get("Model hash"),
        variation_seed=_whole(fields.get(key_of("variation_seed"))),
        variation_strength=_real(fields.get(key_of("variation_strength"))),
        clip_skip=_whole(fields.get(_CLIP_SKIP)),
        vae=None if _VAE not in fields else fields[_VAE].removesuffix(_SUFFIX),
        vae_hash=fields.get(_VAE_HASH),
        emphasis=_emphasis(fields),
        lora_hashes=_named(fields.get(_LORA_HASHES, "")),
        word_hashes=_named(fields.get(_WORD_HASHES, "")),
        fields=fields,
    )


def _corrections(correction: Correction) -> dict[str, object]:
    """What its owner knew better than the model's files; what those say is not written."""
    told: dict[str, object] = {}
    if correction.clip_skip != 1:
        told[_CLIP_SKIP] = correction.clip_skip
    if correction.zero_snr is not None:
        told[_NOISE_SCHEDULE] = _ZERO_SNR if correction.zero_snr else "Default"
    if correction.prediction_type is not None:
        told["Prediction type"] = correction.prediction_type
    return told


def _vae(correction: Correction) -> dict[str, object]:
    """The file of the VAE that decoded, where it was not the model's own."""
    vae = correction.vae
    if vae is None:
        return {}
    return {_VAE_HASH: vae.hash[:_SHORT_HASH], _VAE: f"{vae.id}{_SUFFIX}"}


def _schedule_type(sampler: str, schedule: str) -> str:
    """As A1111 understands it."""
    return _UNIFORM if schedule == AUTOMATIC and sampler in _KARRAS_OF_ITSELF else schedule


def _sampler_of(fields: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Sampler and schedule, also of one name for both, as it was written before A1111 1.9 and by the first sdgui."""
    name, kind = fields.get(key_of("sampler")), fields.get(key_of("schedule"))
    if name is None:
        return None, None
    sampler, schedule = split_name(name)
    if kind is None:
        return sampler, schedule
    if kind.casefold() == _UNIFORM.casefold():
        return sampler, AUTOMATIC
    if kind == AUTOMATIC and schedule == AUTOMATIC and sampler in _KARRAS_OF_ITSELF:
        return sampler, KARRAS
    if kind == AUTOMATIC:
        return sampler, schedule
    known = {one.casefold(): one for one in SCHEDULES}
    return sampler, known.get(kind.casefold(), kind)


def _emphasis(fields: Mapping[str, str]) -> bool:
    """Whether brackets weigh: with A1111 they do unless it says otherwise; our first texts said nothing, and they did
    not."""
    written = fields.get(key_of("emphasis"))
    if written is None:
        return not fields.get("Version", "").startswith("sdgui")
    return written.casefold() != _NONE.casefold()


def _hashes(key: str, adapters: Sequence[Adapter]) -> dict[str, str]:
    """Names with short hashes, as A1111 writes them; nothing where there are none."""
    told = [f"{one.ref.id}: {one.ref.hash[:_SHORT_HASH]}" for one in adapters]
    return {key: ", ".join(told)} if told else {}


def _named(written: str) -> dict[str, str]:
    """What `_hashes` wrote: names hold commas now and then, and never a colon."""
    found = re.finditer(r"([^:]{1,200}):\s*([0-9a-fA-F]{1,64})\s*(?:,|$)", written)
    return {match[1].strip(): match[2].lower() for match in found}


def _short(number: float) -> float:
    """7.0 as A1111 writes it: 7."""
    return int(number) if float(number).is_integer() else number


def _quoted(value: str) -> str:
    """JSON where the plain value would be cut or unquoted by a reader."""
    plain = not any(char in value for char in ",:\n") and value.strip().strip('"') == value
    return value if plain else json.dumps(value, ensure_ascii=False)


def _unquoted(value: str) -> str:
    if not (value.startswith('"') and value.endswith('"')):
        return value
    try:
        return str(json.loads(value))
    except ValueError:
        return value


def _whole(value: str | None) -> int | None:
    try:
        return None if value is None else int(value)
    except ValueError:
        return None


def _real(value: str | None) -> float | None:
    try:
        number = math.nan if value is None else float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None

"""Made with InvokeAI: JSON under `invokeai_metadata`, of older ones under `sd-metadata`, of the first a command line
under `Dream`."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

from sdgui.made_with import MadeWith, NamedAdapter, Origin
from sdgui.storage.made_with import values
from sdgui.storage.made_with.samplers import our_sampler

_WEIGHED = re.compile(r"[\w)][+-]{1,8}(?=[\s,.)]|$)|\)[0-9.]+")
_AVOIDED = re.compile(r"\[([^\[\]]*)\]")
_MOST_LORAS = 50
_LONGEST_LINE = 20_000
WEIGHTS = "Its words are weighed in InvokeAI's way, which is read as plain text here."


def of_invokeai(texts: Mapping[str, str]) -> MadeWith | None:
    """What the texts of a picture say in one of InvokeAI's ways; None where in none."""
    if told := values.mapping(texts.get("invokeai_metadata")):
        return _of_metadata(told)
    if told := values.mapping(texts.get("sd-metadata")):
        return _of_older(told)
    if line := texts.get("Dream"):
        return _of_line(line)
    return None


def _of_metadata(told: dict[str, Any]) -> MadeWith:
    model = values.mapping(told.get("model"))
    loras = []
    for one in values.listed(told.get("loras"))[:_MOST_LORAS]:
        lora = values.mapping(one)
        inner = values.mapping(lora.get("model")) or values.mapping(lora.get("lora"))
        name = values.stem(inner.get("name")) or values.stem(inner.get("model_name"))
        if name is not None:
            loras.append((name, values.real(lora.get("weight"))))
    vae = values.mapping(told.get("vae"))
    sampler, schedule = our_sampler(values.name(told.get("scheduler")), None)
    return _made(
        prompt=_whole_prompt(told, "positive"),
        negative_prompt=_whole_prompt(told, "negative"),
        loras=tuple(loras),
        notes=(),
        model=values.stem(model.get("name")) or values.stem(model.get("model_name")),
        width=values.whole(told.get("width")),
        height=values.whole(told.get("height")),
        steps=values.whole(told.get("steps")),
        guidance=values.real(told.get("cfg_scale")),
        sampler=sampler,
        schedule=schedule,
        seed=values.whole(told.get("seed")),
        vae=values.stem(vae.get("name")) or values.stem(vae.get("model_name")),
    )


def _whole_prompt(told: dict[str, Any], which: str) -> str:
    """The prompt, with what styles of SDXL add to it."""
    parts = (values.text(told.get(f"{which}{part}_prompt")) for part in ("", "_style"))
    return ", ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _of_older(told: dict[str, Any]) -> MadeWith:
    image = values.mapping(told.get("image"))
    prompt = image.get("prompt")
    if isinstance(prompt, list):
        prompt = ", ".join(values.text(values.mapping(one).get("prompt")) for one in prompt[:20])
    plain, avoided = _taken_apart(values.text(prompt))
    sampler, schedule = our_sampler(values.name(image.get("sampler")), None)
    return _made(
        prompt=plain,
        negative_prompt=avoided,
        loras=(),
        notes=(),
        model=values.stem(told.get("model_weights")) or values.stem(told.get("model")),
        model_hash=values.text(told.get("model_hash"))[:64],
        width=values.whole(image.get("width")),
        height=values.whole(image.get("height")),
        steps=values.whole(image.get("steps")),
        guidance=values.real(image.get("cfg_scale")),
        sampler=sampler,
        schedule=schedule,
        seed=values.whole(image.get("seed")),
    )


def _of_line(line: str) -> MadeWith | None:
    """A command of the first InvokeAI: `"a prompt" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms`."""
    try:
        words = shlex.split(line[:_LONGEST_LINE])
    except ValueError:
        return None
    prompt, told = "".join(words[:1]), dict[str, str]()
    for flag, following in zip(words[1:], [*words[2:], ""], strict=False):
        if re.fullmatch(r"-[A-Za-z]", flag):
            told.setdefault(flag, following)
        elif match := re.fullmatch(r"(-[sSWHCA])(.+)", flag):
            told.setdefault(match[1], match[2])
    if "-S" not in told and "-s" not in told:
        return None
    plain, avoided = _taken_apart(prompt)
    sampler, schedule = our_sampler(values.name(told.get("-A")), None)
    return _made(
        prompt=plain,
        negative_prompt=avoided,
        loras=(),
        notes=(),
        steps=values.whole(told.get("-s")),
        seed=values.whole(told.get("-S")),
        width=values.whole(told.get("-W")),
        height=values.whole(told.get("-H")),
        guidance=values.real(told.get("-C")),
        sampler=sampler,
        schedule=schedule,
    )


def _taken_apart(prompt: str) -> tuple[str, str]:
    """What is wanted, and what stands in square brackets, which older InvokeAIs avoided."""
    avoided = ", ".join(one.strip() for one in _AVOIDED.findall(prompt))
    return re.sub(r"[ \t]+", " ", _AVOIDED.sub(" ", prompt)).strip(), avoided


def _made(
    *,
    prompt: str,
    negative_prompt: str,
    loras: tuple[tuple[str, float | None], ...],
    notes: tuple[str, ...],
    **told: Any,
) -> MadeWith:
    weighed = any(_WEIGHED.search(one) for one in (prompt, negative_prompt))
    return MadeWith(
        origin=Origin.INVOKEAI,
        prompt=with_tags(prompt, loras),
        negative_prompt=negative_prompt,
        emphasis=bool(loras),
        loras=tuple(NamedAdapter(name=name) for name, _ in loras),
        notes=(*notes, WEIGHTS) if weighed else notes,
        **told,
    )


def with_tags(prompt: str, loras: tuple[tuple[str, float | None], ...]) -> str:
    """The prompt with its LoRAs as tags behind it, for those whose name a tag can hold."""
    tags = [
        f"<lora:{name}:{1.0 if weight is None else weight:g}>"
        for name, weight in loras
        if not any(char in name for char in "<>:")
    ]
    return " ".join([prompt, *tags]).strip()

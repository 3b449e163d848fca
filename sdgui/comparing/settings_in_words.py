"""Settings in a person's words: all of a picture's, those that pictures share, those in which they differ."""

import re
from collections.abc import Sequence

from sdgui.axes import AVOID, GUIDANCE, MODEL, PROMPT, SAMPLER, SEED, SIZE, STEPS
from sdgui.axes import STRENGTH as VARIATION_STRENGTH
from sdgui.request_fields import SETTINGS
from sdgui.spec import PictureSpec

VARIATION_SEED = "Variation seed"
EMPHASIS = SETTINGS["emphasis"].label
NOTHING = "nothing"
NONE = "none"

Settings = dict[str, str]
"""Value by name, in the order in which they are shown."""

_SHORT = {
    PROMPT: "“{}”",
    SAMPLER: "{}",
    STEPS: "{} steps",
    GUIDANCE: "cfg {}",
    SIZE: "{}",
    MODEL: "{}",
    SEED: "seed {}",
    VARIATION_SEED: "variation {}",
    VARIATION_STRENGTH: "strength {}",
    AVOID: "without “{}”",
    EMPHASIS: "emphasis {}",
}
"""How a setting reads on a line, in the line's order."""

_EMPHASIS = re.compile(r"[()\[\]<>]|\bBREAK\b")
_ONE_CHUNK = 75
"""Bytes that are surely no more tokens than one chunk takes, since a token is a byte or more."""


def described(specs: Sequence[PictureSpec]) -> tuple[Settings, ...]:
    """The settings of each picture; models of one name but other content are told apart by their hashes."""
    models = {spec.model for spec in specs}
    hashes = len(models) > len({model.id for model in models})
    return tuple(_described(spec, hashes) for spec in specs)


def shared(specs: Sequence[PictureSpec]) -> Settings:
    """The settings that are equal in all pictures."""
    each = described(specs)
    return {name: value for name, value in each[0].items() if all(s[name] == value for s in each)}


def own(specs: Sequence[PictureSpec]) -> tuple[Settings, ...]:
    """For each picture only those settings in which the pictures differ."""
    same = shared(specs)
    return tuple(
        {name: value for name, value in settings.items() if name not in same}
        for settings in described(specs)
    )


def captions(specs: Sequence[PictureSpec]) -> tuple[str, ...]:
    """What tells the pictures apart, one short line each: the bare seed where nothing else differs."""
    each = own(specs)
    if all(settings.keys() <= {SEED} for settings in each):
        return tuple(str(spec.seed) for spec in specs)
    return tuple(in_a_line(settings) for settings in each)


def labels(specs: Sequence[PictureSpec]) -> tuple[tuple[str, ...], ...]:
    """What tells the pictures apart, each setting by itself, the prompt first; nothing where it is the seed alone."""
    each = own(specs)
    if all(settings.keys() <= {SEED} for settings in each):
        return tuple(() for _ in specs)
    return tuple(_shortly(settings) for settings in each)


def in_a_line(settings: Settings) -> str:
    """Settings on one line, the absent ones left out: "Euler · 25 steps · cfg 7"."""
    return " · ".join(_shortly(settings))


def _shortly(settings: Settings) -> tuple[str, ...]:
    return tuple(
        "1 step" if (name, settings[name]) == (STEPS, "1") else short.format(settings[name])
        for name, short in _SHORT.items()
        if name in settings and _is_said(name, settings[name])
    )


def _is_said(name: str, value: str) -> bool:
    """Whether there is something to say; of what other programs made not everything is known."""
    if (name, value) == (STEPS, "0") or (name != PROMPT and not value):
        return False
    return value not in (NOTHING, NONE)


def without_absent(settings: Settings) -> Settings:
    """Settings without those that say that there is nothing."""
    return {
        name: value
        for name, value in settings.items()
        if value not in (NOTHING, NONE)
        and not (name == VARIATION_STRENGTH and settings.get(VARIATION_SEED) == NONE)
        and not (name == EMPHASIS and _is_plain(settings))
    }


def shared_line(specs: Sequence[PictureSpec], title: str) -> str:
    """What all pictures share on one line, without the prompt where the title already says it."""
    said = without_absent(shared(specs))
    if said.get(PROMPT) == title:
        del said[PROMPT]
    said.pop(EMPHASIS, None)  # nearly all pictures have the same
    return in_a_line(said)


def _is_plain(settings: Settings) -> bool:
    """Whether all prompts are told, and emphasis would read none of them otherwise: no signs, no second chunk."""
    prompts = settings.get(PROMPT), settings.get(AVOID)
    return all(
        text is not None and _EMPHASIS.search(text) is None and len(text.encode()) <= _ONE_CHUNK
        for text in prompts
    )


def _described(spec: PictureSpec, hashes: bool) -> Settings:
    variation = spec.variation
    return {
        PROMPT: spec.prompt,
        AVOID: spec.negative_prompt if spec.negative_prompt else NOTHING,
        MODEL: f"{spec.model.id} ({spec.model.hash[:10]})" if hashes else spec.model.id,
        SIZE: f"{spec.width} × {spec.height}",
        STEPS: str(spec.steps),
        GUIDANCE: f"{spec.guidance:g}",
        SAMPLER: spec.sampler_name,
        SEED: str(spec.seed),
        VARIATION_SEED: NONE if variation is None else str(variation.seed),
        VARIATION_STRENGTH: "0" if variation is None else f"{variation.strength:g}",
        EMPHASIS: "on" if spec.emphasis else "off",
    }

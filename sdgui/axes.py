"""The axes that a grid can have, and what each value of one changes in a request."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sdgui.axis_values import (
    MAX_VALUES,
    NO_LORA,
    needs_quotes,
    read_loras,
    read_names,
    read_numbers,
    read_sizes,
    read_texts,
    written,
)
from sdgui.emphasis import MAX_LORA_WEIGHT, LoraTag, with_loras
from sdgui.errors import UserError
from sdgui.request_fields import AXES, REQUEST, axis_of
from sdgui.samplers import AUTOMATIC, SAMPLER_NAMES, SCHEDULES, split_name
from sdgui.sheet import Axis
from sdgui.spec import DreamRequest
from sdgui.written_values import shown

MAX_CELLS = MAX_VALUES
"""A grid has no more cells."""
ASK_CELLS = 64
"""A grid with more cells is asked about before it begins."""


@dataclass(frozen=True, kw_only=True)
class AxisRequest:
    """An axis as asked: its name (in any case, spaces or underscores; also as in `DreamRequest`) and its values as a
    person writes them."""

    name: str
    values: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value of an axis: its label, and the request with this value in it (UserError where it cannot be)."""

    label: str
    change: Callable[[DreamRequest], DreamRequest]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """An axis that was read: its title (one of AXES) and its values, at least one, each once."""

    title: str
    values: tuple[Choice, ...]
    notices: tuple[str, ...] = ()

    @property
    def axis(self) -> Axis:
        """Title and labels, for the sheet."""
        return Axis(title=self.title, labels=tuple(choice.label for choice in self.values))

    @property
    def varies(self) -> bool:
        """Whether there is more than one value."""
        return len(self.values) > 1


def axis_title(name: str) -> str:
    """The title, one of AXES, of an axis named in any case, or as the field that it changes; UserError when there is
    none such."""
    try:
        return _TITLES[_key(name)]
    except KeyError:
        raise UserError(
            f"There is no axis called “{shown(name)}”.", f"Choose one of: {', '.join(AXES)}."
        ) from None


def read_axis(asked: AxisRequest) -> Choices:
    """The axis with its values read, each kept once; UserError where one cannot be read, or there is none.

    Whether the values suit the model is judged when the changed request is resolved.
    """
    title = axis_title(asked.name)
    if not isinstance(asked.values, str):
        raise UserError(
            f"The values of the axis {title} must be text.", "Write them as in “1, 2, 5”."
        )
    read = _READERS[title](asked.values, title)
    once: dict[str, Choice] = {}
    for choice in read:
        once.setdefault(choice.label, choice)
    doubled = len(once) < len(read)
    return Choices(
        title=title,
        values=tuple(once.values()),
        notices=(f"The axis {title} has equal values; each is taken once.",) if doubled else (),
    )


def written_axis(axis: Axis) -> AxisRequest:
    """What `read_axis` reads as this axis: the way back from a sheet to what was asked."""
    if axis.title not in _OF_TEXTS:
        return AxisRequest(name=axis.title, values=", ".join(axis.labels))
    texts = ("" if label == NOTHING else label for label in axis.labels)
    lines = ('"' + text.replace('"', '""') + '"' if needs_quotes(text) else text for text in texts)
    return AxisRequest(name=axis.title, values="\n".join(lines))


def _numbers(text: str, title: str, *, field: str, whole: bool) -> list[Choice]:
    return [
        _choice(written(value), **{field: int(value) if whole else float(value)})
        for value in read_numbers(text, title, whole=whole)
    ]


def _samplers(text: str, title: str) -> list[Choice]:
    """Names in any case; an unknown one stays as it is and is refused when it is resolved."""
    known = {name.casefold(): name for name in SAMPLER_NAMES}
    names = [known.get(name.casefold(), name) for name in read_names(text, title)]
    return [_choice(name, **_sampler_changes(name)) for name in names]


def _sampler_changes(name: str) -> dict[str, str]:
    """A name that holds a schedule sets this too; another leaves it as it is asked."""
    sampler, schedule = split_name(name)
    return (
        {"sampler": name} if schedule == AUTOMATIC else {"sampler": sampler, "schedule": schedule}
    )


def _schedules(text: str, title: str) -> list[Choice]:
    """Names in any case; an unknown one stays as it is and is refused when it is resolved."""
    known = {name.casefold(): name for name in SCHEDULES}
    names = [known.get(name.casefold(), name) for name in read_names(text, title)]
    return [_choice(name, schedule=name) for name in names]


def _sizes(text: str, title: str) -> list[Choice]:
    return [
        _choice(f"{width} × {height}", width=width, height=height)
        for width, height in read_sizes(text, title)
    ]


def _texts(text: str, title: str, *, field: str, empty: bool = False) -> list[Choice]:
    return [
        _choice(value or NOTHING, **{field: value})
        for value in read_texts(text, title, empty=empty)
    ]


def _replacements(text: str, title: str) -> list[Choice]:
    """The first text is searched for, and each, the first one too, stands in its place once."""
    texts = read_texts(text, title, empty=True)
    if not texts[0]:
        raise UserError(
            f"The axis {title} does not say what to search for.",
            "Write the text to search for first, then what to put in its place.",
        )
    return [
        Choice(label=value or NOTHING, change=partial(_put, texts[0], value)) for value in texts
    ]


def _put(search: str, value: str, request: DreamRequest) -> DreamRequest:
    if search not in request.prompt:
        raise UserError(
            f"“{shown(search)}” is not in the prompt.",
            f"{SEARCH} searches for its first value, and the prompt is “{shown(request.prompt)}”.",
        )
    return replace(
        request,
        prompt=request.prompt.replace(search, value),
        negative_prompt=request.negative_prompt.replace(search, value),
    )


def _loras(text: str, title: str) -> list[Choice]:
    """Each value is on, and none of the others; LoRAs of the prompt that the axis does not name stay."""
    values = read_loras(text, title)
    named = frozenset(tag.name.casefold() for tags in values for tag in tags)
    return [
        Choice(label=_lora_label(tags), change=partial(_switch, named, tags, title))
        for tags in values
    ]


def _lora_label(tags: Sequence[LoraTag]) -> str:
    each = (tag.written.removeprefix("<lora:").removesuffix(">") for tag in tags)
    return " + ".join(each) if tags else NO_LORA


def _switch(
    named: frozenset[str], tags: Sequence[LoraTag], title: str, request: DreamRequest
) -> DreamRequest:
    _check_tags_are_read(title, request)
    rest = with_loras(
        request.prompt, lambda tag: "" if tag.name.casefold() in named else tag.written
    )
    return replace(request, prompt=rest + "".join(tag.written for tag in tags))


def _lora_weights(text: str, title: str) -> list[Choice]:
    """The same weight for every LoRA of the prompt."""
    choices = []
    for value in read_numbers(text, title, whole=False):
        if abs(value) > MAX_LORA_WEIGHT:
            raise UserError(
                f"A LoRA weighs from -{MAX_LORA_WEIGHT:g} to {MAX_LORA_WEIGHT:g}, and {written(value)} is beyond.",
                "Take other weights, as in 0.4, 0.8, 1.2.",
            )
        label = written(value)
        choices.append(Choice(label=label, change=partial(_weigh, label, title)))
    return choices


def _weigh(weight: str, title: str, request: DreamRequest) -> DreamRequest:
    _check_tags_are_read(title, request)
    return replace(
        request,
        prompt=with_loras(request.prompt, lambda tag: f"<lora:{tag.name}:{weight}>"),
    )


def _check_tags_are_read(title: str, request: DreamRequest) -> None:
    if not request.emphasis:
        raise UserError(
            f"The axis {title} needs emphasis, without which a LoRA in the prompt is plain text.",
            "Switch emphasis on.",
        )


def _choice(label: str, **changes: Any) -> Choice:
    return Choice(label=label, change=lambda request: replace(request, **changes))


def _key(name: str) -> str:
    return re.sub(r"[\W_]", "", str(name).casefold())


NOTHING = "(nothing)"
"""The label of an empty text."""
SEED = axis_of("seed")
STEPS = axis_of("steps")
GUIDANCE = axis_of("guidance")
SAMPLER = axis_of("sampler")
SCHEDULE = axis_of("schedule")
SIZE = axis_of("width")
SEARCH = "Prompt S/R"
PROMPT = axis_of("prompt")
AVOID = axis_of("negative_prompt")
MODEL = axis_of("model")
STRENGTH = axis_of("variation_strength")
LORA = "LoRA"
LORA_WEIGHT = "LoRA weight"
_READERS: dict[str, Callable[[str, str], list[Choice]]] = {
    SEED: partial(_numbers, field="seed", whole=True),
    STEPS: partial(_numbers, field="steps", whole=True),
    GUIDANCE: partial(_numbers, field="guidance", whole=False),
    SAMPLER: _samplers,
    SCHEDULE: _schedules,
    SIZE: _sizes,
    SEARCH: _replacements,
    PROMPT: partial(_texts, field="prompt"),
    AVOID: partial(_texts, field="negative_prompt", empty=True),
    MODEL: partial(_texts, field="model"),
    STRENGTH: partial(_numbers, field="variation_strength", whole=False),
    LORA: _loras,
    LORA_WEIGHT: _lora_weights,
}
LATER = (SCHEDULE, LORA, LORA_WEIGHT, SEARCH)
"""Axes that change what others may set, in the order in which they do."""
_OF_TEXTS = (SEARCH, PROMPT, AVOID, MODEL)
_TITLES = {
    **{_key(title): title for title in AXES},
    **{_key(one.name): axis_of(one.name) for one in REQUEST if one.axis not in (None, SIZE)},
    "scheduletype": SCHEDULE,
}

"""The settings of a request and of the page, each defined once: name, kind, limits, default, label, infotext, axis.

What else names settings is made from these or checked against them (tests/test_request_fields.py).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sdgui.samplers import SCHEDULES
from sdgui.written_values import (
    MAX_PROMPT,
    SEEDS,
    flag,
    parse_seed,
    prompt_text,
    real_number,
    whole_number,
)


class ValueKind(StrEnum):
    """What the value of a setting is."""

    TEXT = "text"
    WHOLE = "whole number"
    REAL = "number"
    SEED = "seed"
    FLAG = "yes or no"


class Unsaid(StrEnum):
    """What stands for a value that is left out."""

    USUAL = "usual"
    """The setting's own default; it must be said where there is none."""
    MODEL = "model"
    """What the model says under the same name."""
    CHANCE = "chance"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting. `low`, `high` and `step` of numbers, and the longest text; where the model decides they are None.

    `usual` is what programs get who leave it out, `first` what a newcomer finds on the page; `said` its name within a
    sentence. `axis`: the title of the axis of a grid that varies it; `infotext`: the key in a picture's parameters.
    `lasting`: it suits every model, and so outlives one that is gone. `goes_with`: the setting without which it means
    nothing. `of_picture`: the page is told it of each picture; `on_page`: people can set it there by itself.
    """

    name: str
    label: str
    kind: ValueKind
    said: str = ""
    needed: bool = False
    unsaid: Unsaid = Unsaid.USUAL
    usual: Any = None
    first: Any = None
    low: float | None = None
    high: float | None = None
    slider_low: float | None = None
    step: float | None = None
    choices: tuple[str, ...] | None = None
    infotext: str | None = None
    axis: str | None = None
    lasting: bool = False
    goes_with: str | None = None
    of_picture: bool = False
    on_page: bool = True

    def read(self, value: object) -> Any:
        """The value as it was written, within the limits; UserError in the person's words otherwise."""
        match self.kind:
            case ValueKind.WHOLE:
                assert self.low is not None and self.high is not None
                return whole_number(value, self.said, int(self.low), int(self.high))
            case ValueKind.REAL:
                assert self.low is not None and self.high is not None
                return real_number(value, self.said, self.low, self.high)
            case ValueKind.SEED:
                return parse_seed(value)
            case ValueKind.TEXT:
                return prompt_text(value, self.said)
        return flag(value, self.said)

    @property
    def slider(self) -> dict[str, Any]:
        """What a slider of the page is made with."""
        low = self.low if self.slider_low is None else self.slider_low
        return {"minimum": low, "maximum": self.high, "step": self.step, "label": self.label}

    def told(self) -> dict[str, Any]:
        """For the page's scripts, as plain JSON; what does not apply is left out."""
        facts = {
            "label": self.label,
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "choices": self.choices,
            "goes_with": self.goes_with,
            "first": self.first if self.kind is ValueKind.WHOLE else None,
        }
        said = {name: value for name, value in facts.items() if value is not None}
        return {"lasting": self.lasting, **said}


REQUEST: tuple[Setting, ...] = (
    Setting(
        name="prompt",
        label="Prompt",
        kind=ValueKind.TEXT,
        said="prompt",
        needed=True,
        high=MAX_PROMPT,
        axis="Prompt",
        lasting=True,
        of_picture=True,
    ),
    Setting(
        name="negative_prompt",
        label="What to avoid",
        kind=ValueKind.TEXT,
        said="negative prompt",
        usual="",
        high=MAX_PROMPT,
        infotext="Negative prompt",
        axis="What to avoid",
        lasting=True,
        of_picture=True,
    ),
    Setting(
        name="seed",
        label="Seed",
        kind=ValueKind.SEED,
        said="seed",
        unsaid=Unsaid.CHANCE,
        low=0,
        high=SEEDS - 1,
        infotext="Seed",
        axis="Seed",
        lasting=True,
    ),
    Setting(
        name="count",
        label="Images",
        kind=ValueKind.WHOLE,
        said="number of images",
        usual=1,
        first=4,
        low=1,
        high=16,
        step=1,
        lasting=True,
    ),
    Setting(
        name="steps",
        label="Steps",
        kind=ValueKind.WHOLE,
        said="steps",
        unsaid=Unsaid.MODEL,
        low=1,
        high=150,
        step=1,
        infotext="Steps",
        axis="Steps",
        of_picture=True,
    ),
    Setting(
        name="guidance",
        label="Cfg scale",
        kind=ValueKind.REAL,
        said="cfg scale",
        unsaid=Unsaid.MODEL,
        low=0.0,
        slider_low=1.0,  # below, models are not guided at all, exactly as at 1
        high=30.0,
        step=0.5,
        infotext="CFG scale",
        axis="Cfg scale",
        of_picture=True,
    ),
    Setting(
        name="width",
        label="Width",
        kind=ValueKind.WHOLE,
        said="width",
        unsaid=Unsaid.MODEL,
        infotext="Size",
        axis="Size",
        of_picture=True,
    ),
    Setting(
        name="height",
        label="Height",
        kind=ValueKind.WHOLE,
        said="height",
        unsaid=Unsaid.MODEL,
        infotext="Size",
        axis="Size",
        of_picture=True,
    ),
    Setting(
        name="sampler",
        label="Sampler",
        kind=ValueKind.TEXT,
        said="sampler",
        unsaid=Unsaid.MODEL,
        infotext="Sampler",
        axis="Sampler",
        of_picture=True,
    ),
    Setting(
        name="model",
        label="Model",
        kind=ValueKind.TEXT,
        unsaid=Unsaid.MODEL,
        infotext="Model",
        axis="Model",
        of_picture=True,
    ),
    Setting(
        name="variation_seed",
        label="Variation seed",
        kind=ValueKind.SEED,
        said="seed",
        unsaid=Unsaid.CHANCE,
        low=0,
        high=SEEDS - 1,
        infotext="Variation seed",
        on_page=False,
    ),
    Setting(
        name="variation_strength",
        label="Variation strength",
        kind=ValueKind.REAL,
        said="variation strength",
        low=0.0,
        high=1.0,
        infotext="Variation seed strength",
        axis="Variation strength",
        on_page=False,
    ),
    Setting(
        name="schedule",
        label="Schedule",
        kind=ValueKind.TEXT,
        said="schedule",
        unsaid=Unsaid.MODEL,
        choices=SCHEDULES,
        infotext="Schedule type",
        axis="Schedule",
        on_page=False,
    ),
    Setting(
        name="emphasis",
        label="Emphasis",
        kind=ValueKind.FLAG,
        said="emphasis",
        usual=False,  # programs wrote brackets as plain text before they could mean anything
        first=True,
        infotext="Emphasis",
        lasting=True,
        of_picture=True,
    ),
)
"""What a picture or a dream is asked with, by people and by programs. New ones come last: programs may
go by the order."""

PAGE: tuple[Setting, ...] = (
    Setting(name="aspect", label="Aspect", kind=ValueKind.TEXT, choices=("2:3", "1:1", "3:2", "16:9", "W×H")),
    Setting(name="lock", label="Keep this seed", kind=ValueKind.FLAG, first=False, lasting=True),
    Setting(name="correction", label="How the model is read", kind=ValueKind.TEXT, first=""),
)  # fmt: skip
"""What the page has beside, to set those of a request with; a correction is one of a picture whose settings were taken
over, as text (sdgui/correction.py), and empty where the model is read as its owner has it now."""

NO_AXIS = "Nothing"
AXES: tuple[str, ...] = (
    *("Seed", "Steps", "Cfg scale", "Sampler", "Schedule", "Size", "Prompt S/R", "Prompt"),
    *("What to avoid", "Model", "Variation strength", "LoRA", "LoRA weight"),
)
"""The axes that a grid can have, by title; `Prompt S/R` varies both prompts, the last two the tags in the prompt."""

COMPARE: tuple[Setting, ...] = (
    Setting(
        name="mode",
        label="What to compare",
        kind=ValueKind.TEXT,
        first="wall",
        choices=("wall", "variations", "grid"),
        lasting=True,
    ),
    Setting(
        name="wall_count",
        label="How many",
        kind=ValueKind.WHOLE,
        said="number of pictures of a wall",
        first=16,
        low=4,
        high=64,
        step=1,
        lasting=True,
    ),
    Setting(name="draft", label="Draft first", kind=ValueKind.FLAG, first=False, lasting=True),
    Setting(
        name="draft_steps",
        label="Draft steps",
        kind=ValueKind.WHOLE,
        said="steps",
        first=8,
        low=1,
        high=150,
        step=1,
        lasting=True,
    ),
    Setting(
        name="vary_by",
        label="A row of",
        kind=ValueKind.TEXT,
        first="Variation seeds",
        choices=("Variation seeds", "Strengths"),
        lasting=True,
    ),
    Setting(
        name="vary_count",
        label="How many",
        kind=ValueKind.WHOLE,
        said="number of variations",
        usual=8,
        first=8,
        low=2,
        high=16,
        step=1,
        lasting=True,
    ),
    Setting(
        name="vary_strength",
        label="Strength",
        kind=ValueKind.REAL,
        said="variation strength",
        usual=0.3,
        first=0.3,
        low=0.0,
        slider_low=0.05,  # at 0 every variation is the picture itself
        high=1.0,
        step=0.05,
        lasting=True,
    ),
    Setting(
        name="vary_strengths", label="Strengths", kind=ValueKind.TEXT, first="0-1 [6]", lasting=True
    ),
    Setting(
        name="vary_seed",
        label="Variation seed",
        kind=ValueKind.SEED,
        said="seed",
        unsaid=Unsaid.CHANCE,
        lasting=True,
    ),
    Setting(
        name="x_axis",
        label="X: across",
        kind=ValueKind.TEXT,
        first="Steps",
        choices=AXES,
        lasting=True,
    ),
    Setting(
        name="x_values",
        label="Values of X",
        kind=ValueKind.TEXT,
        first="5, 10, 20",
        lasting=True,
        goes_with="x_axis",
    ),
    Setting(
        name="y_axis",
        label="Y: down",
        kind=ValueKind.TEXT,
        first="Cfg scale",
        choices=(NO_AXIS, *AXES),
        lasting=True,
    ),
    Setting(
        name="y_values",
        label="Values of Y",
        kind=ValueKind.TEXT,
        first="3, 7, 11",
        lasting=True,
        goes_with="y_axis",
    ),
)
"""What only Compare asks."""

SETTINGS: dict[str, Setting] = {one.name: one for one in (*REQUEST, *PAGE, *COMPARE)}
"""All of them by name; no two have the same."""


def key_of(name: str) -> str:
    """The infotext key of a setting."""
    key = SETTINGS[name].infotext
    assert key is not None
    return key


def axis_of(name: str) -> str:
    """The title of the axis that varies a setting."""
    axis = SETTINGS[name].axis
    assert axis is not None
    return axis


def limits(name: str) -> tuple[int, int]:
    """The lowest and the highest whole number of a setting."""
    one = SETTINGS[name]
    assert one.low is not None and one.high is not None
    return int(one.low), int(one.high)

"""What the page offers for each axis of a grid: values to begin with, and how values are written."""

from collections.abc import Sequence

from sdgui.axes import (
    AVOID,
    AXES,
    GUIDANCE,
    LORA,
    LORA_WEIGHT,
    MODEL,
    PROMPT,
    SAMPLER,
    SCHEDULE,
    SEARCH,
    SEED,
    SIZE,
    STEPS,
    STRENGTH,
)
from sdgui.model_info import ModelInfo
from sdgui.samplers import schedules_of, split_name, steady

_NUMBERS = "Numbers, with commas between them, or a range: 1-10"
_NAMES = "Names, with commas between them"
_TEXTS = "One a line; in a single line, commas divide"
_HINTS = {
    SAMPLER: _NAMES,
    SCHEDULE: _NAMES,
    MODEL: _NAMES,
    SIZE: "Width x height in pixels, with commas between them",
    SEARCH: "First what to search for in the prompt, then what to put in its place: boat, fish, house",
    PROMPT: _TEXTS,
    AVOID: _TEXTS,
    LORA: "Names with weights, with commas between them: none, ink:0.8, ink:0.5 + oil:1",
    LORA_WEIGHT: "Of every LoRA in the prompt, -2 to 2: 0.4, 0.8, 1.2",
}
_MOST_SAMPLERS = 3


def hints() -> dict[str, str]:
    """How the values of each axis are written, in a line."""
    return {axis: _HINTS.get(axis, _NUMBERS) for axis in AXES}


def example_values(info: ModelInfo, models: Sequence[str]) -> dict[str, str]:
    """Values of each axis that suit a model; nothing where only a person can know them."""
    keeping = steady(info.samplers)
    samplers = keeping if len(keeping) > 1 else info.samplers
    wide = min(info.width * 3 // 2 // info.size_step * info.size_step, info.max_size)
    return {
        SEED: "1-4",
        STEPS: ", ".join(str(steps) for steps in _around(info.steps)),
        GUIDANCE: "3, 7, 11",
        SAMPLER: ", ".join(samplers[:_MOST_SAMPLERS]),
        SCHEDULE: ", ".join(schedules_of(split_name(info.sampler)[0])),
        SIZE: f"{info.width}x{info.height}, {wide}x{info.height}",
        SEARCH: "",
        PROMPT: "",
        AVOID: "",
        MODEL: ", ".join(models),
        STRENGTH: "0-1 [6]",
        LORA: "",
        LORA_WEIGHT: "0.4, 0.8, 1.2",
    }


def _around(steps: int) -> tuple[int, ...]:
    """Fewer steps than usual, and as many."""
    return tuple(dict.fromkeys((max(1, steps // 5), max(1, steps * 2 // 5), steps)))

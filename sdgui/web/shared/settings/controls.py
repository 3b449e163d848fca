"""The page's controls and what is asked with them: one function each way."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from sdgui.correction import read_correction, written
from sdgui.model_info import GuidanceKind, ModelInfo
from sdgui.request_fields import SETTINGS
from sdgui.samplers import joined_name, split_name
from sdgui.spec import DreamRequest
from sdgui.written_values import parse_seed

OWN_SIZE = "W×H"
_RATIOS = {"2:3": 2 / 3, "1:1": 1.0, "3:2": 3 / 2, "16:9": 16 / 9}
ASPECTS = (*_RATIOS, OWN_SIZE)
MIN_GUIDANCE: float = SETTINGS["guidance"].slider["minimum"]
USUAL_COUNT: int = SETTINGS["count"].first


@dataclass(frozen=True, kw_only=True)
class Controls:
    """The values of the settings that all tabs have; width and height count with OWN_SIZE only."""

    prompt: str
    negative_prompt: str
    aspect: str
    width: float | None
    height: float | None
    count: float
    steps: float
    guidance: float
    seed: str
    sampler: str
    model: str
    emphasis: bool
    correction: str


_Controls = TypeVar("_Controls")


def read(kind: type[_Controls], values: Mapping[str, Any]) -> _Controls:
    """Controls from values by name; what is not said is None, and judged with all else when it is resolved."""
    return kind(**{field.name: values.get(field.name) for field in fields(kind)})  # type: ignore[arg-type]


def values_in(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings that the page sends along, by name."""
    values = asked.get("values")
    return values if isinstance(values, dict) else {}


def default_controls(info: ModelInfo) -> Controls:
    """What a newcomer finds: the model's own defaults."""
    first = DreamRequest(prompt="", count=USUAL_COUNT, emphasis=SETTINGS["emphasis"].first)
    return from_request(first, info)


def to_request(controls: Controls, info: ModelInfo, pixels: int | None = None) -> DreamRequest:
    """What the controls ask for; UserError for a seed that is none (all else is judged when it is resolved).

    An aspect is of the model's own area, or of as many `pixels` as somebody may ask for. What the model does not have
    is not asked for: its control is absent, and what it holds is another model's.
    """
    width: int | None
    height: int | None
    if isinstance(controls.aspect, str) and controls.aspect in _RATIOS:
        width, height = size_for(controls.aspect, info, pixels)
    else:
        width, height = _pixels(controls.width), _pixels(controls.height)
    return DreamRequest(
        prompt=controls.prompt,
        negative_prompt=controls.negative_prompt if info.negative_prompt else "",
        model=controls.model,
        width=width,
        height=height,
        steps=whole(controls.steps),
        guidance=None if info.guidance_kind is GuidanceKind.NONE else controls.guidance,
        sampler=controls.sampler,
        seed=parse_seed(controls.seed),
        count=whole(controls.count),
        emphasis=False if controls.emphasis is None else controls.emphasis,
        correction=read_correction(controls.correction),
    )


def from_request(request: DreamRequest, info: ModelInfo) -> Controls:
    """The controls that ask for this; what the request leaves unsaid is the model's default."""
    width = info.width if request.width is None else request.width
    height = info.height if request.height is None else request.height
    guidance = info.guidance if request.guidance is None else request.guidance
    return Controls(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        aspect=aspect_of(width, height, info),
        width=width,
        height=height,
        count=request.count,
        steps=info.steps if request.steps is None else request.steps,
        guidance=max(guidance, MIN_GUIDANCE),
        seed="" if request.seed is None else str(request.seed),
        sampler=_sampler_name(request, info),
        model=info.ref.id if request.model is None else request.model,
        emphasis=request.emphasis,
        correction=_correction(request, info),
    )


def _correction(request: DreamRequest, info: ModelInfo) -> str:
    """Nothing where the model is read so anyhow."""
    asked = request.correction
    return "" if asked is None or asked == info.correction else written(asked)


def _sampler_name(request: DreamRequest, info: ModelInfo) -> str:
    """Sampler and schedule by the one name under which the page offers them."""
    name = info.sampler if request.sampler is None else request.sampler
    if request.schedule is None or request.schedule == "":
        return name
    return joined_name(split_name(name)[0], request.schedule)


def size_for(aspect: str, info: ModelInfo, pixels: int | None = None) -> tuple[int, int]:
    """Width and height of an aspect for a model: its native area, in its steps, within its limits; smaller in the same
    shape where that is more than so many `pixels`. The page's `fitted` says the same."""
    ratio = _RATIOS[aspect]
    area = info.width * info.height
    size = _fitting(math.sqrt(area * ratio), info), _fitting(math.sqrt(area / ratio), info)
    if pixels is None or size[0] * size[1] <= pixels:
        return size
    scale = math.sqrt(pixels / (size[0] * size[1]))
    step = info.size_step
    width, height = (max(info.min_size, int(one * scale / step) * step) for one in size)
    return width, height


def lengths(info: ModelInfo) -> dict[str, int]:
    """What a width or height of this model may be, in pixels, by the names that Gradio's numbers have for it."""
    return {"step": info.size_step, "minimum": info.min_size, "maximum": info.max_size}


def aspect_of(width: int, height: int, info: ModelInfo) -> str:
    """The aspect whose size this is, or OWN_SIZE."""
    for aspect in _RATIOS:
        if size_for(aspect, info) == (width, height):
            return aspect
    return OWN_SIZE


def nearest_aspect(width: int, height: int) -> str:
    """The aspect whose shape is nearest to this size's, in pixels."""
    shape = math.log(max(1, width) / max(1, height))
    return min(_RATIOS, key=lambda aspect: abs(math.log(_RATIOS[aspect]) - shape))


def _fitting(length: float, info: ModelInfo) -> int:
    steps = round(length / info.size_step)
    return min(max(steps * info.size_step, info.min_size), info.max_size)


def _pixels(value: float | None) -> int | None:
    """A length as typed: nothing is the model's own."""
    return None if value is None or value == "" else whole(value)


def whole(value: float) -> int:
    """A number as sliders send it: 4.0 is 4; anything odd stays as it is and is refused when it is resolved."""
    return int(value) if isinstance(value, float) and value.is_integer() else value  # type: ignore[return-value]

"""What a person asks (DreamRequest) and what decides every pixel of one picture (PictureSpec)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sdgui.adapters import ADAPTERS, Adapter
from sdgui.correction import CORRECTIONS, MOST_SKIPPED, NOTHING, PREDICTIONS, Correction
from sdgui.emphasis import read_prompt, without_loras
from sdgui.errors import UserError
from sdgui.inputs import INPUTS, Input
from sdgui.model_info import GuidanceKind, ModelInfo, ModelRef
from sdgui.request_fields import SETTINGS, limits
from sdgui.samplers import (
    AUTOMATIC,
    SCHEDULES,
    joined_name,
    knows_zero_snr,
    schedules_of,
    split_name,
)
from sdgui.written_values import SEEDS, shown, whole_number

SCHEMA = 5
_READABLE = (1, 2, 3, 4, 5)
"""Schemas that are read; 1 knew no variations, 2 wrote sampler and schedule as one name, 3 knew no corrections, 4 no
VAE among them."""
MAX_COUNT = limits("count")[1]

FindAdapters = Callable[[ModelInfo, str, str], tuple[Adapter, ...]]
"""What a prompt and a negative prompt ask a model to be changed by; UserError where it cannot be."""


def no_adapters(info: ModelInfo, prompt: str, negative_prompt: str) -> tuple[Adapter, ...]:
    """Where there are none: UserError for a prompt that asks for a LoRA."""
    for text in (prompt, negative_prompt):
        for tag in read_prompt(text).loras:
            raise UserError(
                f"There is no LoRA called “{shown(tag.name)}” here.",
                f"Take {shown(tag.written)} out of the prompt.",
            )
    return ()


@dataclass(frozen=True, kw_only=True)
class Variation:
    """A second seed whose noise is mixed in on the sphere, with a strength above 0 (barely) to 1 (it alone)."""

    seed: int
    strength: float


@dataclass(frozen=True, kw_only=True)
class PictureSpec:
    """Everything that decides the pixels of one picture, and nothing else.

    Sizes in pixels; seed 0 to 2**32-1; guidance 0 to 30 (0 to 1: none). With `emphasis`, brackets and weights in the
    prompts are read as such (sdgui/emphasis.py); without, they are letters like any other, as they were before
    schema 3. Both prompts are filled up to `chunks` chunks, or to as many as the longer one needs. Where there are
    `adapters`, tags of LoRAs are no words of the prompt. The model is read as its files say, but for its `correction`.
    """

    schema: int = SCHEMA
    prompt: str
    negative_prompt: str
    model: ModelRef
    width: int
    height: int
    steps: int
    guidance: float
    sampler: str
    schedule: str = AUTOMATIC
    seed: int
    variation: Variation | None = None
    inputs: tuple[Input, ...] = ()
    adapters: tuple[Adapter, ...] = ()
    emphasis: bool = False
    chunks: int = 1
    correction: Correction = NOTHING

    def to_json(self) -> str:
        """This spec as one JSON object."""
        return json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True)

    def to_dict(self) -> dict[str, Any]:
        """This spec as plain values; inputs and adapters say of which `type` they are."""
        return asdict(self) | {
            "inputs": [_typed(one, INPUTS) for one in self.inputs],
            "adapters": [_typed(one, ADAPTERS) for one in self.adapters],
        }

    @staticmethod
    def from_json(text: str) -> "PictureSpec":
        """The spec that `to_json` wrote; ValueError when it is of a schema this program does not know."""
        written = json.loads(text)
        schema = written.get("schema")
        if schema not in _READABLE:
            raise ValueError(f"unknown spec schema {schema!r}")
        variation = written.get("variation")
        known: dict[str, Any] = {
            "schema": SCHEMA,
            "model": ModelRef(**written["model"]),
            "variation": None if variation is None else Variation(**variation),
            "inputs": tuple(_read(one, INPUTS) for one in written.get("inputs", ())),
            "adapters": tuple(_read(one, ADAPTERS) for one in written.get("adapters", ())),
            "correction": Correction.from_dict(written.get("correction", {})),
        }
        if schema < 3:
            known["sampler"], known["schedule"] = split_name(written["sampler"])
        return PictureSpec(**{**written, **known})

    @property
    def words(self) -> str:
        """What the prompt says, without what only weighs it."""
        return read_prompt(self.prompt).text if self.emphasis else self.plainly_read(self.prompt)

    def plainly_read(self, prompt: str) -> str:
        """One of the prompts where no words are weighed."""
        return without_loras(prompt) if self.adapters else prompt

    @property
    def sampler_name(self) -> str:
        """Sampler and schedule by one name, as they are offered: `DPM++ 2M Karras`."""
        return joined_name(self.sampler, self.schedule)


def _typed(one: Any, types: Mapping[str, type]) -> dict[str, Any]:
    """An input or adapter as plain values, with the name of its type."""
    name = next(name for name, kind in types.items() if isinstance(one, kind))
    return {"type": name, **asdict(one)}


def _read(written: Mapping[str, Any], types: Mapping[str, type]) -> Any:
    """What `_typed` wrote."""
    values = {name: value for name, value in written.items() if name != "type"}
    for name in ("ref", "model"):
        if name in values:
            values[name] = ModelRef(**values[name])
    return types[written["type"]](**values)


@dataclass(frozen=True, kw_only=True)
class DreamRequest:
    """A dream as asked; None means unsaid, and 0 is a value. A variation strength of 0 is no variation.

    The sampler's name may hold the schedule, as in `DPM++ 2M Karras`; a schedule that is said goes before it. LoRAs and
    learnt words are asked for in the prompts, and read there with `emphasis` only.
    """

    prompt: str
    negative_prompt: str = ""
    model: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = None
    schedule: str | None = None
    seed: int | None = None
    count: int = 1
    variation_seed: int | None = None
    variation_strength: float | None = None
    inputs: tuple[Input, ...] = ()
    emphasis: bool = False
    correction: Correction | None = None

    @staticmethod
    def again(spec: "PictureSpec") -> "DreamRequest":
        """What asks for a picture again, but for its seeds."""
        asked = {one.name for one in fields(DreamRequest)} & {one.name for one in fields(spec)}
        same = {name: getattr(spec, name) for name in asked - {"model", "seed", "emphasis"}}
        tags_are_read = spec.emphasis or bool(spec.adapters)
        return DreamRequest(**same, model=spec.model.id, emphasis=tags_are_read)

    def resolve(
        self,
        info: ModelInfo,
        draw_seed: Callable[[], int],
        *,
        most: int = MAX_COUNT,
        find_adapters: FindAdapters = no_adapters,
    ) -> tuple[PictureSpec, ...]:
        """One complete spec per picture, at most `most`; picture i has seed + i, wrapping at 2**32.

        With a variation the seed stays and the variation seed counts up, as in A1111. Raises UserError for anything
        that cannot be dreamt, before any work is done.
        """
        read = {name: setting.read for name, setting in SETTINGS.items()}
        prompt = read["prompt"](self.prompt)
        if not prompt:
            raise UserError("The prompt is empty.", "Say what you want to see, then click Dream.")
        negative_prompt = read["negative_prompt"](self.negative_prompt)
        emphasis = read["emphasis"](self.emphasis)
        check_can_be_made(self)
        if negative_prompt and not info.negative_prompt:
            raise UserError(
                f"The model “{shown(info.title)}” takes no negative prompt.", "Ask without one."
            )
        correction = info.correction if self.correction is None else self.correction
        check_correction(correction, info)
        sampler, schedule = _sampler_and_schedule(self, info)
        if correction.zero_snr and not knows_zero_snr(sampler):
            raise UserError(
                f"The sampler {sampler} knows no noise schedule that ends in pure noise.",
                "Choose another sampler, or correct the model on the Models page.",
            )
        width = _size(self.width, info.width, "width", info)
        height = _size(self.height, info.height, "height", info)
        steps = read["steps"](info.steps if self.steps is None else self.steps)
        guidance = read["guidance"](info.guidance if self.guidance is None else self.guidance)
        if info.guidance_kind is GuidanceKind.NONE and guidance != info.guidance:
            raise UserError(
                f"The model “{shown(info.title)}” has no cfg scale.", "Ask without one."
            )
        count = whole_number(self.count, SETTINGS["count"].said, 1, most)
        seed = read["seed"](self.seed)
        if seed is None:
            seed = draw_seed() % SEEDS
        strength = read["variation_strength"](
            0.0 if self.variation_strength is None else self.variation_strength
        )
        adapters = find_adapters(info, prompt, negative_prompt) if emphasis else ()
        other = read["variation_seed"](self.variation_seed)
        if strength > 0 and other is None:
            other = draw_seed() % SEEDS
        return tuple(
            PictureSpec(
                prompt=prompt,
                negative_prompt=negative_prompt,
                model=info.ref,
                width=width,
                height=height,
                steps=steps,
                guidance=guidance,
                sampler=sampler,
                schedule=schedule,
                seed=(seed if strength > 0 else seed + i) % SEEDS,
                variation=None
                if strength == 0 or other is None
                else Variation(seed=(other + i) % SEEDS, strength=strength),
                adapters=adapters,
                emphasis=info.emphasis and emphasis,
                correction=correction,
            )
            for i in range(count)
        )


def check_can_be_made(asked: DreamRequest | PictureSpec) -> None:
    """UserError where a picture needs what no engine here can do yet."""
    if asked.inputs:
        raise UserError("Pictures as input cannot be used here yet.", "Ask without them.")


def check_correction(correction: Correction, info: ModelInfo) -> None:
    """UserError where a model cannot be read so."""
    for one in fields(Correction):
        changed = getattr(correction, one.name) != one.default
        if changed and one.name not in info.corrections:
            raise UserError(
                f"The model “{shown(info.title)}” cannot be read with another {CORRECTIONS[one.name]}.",
                "Leave it as its files say.",
            )
    if correction.prediction_type not in (None, *PREDICTIONS):
        raise UserError(
            f"There is no prediction type “{shown(correction.prediction_type)}”.",
            f"Choose one of: {', '.join(PREDICTIONS)}.",
        )
    if correction.zero_snr not in (None, True, False):
        raise UserError("Zero terminal SNR is either on or off.", "Leave it as the files say.")
    whole_number(correction.clip_skip, CORRECTIONS["clip_skip"], 1, MOST_SKIPPED)


def seeds_wrap(seed: int, count: int) -> bool:
    """Whether `count` seeds from `seed` run over the last one (2**32-1) and go on from 0."""
    return seed + count > SEEDS


def _sampler_and_schedule(asked: DreamRequest, info: ModelInfo) -> tuple[str, str]:
    """Both by their own names; UserError unless the model has the sampler and the schedule fits it."""
    name = info.sampler if asked.sampler is None else asked.sampler
    sampler, schedule = split_name(name) if isinstance(name, str) else (name, AUTOMATIC)
    if asked.schedule is not None and asked.schedule != "":
        known = {one.casefold(): one for one in SCHEDULES}
        schedule = known.get(str(asked.schedule).casefold(), asked.schedule)
    if all(sampler != split_name(offered)[0] for offered in info.samplers):
        raise UserError(
            f"There is no sampler called “{shown(name)}” for this model.",
            f"Choose one of: {', '.join(info.samplers)}.",
        )
    fitting = [one for one in schedules_of(sampler) if joined_name(sampler, one) in info.samplers]
    if schedule not in fitting:
        raise UserError(
            f"The schedule “{shown(schedule)}” does not fit the sampler {sampler}.",
            f"Choose one of: {', '.join(fitting)}.",
        )
    return sampler, schedule


def _size(value: object, native: int, name: str, info: ModelInfo) -> int:
    if value is None:
        return native
    number = whole_number(value, name, info.min_size, info.max_size)
    if number % info.size_step:
        nearest = max(info.min_size, round(number / info.size_step) * info.size_step)
        raise UserError(
            f"The {name} must be a multiple of {info.size_step}, and {number} is not.",
            f"{min(nearest, info.max_size)} is the nearest.",
        )
    return number

"""What a person asks (DreamRequest) and what decides every pixel of one picture (PictureSpec)."""

import json
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sdgui.errors import UserError
from sdgui.model_info import ModelInfo, ModelRef

SCHEMA = 2
_READABLE = (1, 2)
"""Schemas that are read; 1 knew no variations."""
SEEDS = 2**32
MAX_COUNT = 16
MAX_STEPS = 150
MAX_GUIDANCE = 30.0
MAX_PROMPT = 2000


@dataclass(frozen=True, kw_only=True)
class Variation:
    """A second seed whose noise is mixed in on the sphere, with a strength above 0 (barely) to 1 (it alone)."""

    seed: int
    strength: float


@dataclass(frozen=True, kw_only=True)
class PictureSpec:
    """Everything that decides the pixels of one picture, and nothing else.

    Sizes in pixels; seed 0 to 2**32-1; guidance 0 to 30 (0 to 1: none).
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
    seed: int
    variation: Variation | None = None

    def to_json(self) -> str:
        """This spec as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "PictureSpec":
        """The spec that `to_json` wrote; ValueError when it is of a schema this program does not know."""
        fields = json.loads(text)
        if fields.get("schema") not in _READABLE:
            raise ValueError(f"unknown spec schema {fields.get('schema')!r}")
        variation = fields.get("variation")
        known = {
            "schema": SCHEMA,
            "model": ModelRef(**fields["model"]),
            "variation": None if variation is None else Variation(**variation),
        }
        return PictureSpec(**{**fields, **known})


def batch_key(spec: PictureSpec) -> tuple[object, ...]:
    """Pictures with equal keys can be made in one batch."""
    return (spec.model, spec.width, spec.height, spec.steps, spec.guidance, spec.sampler)


BATCH_PIXELS = {"cpu": 16 * 128 * 128, "cuda": 16 * 512 * 512}
"""How many pixels one batch may hold on a device; an engine that runs out of memory splits it further."""


def batch_limit(spec: PictureSpec, device: str) -> int:
    """How many pictures like this one are put into one batch on a device, in words as `cuda (…)` or `cpu`."""
    pixels = BATCH_PIXELS["cuda" if device.startswith("cuda") else "cpu"]
    return max(1, pixels // (spec.width * spec.height))


def work_order(specs: Sequence[PictureSpec]) -> tuple[int, ...]:
    """Indices of the specs in the order of work: each model once, within it each batch key once.

    Models come in the order of their first appearance, so do the keys of one model, and pictures with the same key
    keep their order.
    """
    models: dict[ModelRef, int] = {}
    keys: dict[tuple[object, ...], int] = {}
    for spec in specs:
        models.setdefault(spec.model, len(models))
        keys.setdefault(batch_key(spec), len(keys))
    return tuple(
        sorted(range(len(specs)), key=lambda i: (models[specs[i].model], keys[batch_key(specs[i])]))
    )


@dataclass(frozen=True, kw_only=True)
class DreamRequest:
    """A dream as asked; None means unsaid, and 0 is a value. A variation strength of 0 is no variation."""

    prompt: str
    negative_prompt: str = ""
    model: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = None
    seed: int | None = None
    count: int = 1
    variation_seed: int | None = None
    variation_strength: float | None = None

    def resolve(
        self, info: ModelInfo, draw_seed: Callable[[], int], *, most: int = MAX_COUNT
    ) -> tuple[PictureSpec, ...]:
        """One complete spec per picture, at most `most`; picture i has seed + i, wrapping at 2**32.

        With a variation the seed stays and the variation seed counts up, as in A1111. Raises UserError for anything
        that cannot be dreamt, before any work is done.
        """
        prompt = _text(self.prompt, "prompt")
        if not prompt:
            raise UserError("The prompt is empty.", "Say what you want to see, then click Dream.")
        negative_prompt = _text(self.negative_prompt, "negative prompt")
        sampler = info.sampler if self.sampler is None else self.sampler
        if sampler not in info.samplers:
            raise UserError(
                f"There is no sampler called “{shown(sampler)}” for this model.",
                f"Choose one of: {', '.join(info.samplers)}.",
            )
        width = _size(self.width, info.width, "width", info)
        height = _size(self.height, info.height, "height", info)
        steps = whole_number(
            info.steps if self.steps is None else self.steps, "steps", 1, MAX_STEPS
        )
        guidance = real_number(
            info.guidance if self.guidance is None else self.guidance,
            "cfg scale",
            0.0,
            MAX_GUIDANCE,
        )
        count = whole_number(self.count, "number of images", 1, most)
        seed = parse_seed(self.seed)
        if seed is None:
            seed = draw_seed() % SEEDS
        strength = real_number(
            0.0 if self.variation_strength is None else self.variation_strength,
            "variation strength",
            0.0,
            1.0,
        )
        other = parse_seed(self.variation_seed)
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
                seed=(seed if strength > 0 else seed + i) % SEEDS,
                variation=None
                if strength == 0 or other is None
                else Variation(seed=(other + i) % SEEDS, strength=strength),
            )
            for i in range(count)
        )


def seeds_wrap(seed: int, count: int) -> bool:
    """Whether `count` seeds from `seed` run over the last one (2**32-1) and go on from 0."""
    return seed + count > SEEDS


def parse_seed(value: object) -> int | None:
    """A seed from what was given: empty or None is unsaid; UserError unless 0 to 2**32-1."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return whole_number(value, "seed", 0, SEEDS - 1)


def whole_number(value: object, name: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`; text and 4.0 are accepted; UserError in the person's words otherwise."""
    fault = UserError(
        f"The {name} must be a whole number from {low:,} to {high:,}, and “{shown(value)}” is not.",
        f"Set the {name} within that range.",
    )
    if isinstance(value, bool):
        raise fault
    if isinstance(value, str):
        text = value.strip()
        if not (text.isascii() and text.removeprefix("-").isdigit()) or len(text) > 30:
            raise fault
        number = int(text)
    elif isinstance(value, int):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    else:
        raise fault
    if not low <= number <= high:
        raise fault
    return number


def real_number(value: object, name: str, low: float, high: float) -> float:
    """A finite number from `low` to `high`; text is accepted; UserError in the person's words otherwise."""
    number = math.nan
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
    if not (math.isfinite(number) and low <= number <= high):
        raise UserError(
            f"The {name} must be a number from {low:g} to {high:g}, and “{shown(value)}” is not.",
            f"Set the {name} within that range.",
        )
    return number


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


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise UserError(f"The {name} must be text.", "Type it in words.")
    if len(value) > MAX_PROMPT:
        raise UserError(
            f"The {name} has {len(value):,} characters, and at most {MAX_PROMPT:,} are taken.",
            "A few dozen words are all that a model reads; shorten it.",
        )
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
        raise UserError(
            f"The {name} contains characters that are not text.",
            "Remove invisible control characters (NUL, for example); typing it anew helps.",
        )
    return text if any(_is_visible(char) for char in text) else ""


def _is_visible(char: str) -> bool:
    """Whether a character leaves a mark: spaces of every width do not, nor do those that only direct the others."""
    return unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp", "Zs")


def shown(value: Any) -> str:
    """A visitor's value, short and on one line, for a sentence."""
    text = "".join(char if char.isprintable() else "·" for char in str(value)[:41])
    return text if len(text) <= 40 else text[:40] + "…"

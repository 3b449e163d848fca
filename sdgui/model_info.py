"""What the page and the resolver need to know of a model, without torch."""

from dataclasses import dataclass
from enum import StrEnum

from sdgui.correction import NOTHING, Correction
from sdgui.model_ref import ModelRef as ModelRef
from sdgui.samplers import SAMPLER_NAMES
from sdgui.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class VaeForm:
    """What VAEs must share to stand in for each other: channels of a latent, and its pixels along each side."""

    channels: int
    factor: int


class GuidanceKind(StrEnum):
    """What the guidance number means to a model."""

    NONE = "none"
    CLASSIFIER_FREE = "classifier-free"
    EMBEDDED = "embedded"


@dataclass(frozen=True, kw_only=True)
class SafetyChecker:
    """What came with a model to look at its finished pictures; `fault` says why it cannot be read here, "" where it
    can."""

    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """One model: sizes in pixels, defaults, limits, memory in bytes; the page renders its controls from it.

    Classifier-free guidance is none up to 1 in every family, and the negative prompt then says nothing.
    `emphasis`: it can weigh words of a prompt, and reads prompts of any length; else brackets are plain text.
    `bfloat16`: it was made in it, or its pictures are the same to the eye in it.
    `correction` is how its owner has it read, and `corrections` what of that suits it, by the names of its fields.
    `vocabulary`: the words that it knows, where it says so; all others it makes something else of.
    `vae` is the form of its VAE where the owner may put another of it in.
    `text_widths`: the channels of each text encoder that reads learnt words; none where it reads none.
    `checker` is its own safety checker, None where it has none.
    """

    ref: ModelRef
    title: str
    family: str
    width: int
    height: int
    size_step: int = 8
    min_size: int = 64
    max_size: int = 2048
    steps: int = 25
    guidance: float = 7.0
    guidance_kind: GuidanceKind = GuidanceKind.CLASSIFIER_FREE
    negative_prompt: bool = True
    emphasis: bool = False
    sampler: str = "Euler"
    samplers: tuple[str, ...] = SAMPLER_NAMES
    token_limit: int = 77
    text_widths: tuple[int, ...] = ()
    memory_bytes: int = 0
    correction: Correction = NOTHING
    corrections: tuple[str, ...] = ()
    vae: VaeForm | None = None
    bfloat16: bool = False
    examples: tuple[str, ...] = ()
    vocabulary: Vocabulary | None = None
    checker: SafetyChecker | None = None

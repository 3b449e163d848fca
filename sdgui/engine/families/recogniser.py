"""What the half of a family that needs no torch answers: is this model one of mine, and what must the page know."""

from dataclasses import dataclass
from typing import Protocol

from sdgui.engine.model_folder import Layout, ModelFolder
from sdgui.model_info import GuidanceKind


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a family says of one model; sizes in pixels, defaults by the checkpoint's own markers, else the family's.

    `tokenizer` is the folder of the tokenizer whose tokens are counted, up to `token_limit`; `emphasis`: its family
    has a weigher; `text_widths`: the channels of the text encoders that it weighs the states of; `bfloat16`: its family
    was made in it.
    """

    width: int
    height: int
    size_step: int
    largest: int | None = None
    steps: int
    guidance: float
    guidance_kind: GuidanceKind = GuidanceKind.CLASSIFIER_FREE
    negative_prompt: bool = True
    emphasis: bool = False
    sampler: str
    samplers: tuple[str, ...]
    token_limit: int
    corrections: tuple[str, ...] = ()
    text_widths: tuple[int, ...] = ()
    bfloat16: bool = False
    tokenizer: str = "tokenizer"


class Recogniser(Protocol):
    """The half of one family that needs no torch."""

    @property
    def name(self) -> str:
        """The family's name in ModelInfo, which is also that of its folder."""
        ...

    @property
    def title(self) -> str:
        """The family's name for a person."""
        ...

    @property
    def layout(self) -> Layout:
        """The parts of a model of this family in diffusers' layout."""
        ...

    def claims(self, folder: ModelFolder) -> bool:
        """Whether a model whose pipeline has the layout's class is of this family."""
        ...

    def traits(self, folder: ModelFolder) -> Traits:
        """What the page must know of a complete model; UserError when it cannot make pictures from words."""
        ...

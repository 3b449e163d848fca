"""What changes a model for one picture: low-rank weights, learnt words."""

from dataclasses import dataclass

from sdgui.model_info import ModelRef


@dataclass(frozen=True, kw_only=True)
class Lora:
    """Low-rank weights (Hu et al. 2021, https://arxiv.org/abs/2106.09685), added with a weight."""

    ref: ModelRef
    weight: float


@dataclass(frozen=True, kw_only=True)
class TextualInversion:
    """A learnt word (Gal et al. 2022, https://arxiv.org/abs/2208.01618); the weight is that of its embedding."""

    ref: ModelRef
    weight: float


Adapter = Lora | TextualInversion
ADAPTERS: dict[str, type[Lora] | type[TextualInversion]] = {
    "lora": Lora,
    "textual inversion": TextualInversion,
}
"""By the names under which they are written."""

"""What changes a model for one picture: low-rank weights, learnt words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sdgui.model_info import ModelRef


@dataclass(frozen=True, kw_only=True)
class Lora:
    """Low-rank weights (Hu et al. 2021, https://arxiv.org/abs/2106.09685), added with a weight, -2 to 2: one to the
    UNet or transformer, one to the text encoders."""

    ref: ModelRef
    weight: float
    text_encoder_weight: float


@dataclass(frozen=True, kw_only=True)
class TextualInversion:
    """A learnt word (Gal et al. 2022, https://arxiv.org/abs/2208.01618); the weight is that of its embedding."""

    ref: ModelRef
    weight: float


Adapter = Lora | TextualInversion


def loras(adapters: Sequence[Adapter]) -> tuple[Lora, ...]:
    """Those that are LoRAs."""
    return tuple(one for one in adapters if isinstance(one, Lora))


def learnt_words(adapters: Sequence[Adapter]) -> tuple[TextualInversion, ...]:
    """Those that are learnt words."""
    return tuple(one for one in adapters if isinstance(one, TextualInversion))


ADAPTERS: dict[str, type[Lora] | type[TextualInversion]] = {
    "lora": Lora,
    "textual inversion": TextualInversion,
}
"""By the names under which they are written."""

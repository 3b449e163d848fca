"""What the half of a family that runs models answers: how one is loaded, conditioned, sampled and decoded."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, Protocol

import torch

from sdgui.correction import Correction
from sdgui.engine.clip_weigher import Weigher
from sdgui.engine.source import Source

Encoded = Any
"""What a family keeps of one prompt: tensors on the device, as `encode` gives and `conditioning` takes them."""


class Family(Protocol):
    """One family. Latents are (pictures, channels, height, width) everywhere outside of the pipeline."""

    @property
    def half(self) -> torch.dtype:
        """The half precision whose range the model's numbers keep to."""
        ...

    def load(self, source: Source, dtype: torch.dtype) -> Any:
        """Diffusers' pipeline, on the CPU, with no weights but safetensors."""
        ...

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        """One prompt, on the pipeline's device, as it is without company."""
        ...

    def encode_negative(self, pipe: Any, prompt: str) -> Encoded:
        """One negative prompt in the same way; an empty one is what the family takes for none."""
        ...

    @property
    def weigher(self) -> Weigher | None:
        """What weighs words in prompts of any length; None where brackets are plain text to this family."""
        ...

    def wants_negative(self, pipe: Any, guidance: float) -> bool:
        """Whether `conditioning` needs negative prompts at this guidance."""
        ...

    def conditioning(
        self,
        pipe: Any,
        prompts: Sequence[Encoded],
        negatives: Sequence[Encoded] | None,
        guidance: float,
    ) -> dict[str, Any]:
        """Keyword arguments of the pipeline that say what to draw: one prompt per picture, each equal to itself alone.

        `negatives` are as many, or None where they are not wanted.
        """
        ...

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, int, int]:
        """(channels, height, width) of the noise that diffusers draws for one picture."""
        ...

    def noise_dtype(self, pipe: Any) -> torch.dtype:
        """The dtype in which the pipeline takes noise."""
        ...

    def pack(self, pipe: Any, noise: torch.Tensor) -> torch.Tensor:
        """Noise (pictures, *noise_shape) as the pipeline takes it."""
        ...

    def unpack(self, pipe: Any, latents: torch.Tensor, width: int, height: int) -> torch.Tensor:
        """Latents as the pipeline holds them while it steps, as (pictures, channels, height, width)."""
        ...

    def corrected(self, config: Mapping[str, Any], correction: Correction) -> Mapping[str, Any]:
        """The model's own scheduler config as its owner has it read; one that suits the family (ModelInfo)."""
        ...

    def skipping(self, pipe: Any, clip_skip: int) -> AbstractContextManager[None]:
        """Has the text encoder read up to the layer that `clip_skip` says, 1 being the last one, for a while."""
        ...

    def scheduler(
        self, sampler: str, config: Mapping[str, Any], steps: int, *, schedule: str
    ) -> Any:
        """A fresh scheduler of diffusers for one batch, from the model's own scheduler config."""
        ...

    def x0_coefficients(self, scheduler: Any, sampler: str) -> list[tuple[float, float]]:
        """For each evaluation (a, b), so that the finished latents are predicted as a * sample + b * model output."""
        ...

    def decode(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        """Pixels (pictures, 3, height, width) around -1 to 1 from finished, unpacked latents."""
        ...

    def encode_pixels(self, pipe: Any, pixels: torch.Tensor) -> torch.Tensor:
        """The unpacked latents of pixels from -1 to 1: the mean of the encoder's posterior."""
        ...


def family_called(name: str) -> Family:
    """The half of a family that runs models, by its name in ModelInfo."""
    family: Family = import_module(f"sdgui.engine.families.{name}.family").FAMILY
    return family

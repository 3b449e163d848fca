"""What differs between families of models, behind one protocol."""

from pathlib import Path
from typing import Any, Protocol

import torch

from sdgui.engine.prompts import PromptCache
from sdgui.spec import PictureSpec


class Family(Protocol):
    """One family: how it is loaded, what its latents look like, what it is conditioned on."""

    def load(self, folder: Path, dtype: torch.dtype, variant: str | None) -> Any:
        """Diffusers' pipeline, on the CPU, with no weights but safetensors."""
        ...

    def encode(self, pipe: Any, prompt: str) -> torch.Tensor:
        """Embeddings of one prompt, (1, tokens, channels), on the pipeline's device."""
        ...

    def latent_shape(self, pipe: Any, width: int, height: int) -> tuple[int, int, int]:
        """(channels, height, width) of one picture's latents."""
        ...

    def conditioning(self, prompts: PromptCache, specs: list[PictureSpec]) -> dict[str, Any]:
        """Keyword arguments of the pipeline that say what to draw."""
        ...

    def decode(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        """Pixels (pictures, 3, height, width) around -1 to 1 from finished latents."""
        ...

    def encode_pixels(self, pipe: Any, pixels: torch.Tensor) -> torch.Tensor:
        """Latents, scaled as the UNet sees them, from pixels -1 to 1: the mean of the encoder's posterior."""
        ...

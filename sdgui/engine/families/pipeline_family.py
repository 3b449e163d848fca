"""What all families have in common at work: their pipelines are loaded, told and decoded by one pattern."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch

from sdgui.engine.families.loading import load_pipeline
from sdgui.engine.source import Source


class PipelineFamily:
    """Latents (channels, height / factor, width / factor); classifier-free guidance above 1.

    A family names its `pipeline` and the `arguments` that it is made with, the part that predicts (`denoiser`), and
    what its pipeline calls the tensors of an encoded prompt (`embeddings`) and the guidance (`scale`).
    """

    pipeline: ClassVar[Any]
    arguments: ClassVar[Mapping[str, Any]] = {}
    denoiser: ClassVar[str]
    embeddings: ClassVar[tuple[str, ...]] = ("prompt_embeds",)
    scale: ClassVar[str] = "guidance_scale"

    def load(self, source: Source, dtype: torch.dtype) -> Any:
        return load_pipeline(self.pipeline, source, dtype, **self.arguments)

    def wants_negative(self, pipe: Any, guidance: float) -> bool:
        return guidance > 1

    def conditioning(
        self,
        pipe: Any,
        prompts: Sequence[Any],
        negatives: Sequence[Any] | None,
        guidance: float,
    ) -> dict[str, Any]:
        said = {**self.joined(prompts), self.scale: guidance}
        if negatives is not None:
            said |= {f"negative_{name}": one for name, one in self.joined(negatives).items()}
        return said

    def joined(self, prompts: Sequence[Any]) -> dict[str, Any]:
        """The tensors of encoded prompts by the names that the pipeline has for them, a row for each picture."""
        each = [one if isinstance(one, tuple) else (one,) for one in prompts]
        columns = zip(*each, strict=True)
        return {
            name: torch.cat(column) for name, column in zip(self.embeddings, columns, strict=True)
        }

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, int, int]:
        factor = pipe.vae_scale_factor
        return (self._denoiser(pipe).config.in_channels, height // factor, width // factor)

    def noise_dtype(self, pipe: Any) -> torch.dtype:
        dtype: torch.dtype = self._denoiser(pipe).dtype
        return dtype

    def pack(self, pipe: Any, noise: torch.Tensor) -> torch.Tensor:
        return noise

    def unpack(self, pipe: Any, latents: torch.Tensor, width: int, height: int) -> torch.Tensor:
        return latents

    def decode(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        scaled = latents.to(pipe.vae.dtype) / pipe.vae.config.scaling_factor
        return pipe.vae.decode(scaled + _shift(pipe), return_dict=False)[0]

    def encode_pixels(self, pipe: Any, pixels: torch.Tensor) -> torch.Tensor:
        latents = pipe.vae.encode(pixels).latent_dist.mode()
        return (latents - _shift(pipe)) * pipe.vae.config.scaling_factor

    def _denoiser(self, pipe: Any) -> Any:
        return getattr(pipe, self.denoiser)


def _shift(pipe: Any) -> float:
    """What the latents of the VAE lie beside zero, where it says."""
    shift: float | None = pipe.vae.config.get("shift_factor")
    return 0.0 if shift is None else shift

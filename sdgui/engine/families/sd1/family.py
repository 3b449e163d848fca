"""Stable Diffusion 1.x at work."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from sdgui.engine.predictions import of_diffusion
from sdgui.engine.samplers import make_scheduler


class StableDiffusion1:
    """Latents (4, height / factor, width / factor); classifier-free guidance above 1."""

    def load(self, folder: Path, dtype: torch.dtype, variant: str | None) -> Any:
        pipe = StableDiffusionPipeline.from_pretrained(
            folder,
            dtype=dtype,
            variant=variant,
            use_safetensors=True,
            local_files_only=True,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        pipe.set_progress_bar_config(disable=True)
        return pipe

    def encode(self, pipe: Any, prompt: str) -> torch.Tensor:
        """Embeddings (1, tokens, channels)."""
        embeddings, _ = pipe.encode_prompt(prompt, pipe._execution_device, 1, False)
        return embeddings

    encode_negative = encode

    def wants_negative(self, pipe: Any, guidance: float) -> bool:
        return guidance > 1

    def conditioning(
        self,
        pipe: Any,
        prompts: Sequence[torch.Tensor],
        negatives: Sequence[torch.Tensor] | None,
        guidance: float,
    ) -> dict[str, Any]:
        return {
            "prompt_embeds": torch.cat(list(prompts)),
            "negative_prompt_embeds": None if negatives is None else torch.cat(list(negatives)),
            "guidance_scale": guidance,
        }

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, int, int]:
        factor = pipe.vae_scale_factor
        return (pipe.unet.config.in_channels, height // factor, width // factor)

    def noise_dtype(self, pipe: Any) -> torch.dtype:
        return pipe.unet.dtype

    def pack(self, pipe: Any, noise: torch.Tensor) -> torch.Tensor:
        return noise

    def unpack(self, pipe: Any, latents: torch.Tensor, width: int, height: int) -> torch.Tensor:
        return latents

    def scheduler(
        self, sampler: str, config: Mapping[str, Any], steps: int, *, schedule: str
    ) -> Any:
        return make_scheduler(sampler, config, steps, schedule=schedule)

    def x0_coefficients(self, scheduler: Any, sampler: str) -> list[tuple[float, float]]:
        return of_diffusion(scheduler, sampler)

    def decode(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        return pipe.vae.decode(latents / pipe.vae.config.scaling_factor, return_dict=False)[0]

    def encode_pixels(self, pipe: Any, pixels: torch.Tensor) -> torch.Tensor:
        return pipe.vae.encode(pixels).latent_dist.mode() * pipe.vae.config.scaling_factor


FAMILY = StableDiffusion1()

"""Stable Diffusion 1.x (Rombach et al. 2022, https://arxiv.org/abs/2112.10752): one CLIP text encoder."""

from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from sdgui.engine.prompts import PromptCache
from sdgui.spec import PictureSpec


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
        embeddings, _ = pipe.encode_prompt(prompt, pipe._execution_device, 1, False)
        return embeddings

    def latent_shape(self, pipe: Any, width: int, height: int) -> tuple[int, int, int]:
        factor = pipe.vae_scale_factor
        return (pipe.unet.config.in_channels, height // factor, width // factor)

    def conditioning(self, prompts: PromptCache, specs: list[PictureSpec]) -> dict[str, Any]:
        guidance = specs[0].guidance
        negative = prompts.embed([spec.negative_prompt for spec in specs]) if guidance > 1 else None
        return {
            "prompt_embeds": prompts.embed([spec.prompt for spec in specs]),
            "negative_prompt_embeds": negative,
            "guidance_scale": guidance,
        }

    def decode(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        return pipe.vae.decode(latents / pipe.vae.config.scaling_factor, return_dict=False)[0]

    def encode_pixels(self, pipe: Any, pixels: torch.Tensor) -> torch.Tensor:
        return pipe.vae.encode(pixels).latent_dist.mode() * pipe.vae.config.scaling_factor

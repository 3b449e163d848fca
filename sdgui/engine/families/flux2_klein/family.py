"""FLUX.2 klein at work."""

from typing import Any

import torch
from diffusers import Flux2KleinPipeline

from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import FlowFamily
from sdgui.engine.families.flux2_klein.recognise import TOKENS


class Flux2Klein(FlowFamily):
    """Encoded: embeddings (1, tokens, channels).

    The noise is that of patches of 2x2 latents, (4 * channels, height, width), whose numbers the VAE's batch norm
    brings to unit variance; unpacked latents are those that the VAE decodes.
    """

    pipeline = Flux2KleinPipeline

    def encode(self, pipe: Any, prompt: str) -> torch.Tensor:
        embeddings, _ = pipe.encode_prompt(prompt, max_sequence_length=TOKENS)
        return embeddings

    encode_negative = encode

    def wants_negative(self, pipe: Any, guidance: float) -> bool:
        return guidance > 1 and not pipe.config.is_distilled

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, int, int]:
        side = 2 * pipe.vae_scale_factor
        return (pipe.transformer.config.in_channels, height // side, width // side)

    def unpack(self, pipe: Any, latents: torch.Tensor, width: int, height: int) -> torch.Tensor:
        pictures, _, channels = latents.shape
        rows, columns = (side // pipe.vae_scale_factor // 2 for side in (height, width))
        patches = latents.permute(0, 2, 1).reshape(pictures, channels, rows, columns)
        mean = pipe.vae.bn.running_mean.view(1, -1, 1, 1).to(patches)
        variance = pipe.vae.bn.running_var.view(1, -1, 1, 1) + pipe.vae.config.batch_norm_eps
        patches = patches * variance.sqrt().to(patches) + mean
        parts = patches.view(pictures, channels // 4, 2, 2, rows, columns)
        return parts.permute(0, 1, 4, 2, 5, 3).reshape(
            pictures, channels // 4, 2 * rows, 2 * columns
        )

    def decode(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        return pipe.vae.decode(latents.to(pipe.vae.dtype), return_dict=False)[0]

    def encode_pixels(self, pipe: Any, pixels: torch.Tensor) -> torch.Tensor:
        return pipe.vae.encode(pixels).latent_dist.mode()


FAMILY: Family = Flux2Klein()

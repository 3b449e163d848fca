"""What the families with a UNet have in common: they predict epsilon or v, on latents as the VAE gives them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import torch

from sdgui.correction import Correction
from sdgui.engine.clip_skip import skipping_layers
from sdgui.engine.predictions import of_diffusion
from sdgui.engine.samplers import make_scheduler


class UNetFamily:
    """Latents (4, height / factor, width / factor); classifier-free guidance above 1."""

    half = torch.float16

    def wants_negative(self, pipe: Any, guidance: float) -> bool:
        return guidance > 1

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, int, int]:
        factor = pipe.vae_scale_factor
        return (pipe.unet.config.in_channels, height // factor, width // factor)

    def noise_dtype(self, pipe: Any) -> torch.dtype:
        return pipe.unet.dtype

    def pack(self, pipe: Any, noise: torch.Tensor) -> torch.Tensor:
        return noise

    def unpack(self, pipe: Any, latents: torch.Tensor, width: int, height: int) -> torch.Tensor:
        return latents

    def corrected(self, config: Mapping[str, Any], correction: Correction) -> Mapping[str, Any]:
        told: dict[str, Any] = {
            "prediction_type": correction.prediction_type,
            "rescale_betas_zero_snr": correction.zero_snr,
        }
        if correction.zero_snr:
            told["timestep_spacing"] = "trailing"  # else the steps begin before pure noise
        return {**config, **{name: value for name, value in told.items() if value is not None}}

    def skipping(self, pipe: Any, clip_skip: int) -> AbstractContextManager[None]:
        return skipping_layers(pipe.text_encoder, clip_skip)

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

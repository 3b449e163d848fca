"""What the families with a UNet have in common: they predict epsilon or v, on latents as the VAE gives them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import torch

from sdgui.correction import Correction
from sdgui.engine.clip_skip import skipping_layers
from sdgui.engine.families.pipeline_family import PipelineFamily
from sdgui.engine.predictions import of_diffusion
from sdgui.engine.samplers import make_scheduler


class UNetFamily(PipelineFamily):
    """Text encoders that can leave out layers, and noise schedules that can be corrected."""

    half = torch.float16
    denoiser = "unet"

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

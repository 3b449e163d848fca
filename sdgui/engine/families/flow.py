"""What the families of flow matching have in common: a transformer that predicts the flow, on scaled latents."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from sdgui.correction import Correction
from sdgui.engine.clip_weigher import Weigher
from sdgui.engine.families.flow_samplers import make_flow_scheduler
from sdgui.engine.families.pipeline_family import PipelineFamily
from sdgui.engine.predictions import of_flow


class FlowFamily(PipelineFamily):
    """Brackets are plain text, and there is nothing to correct."""

    half = torch.bfloat16
    """Which they were trained in; in float16 their transformers, and T5, run over."""
    weigher: Weigher | None = None
    denoiser = "transformer"

    def corrected(self, config: Mapping[str, Any], correction: Correction) -> Mapping[str, Any]:
        return config

    def skipping(self, pipe: Any, clip_skip: int) -> AbstractContextManager[None]:
        return nullcontext()

    def scheduler(
        self, sampler: str, config: Mapping[str, Any], steps: int, *, schedule: str
    ) -> Any:
        return make_flow_scheduler(sampler, config, steps)

    def x0_coefficients(self, scheduler: Any, sampler: str) -> list[tuple[float, float]]:
        return of_flow(scheduler)


class PackedFlowFamily(FlowFamily):
    """The transformer sees patches of 2x2 latents, each a token: (pictures, height * width / 4, 4 * channels)."""

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, int, int]:
        channels, rows, columns = super().noise_shape(pipe, width, height)
        return (channels // 4, rows, columns)

    def pack(self, pipe: Any, noise: torch.Tensor) -> torch.Tensor:
        pictures, channels, height, width = noise.shape
        patches = noise.view(pictures, channels, height // 2, 2, width // 2, 2)
        return patches.permute(0, 2, 4, 1, 3, 5).reshape(pictures, -1, channels * 4)

    def unpack(self, pipe: Any, latents: torch.Tensor, width: int, height: int) -> torch.Tensor:
        pictures, _, channels = latents.shape
        rows, columns = (side // pipe.vae_scale_factor // 2 for side in (height, width))
        patches = latents.view(pictures, rows, columns, channels // 4, 2, 2)
        return patches.permute(0, 3, 1, 4, 2, 5).reshape(
            pictures, channels // 4, 2 * rows, 2 * columns
        )

"""Stable Diffusion 1.x at work."""

from collections.abc import Sequence
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from sdgui.engine.clip_weigher import ClipWeigher, Weigher
from sdgui.engine.families.family import Family
from sdgui.engine.families.loading import load_pipeline
from sdgui.engine.families.unet import UNetFamily
from sdgui.engine.source import Source


class StableDiffusion1(UNetFamily):
    """Encoded: embeddings (1, tokens, channels)."""

    def load(self, source: Source, dtype: torch.dtype) -> Any:
        return load_pipeline(StableDiffusionPipeline, source, dtype, requires_safety_checker=False)

    def encode(self, pipe: Any, prompt: str) -> torch.Tensor:
        embeddings, _ = pipe.encode_prompt(prompt, pipe._execution_device, 1, False)
        return embeddings

    encode_negative = encode
    weigher: Weigher | None = ClipWeigher(lambda pipe, ids: ([pipe.text_encoder(ids[0])[0]], None))

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


FAMILY: Family = StableDiffusion1()

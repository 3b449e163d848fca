"""Stable Diffusion 1.x at work."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from diffusers import StableDiffusionPipeline

from sdgui.engine.clip_weigher import ClipWeigher, Weigher
from sdgui.engine.families.family import Family
from sdgui.engine.families.unet import UNetFamily


class StableDiffusion1(UNetFamily):
    """Encoded: embeddings (1, tokens, channels)."""

    pipeline = StableDiffusionPipeline
    arguments: ClassVar[Mapping[str, Any]] = {"requires_safety_checker": False}

    def encode(self, pipe: Any, prompt: str) -> torch.Tensor:
        embeddings, _ = pipe.encode_prompt(prompt, pipe._execution_device, 1, False)
        return embeddings

    encode_negative = encode
    weigher: Weigher | None = ClipWeigher(lambda pipe, ids: ([pipe.text_encoder(ids[0])[0]], None))


FAMILY: Family = StableDiffusion1()

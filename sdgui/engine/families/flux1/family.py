"""FLUX.1 at work."""

from typing import Any

import torch
from diffusers import FluxPipeline

from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import PackedFlowFamily
from sdgui.engine.families.flux1.recognise import DEV_TOKENS, SCHNELL_TOKENS

Encoded = tuple[torch.Tensor, torch.Tensor]


class Flux1(PackedFlowFamily):
    """Encoded: T5's embeddings (1, tokens, channels), and CLIP's pooled one (1, channels)."""

    pipeline = FluxPipeline
    embeddings = ("prompt_embeds", "pooled_prompt_embeds")

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        dev = pipe.transformer.config.guidance_embeds
        embeddings, pooled, _ = pipe.encode_prompt(
            prompt, None, max_sequence_length=DEV_TOKENS if dev else SCHNELL_TOKENS
        )
        return embeddings, pooled

    encode_negative = encode

    def wants_negative(self, pipe: Any, guidance: float) -> bool:
        return False


FAMILY: Family = Flux1()

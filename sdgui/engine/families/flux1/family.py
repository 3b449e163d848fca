"""FLUX.1 at work."""

from collections.abc import Sequence
from typing import Any

import torch
from diffusers import FluxPipeline

from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import PackedFlowFamily
from sdgui.engine.families.flux1.recognise import DEV_TOKENS, SCHNELL_TOKENS
from sdgui.engine.families.loading import load_pipeline
from sdgui.engine.source import Source

Encoded = tuple[torch.Tensor, torch.Tensor]


class Flux1(PackedFlowFamily):
    """Encoded: T5's embeddings (1, tokens, channels), and CLIP's pooled one (1, channels)."""

    def load(self, source: Source, dtype: torch.dtype) -> Any:
        return load_pipeline(FluxPipeline, source, dtype)

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        dev = pipe.transformer.config.guidance_embeds
        embeddings, pooled, _ = pipe.encode_prompt(
            prompt, None, max_sequence_length=DEV_TOKENS if dev else SCHNELL_TOKENS
        )
        return embeddings, pooled

    encode_negative = encode

    def wants_negative(self, pipe: Any, guidance: float) -> bool:
        return False

    def conditioning(
        self,
        pipe: Any,
        prompts: Sequence[Encoded],
        negatives: Sequence[Encoded] | None,
        guidance: float,
    ) -> dict[str, Any]:
        return {
            "prompt_embeds": torch.cat([embeddings for embeddings, _ in prompts]),
            "pooled_prompt_embeds": torch.cat([pooled for _, pooled in prompts]),
            "guidance_scale": guidance,
        }


FAMILY: Family = Flux1()

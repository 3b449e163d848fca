"""Chroma at work."""

from collections.abc import Sequence
from typing import Any

import torch
from diffusers import ChromaPipeline

from sdgui.engine.families.chroma.recognise import TOKENS
from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import PackedFlowFamily
from sdgui.engine.families.loading import load_pipeline
from sdgui.engine.source import Source

Encoded = tuple[torch.Tensor, torch.Tensor]


class Chroma(PackedFlowFamily):
    """Encoded: embeddings (1, tokens, channels), and which of the tokens are seen (1, tokens)."""

    def load(self, source: Source, dtype: torch.dtype) -> Any:
        return load_pipeline(ChromaPipeline, source, dtype)

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        embeddings, _, mask, *_ = pipe.encode_prompt(
            prompt, do_classifier_free_guidance=False, max_sequence_length=TOKENS
        )
        return embeddings, mask

    encode_negative = encode

    def conditioning(
        self,
        pipe: Any,
        prompts: Sequence[Encoded],
        negatives: Sequence[Encoded] | None,
        guidance: float,
    ) -> dict[str, Any]:
        said = {
            "prompt_embeds": torch.cat([embeddings for embeddings, _ in prompts]),
            "prompt_attention_mask": torch.cat([mask for _, mask in prompts]),
            "guidance_scale": guidance,
        }
        if negatives is not None:
            said["negative_prompt_embeds"] = torch.cat([embeddings for embeddings, _ in negatives])
            said["negative_prompt_attention_mask"] = torch.cat([mask for _, mask in negatives])
        return said


FAMILY: Family = Chroma()

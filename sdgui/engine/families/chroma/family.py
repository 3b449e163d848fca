"""Chroma at work."""

from typing import Any

import torch
from diffusers import ChromaPipeline

from sdgui.engine.families.chroma.recognise import TOKENS
from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import PackedFlowFamily

Encoded = tuple[torch.Tensor, torch.Tensor]


class Chroma(PackedFlowFamily):
    """Encoded: embeddings (1, tokens, channels), and which of the tokens are seen (1, tokens)."""

    pipeline = ChromaPipeline
    embeddings = ("prompt_embeds", "prompt_attention_mask")

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        embeddings, _, mask, *_ = pipe.encode_prompt(
            prompt, do_classifier_free_guidance=False, max_sequence_length=TOKENS
        )
        return embeddings, mask

    encode_negative = encode


FAMILY: Family = Chroma()

"""Stable Diffusion 3 and 3.5 at work."""

from typing import Any

import torch
from diffusers import StableDiffusion3Pipeline

from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import FlowFamily
from sdgui.engine.families.loading import load_pipeline
from sdgui.engine.families.sd3.recognise import T5_PARTS, T5_TOKENS
from sdgui.engine.source import Source

Encoded = tuple[torch.Tensor, torch.Tensor]


class StableDiffusion3(FlowFamily):
    """Encoded: embeddings (1, tokens, channels), CLIP's and then T5's, and the pooled ones (1, channels)."""

    pipeline = StableDiffusion3Pipeline
    embeddings = ("prompt_embeds", "pooled_prompt_embeds")

    def load(self, source: Source, dtype: torch.dtype) -> Any:
        absent = [part for part in T5_PARTS if not (source.folder / part).is_dir()]
        return load_pipeline(self.pipeline, source, dtype, **dict.fromkeys(absent))

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        embeddings, _, pooled, _ = pipe.encode_prompt(
            prompt, None, None, do_classifier_free_guidance=False, max_sequence_length=T5_TOKENS
        )
        return embeddings, pooled

    encode_negative = encode


FAMILY: Family = StableDiffusion3()

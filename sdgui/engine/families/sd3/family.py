"""Stable Diffusion 3 and 3.5 at work."""

from collections.abc import Sequence
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

    def load(self, source: Source, dtype: torch.dtype) -> Any:
        absent = [part for part in T5_PARTS if not (source.folder / part).is_dir()]
        return load_pipeline(StableDiffusion3Pipeline, source, dtype, **dict.fromkeys(absent))

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        embeddings, _, pooled, _ = pipe.encode_prompt(
            prompt, None, None, do_classifier_free_guidance=False, max_sequence_length=T5_TOKENS
        )
        return embeddings, pooled

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
            "pooled_prompt_embeds": torch.cat([pooled for _, pooled in prompts]),
            "guidance_scale": guidance,
        }
        if negatives is not None:
            said["negative_prompt_embeds"] = torch.cat([embeddings for embeddings, _ in negatives])
            said["negative_pooled_prompt_embeds"] = torch.cat([pooled for _, pooled in negatives])
        return said


FAMILY: Family = StableDiffusion3()

"""Z-Image at work."""

from collections.abc import Sequence
from typing import Any

import torch
from diffusers import ZImagePipeline

from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import FlowFamily
from sdgui.engine.families.z_image.recognise import TOKENS


class ZImage(FlowFamily):
    """Encoded: embeddings (tokens, channels), as many as the prompt has."""

    pipeline = ZImagePipeline

    def encode(self, pipe: Any, prompt: str) -> torch.Tensor:
        (embeddings,), _ = pipe.encode_prompt(
            prompt, do_classifier_free_guidance=False, max_sequence_length=TOKENS
        )
        return embeddings

    encode_negative = encode

    def conditioning(
        self,
        pipe: Any,
        prompts: Sequence[torch.Tensor],
        negatives: Sequence[torch.Tensor] | None,
        guidance: float,
    ) -> dict[str, Any]:
        """Its pipeline adds guidance * (prompt - negative) to what the prompt gives, so that none is 0 and not 1."""
        return super().conditioning(pipe, prompts, negatives, max(guidance - 1, 0.0))

    def joined(self, prompts: Sequence[torch.Tensor]) -> dict[str, Any]:
        """A list, for each is as long as it is."""
        return {"prompt_embeds": list(prompts)}

    def noise_dtype(self, pipe: Any) -> torch.dtype:
        return torch.float32


FAMILY: Family = ZImage()

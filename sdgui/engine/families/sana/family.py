"""Sana at work."""

import inspect
from collections.abc import Sequence
from typing import Any

import torch
from diffusers import SanaPipeline

from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import FlowFamily
from sdgui.engine.families.sana.recognise import TOKENS

Encoded = tuple[torch.Tensor, torch.Tensor]


class Sana(FlowFamily):
    """Encoded: embeddings (1, tokens, channels), and which of the tokens are seen (1, tokens)."""

    pipeline = SanaPipeline
    embeddings = ("prompt_embeds", "prompt_attention_mask")

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        """With the instruction to enhance it that the pipeline puts before every prompt (section 3.1)."""
        asked = inspect.signature(type(pipe).__call__).parameters["complex_human_instruction"]
        return self._encode(pipe, prompt, asked.default)

    def encode_negative(self, pipe: Any, prompt: str) -> Encoded:
        return self._encode(pipe, prompt, None)

    def conditioning(
        self,
        pipe: Any,
        prompts: Sequence[Encoded],
        negatives: Sequence[Encoded] | None,
        guidance: float,
    ) -> dict[str, Any]:
        return {
            **super().conditioning(pipe, prompts, negatives, guidance),
            "prompt": None,
            "negative_prompt": None,
            "use_resolution_binning": False,
        }

    def noise_dtype(self, pipe: Any) -> torch.dtype:
        return torch.float32

    def encode_pixels(self, pipe: Any, pixels: torch.Tensor) -> torch.Tensor:
        return pipe.vae.encode(pixels).latent * pipe.vae.config.scaling_factor

    def _encode(self, pipe: Any, prompt: str, instruction: list[str] | None) -> Encoded:
        embeddings, mask, _, _ = pipe.encode_prompt(
            prompt,
            do_classifier_free_guidance=False,
            max_sequence_length=TOKENS,
            complex_human_instruction=instruction,
        )
        return embeddings, mask


FAMILY: Family = Sana()

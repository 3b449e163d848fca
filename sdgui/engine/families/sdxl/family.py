"""Stable Diffusion XL at work."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from diffusers import StableDiffusionXLPipeline

from sdgui.engine.clip_weigher import ClipWeigher, Weigher
from sdgui.engine.families.family import Family
from sdgui.engine.families.unet import UNetFamily

Encoded = tuple[torch.Tensor, torch.Tensor]


def _read(pipe: Any, ids: Sequence[torch.Tensor]) -> tuple[list[torch.Tensor], torch.Tensor]:
    """The states before the last layer of both encoders, and what the second one pools."""
    first = pipe.text_encoder(ids[0], output_hidden_states=True)
    second = pipe.text_encoder_2(ids[1], output_hidden_states=True)
    return [first.hidden_states[-2], second.hidden_states[-2]], second[0]


class StableDiffusionXL(UNetFamily):
    """Encoded: embeddings (1, tokens, channels) of both encoders side by side, and the pooled one (1, channels)."""

    pipeline = StableDiffusionXLPipeline
    arguments: ClassVar[Mapping[str, Any]] = {"add_watermarker": False}
    embeddings = ("prompt_embeds", "pooled_prompt_embeds")

    def encode(self, pipe: Any, prompt: str) -> Encoded:
        embeddings, _, pooled, _ = pipe.encode_prompt(prompt, do_classifier_free_guidance=False)
        return embeddings, pooled

    def encode_negative(self, pipe: Any, prompt: str) -> Encoded:
        """Where the model was trained so, no negative prompt is all zeros, and not the words ""."""
        embeddings, pooled = self.encode(pipe, prompt)
        if prompt == "" and pipe.config.force_zeros_for_empty_prompt:
            return torch.zeros_like(embeddings), torch.zeros_like(pooled)
        return embeddings, pooled

    weigher: Weigher | None = ClipWeigher(
        _read,
        tokenizers=("tokenizer", "tokenizer_2"),
        encoders=("text_encoder", "text_encoder_2"),
        finish=lambda embeddings, pooled: (embeddings, pooled),
        blanks=lambda pipe: bool(pipe.config.force_zeros_for_empty_prompt),
    )


FAMILY: Family = StableDiffusionXL()

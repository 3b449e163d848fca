"""Qwen-Image at work."""

from collections.abc import Sequence
from typing import Any

import torch
from diffusers import QwenImagePipeline
from torch.nn.utils.rnn import pad_sequence

from sdgui.engine.families.family import Family
from sdgui.engine.families.flow import PackedFlowFamily
from sdgui.engine.families.qwen_image.recognise import TOKENS

NOTHING = " "
"""What its makers recommend where there is no negative prompt."""


class QwenImage(PackedFlowFamily):
    """Encoded: embeddings (tokens, channels), as many as the prompt has."""

    pipeline = QwenImagePipeline
    scale = "true_cfg_scale"

    def encode(self, pipe: Any, prompt: str) -> torch.Tensor:
        embeddings, _ = pipe.encode_prompt(prompt, max_sequence_length=TOKENS)
        return embeddings[0]

    def encode_negative(self, pipe: Any, prompt: str) -> torch.Tensor:
        return self.encode(pipe, NOTHING if prompt == "" else prompt)

    def joined(self, prompts: Sequence[torch.Tensor]) -> dict[str, Any]:
        """Embeddings filled up to the longest, and which of the tokens are seen."""
        masks = [torch.ones(len(one), dtype=torch.long, device=one.device) for one in prompts]
        return {
            "prompt_embeds": pad_sequence(list(prompts), batch_first=True),
            "prompt_embeds_mask": pad_sequence(masks, batch_first=True),
        }

    def decode(self, pipe: Any, latents: torch.Tensor) -> torch.Tensor:
        mean, deviation = _statistics(pipe, latents)
        frames = (latents * deviation + mean).to(pipe.vae.dtype)[:, :, None]
        return pipe.vae.decode(frames, return_dict=False)[0][:, :, 0]

    def encode_pixels(self, pipe: Any, pixels: torch.Tensor) -> torch.Tensor:
        latents = pipe.vae.encode(pixels[:, :, None]).latent_dist.mode()[:, :, 0]
        mean, deviation = _statistics(pipe, latents)
        return (latents - mean) / deviation


def _statistics(pipe: Any, latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of each channel of the VAE's latents."""
    config = pipe.vae.config
    mean, deviation = (
        torch.tensor(values).view(1, -1, 1, 1).to(latents)
        for values in (config.latents_mean, config.latents_std)
    )
    return mean, deviation


FAMILY: Family = QwenImage()

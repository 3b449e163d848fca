"""Stable Diffusion 1.5 and XL in their real shapes with random weights: as slow and as large as the real ones."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    EulerDiscreteScheduler,
    PNDMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from sdgui.bench.random_models.small_tokenizers import clip_tokenizer
from sdgui.bench.random_models.tiny_families import BETAS

WORDS = 49408
"""Words of CLIP's vocabulary: the embeddings are as many, though the tokenizer here knows fewer."""


def write_shape(make: Callable[[torch.device], Any], folder: Path, device: torch.device) -> Path:
    """Writes one of SHAPES in float16, made on a device that has room for it, and returns its folder."""
    torch.manual_seed(0)
    make(device).save_pretrained(folder)
    return folder


@contextmanager
def _made_on(device: torch.device) -> Iterator[None]:
    """Modules are made there and in float16 at once, with the values that their classes begin training with."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float16)
    try:
        with device:
            yield
    finally:
        torch.set_default_dtype(usual)


def sd15(device: torch.device) -> StableDiffusionPipeline:
    """About 1.1 billion parameters."""
    with _made_on(device):
        vae = _vae(sample_size=512, scale=0.18215)
        text_encoder = _clip_l()
        unet = UNet2DConditionModel(
            sample_size=64,
            block_out_channels=(320, 640, 1280, 1280),
            layers_per_block=2,
            down_block_types=(*("CrossAttnDownBlock2D",) * 3, "DownBlock2D"),
            up_block_types=("UpBlock2D", *("CrossAttnUpBlock2D",) * 3),
            cross_attention_dim=768,
            attention_head_dim=8,
        )
    return StableDiffusionPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=clip_tokenizer(),
        unet=unet,
        scheduler=PNDMScheduler(**BETAS, skip_prk_steps=True, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(device: torch.device) -> StableDiffusionXLPipeline:
    """About 3.5 billion parameters."""
    with _made_on(device):
        # As the VAE that was mended for float16: with the first one pipelines decode in float32, the engine only once
        # float16 ran over, as random weights do not.
        vae = _vae(sample_size=1024, scale=0.13025, force_upcast=False)
        text_encoder = _clip_l()
        text_encoder_2 = CLIPTextModelWithProjection(
            _clip_config(
                hidden_size=1280,
                intermediate_size=5120,
                num_hidden_layers=32,
                num_attention_heads=20,
                projection_dim=1280,
                hidden_act="gelu",
            )
        )
        unet = UNet2DConditionModel(
            sample_size=128,
            block_out_channels=(320, 640, 1280),
            layers_per_block=2,
            down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * 2),
            up_block_types=(*("CrossAttnUpBlock2D",) * 2, "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=6 * 256 + 1280,
        )
    return StableDiffusionXLPipeline(
        vae=vae,
        text_encoder=text_encoder,
        text_encoder_2=text_encoder_2,
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        unet=unet,
        scheduler=EulerDiscreteScheduler(**BETAS, timestep_spacing="leading", steps_offset=1),
    )


def _vae(*, sample_size: int, scale: float, force_upcast: bool = True) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        layers_per_block=2,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        sample_size=sample_size,
        scaling_factor=scale,
        force_upcast=force_upcast,
    )


def _clip_l() -> CLIPTextModel:
    return CLIPTextModel(
        _clip_config(
            hidden_size=768,
            intermediate_size=3072,
            num_hidden_layers=12,
            num_attention_heads=12,
            projection_dim=768,
            hidden_act="quick_gelu",
        )
    )


def _clip_config(**sizes: Any) -> CLIPTextConfig:
    tokenizer = clip_tokenizer()
    return CLIPTextConfig(
        vocab_size=WORDS,
        max_position_embeddings=77,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **sizes,
    )


SHAPES: Mapping[str, Callable[[torch.device], Any]] = {"SD 1.5": sd15, "SDXL": sdxl}

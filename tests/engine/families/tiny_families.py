"""Makes a tiny model with random weights of each family, of the real classes and in the real layout."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from tests.engine.tiny_model import tiny_tokenizer

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def write_family(name: str, folder: Path) -> Path:
    """Writes the tiny model of that name, always the same, and returns its folder."""
    torch.manual_seed(0)
    MODELS[name]().save_pretrained(folder)
    return folder


def clip_text(kind: Any = CLIPTextModel, *, size: int = 16, act: str = "quick_gelu") -> Any:
    tokenizer = tiny_tokenizer()
    return kind(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=size,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            projection_dim=size,
            hidden_act=act,
            max_position_embeddings=77,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def vae(*, channels: int = 4, scale: float = 0.5, shift: float | None = None) -> AutoencoderKL:
    """Factor 8, as the real ones."""
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=channels,
        norm_num_groups=4,
        sample_size=128,
        scaling_factor=scale,
        shift_factor=shift,
        use_quant_conv=shift is None,
        use_post_quant_conv=shift is None,
    )


def unet(**more: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        **{
            "sample_size": 16,
            "block_out_channels": (16, 32),
            "layers_per_block": 1,
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
            "cross_attention_dim": 16,
            "attention_head_dim": (2, 4),
            "norm_num_groups": 8,
            "use_linear_projection": True,
            **more,
        }
    )


def sd2(prediction_type: str) -> StableDiffusionPipeline:
    return StableDiffusionPipeline(
        vae=vae(),
        text_encoder=clip_text(act="gelu"),
        tokenizer=tiny_tokenizer(),
        unet=unet(),
        scheduler=DDIMScheduler(
            **BETAS, prediction_type=prediction_type, clip_sample=False, steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(scheduler: Any = None) -> StableDiffusionXLPipeline:
    if scheduler is None:
        scheduler = EulerDiscreteScheduler(**BETAS, timestep_spacing="leading", steps_offset=1)
    return StableDiffusionXLPipeline(
        vae=vae(scale=0.13),
        text_encoder=clip_text(),
        text_encoder_2=clip_text(CLIPTextModelWithProjection, size=24, act="gelu"),
        tokenizer=tiny_tokenizer(),
        tokenizer_2=tiny_tokenizer(),
        unet=unet(
            cross_attention_dim=16 + 24,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 24,
        ),
        scheduler=scheduler,
    )


def sdxl_turbo() -> StableDiffusionXLPipeline:
    return sdxl(EulerAncestralDiscreteScheduler(**BETAS, timestep_spacing="trailing"))


MODELS: dict[str, Callable[[], Any]] = {
    "sd2": lambda: sd2("epsilon"),
    "sd2-v": lambda: sd2("v_prediction"),
    "sdxl": sdxl,
    "sdxl-turbo": sdxl_turbo,
}

"""Makes a tiny Stable Diffusion 1.x with random weights, of the real classes and in the real layout."""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from sdgui.bench.random_models.small_tokenizers import clip_tokenizer


def write_tiny_model(
    folder: Path,
    *,
    prediction_type: str = "v_prediction",
    timestep_spacing: str = "leading",
    seed: int = 0,
    factor_levels: int = 3,
    text_layers: int = 1,
) -> Path:
    """Writes the model and returns its folder: 128x128 pixels, 32x32 latents, 77 tokens, about 300 kB."""
    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        sample_size=32,
        block_out_channels=(16, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=8,
        norm_num_groups=8,
    )
    vae = AutoencoderKL(
        block_out_channels=(8, 16, 16)[:factor_levels],
        down_block_types=("DownEncoderBlock2D",) * factor_levels,
        up_block_types=("UpDecoderBlock2D",) * factor_levels,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=128,
        scaling_factor=0.5,
    )
    tokenizer = clip_tokenizer()
    text_encoder = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=text_layers,
            num_attention_heads=2,
            max_position_embeddings=77,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    scheduler = PNDMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type=prediction_type,
        timestep_spacing=timestep_spacing,
        skip_prk_steps=True,
        steps_offset=1,
    )
    pipe = StableDiffusionPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder)
    return folder


def write_defaults(folder: Path, **defaults: object) -> None:
    """Writes the optional sdgui.json."""
    (folder / "sdgui.json").write_text(json.dumps(defaults))

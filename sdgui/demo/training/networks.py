"""The networks of the embedded model: real classes of diffusers and transformers, only small."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPVisionConfig

TEXT_WIDTH = 192
TOKENS = 77
LATENT_CHANNELS = 4
FACTOR = 4
"""Pixels per latent, along each side."""

_START_LOG_VARIANCE = -5.0
_COLOURS, _CONSTANT = 3, 2.0


def make_vae() -> AutoencoderKL:
    """A fresh VAE of factor 4; attention-free, so that any size costs what its pixels cost."""
    vae = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=LATENT_CHANNELS,
        block_out_channels=(24, 48, 96),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
        norm_num_groups=3,
        mid_block_add_attention=False,
        sample_size=128,
        scaling_factor=1.0,
        force_upcast=False,
    )
    with torch.no_grad():
        _open_colour_path(vae)
    return vae


def _open_colour_path(vae: AutoencoderKL) -> None:
    """Start from an autoencoder of blurred colour, which training then sharpens.

    Group normalisation hides colour from a fresh VAE for thousands of steps. Here residual
    branches start at zero, and eight channels carry red, green, blue, their negatives and a
    constant ±K through the network: silu(x) - silu(-x) = x, and K keeps the norm's scale steady.
    """
    for name, parameter in vae.named_parameters():
        if "conv2." in name or (name.endswith(".bias") and "norm" not in name):
            torch.nn.init.zeros_(parameter)
    path = range(2 * _COLOURS + 2)
    for name, module in vae.named_modules():
        if name.endswith(("downsamplers.0.conv", "upsamplers.0.conv", "conv_shortcut")):
            module.weight[: len(path)] = 0
            for i in path:
                if "downsamplers" in name:
                    module.weight[i, i, :2, :2] = 0.25
                else:
                    middle = module.weight.shape[-1] // 2
                    module.weight[i, i, middle, middle] = 1
    for start in (vae.encoder.conv_in, vae.decoder.conv_in):
        start.weight[: len(path)] = 0
        for i in range(_COLOURS):
            start.weight[i, i, 1, 1], start.weight[i + _COLOURS, i, 1, 1] = 1, -1
        start.bias[2 * _COLOURS], start.bias[2 * _COLOURS + 1] = _CONSTANT, -_CONSTANT
    for end in (vae.encoder.conv_out, vae.decoder.conv_out):
        end.weight *= 0.1
        for i in range(_COLOURS):
            end.weight[i] = 0
            gain = 1.0 if end is vae.encoder.conv_out else 0.84
            end.weight[i, i, 1, 1], end.weight[i, i + _COLOURS, 1, 1] = gain, -gain
    vae.quant_conv.weight *= 0.1
    for i in range(LATENT_CHANNELS):
        vae.quant_conv.weight[i] = 0
        vae.quant_conv.weight[i, i] = 1
    vae.quant_conv.bias[LATENT_CHANNELS:] = _START_LOG_VARIANCE
    vae.post_quant_conv.weight[:] = torch.eye(LATENT_CHANNELS)[:, :, None, None]


def make_clip(vocabulary: int, bos: int, eos: int) -> CLIPModel:
    """A fresh CLIP for 128×128 pictures and 77 tokens, 192 wide, four layers on each side."""
    shared = {
        "hidden_size": TEXT_WIDTH,
        "intermediate_size": 4 * TEXT_WIDTH,
        "num_hidden_layers": 4,
        "num_attention_heads": 6,
        "projection_dim": 128,
        "hidden_act": "quick_gelu",
    }
    text = CLIPTextConfig(
        vocab_size=vocabulary,
        max_position_embeddings=TOKENS,
        bos_token_id=bos,
        eos_token_id=eos,
        pad_token_id=eos,
        **shared,
    )
    vision = CLIPVisionConfig(image_size=128, patch_size=16, **shared)
    config = CLIPConfig(
        text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=128
    )
    return CLIPModel(config)


def make_unet() -> UNet2DConditionModel:
    """A fresh UNet: narrow at 32×32, with cross-attention at 16×16 (once) and 8×8.

    The text also enters every residual block, pooled, beside the time (`addition_embed_type`).
    Branches start at zero, as in arXiv 2105.05233.
    """
    unet = UNet2DConditionModel(
        sample_size=32,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=(40, 96, 192),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=(2, 2, 4),  # diffusers reads this as the number of heads
        cross_attention_dim=TEXT_WIDTH,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
        resnet_time_scale_shift="scale_shift",
    )
    for name, parameter in unet.named_parameters():
        if any(part in name for part in ("conv2.", "proj_out.", "conv_out.")):
            torch.nn.init.zeros_(parameter)
    return unet


def make_scheduler() -> EulerDiscreteScheduler:
    """The noise schedule of training as a sampler: scaled-linear betas, velocity prediction."""
    return EulerDiscreteScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        steps_offset=1,
    )


def alphas_cumprod() -> torch.Tensor:
    """ᾱ of every timestep, `[1000]`: what is left of the picture's variance."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, dim=0).float()


def parameters_of(module: torch.nn.Module) -> float:
    """Millions of parameters."""
    return sum(each.numel() for each in module.parameters()) / 1e6

"""Writes checkpoints in one file: tiny ones out of diffusers' pipelines, and real ones without a byte of weights."""

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    PNDMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from sdgui.engine.checkpoints.header import BITS
from sdgui.engine.checkpoints.stored import Stored
from sdgui.engine.checkpoints.vocabulary import tokenizer_config, tokenizer_files
from tests.engine.checkpoints.shapes import stored_of

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def tokenizer(folder: Path, *, open_clip: bool) -> CLIPTokenizer:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tokenizer_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config(open_clip=open_clip)))
    return CLIPTokenizer.from_pretrained(folder)


def text_encoder(kind: Any = CLIPTextModel, *, act: str = "quick_gelu", size: int = 32) -> Any:
    return kind(
        CLIPTextConfig(
            vocab_size=49408,
            hidden_size=size,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=1,
            projection_dim=size,
            hidden_act=act,
            max_position_embeddings=77,
            bos_token_id=49406,
            eos_token_id=49407,
            pad_token_id=1,
        )
    )


def unet(**more: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        **{
            "sample_size": 64,
            "block_out_channels": (32, 64),
            "layers_per_block": 1,
            "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
            "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
            "cross_attention_dim": 32,
            "attention_head_dim": 8,
            **more,
        }
    )


def vae(scale: float) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(32, 32, 32, 64),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        scaling_factor=scale,
    )


def sd1(work: Path) -> StableDiffusionPipeline:
    return StableDiffusionPipeline(
        vae=vae(0.18215),
        text_encoder=text_encoder(),
        tokenizer=tokenizer(work / "clip", open_clip=False),
        unet=unet(),
        scheduler=PNDMScheduler(**BETAS, skip_prk_steps=True, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sd2(work: Path) -> StableDiffusionPipeline:
    return StableDiffusionPipeline(
        vae=vae(0.18215),
        text_encoder=text_encoder(act="gelu"),
        tokenizer=tokenizer(work / "open", open_clip=True),
        unet=unet(
            sample_size=96,
            block_out_channels=(64, 128),
            attention_head_dim=(1, 2),
            use_linear_projection=True,
        ),
        scheduler=DDIMScheduler(
            **BETAS,
            prediction_type="v_prediction",
            clip_sample=False,
            steps_offset=1,
            set_alpha_to_one=False,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(work: Path) -> StableDiffusionXLPipeline:
    return StableDiffusionXLPipeline(
        vae=vae(0.13025),
        text_encoder=text_encoder(),
        text_encoder_2=text_encoder(CLIPTextModelWithProjection, act="gelu", size=64),
        tokenizer=tokenizer(work / "clip", open_clip=False),
        tokenizer_2=tokenizer(work / "open", open_clip=True),
        unet=unet(
            sample_size=128,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=32 + 64,
            attention_head_dim=(1, 1),
            transformer_layers_per_block=(1, 2),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=6 * 256 + 64,
        ),
        scheduler=EulerDiscreteScheduler(**BETAS, timestep_spacing="leading", steps_offset=1),
    )


MAKERS: dict[str, Any] = {"sd1": sd1, "sd2": sd2, "sdxl": sdxl}


def in_one_file(
    modules: Mapping[str, Any], tensors: Mapping[str, Sequence[Stored]]
) -> dict[str, Any]:
    """The weights of the modules under the names of the file, by part."""
    written: dict[str, Any] = {}
    rows: dict[str, dict[int, torch.Tensor]] = {}
    for part, stored in tensors.items():
        weights = modules[part].state_dict()
        assert {one.name for one in stored} == set(weights)
        for one in stored:
            tensor = weights[one.name].T if one.turned else weights[one.name]
            if one.rows is None:
                written[one.original] = tensor.reshape(one.original_shape).contiguous()
            else:
                rows.setdefault(one.original, {})[one.rows[0]] = tensor
    for name, pieces in rows.items():
        written[name] = torch.cat([pieces[first] for first in sorted(pieces)])
    return written


def write(path: Path, tensors: Mapping[str, Any], metadata: dict[str, str] | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: one.clone() for name, one in tensors.items()}, path, metadata=metadata)
    return path


def write_sparse(
    path: Path,
    shapes: Mapping[str, Sequence[int]],
    *,
    dtype: str = "F16",
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """A file with these tensors, all zeros, that takes next to no room on the disk."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": dict(metadata)}
    end = 0
    for name, shape in shapes.items():
        size = torch.Size(shape).numel() * BITS[dtype] // 8
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    return write_raw(path, json.dumps(header).encode(), end)


def write_raw(path: Path, header: bytes, data: int) -> Path:
    """A file with this header, whatever it says, and so many bytes of zeros behind it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(8 + len(header) + data)
    return path


def write_tiny(family: str, work: Path) -> dict[str, Any]:
    """Writes a tiny model as `folder` and as `model.safetensors`; its tensors by their names in the file."""
    torch.manual_seed(0)
    pipe = MAKERS[family](work)
    pipe.to(dtype=torch.float16)
    pipe.save_pretrained(work / "folder")
    modules = {
        name: module
        for name, module in pipe.components.items()
        if isinstance(module, torch.nn.Module)
    }
    tensors = in_one_file(modules, stored_of(family, modules))
    write(work / "model.safetensors", tensors)
    return tensors


def write_single_file(family: str, work: Path) -> Path:
    """A tiny checkpoint in one file."""
    write_tiny(family, work)
    return work / "model.safetensors"

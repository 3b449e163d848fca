"""Tiny VAEs in files of their own, in the layouts that people have."""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

from sdgui.engine.checkpoints.vae import PREFIX, VAE

OLD = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def make_vae(*, seed: int = 7, channels: tuple[int, ...] = (8, 16, 16), latent: int = 4) -> Any:
    """One that fits the tiny model unless other channels are asked for."""
    torch.manual_seed(seed)
    vae = AutoencoderKL(
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * len(channels),
        up_block_types=("UpDecoderBlock2D",) * len(channels),
        latent_channels=latent,
        norm_num_groups=8,
        sample_size=128,
        scaling_factor=0.5,
    )
    return vae.eval()


def write_ldm(path: Path, vae: Any, *, prefix: str = "", metadata: Any = None) -> Path:
    """In the first layout, behind `first_stage_model.` or not."""
    config = vae.config
    shape = VAE(
        channels=tuple(config.block_out_channels),
        layers=config.layers_per_block,
        latent=config.latent_channels,
        quantised=True,
        square=True,
    )
    weights = vae.state_dict()
    tensors = {
        prefix + one.original: weights[one.name].reshape(one.original_shape)
        for one in shape.tensors()
    }
    assert len(tensors) == len(weights)
    return _write(path, tensors, metadata)


def write_baked(path: Path, vae: Any) -> Path:
    return write_ldm(path, vae, prefix=PREFIX)


def write_diffusers(path: Path, vae: Any) -> Path:
    return _write(path, vae.state_dict())


def write_old(path: Path, vae: Any) -> Path:
    """With the names that diffusers had for attention at first."""
    tensors = {}
    for name, tensor in vae.state_dict().items():
        for new, old in OLD.items():
            name = name.replace(f".attentions.0.{new}.", f".attentions.0.{old}.")
        tensors[name] = tensor
    return _write(path, tensors)


def write_folder(folder: Path, vae: Any, scaling_factor: float) -> Path:
    """As diffusers writes the folder of a part."""
    path = write_diffusers(folder / "diffusion_pytorch_model.safetensors", vae)
    (folder / "config.json").write_text(json.dumps({"scaling_factor": scaling_factor}))
    return path


WRITERS = {"ldm": write_ldm, "baked": write_baked, "diffusers": write_diffusers, "old": write_old}


def _write(path: Path, tensors: Any, metadata: Any = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: one.contiguous() for name, one in tensors.items()}, path, metadata)
    return path

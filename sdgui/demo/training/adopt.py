"""Going on from the weights that ship, on a machine that has no checkpoints."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPModel

from sdgui.demo.training.schedule import save_checkpoint


def adopt(work: Path, weights: Path) -> None:
    """Write `vae.pt`, `clip.pt`, `unet.pt` and the tokenizer into `work`, in fp32, from the shipped folder.

    The optimizers begin anew, and so does the learning rate.
    """
    networks = {
        "vae": AutoencoderKL.from_pretrained(weights / "vae", torch_dtype=torch.float32),
        "clip": CLIPModel.from_pretrained(weights / "clip", dtype=torch.float32),
        "unet": UNet2DConditionModel.from_pretrained(weights / "unet", torch_dtype=torch.float32),
    }
    for name, network in networks.items():
        save_checkpoint(work / f"{name}.pt", network.state_dict())
    (work / "tokenizer").mkdir(exist_ok=True)
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(weights / "tokenizer" / name, work / "tokenizer" / name)

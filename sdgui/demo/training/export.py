"""Writing the trained networks in diffusers' folder layout, fp16 safetensors in small shards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import nn
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPProcessor, CLIPTextModel

from sdgui.demo.embedded import EMBEDDED
from sdgui.demo.training import data
from sdgui.demo.training.clip_stage import PICTURE_MEAN, PICTURE_STD, load_clip
from sdgui.demo.training.networks import make_scheduler
from sdgui.demo.training.tokenizer import load_tokenizer
from sdgui.demo.training.unet_stage import load_unet
from sdgui.demo.training.vae_stage import load_vae
from sdgui.demo.training.words import write_words

WEIGHTS = EMBEDDED["demo"]
SHARD = "14MB"

EXAMPLES = (
    "a yellow rocket in the night sky",
    "pixel art of a blue castle at night",
    "a red boat at sea, watercolor",
    "a pink mushroom in a meadow",
    "a brown rabbit in the woods, pencil drawing",
    "a white house in the snow, watercolor",
    "a blue elephant in the desert, papercraft",
    "an orange balloon over a green hill, paper cut-out",
    "a green octopus in the forest, watercolor",
    "a purple dinosaur in the snow",
    "neon sign of a pink cat in the city",
    "A grey sketch on paper of a Ferrari car, full car, pencil art",
)

DEFAULTS = {
    "name": "demo",
    "title": "demo (inside, 128×128)",
    "width": 128,
    "height": 128,
    "steps": 25,
    "guidance": 4.0,
    "sampler": "Euler",
    "bfloat16": True,
    "examples": list(EXAMPLES),
}


def _text_encoder(clip: CLIPModel) -> CLIPTextModel:
    encoder = CLIPTextModel(clip.config.text_config)
    source = {f"text_model.{name}": each for name, each in clip.text_model.state_dict().items()}
    names = encoder.state_dict().keys()
    if not any(name.startswith("text_model.") for name in names):
        source = dict(clip.text_model.state_dict())
    encoder.load_state_dict(source)
    return encoder


def _ask_for_full_precision(config: Path) -> None:
    """Without this, transformers would load fp16 where diffusers loads fp32, and they clash."""

    def full(value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {key: "float32" if key == "dtype" else full(each) for key, each in value.items()}

    values = full(json.loads(config.read_text(encoding="utf-8")))
    config.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def picture_processor() -> CLIPImageProcessorPil:
    """What turns a picture into CLIP's input: 128×128, values from -1 to 1."""
    return CLIPImageProcessorPil(
        size={"height": data.SIZE, "width": data.SIZE},
        do_center_crop=False,
        image_mean=list(PICTURE_MEAN),
        image_std=list(PICTURE_STD),
    )


def _check_finite(networks: dict[str, nn.Module]) -> None:
    """ValueError where a weight is no finite number, in the precision that is written."""
    for name, network in networks.items():
        for part, values in network.state_dict().items():
            if values.is_floating_point() and not values.isfinite().all():
                raise ValueError(f"{name}: {part} is not finite, so nothing was written.")


def export(work: Path = data.WORK, weights: Path = WEIGHTS) -> None:
    """Write the folder anew beside the old one, then swap; the judge's folder is kept.

    ValueError where training went astray, and the old folder stays.
    """
    clip = load_clip(work)
    tokenizer = load_tokenizer(work / "tokenizer")
    pipe = StableDiffusionPipeline(
        vae=load_vae(work),
        text_encoder=_text_encoder(clip),
        tokenizer=tokenizer,
        unet=load_unet(work),
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).to(torch.float16)
    clip.half()
    _check_finite({"vae": pipe.vae, "unet": pipe.unet, "clip": clip})
    fresh = weights.with_name(weights.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    pipe.save_pretrained(fresh, safe_serialization=True, max_shard_size=SHARD)
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(work / "tokenizer" / name, fresh / "tokenizer" / name)
    clip.save_pretrained(fresh / "clip", max_shard_size=SHARD)
    CLIPProcessor(picture_processor(), tokenizer).save_pretrained(fresh / "clip")
    for name in ("text_encoder", "clip"):
        _ask_for_full_precision(fresh / name / "config.json")
    text = json.dumps(DEFAULTS, ensure_ascii=False, indent=2)
    (fresh / "sdgui.json").write_text(text + "\n", encoding="utf-8")
    write_words(fresh)
    weights.mkdir(parents=True, exist_ok=True)
    for part in fresh.iterdir():
        target = weights / part.name
        if target.is_dir():
            old = weights / f".{part.name}.old"
            shutil.rmtree(old, ignore_errors=True)
            target.rename(old)
            part.rename(target)
            shutil.rmtree(old)
        else:
            part.replace(target)
    fresh.rmdir()

"""Gives a tiny model a safety checker with random weights, of the real class, in files as real repositories have."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPConfig, CLIPImageProcessorPil

from sdgui.events import Pixels

SIDE = 32
ALL, NONE = -1.5, 1.5
"""Thresholds under which every cosine is too much, and none is."""
_PREPROCESSING = {
    "crop_size": SIDE,
    "do_center_crop": True,
    "do_convert_rgb": True,
    "do_normalize": True,
    "do_resize": True,
    "feature_extractor_type": "CLIPFeatureExtractor",
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "resample": 3,
    "size": SIDE,
}


def write_checker(folder: Path, threshold: float = NONE) -> Path:
    """Writes a checker beside the parts of a model and names it in the index; the folder."""
    torch.manual_seed(7)
    vision = {
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": SIDE,
        "patch_size": 8,
    }
    text = {
        **{name: vision[name] for name in list(vision)[:4]},
        "vocab_size": 8,
        "bos_token_id": 0,
        "eos_token_id": 1,
    }
    config = CLIPConfig(vision_config=vision, text_config=text, projection_dim=8)
    network = StableDiffusionSafetyChecker(config)
    torch.nn.init.normal_(network.visual_projection.weight)
    network.save_pretrained(folder / "safety_checker")
    rewrite(folder, **thresholds(threshold))
    settings = folder / "feature_extractor" / "preprocessor_config.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(_PREPROCESSING))
    name_in_index(folder, ["stable_diffusion", "StableDiffusionSafetyChecker"])
    return folder


def thresholds(concepts: float, special: float = NONE) -> dict[str, torch.Tensor]:
    return {
        "concept_embeds_weights": torch.full((17,), concepts),
        "special_care_embeds_weights": torch.full((3,), special),
    }


def name_in_index(folder: Path, kind: list[str | None]) -> None:
    index = folder / "model_index.json"
    said = {**json.loads(index.read_text()), "safety_checker": kind}
    said["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    index.write_text(json.dumps(said))


def rewrite(folder: Path, **tensors: torch.Tensor | None) -> None:
    """Puts tensors in place of others, or None; with the names that files had before transformers knew shorter ones."""
    file = folder / "safety_checker" / "model.safetensors"
    held = {**load_file(file), **tensors}
    save_file(
        {_old_name(name): one for name, one in held.items() if one is not None},
        file,
        metadata={"format": "pt"},
    )


def _old_name(name: str) -> str:
    inner = "vision_model.vision_model."
    is_short = name.startswith("vision_model.") and not name.startswith(inner)
    return f"vision_model.{name}" if is_short else name


def hold_back_only(folder: Path, pictures: Sequence[Pixels], place: int) -> None:
    """Has the checker hold back the picture at a place, and none of the others."""
    network = StableDiffusionSafetyChecker.from_pretrained(folder, subfolder="safety_checker")
    processor = CLIPImageProcessorPil.from_pretrained(folder / "feature_extractor")
    images = [Image.fromarray(one) for one in pictures]
    with torch.no_grad():
        seen = network.vision_model(processor(images, return_tensors="pt").pixel_values)
        embeddings = torch.nn.functional.normalize(network.visual_projection(seen[1]))
    others = torch.cat([embeddings[:place], embeddings[place + 1 :]])
    inside, _ = torch.linalg.qr(others.T)
    own = embeddings[place] - inside @ (inside.T @ embeddings[place])  # what it has and no other
    concept = torch.nn.functional.normalize(own, dim=0)
    cosines = embeddings @ concept
    nearest = (others @ concept).max()
    assert cosines[place] - nearest > 0.02, cosines
    limits = thresholds(NONE)
    limits["concept_embeds_weights"][3] = float(cosines[place] + nearest) / 2
    concepts = load_file(folder / "safety_checker" / "model.safetensors")["concept_embeds"]
    concepts[3] = concept
    rewrite(folder, concept_embeds=concepts, **limits)

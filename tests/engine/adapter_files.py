"""Tiny files of LoRAs and learnt words, in the layouts that people have, and what LoRAs come to by hand."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
OF_TEXT = ("q_proj", "k_proj", "v_proj", "out_proj")
Matrices = dict[str, tuple[torch.Tensor, torch.Tensor]]
"""Down (rank, in) and up (out, rank) by the name of the layer in its part of the pipeline, as `unet.….to_q`."""

RANK, ALPHA = 2, 1.0


def matrices(
    pipe: Any, seed: int = 0, parts: tuple[str, ...] = ("unet", "text_encoder")
) -> Matrices:
    """Random ones for every attention layer, large enough to be seen."""
    generator = torch.Generator().manual_seed(seed)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator) * 0.3

    made: Matrices = {}
    for part in parts:
        names = OF_TEXT if part.startswith("text") else ATTENTION
        for name, layer in getattr(pipe, part).named_modules():
            if name.endswith(names) and isinstance(layer, torch.nn.Linear):
                made[f"{part}.{name}"] = (
                    random(RANK, layer.in_features),
                    random(layer.out_features, RANK),
                )
    return made


def write_kohya(path: Path, made: Matrices, metadata: Mapping[str, str] | None = None) -> Path:
    """As kohya's scripts write it for one text encoder."""
    tensors: dict[str, torch.Tensor] = {}
    prefixes = {"unet.": "lora_unet_", "text_encoder.": "lora_te_text_model_"}
    for name, (down, up) in made.items():
        part, layer = next((p, name.removeprefix(p)) for p in prefixes if name.startswith(p))
        stem = prefixes[part] + layer.removeprefix("text_model.").replace(".", "_")
        tensors |= {f"{stem}.lora_down.weight": down, f"{stem}.lora_up.weight": up}
        tensors[f"{stem}.alpha"] = torch.tensor(ALPHA)
    return _write(path, tensors, metadata)


def write_sgm(path: Path, made: Matrices, layers: int) -> Path:
    """As kohya's scripts write it for SDXL: the UNet's blocks by their first names, two text encoders."""
    tensors: dict[str, torch.Tensor] = {}
    for name, (down, up) in made.items():
        part, _, layer = name.partition(".")
        if part == "unet":
            stem = f"lora_unet_{_sgm(layer, layers)}"
        else:
            te = "te2" if part.endswith("2") else "te1"
            stem = f"lora_{te}_text_model_" + layer.removeprefix("text_model.").replace(".", "_")
        tensors |= {f"{stem}.lora_down.weight": down, f"{stem}.lora_up.weight": up}
        tensors[f"{stem}.alpha"] = torch.tensor(ALPHA)
    return _write(path, tensors)


def write_peft(path: Path, made: Matrices) -> Path:
    """As diffusers' own scripts write it today; it has no alpha, so that alpha is the rank."""
    return _write(path, dict(_by_names(made, "lora_A.weight", "lora_B.weight")))


def write_old(path: Path, made: Matrices) -> Path:
    """As diffusers' scripts wrote it before peft."""
    tensors: dict[str, torch.Tensor] = {}
    for part, kind in (("unet", "lora"), ("text_encoder", "lora_linear_layer")):
        ours = {name: pair for name, pair in made.items() if name.startswith(part)}
        tensors |= dict(_by_names(ours, f"{kind}.down.weight", f"{kind}.up.weight"))
    return _write(path, tensors)


def merge(pipe: Any, made: Matrices, weights: Mapping[str, float], scale: float) -> None:
    """Adds weight times scale times up times down to each layer, by the weight of its part."""
    for name, (down, up) in made.items():
        part, _, layer = name.partition(".")
        target = getattr(pipe, part).get_submodule(layer)
        with torch.no_grad():
            target.weight += weights[part] * scale * (up @ down)


def write_a1111_words(path: Path, vectors: torch.Tensor) -> Path:
    return _write(path, {"emb_params": vectors})


def write_diffusers_words(path: Path, vectors: torch.Tensor) -> Path:
    return _write(path, {f"<{path.stem}>": vectors})


def write_xl_words(path: Path, first: torch.Tensor, second: torch.Tensor) -> Path:
    return _write(path, {"clip_l": first, "clip_g": second})


def _by_names(made: Matrices, down: str, up: str) -> Iterator[tuple[str, torch.Tensor]]:
    for name, pair in made.items():
        yield f"{name}.{down}", pair[0]
        yield f"{name}.{up}", pair[1]


def _sgm(layer: str, layers: int) -> str:
    """down_blocks.1.attentions.0.… as input_blocks_4_1_…"""
    kind, rest = layer.split(".", 1)
    if kind == "mid_block":
        return "middle_block_1_" + rest.removeprefix("attentions.0.").replace(".", "_")
    block, _attentions, number, inner = rest.split(".", 3)
    if kind == "down_blocks":
        place = f"input_blocks_{(layers + 1) * int(block) + int(number) + 1}"
    else:
        place = f"output_blocks_{(layers + 1) * int(block) + int(number)}"
    return f"{place}_1_{inner.replace('.', '_')}"


def _write(
    path: Path, tensors: dict[str, torch.Tensor], metadata: Mapping[str, str] | None = None
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: one.contiguous() for name, one in tensors.items()}, path, dict(metadata or {}))
    return path

"""Reads what a model is from its JSON files and safetensors headers: no torch."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sdgui.engine.kinds import KINDS, Kind
from sdgui.engine.model_files import ModelFiles
from sdgui.errors import UserError
from sdgui.model_info import GuidanceKind, ModelInfo, ModelRef
from sdgui.samplers import SAMPLER_NAMES

UNSAFE = (".bin", ".ckpt", ".pt", ".pth", ".pkl", ".msgpack", ".h5", ".onnx")
VARIANTS = (None, "fp16")


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """One model: its info, the files that make it up, and the variant of its weights (`fp16` or None)."""

    info: ModelInfo
    files: tuple[str, ...]
    variant: str | None


def inspect_model(name: str, files: ModelFiles) -> Inspection:
    """Everything that is known of a model without loading it; UserError when it cannot be dreamt with."""
    try:
        return _inspect(name, files)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UserError(
            f"The settings of “{name}” are not those of a model that works here.",
            "Copy or download the model anew.",
        ) from error


def _inspect(name: str, files: ModelFiles) -> Inspection:
    kind = _kind(name, files)
    weights, variant = _weights(name, kind, files)
    configs = [
        file
        for file in ("model_index.json", *(f"{part}/config.json" for part in kind.weights))
        if _required(name, file, files)
    ]
    configs += [file for file in kind.configs if file in files.sizes]
    _required(name, "scheduler/scheduler_config.json", files)

    unet = read_json(files, "unet/config.json")
    vae = read_json(files, "vae/config.json")
    text_encoder = read_json(files, "text_encoder/config.json")
    scheduler = read_json(files, "scheduler/scheduler_config.json")
    if scheduler.get("prediction_type", "epsilon") not in ("epsilon", "v_prediction"):
        raise UserError(
            f"“{name}” predicts {scheduler['prediction_type']}, and no sampler here works with that.",
            "Models that predict epsilon or v work.",
        )
    if unet.get("in_channels", 4) != vae.get("latent_channels", 4):
        raise UserError(
            f"“{name}” is made for inpainting or editing, not for making a picture from words.",
            "Choose a text-to-image model.",
        )
    defaults = read_json(files, "sdgui.json") if "sdgui.json" in files.sizes else {}

    factor = 2 ** (len(vae["block_out_channels"]) - 1)
    native_height, native_width = _pair(unet["sample_size"])
    width = int(defaults.get("width", native_width * factor))
    height = int(defaults.get("height", native_height * factor))
    sampler = defaults.get("sampler", "Euler")
    info = ModelInfo(
        ref=ModelRef(id=name, hash=_content_hash(files, [*configs, *weights])),
        title=str(defaults.get("title", name.rstrip("/").rpartition("/")[2])),
        family=kind.family,
        width=width,
        height=height,
        size_step=8,
        min_size=64,
        max_size=2 * max(width, height) if max(width, height) < 512 else 2048,
        steps=int(defaults.get("steps", 25)),
        guidance=float(defaults.get("guidance", 7.0)),
        guidance_kind=GuidanceKind.EMBEDDED
        if unet.get("time_cond_proj_dim") is not None
        else GuidanceKind.CLASSIFIER_FREE,
        negative_prompt=unet.get("time_cond_proj_dim") is None,
        sampler=sampler if sampler in SAMPLER_NAMES else "Euler",
        samplers=SAMPLER_NAMES,
        token_limit=_token_limit(files, text_encoder),
        memory_bytes=sum(
            files.tensor_bytes(file) for file in weights if file.endswith(".safetensors")
        ),
        examples=tuple(str(example) for example in defaults.get("examples", ())),
    )
    return Inspection(info=info, files=(*configs, *weights), variant=variant)


def read_json(files: ModelFiles, name: str) -> dict[str, Any]:
    """One JSON object of a model; UserError when it is damaged."""
    try:
        value = json.loads(files.text(name))
    except (ValueError, OSError):
        value = None
    if not isinstance(value, dict):
        raise UserError(f"{name} of the model is damaged.", "Copy or download the model anew.")
    return value


def _kind(name: str, files: ModelFiles) -> Kind:
    """The kind of model, with every part of the class that is known and safe to load."""
    if "model_index.json" not in files.sizes:
        hint = "A model is a folder in diffusers' layout, with a model_index.json in it."
        raise UserError(f"There is no model at “{name}”.", hint)
    index = read_json(files, "model_index.json")
    pipeline = index.get("_class_name")
    kind = KINDS.get(pipeline) if isinstance(pipeline, str) else None
    working = ", ".join(kind.title for kind in KINDS.values())
    if kind is None:
        raise UserError(
            f"“{name}” is of a kind that does not work here ({pipeline}).",
            f"Kinds that work: {working}.",
        )
    for part, classes in kind.parts.items():
        library, class_name = (*(index.get(part) or ()), None, None)[:2]
        if library not in ("diffusers", "transformers") or class_name not in classes:
            raise UserError(
                f"“{name}” has a {part} that does not work here ({class_name}).",
                f"Kinds that work, with their usual parts: {working}.",
            )
    return kind


def _weights(name: str, kind: Kind, files: ModelFiles) -> tuple[list[str], str | None]:
    """The weight files (and shard indices) of the first variant that is complete."""
    for variant in VARIANTS:
        found = [weight_files(_stem(part), variant, files) for part in kind.weights]
        if all(found):
            return [file for part in found for file in part], variant
    if any(file.lower().endswith(UNSAFE) for file in files.sizes):
        raise UserError(
            f"“{name}” has no safetensors, and only safetensors are loaded.",
            "Other formats can run code when they are opened; look for a safetensors version of the model.",
        )
    missing = [
        part
        for part in kind.weights
        if not any(weight_files(_stem(part), variant, files) for variant in VARIANTS)
    ]
    raise UserError(
        f"“{name}” is not complete: the weights of {' and '.join(missing or kind.weights)} are missing.",
        "Copy or download the model anew.",
    )


def _stem(part: str) -> str:
    name = "model" if part.startswith("text_encoder") else "diffusion_pytorch_model"
    return f"{part}/{name}"


def weight_files(stem: str, variant: str | None, files: ModelFiles) -> list[str]:
    """The safetensors with this stem (`unet/diffusion_pytorch_model`), one or shards with their index before them.

    Empty where they are not all there; UserError when an index points elsewhere.
    """
    suffix = "" if variant is None else f".{variant}"
    single = f"{stem}{suffix}.safetensors"
    if single in files.sizes:
        return [single]
    for index in (
        f"{stem}.safetensors.index{suffix}.json",
        f"{stem}{suffix}.safetensors.index.json",
    ):
        if index not in files.sizes:
            continue
        shards = sorted(set(read_json(files, index).get("weight_map", {}).values()))
        if any("/" in shard or "\\" in shard or shard.startswith(".") for shard in shards):
            raise UserError(f"{index} points out of the model's folder.", "Do not use this model.")
        if not all(shard.endswith(".safetensors") for shard in shards):
            return []
        folder = stem[: stem.rfind("/") + 1]
        paths = [f"{folder}{shard}" for shard in shards]
        if paths and all(path in files.sizes for path in paths):
            return [index, *paths]
    return []


def _required(name: str, file: str, files: ModelFiles) -> bool:
    if file not in files.sizes:
        raise UserError(
            f"“{name}” is not complete: {file} is missing.", "Copy or download the model anew."
        )
    return True


def _pair(size: Any) -> tuple[int, int]:
    """UNet sample sizes are one number, or height and width."""
    return (int(size), int(size)) if isinstance(size, int) else (int(size[0]), int(size[1]))


def _token_limit(files: ModelFiles, text_encoder: dict[str, Any]) -> int:
    positions = int(text_encoder.get("max_position_embeddings", 77))
    if "tokenizer/tokenizer_config.json" not in files.sizes:
        return positions
    limit = read_json(files, "tokenizer/tokenizer_config.json").get("model_max_length", positions)
    return min(positions, int(limit))


def _content_hash(files: ModelFiles, names: list[str]) -> str:
    """SHA-256 over the names and contents of the files that decide a picture's pixels."""
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{name}\0{files.sha256(name)}\n".encode())
    return digest.hexdigest()

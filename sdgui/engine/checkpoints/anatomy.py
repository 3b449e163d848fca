"""A whole checkpoint of Stable Diffusion 1.x, 2.x or XL, taken apart by its header into what diffusers' layout has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sdgui.engine.checkpoints.clip import read_clip, read_open_clip
from sdgui.engine.checkpoints.header import Header
from sdgui.engine.checkpoints.kinds import LDM, Kind, is_scaled, kind_of
from sdgui.engine.checkpoints.refusals import (
    check_dtypes,
    no_transformer,
    not_a_checkpoint,
    refuse_by_channels,
    scaled,
)
from sdgui.engine.checkpoints.schedule import Marks, marks_of, scheduler_config
from sdgui.engine.checkpoints.stored import Shape, Stored, check_stored
from sdgui.engine.checkpoints.unet import TIME_ID, TIME_IDS, UNet, read_unet
from sdgui.engine.checkpoints.vae import PREFIX as VAE_PREFIX
from sdgui.engine.checkpoints.vae import read_vae
from sdgui.errors import UserError

Config = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part with weights: library and class in diffusers' layout, its config, and where its tensors are."""

    kind: tuple[str, str]
    config: Config
    tensors: tuple[Stored, ...]


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """A checkpoint in diffusers' terms; `tokenizers` by part, each True where it is OpenCLIP's."""

    index: Config
    scheduler: Config
    parts: Mapping[str, Part]
    tokenizers: Mapping[str, bool]


@dataclass(frozen=True, kw_only=True)
class _Encoder:
    """Where a text encoder is in the file, and what reads its shape."""

    prefix: str
    open: bool = False
    pooled: bool = False


@dataclass(frozen=True, kw_only=True)
class _Family:
    """What the headers of a family do not say: `latents` along a side, and the scale of its VAE."""

    pipeline: str
    latents: Callable[[Marks], int]
    pixels: int
    scaling_factor: float
    encoders: Mapping[str, _Encoder]
    more: Config


def take_apart(model: str, header: Header) -> Anatomy:
    """The parts of the checkpoint; UserError, which says what it is instead, unless it makes pictures from words."""
    kind = kind_of(header)
    if header.is_gguf:
        raise no_transformer(model, kind)
    if is_scaled(header):
        raise scaled(model)
    if kind is not Kind.CHECKPOINT:
        raise not_a_checkpoint(model, kind)
    if not header.has_any(LDM):
        raise not_a_checkpoint(model, Kind.PART)
    _refuse_refiner(model, header)
    shapes = header.under(LDM)
    first = shapes["input_blocks.0.0.weight"]
    refuse_by_channels(model, first[1] if len(first) == 4 else 0)
    try:
        unet = read_unet(shapes)
        found = _family(model, header, unet)
        marks = marks_of(header)
        parts = _parts(model, header, found, unet, marks)
    except (LookupError, ValueError, TypeError) as error:
        raise UserError(
            f"“{model}” is a checkpoint of a make that is not known here.",
            "Stable Diffusion 1.x, 2.x and XL work as one file; others as a folder in diffusers' layout.",
        ) from error
    check_stored(model, header, {name: part.tensors for name, part in parts.items()})
    check_dtypes(model, header, parts.values())
    tokenizers = {
        name.replace("text_encoder", "tokenizer"): encoder.open
        for name, encoder in found.encoders.items()
    }
    index: Config = {"_class_name": found.pipeline, **found.more}
    index |= {name: list(part.kind) for name, part in parts.items()}
    index |= {name: ["transformers", "CLIPTokenizer"] for name in tokenizers}
    scheduler = scheduler_config(found.pipeline, marks, second=found is SD2)
    index["scheduler"] = ["diffusers", scheduler["_class_name"]]
    return Anatomy(index=index, scheduler=scheduler, parts=parts, tokenizers=tokenizers)


SD1 = _Family(
    pipeline="StableDiffusionPipeline",
    latents=lambda marks: 64,
    pixels=512,
    scaling_factor=0.18215,
    encoders={"text_encoder": _Encoder(prefix="cond_stage_model.transformer.")},
    more={"requires_safety_checker": False},
)
SD2 = replace(
    SD1,
    latents=lambda marks: 96 if marks.predicts_v(usual=True) else 64,
    pixels=768,
    encoders={"text_encoder": _Encoder(prefix="cond_stage_model.model.", open=True)},
)
SDXL = _Family(
    pipeline="StableDiffusionXLPipeline",
    latents=lambda marks: 128,
    pixels=1024,
    scaling_factor=0.13025,
    encoders={
        "text_encoder": _Encoder(prefix="conditioner.embedders.0.transformer."),
        "text_encoder_2": _Encoder(prefix="conditioner.embedders.1.model.", open=True, pooled=True),
    },
    more={"force_zeros_for_empty_prompt": True},
)


def _family(model: str, header: Header, unet: UNet) -> _Family:
    if unet.added is None:
        return SD2 if unet.linear else SD1
    if header.has_any("cond_stage_model.") or header.has_any("embedder.model."):
        raise UserError(
            f"“{model}” makes variations of a picture, not pictures from words.",
            "Choose a text-to-image model.",
        )
    return SDXL


def _parts(model: str, header: Header, found: _Family, unet: UNet, marks: Marks) -> dict[str, Part]:
    missing = [name for name, one in found.encoders.items() if not header.has_any(one.prefix)]
    if missing:
        lacks = "has no text encoder"
        if len(found.encoders) > 1:
            lacks = "lacks " + ("both its" if len(missing) > 1 else "one of its two")
            lacks += " text encoders"
        raise UserError(
            f"“{model}” {lacks}, and cannot read words so.",
            "Choose a version of the checkpoint with everything in one file.",
        )
    if not header.has_any(VAE_PREFIX):
        raise UserError(
            f"“{model}” has no VAE, and cannot show what it draws without.",
            "Choose a version of the checkpoint with its VAE baked in.",
        )
    parts = {
        "unet": Part(
            kind=("diffusers", "UNet2DConditionModel"),
            config=unet.config(found.latents(marks)),
            tensors=_behind(LDM, tuple(unet.tensors())),
        )
    }
    vae = read_vae(header.under(VAE_PREFIX))
    parts["vae"] = Part(
        kind=("diffusers", "AutoencoderKL"),
        config=vae.config(sample_size=found.pixels, scaling_factor=found.scaling_factor),
        tensors=_behind(VAE_PREFIX, tuple(vae.tensors())),
    )
    for name, encoder in found.encoders.items():
        parts[name] = _text_encoder(header.under(encoder.prefix), encoder)
    pooled = parts.get("text_encoder_2")
    if pooled is not None and unet.added != TIME_IDS * TIME_ID + pooled.config["projection_dim"]:
        raise ValueError("a UNet that is told of something else")
    return parts


def _text_encoder(shapes: Mapping[str, Shape], encoder: _Encoder) -> Part:
    clip = read_open_clip(shapes, pooled=encoder.pooled) if encoder.open else read_clip(shapes)
    config = clip.config()
    return Part(
        kind=("transformers", config["architectures"][0]),
        config=config,
        tensors=_behind(encoder.prefix, tuple(clip.tensors())),
    )


def _behind(prefix: str, tensors: Sequence[Stored]) -> tuple[Stored, ...]:
    return tuple(replace(one, original=prefix + one.original) for one in tensors)


def _refuse_refiner(model: str, header: Header) -> None:
    refines = header.has_any("conditioner.embedders.0.model.")
    if refines and not header.has_any("conditioner.embedders.1."):
        raise UserError(
            f"“{model}” is XL's refiner, which goes over pictures that another model began.",
            "Choose XL's base model, or one that was made from it.",
        )

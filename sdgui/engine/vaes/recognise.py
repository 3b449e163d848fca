"""What a file that holds a VAE alone is, by its header, and where its tensors are: no torch, not a byte of weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sdgui.engine.checkpoints.header import Header, read_header
from sdgui.engine.checkpoints.refusals import check_readable
from sdgui.engine.checkpoints.stored import Shape, Stored, check_stored
from sdgui.engine.checkpoints.vae import PREFIX, VAE, read_vae
from sdgui.errors import UserError
from sdgui.model_info import VaeForm
from sdgui.vae_info import VaeInfo

PREFIXES = (PREFIX, "vae.", "")
"""What may stand before the names."""
IN_A_FOLDER = "diffusion_pytorch_model"
"""What diffusers calls the weights of a part; the folder has its name, and the config lies beside."""
MAX_CONFIG = 2**16
_OLD_ATTENTION = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
"""As diffusers called them at first."""

_FIRST = ("sd1", "sd2"), "Stable Diffusion 1.x and 2.x"
_XL = ("sdxl",), "Stable Diffusion XL"
_THIRD = ("sd3",), "Stable Diffusion 3"
_FLUX = ("flux1", "chroma", "z_image"), "Flux.1, Chroma and Z-Image"
Families = tuple[tuple[str, ...], str]
BY_SCALE: dict[float, Families] = {0.18215: _FIRST, 0.13025: _XL, 1.5305: _THIRD, 0.3611: _FLUX}
BY_ARCHITECTURE: dict[str, Families] = {
    "stable-diffusion-v1": _FIRST,
    "stable-diffusion-v2": _FIRST,
    "stable-diffusion-xl": _XL,
    "stable-diffusion-v3": _THIRD,
    "stable-diffusion-3": _THIRD,
    "flux-1": _FLUX,
}


@dataclass(frozen=True, kw_only=True)
class OwnVae:
    """The shape of a VAE in a file of its own, where its tensors are, and for which families it says that it is."""

    shape: VAE
    tensors: tuple[Stored, ...]
    families: tuple[str, ...]
    made_for: str

    @property
    def form(self) -> VaeForm:
        """What it must share with the one that it stands in for."""
        return VaeForm(channels=self.shape.latent, factor=2 ** (len(self.shape.channels) - 1))


def vae_info(name: str, path: Path) -> VaeInfo:
    """What the page needs to know of it, its fault among that; OSError where the file cannot be read."""
    try:
        found = recognise_vae(name, path)
    except UserError as error:
        return VaeInfo(name=name, fault=error.message, hint=error.hint)
    return VaeInfo(name=name, form=found.form, families=found.families, made_for=found.made_for)


def recognise_vae(name: str, path: Path) -> OwnVae:
    """By the header of its file; UserError, in one true sentence, for what cannot stand in for another."""
    header = read_header(path)
    prefix = next(one for one in PREFIXES if header.has_any(one))
    shapes = header.under(prefix)
    _check_make(name, shapes)
    try:
        shape, by_diffusers = _shape_of(shapes)
        tensors = tuple(shape.tensors())
    except (LookupError, ValueError, TypeError) as error:
        raise UserError(
            f"“{name}” is a VAE of a make that is not known here.",
            "VAEs of Stable Diffusion and Flux.1 work, in their first layout and in diffusers'.",
        ) from error
    if by_diffusers:
        tensors = tuple(_as_in_diffusers(one, shapes) for one in tensors)
    tensors = tuple(replace(one, original=prefix + one.original) for one in tensors)
    check_stored(name, header, {"VAE": tensors})
    check_readable(name, (header.tensors[one.original].dtype for one in tensors))
    families, made_for = _families(path, header)
    return OwnVae(shape=shape, tensors=tensors, families=families, made_for=made_for)


def _check_make(name: str, shapes: Mapping[str, Shape]) -> None:
    hint = "VAEs of Stable Diffusion and Flux.1 work."
    if "bn.running_mean" in shapes:
        raise UserError(
            f"“{name}” is the VAE of FLUX.2, whose models are read with their own here.", hint
        )
    if any(len(shape) == 5 for shape in shapes.values()):
        raise UserError(
            f"“{name}” is a VAE for films, whose models are read with their own here.", hint
        )
    for half in ("encoder", "decoder"):
        if not any(one.startswith(f"{half}.") for one in shapes):
            raise UserError(f"“{name}” is a VAE without its {half}.", "Choose one that is whole.")


def _shape_of(shapes: Mapping[str, Shape]) -> tuple[VAE, bool]:
    """The shape, and whether the names are diffusers'."""
    levels = layers = 0
    while f"encoder.down_blocks.{levels}.resnets.0.conv2.weight" in shapes:
        levels += 1
    if not levels:
        return read_vae(shapes), False
    while f"encoder.down_blocks.0.resnets.{layers}.conv2.weight" in shapes:
        layers += 1
    channels = (
        shapes[f"encoder.down_blocks.{level}.resnets.0.conv2.weight"][0] for level in range(levels)
    )
    shape = VAE(
        channels=tuple(channels),
        layers=layers,
        latent=shapes["decoder.conv_in.weight"][1],
        quantised="quant_conv.weight" in shapes,
        square=False,
    )
    return shape, True


def _as_in_diffusers(one: Stored, shapes: Mapping[str, Shape]) -> Stored:
    """A tensor of the table where the file has diffusers' names, today's or the first ones."""
    name = one.name
    if name not in shapes:
        for new, old in _OLD_ATTENTION.items():
            name = name.replace(f".attentions.0.{new}.", f".attentions.0.{old}.")
    if name not in shapes:
        name = one.name
    return replace(one, original=name, original_shape=one.shape)


def _families(path: Path, header: Header) -> Families:
    """For which families it says that it is: its metadata, or the config that diffusers' layout has beside it."""
    architecture = header.metadata.get("modelspec.architecture", "").casefold()
    for beginning, families in BY_ARCHITECTURE.items():
        if architecture.startswith(beginning):
            return families
    config = path.with_name("config.json")
    try:
        if path.stem.partition(".")[0] == IN_A_FOLDER and config.stat().st_size <= MAX_CONFIG:
            return BY_SCALE[json.loads(config.read_text(encoding="utf-8"))["scaling_factor"]]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        pass  # nothing is told
    return (), ""

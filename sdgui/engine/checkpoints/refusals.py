"""Why a file cannot be dreamt with, one true sentence for each reason."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sdgui.engine.checkpoints.gguf import READABLE as READABLE_GGUF
from sdgui.engine.checkpoints.header import Header
from sdgui.engine.checkpoints.kinds import Kind, is_scaled
from sdgui.errors import UserError

if TYPE_CHECKING:
    from sdgui.engine.checkpoints.anatomy import Part

WORDS = 4
"""Channels that a UNet takes that is told by words alone."""
READABLE = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2")
"""Types of numbers; the last two are brought up to the one that is computed in."""
WIDER = {
    9: "is made for inpainting: beside the noise it wants a picture and a mask",
    8: "is made for changing a picture by an instruction, and wants that picture beside the noise",
    7: "is made for enlarging a picture, and wants that picture beside the noise",
    5: "is made for following the depth of a picture, and wants that depth beside the noise",
}
GGUF_FAMILIES = ("flux1", "flux2_klein", "qwen_image", "z_image", "chroma", "sd3")
"""Whose transformers are read from GGUF files."""
EDM = ("edm_mean", "edm_std", "edm_vpred.sigma_max", "edm_vpred.sigma_min")
"""Marks of models that predict as Karras et al. 2022 (https://arxiv.org/abs/2206.00364) do."""
HINTS = {
    Kind.LORA: "Use it together with a checkpoint: <lora:name:0.8> in the prompt.",
    Kind.DORA: "DoRAs do not work here: their scale would be lost.",
    Kind.VAE: "Correct a model with it on the Models page, or choose a checkpoint.",
    Kind.EMBEDDING: "Use it together with a checkpoint, by its name in the prompt.",
}
OTHERWISE = "Choose a checkpoint: a file with a model's UNet, VAE and text encoders."


def not_a_checkpoint(model: str, kind: Kind) -> UserError:
    """That the file is something else."""
    if kind is Kind.UNKNOWN:
        return UserError(f"Nothing known here is in “{model}”.", OTHERWISE)
    return UserError(
        f"“{model}” is {kind.value}, not a model by itself.", HINTS.get(kind, OTHERWISE)
    )


def scaled(model: str) -> UserError:
    """That its numbers mean nothing without others."""
    return UserError(
        f"“{model}” is in scaled fp8, which is not read here: its weights would be wrong by their scales.",
        "Choose a version in fp16, bf16 or plain fp8.",
    )


def refuse_by_channels(model: str, channels: int) -> None:
    """UserError unless the UNet takes noise alone."""
    if channels != WORDS:
        what = WIDER.get(channels, f"takes {channels} channels, where a picture from words has 4")
        raise UserError(f"“{model}” {what}.", "Choose a text-to-image model.")


def check_dtypes(model: str, header: Header, parts: "Iterable[Part]") -> None:
    """UserError for numbers that are not read here, and for a prediction that no sampler works with."""
    if any(name in header.tensors for name in EDM):
        raise UserError(
            f"“{model}” predicts in EDM's way, and no sampler here works with that.",
            "Models that predict epsilon or v work.",
        )
    check_readable(
        model, (header.tensors[one.original].dtype for part in parts for one in part.tensors)
    )


def check_readable(model: str, dtypes: Iterable[str]) -> None:
    """UserError for numbers that are not read here."""
    for dtype in dtypes:
        if dtype not in READABLE:
            raise UserError(
                f"“{model}” has its weights as {dtype}, which is not read here.",
                "Choose a version in fp16, bf16 or plain fp8.",
            )


def no_transformer(model: str, kind: Kind) -> UserError:
    """That a GGUF file holds something else than the transformer of a family that is read so."""
    if kind in (Kind.CHECKPOINT, Kind.TRANSFORMER):
        what = "holds a model of a family that is not read from GGUF files here"
    elif kind is Kind.UNKNOWN:
        what = "is a GGUF file in which nothing known here is"
    else:
        what = f"is {kind.value} as a GGUF file, not a model by itself"
    return UserError(
        f"“{model}” {what}.",
        "Transformers of FLUX.1, FLUX.2 klein, Qwen-Image, Z-Image, Chroma and Stable Diffusion 3 are.",
    )


def check_transformer(model: str, family: str, header: Header) -> None:
    """UserError for a transformer's numbers that mean nothing without others, and for a GGUF file whose family is not
    read so, or whose types cannot be brought back to numbers."""
    if is_scaled(header):
        raise scaled(model)
    if header.is_gguf and family not in GGUF_FAMILIES:
        raise no_transformer(model, Kind.TRANSFORMER)
    for one in header.tensors.values() if header.is_gguf else ():
        if one.dtype not in READABLE_GGUF:
            raise UserError(
                f"“{model}” is quantised as {one.dtype}, which is not read here.",
                "Choose a version in Q8_0, Q6_K, Q5_K or Q4_K.",
            )

"""Where and in which number format a model runs."""

import os
from dataclasses import dataclass, replace

import torch

from sdgui.engine.processor import has_native_bfloat16
from sdgui.errors import UserError
from sdgui.settings import check_dtype


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A device (`cpu`, `cuda`) and a dtype, fixed for as long as the engine lives but for what `automatic` allows.

    Where `automatic`, nobody asked for a dtype, and a model may have the one that it was made for.
    """

    device: torch.device
    dtype: torch.dtype
    automatic: bool = False
    mixed: bool = False
    """Where a picture begins and ends is in float32 all the same (`engine.mixed`)."""
    channels_last: bool = False
    """Convolutions have the channels of a pixel side by side in memory."""

    def fitting(self, half: torch.dtype, *, true_in_bfloat16: bool = False) -> "Placement":
        """Where a model goes whose numbers fit `half`, and that may be as true in bfloat16 as in float32.

        Where nobody asked for a dtype, models made in bfloat16 have it on CUDA instead of float16, and those that are
        as true in it have it on a processor that computes in it.
        """
        if not self.automatic:
            return self
        if self.device.type == "cuda":
            fits = half is torch.bfloat16 and torch.cuda.is_bf16_supported()
            return replace(self, dtype=half) if fits else self
        if true_in_bfloat16 and has_native_bfloat16():
            return replace(self, dtype=torch.bfloat16, mixed=half is not torch.bfloat16)
        return self

    @property
    def loaded(self) -> torch.dtype:
        """The dtype that weights are read in."""
        return torch.float32 if self.mixed else self.dtype

    @property
    def dtype_name(self) -> str:
        """The dtype as `--dtype` spells it."""
        return str(self.dtype).removeprefix("torch.")

    @property
    def title(self) -> str:
        """The device in words for a person."""
        if self.device.type == "cuda":
            return torch.cuda.get_device_name(self.device)
        cores = os.cpu_count() or 1
        return f"CPU, {cores} {'core' if cores == 1 else 'cores'}"

    @property
    def device_name(self) -> str:
        """The device in words."""
        if self.device.type == "cuda":
            return f"cuda ({torch.cuda.get_device_name(self.device)})"
        return self.device.type


def choose_placement(device: str = "auto", dtype: str = "auto") -> Placement:
    """What `--device` and `--dtype` say; auto is CUDA with float16 where there is a GPU, else the CPU with float32.

    A model may change what is automatic (`fitting`). UserError when the machine cannot do what is asked.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "This machine has no CUDA device that torch can use.",
            "Use --device cpu, or install the driver and torch's CUDA build.",
        )
    automatic = dtype == "auto"
    if automatic:
        dtype = "float16" if device == "cuda" else "float32"
    check_dtype(device, dtype)
    if device == "cuda" and dtype == "bfloat16" and not torch.cuda.is_bf16_supported():
        raise UserError("This GPU does not compute in bfloat16.", "Use --dtype float16.")
    return Placement(
        device=torch.device(device),
        dtype=getattr(torch, dtype),
        automatic=automatic,
        channels_last=device == "cpu"
        and torch.backends.mkldnn.is_available(),  # quicker for oneDNN
    )

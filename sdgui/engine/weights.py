"""How much memory the weights of a model take once they are loaded, read from the headers alone. No torch."""

import math
from collections.abc import Iterable
from pathlib import Path

import safetensors

from sdgui.engine.source import Source

FLOATS = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
"""The number formats of safetensors that become the one that a model runs in."""


def bytes_by_part(source: Source, names: Iterable[str], number_bytes: int) -> dict[str, int]:
    """Bytes of each part (`unet`, `vae`, …) of a model, its floats in numbers of so many bytes.

    `names` are its files relative to its folder; of those only the headers of safetensors are read.
    """
    parts = {
        name: part.quantised
        + number_bytes
        * (sum(math.prod(one.shape) for one in part.tensors) if part.tensors else part.numbers)
        for name, part in source.parts.items()
    }
    for name in names:
        part = name.partition("/")[0]
        if name.endswith(".safetensors") and part not in source.parts:
            parts[part] = parts.get(part, 0) + _bytes_of(source.folder / name, number_bytes)
    return parts


def _bytes_of(file: Path, number_bytes: int) -> int:
    total = 0
    with safetensors.safe_open(file, framework="np") as opened:
        for name in opened.keys():  # noqa: SIM118 it is no dictionary
            tensor = opened.get_slice(name)
            total += math.prod(tensor.get_shape()) * (
                number_bytes if tensor.get_dtype() in FLOATS else 8
            )
    return total

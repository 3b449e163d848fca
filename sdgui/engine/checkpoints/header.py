"""The header of a safetensors file, read by ourselves (https://huggingface.co/docs/safetensors, format): no torch."""

import json
import math
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from sdgui.errors import UserError

MAX_HEADER = 32 * 2**20
"""Bytes; ten times the header of the largest models."""
MAX_TENSORS = 100_000
METADATA = "__metadata__"
BITS = {
    **{"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8},
    **{"I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32, "U16": 16, "U8": 8},
    **{"BOOL": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F8_E8M0": 8, "F4": 4, "C64": 64},
}
"""Of one number, by the name of its type."""
HALF = 16
"""Bits of a number in memory at least: what is smaller is brought up to it."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor as the header tells it: the byte of the file at which it begins, and its `size` in bytes."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    size: int

    @property
    def in_memory(self) -> int:
        """Bytes once it is loaded, in half precision where the file has less; what is quantised stays so."""
        return self.size * max(HALF // BITS.get(self.dtype, HALF), 1)


@dataclass(frozen=True, kw_only=True)
class Header:
    """All tensors of a file by name, its metadata, the bytes of its tensors together, and the size and modification
    time that the file had; `is_gguf`: it is no safetensors file, and its numbers may be quantised."""

    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str]
    tensor_bytes: int
    stamp: tuple[int, int]
    is_gguf: bool = False

    def under(self, prefix: str) -> dict[str, tuple[int, ...]]:
        """The shapes of the tensors whose names begin so, by the rest of their names."""
        return {
            name[len(prefix) :]: tensor.shape
            for name, tensor in self.tensors.items()
            if name.startswith(prefix)
        }

    def has_any(self, prefix: str) -> bool:
        """Whether a tensor's name begins so."""
        return any(name.startswith(prefix) for name in self.tensors)


class Lie(Exception):
    """What is wrong with a header."""


def read_header(path: Path) -> Header:
    """The header of a safetensors file; UserError unless every tensor is as large as its shape says, none overlaps
    another or is named twice, and all together fill the file to its end. OSError where it cannot be read."""
    name = path.name
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        size = status.st_size
        first = file.read(9)
        length = struct.unpack("<Q", first[:8])[0] if len(first) == 9 else 0
        if length < 2 or first[8:] != b"{":
            raise UserError(
                f"{name} is not a safetensors file, whatever its name says.",
                "Only safetensors are loaded, because other formats can run code; download the model anew.",
            )
        if length > MAX_HEADER:
            raise UserError(
                f"{name} has a header of {length:,} bytes, which no model needs.",
                "It is damaged, or made to do harm: download the model anew, or leave it.",
            )
        if length > size - 8:
            raise cut_short(name, length + 8, size)
        file.seek(8)
        raw = file.read(length)
    try:
        return _read(raw, size - 8 - length, name, (size, status.st_mtime_ns))
    except Lie as lie:
        raise does_not_hold(name, lie) from None


def _read(raw: bytes, room: int, name: str, stamp: tuple[int, int]) -> Header:
    size, _ = stamp
    try:
        said = json.loads(raw, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Lie("it is no JSON") from None
    if not isinstance(said, dict):
        raise Lie("it names no tensors")
    metadata = said.pop(METADATA, None)
    if len(said) > MAX_TENSORS:
        raise Lie(f"it names {len(said):,} tensors")
    tensors = {one: _tensor(one, entry, size - room) for one, entry in said.items()}
    last = check_spans(tensors, size - room)
    if last > size:
        raise cut_short(name, last, size)
    if last < size:
        raise Lie("the file is longer than its tensors")
    return Header(tensors=tensors, metadata=_metadata(metadata), tensor_bytes=room, stamp=stamp)


def check_spans(tensors: Mapping[str, Tensor], begin: int, *, room: int = 1) -> int:
    """The byte at which the last of the tensors ends; Lie where two overlap, or as many bytes as `room` or more lie
    between them."""
    last = begin
    spans = ((one.start, one.start + one.size, name) for name, one in tensors.items())
    for start, end, name in sorted(spans):
        if start < last:
            raise Lie(f"{printable(name)} lies where another tensor is")
        if start - last >= room:
            raise Lie(f"nothing is said of the bytes before {printable(name)}")
        last = end
    return last


def _tensor(name: str, entry: Any, at: int) -> Tensor:
    """A tensor of a file whose tensors begin `at` a byte."""
    shown = printable(name)
    try:
        dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    except (TypeError, KeyError, ValueError):
        raise Lie(f"it does not say where {shown} is") from None
    if not isinstance(dtype, str) or dtype not in BITS:
        raise Lie(f"{shown} is of a type that is not known")
    if not isinstance(shape, list) or not all(
        isinstance(one, int) and not isinstance(one, bool) and 0 <= one < 2**48
        for one in (*shape, start, end)
    ):
        raise Lie(f"the size of {shown} is none")
    if len(shape) > 16 or math.prod(shape) * BITS[dtype] != 8 * (end - start):
        raise Lie(f"{shown} is not as large as its shape says")
    return Tensor(dtype, tuple(shape), at + start, end - start)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Lie(f"it names {printable(twice)} twice")
    return values


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _metadata(said: Any) -> dict[str, str]:
    if not isinstance(said, dict):
        return {}
    return {name: value for name, value in said.items() if isinstance(value, str)}


def does_not_hold(name: str, lie: Lie) -> UserError:
    """That a header contradicts itself or its file."""
    return UserError(
        f"The header of {name} does not hold together: {lie}.",
        "It is damaged, or made to do harm: download the model anew, or leave it.",
    )


def cut_short(name: str, needed: int, size: int) -> UserError:
    """That the file ends before its tensors do."""
    return UserError(
        f"{name} is cut short: it says that it has {needed:,} bytes, and {size:,} are there.",
        "Download the model anew.",
    )


def printable(name: str) -> str:
    """A tensor's name as it may be shown."""
    return "".join(char for char in name[:80] if char.isprintable())

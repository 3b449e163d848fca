"""The header of a GGUF file, read by ourselves (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): no torch,
and without the package that reads its weights."""

import importlib.util
import math
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from sdgui.engine.checkpoints.header import (
    MAX_HEADER,
    MAX_TENSORS,
    Header,
    Lie,
    Tensor,
    check_spans,
    cut_short,
    does_not_hold,
    printable,
    read_header,
)
from sdgui.errors import UserError

MAGIC = b"GGUF"
PACKAGE = "gguf==0.19.0"
"""What diffusers reads the weights with; the app works without."""
VERSIONS = (2, 3)
QUANTS: dict[int, tuple[str, int, int]] = {
    **{0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20)},
    **{6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40)},
    **{10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144)},
    **{13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292)},
    **{16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98)},
    **{19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110)},
    **{22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 29: ("IQ1_M", 256, 56)},
    **{24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8)},
    **{28: ("F64", 1, 8), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66)},
    39: ("MXFP4", 32, 17),
}
"""Types of numbers: their names, how many are in a block, and a block's bytes."""
PLAIN = ("F32", "F16")
"""Types that are brought into the one that a model runs in; all others stay as they are until a layer works."""
READABLE = (
    *PLAIN,
    *("BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"),
    *("Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS"),
)
"""Types that diffusers can bring back to numbers."""
ALIGNMENT, LARGEST_ALIGNMENT = 32, 2**16
MAX_PAIRS, MAX_ITEMS = 2**16, 2**20
LONGEST_NAME, LONGEST_TEXT = 256, 2**20
MOST_AXES = 4
_TEXT, _LIST = 8, 9
_FORMS = dict(enumerate("BbHhIif?")) | {10: "Q", 11: "q", 12: "d"}

Value = TypeVar("Value")


def is_gguf(path: Path) -> bool:
    """Whether a file begins as GGUF does, whatever its name says."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def header_of(path: Path) -> Header:
    """The header of a safetensors or GGUF file, told by how it begins; errors as of `read_header`."""
    if is_gguf(path) or path.suffix.casefold() == ".gguf":
        return read_gguf(path)
    return read_header(path)


def can_read_weights() -> bool:
    """Whether the package is here that reads the weights of a GGUF file."""
    return importlib.util.find_spec("gguf") is not None


def needs_package(name: str) -> UserError:
    """That it is not here."""
    return UserError(
        f"“{name}” is a GGUF file, and the package that reads those is not installed.",
        f"Install it, then start anew: pip install {PACKAGE}",
    )


def read_gguf(path: Path) -> Header:
    """The header of a GGUF file; UserError unless each of its lengths stays within the file and what a model needs,
    all types are known, and the tensors fill the file to its end. OSError where it cannot be read."""
    name = path.name
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if file.read(len(MAGIC)) != MAGIC:
            raise UserError(
                f"{name} is not a GGUF file, whatever its name says.", "Download the model anew."
            )
        reader = _Reader(file, status.st_size)
        try:
            return _read(reader, name, (status.st_size, status.st_mtime_ns))
        except Lie as lie:
            raise does_not_hold(name, lie) from None


class _Reader:
    """Reads on from where a file stands, never behind its end nor farther than a header may reach."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self.at = file.tell()

    def take(self, count: int) -> bytes:
        if self.at + count > MAX_HEADER:
            raise Lie(f"it goes on after {MAX_HEADER:,} bytes, which no model needs")
        if self.at + count > self._size:
            raise Lie("it ends in the middle of its header")
        self.at += count
        return self._file.read(count)

    def number(self, form: str) -> int:
        (value,) = struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))
        return int(value) if math.isfinite(value) else 0

    def count(self, most: int, what: str) -> int:
        value = self.number("Q")
        if value > most:
            raise Lie(f"it has {value:,} {what}")
        return value

    def text(self, longest: int) -> str:
        raw = self.take(self.count(longest, "bytes in one text"))
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Lie("one of its names is no text") from None

    def value(self, form: int, *, listed: bool = False) -> str | int | None:
        """A text or a number; None for a list, which no model here needs."""
        if form == _TEXT:
            return self.text(LONGEST_TEXT)
        if form == _LIST and not listed:
            inner = self.number("I")
            items = self.count(MAX_ITEMS, "values in one list")
            if inner in _FORMS:
                self.take(items * struct.calcsize(f"<{_FORMS[inner]}"))
            else:
                for _ in range(items):
                    self.value(inner, listed=True)
            return None
        if form not in _FORMS:
            raise Lie(f"a value in it is of a type that is not known ({form})")
        return self.number(_FORMS[form])


def _read(reader: _Reader, name: str, stamp: tuple[int, int]) -> Header:
    version = reader.number("I")
    if version not in VERSIONS:
        raise UserError(
            f"{name} is in version {version} of GGUF, which is not read here.",
            f"Choose one in version {VERSIONS[-1]}.",
        )
    tensors = reader.count(MAX_TENSORS, "tensors")
    told = _each(reader.count(MAX_PAIRS, "pairs of metadata"), lambda: _pair(reader))
    alignment = told.get("general.alignment", ALIGNMENT)
    if not isinstance(alignment, int) or alignment not in (
        2**power for power in range(3, LARGEST_ALIGNMENT.bit_length())
    ):
        raise Lie("its tensors are aligned to what is no power of two")
    placed = _each(tensors, lambda: _tensor(reader, name, alignment))
    start = reader.at + -reader.at % alignment
    size, _ = stamp
    found = {
        called: Tensor(one.dtype, one.shape, start + one.start, one.size)
        for called, one in placed.items()
    }
    if found:
        last = check_spans(found, start, room=alignment)
        if last > size:
            raise cut_short(name, last, size)
        if size - last >= alignment:
            raise Lie("the file is longer than its tensors")
    return Header(
        tensors=found,
        metadata={key: value for key, value in told.items() if isinstance(value, str)},
        tensor_bytes=sum(one.size for one in found.values()),
        stamp=stamp,
        is_gguf=True,
    )


def _each(count: int, read: Callable[[], tuple[str, Value]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for _ in range(count):
        name, value = read()
        if name in found:
            raise Lie(f"it names {printable(name)} twice")
        found[name] = value
    return found


def _pair(reader: _Reader) -> tuple[str, str | int | None]:
    name = reader.text(LONGEST_NAME)
    return name, reader.value(reader.number("I"))


def _tensor(reader: _Reader, file: str, alignment: int) -> tuple[str, Tensor]:
    """A tensor by its name, from where all of them begin; its axes are told with the innermost first."""
    name = reader.text(LONGEST_NAME)
    shown = printable(name)
    axes = reader.number("I")
    if axes > MOST_AXES:
        raise Lie(f"{shown} has {axes:,} axes")
    shape = tuple(reader.count(2**48, f"numbers along an axis of {shown}") for _ in range(axes))
    number, start = reader.number("I"), reader.number("Q")
    if number not in QUANTS:
        raise UserError(
            f"{file} has weights of a type that is not known here ({number}, of {shown}).",
            "Choose a version in Q8_0, Q6_K, Q5_K or Q4_K.",
        )
    dtype, block, size = QUANTS[number]
    if shape and shape[0] % block:
        raise Lie(f"{shown} has rows that are no whole blocks of {dtype}")
    if start % alignment:
        raise Lie(f"{shown} does not begin where a tensor may")
    return name, Tensor(dtype, shape[::-1], start, math.prod(shape) // block * size)

"""The header of a GGUF file is read within bounds, and what is wrong with it is one true sentence."""

import struct
from collections.abc import Callable
from pathlib import Path

import gguf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdgui.engine.checkpoints.gguf import QUANTS, READABLE, header_of, read_gguf
from sdgui.engine.checkpoints.refusals import check_transformer
from sdgui.errors import UserError

pytestmark = pytest.mark.quick

Write = Callable[..., Path]
ROW = 32
ONE = ("a", (ROW, 2), 8, 0, 68)
"""A tensor: its name, its axes from the innermost, the number of its type (Q8_0), where it begins, its bytes."""


def text(said: str) -> bytes:
    return struct.pack("<Q", len(said.encode())) + said.encode()


def pair(name: str, form: int, value: bytes) -> bytes:
    return text(name) + struct.pack("<I", form) + value


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A GGUF file, put together by hand so that it can lie."""

    def make(
        *tensors: tuple[str, tuple[int, ...], int, int, int],
        pairs: tuple[bytes, ...] = (),
        version: int = 3,
        counts: tuple[int, int] | None = None,
        data: int | None = None,
    ) -> Path:
        wanted = (len(tensors), len(pairs)) if counts is None else counts
        raw = b"GGUF" + struct.pack("<IQQ", version, *wanted) + b"".join(pairs)
        for name, axes, kind, start, _ in tensors:
            raw += text(name) + struct.pack(f"<I{len(axes)}QIQ", len(axes), *axes, kind, start)
        raw += b"\0" * (-len(raw) % 32)
        size = max((start + size for *_, start, size in tensors), default=0)
        raw += b"\0" * (size + -size % 32 if data is None else data)
        file = tmp_path / "own.gguf"
        file.write_bytes(raw)
        return file

    return make


def said(file: Path) -> str:
    with pytest.raises(UserError) as told:
        header_of(file)
    assert told.value.message.endswith(".")
    assert told.value.hint
    return told.value.message


def test_what_a_true_header_tells(write: Write) -> None:
    numbers = pair("n", 9, struct.pack("<IQ", 5, 3) + b"\0" * 12)
    words = pair("w", 9, struct.pack("<IQ", 8, 2) + text("x") + text("y"))
    file = write(
        ("a", (ROW, 2), 8, 0, 68),
        ("b", (3, 5, 7), 0, 96, 420),
        pairs=(pair("general.architecture", 8, text("flux")), numbers, words),
    )
    header = header_of(file)
    assert header.is_gguf
    assert header.metadata == {"general.architecture": "flux"}
    assert {name: (one.dtype, one.shape) for name, one in header.tensors.items()} == {
        "a": ("Q8_0", (2, ROW)),
        "b": ("F32", (7, 5, 3)),
    }
    assert header.tensors["b"].start - header.tensors["a"].start == 96
    assert header.tensors["b"].start + 420 <= file.stat().st_size
    assert header.tensors["a"].in_memory == header.tensors["a"].size == 68


def test_sizes_of_types_are_those_of_the_package() -> None:
    theirs = {int(one): (one.name, *gguf.GGML_QUANT_SIZES[one]) for one in gguf.GGML_QUANT_SIZES}
    assert {number: theirs[number] for number in QUANTS} == QUANTS


def test_types_that_are_read_are_those_that_diffusers_brings_back_to_numbers() -> None:
    from diffusers.quantizers.gguf.utils import SUPPORTED_GGUF_QUANT_TYPES

    assert set(READABLE) == {"F32", "F16"} | {one.name for one in SUPPORTED_GGUF_QUANT_TYPES}


def test_it_is_told_by_its_first_bytes(tmp_path: Path, write: Write) -> None:
    renamed = write(ONE).rename(tmp_path / "x.safetensors")
    assert header_of(renamed).is_gguf
    other = tmp_path / "x.gguf"
    other.write_bytes(b"PK\3\4" + bytes(60))
    assert "is not a GGUF file" in said(other)


@pytest.mark.parametrize("version", [1, 4, 0x03000000])
def test_other_versions(write: Write, version: int) -> None:
    assert f"is in version {version} of GGUF" in said(write(ONE, version=version))


@pytest.mark.parametrize(
    ("counts", "wrong"),
    [
        ((2**63, 0), "9,223,372,036,854,775,808 tensors"),
        ((1, 2**40), "pairs of metadata"),
        ((1, 9), "does not hold together"),
        ((40, 0), "does not hold together"),
    ],
)
def test_counts_that_lie(write: Write, counts: tuple[int, int], wrong: str) -> None:
    assert wrong in said(write(ONE, counts=counts))


@pytest.mark.parametrize(
    ("lie", "wrong"),
    [
        (struct.pack("<Q", 2**50) + b"x", "bytes in one text"),
        (pair("a", 8, struct.pack("<Q", 2**19)), "ends in the middle of its header"),
        (pair("a", 9, struct.pack("<IQ", 4, 2**60)), "values in one list"),
        (pair("a", 9, struct.pack("<IQ", 9, 1) + bytes(12)), "a type that is not known (9)"),
        (pair("a", 77, b""), "a type that is not known (77)"),
        (text("a").replace(b"a", b"\xff") + struct.pack("<IB", 0, 1), "is no text"),
        (pair("general.alignment", 4, struct.pack("<I", 33)), "no power of two"),
        (pair("general.alignment", 4, struct.pack("<I", 0)), "no power of two"),
        (pair("general.alignment", 6, struct.pack("<f", float("nan"))), "no power of two"),
    ],
)
def test_metadata_that_lie(write: Write, lie: bytes, wrong: str) -> None:
    assert wrong in said(write(ONE, pairs=(lie,)))


@pytest.mark.parametrize(
    ("tensors", "wrong"),
    [
        ((ONE, ONE), "names a twice"),
        ((("a", (ROW,) * 5, 8, 0, 0),), "has 5 axes"),
        ((("a", (ROW, 2**60), 8, 0, 0),), "numbers along an axis of a"),
        ((("a", (ROW + 1,), 8, 0, 34),), "no whole blocks of Q8_0"),
        ((("a", (ROW,), 8, 7, 34),), "does not begin where a tensor may"),
        ((ONE, ("b", (ROW,), 8, 32, 34)), "lies where another tensor is"),
        ((ONE, ("b", (ROW,), 8, 160, 34)), "nothing is said of the bytes before b"),
        ((("a", (ROW,), 4, 0, 34),), "of a type that is not known here (4, of a)"),
    ],
)
def test_tensors_that_lie(write: Write, tensors: tuple[object, ...], wrong: str) -> None:
    assert wrong in said(write(*tensors))


def test_files_that_are_cut_short_or_too_long(write: Write) -> None:
    assert "is cut short" in said(write(ONE, data=60))
    assert "longer than its tensors" in said(write(ONE, data=160))
    whole = write(ONE).read_bytes()
    for cut in (4, 8, 20, 30, 60):
        file = write(ONE)
        file.write_bytes(whole[:cut])
        assert "does not hold together" in said(file)


def test_types_that_cannot_be_brought_back_to_numbers_are_named(write: Write) -> None:
    header = read_gguf(write(("a", (256,), 16, 0, 66)))
    with pytest.raises(UserError, match="is quantised as IQ2_XXS"):
        check_transformer("own", "flux1", header)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 400), byte=st.integers(0, 255), cut=st.integers(0, 40))
def test_whatever_is_damaged_it_is_a_header_or_one_sentence(
    write: Write, at: int, byte: int, cut: int
) -> None:
    listed = pair("n", 9, struct.pack("<IQ", 8, 2) + text("x") + text("y"))
    file = write(ONE, ("b", (3, 5), 0, 96, 60), pairs=(pair("x", 8, text("y")), listed))
    raw = bytearray(file.read_bytes())
    raw[at % len(raw)] = byte
    file.write_bytes(raw[: len(raw) - cut] if cut < 20 else raw)
    try:
        assert header_of(file).is_gguf
    except UserError as fault:
        assert fault.message.endswith(".") and fault.hint

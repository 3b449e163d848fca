"""How the tensors of a part of a model lie in another file than diffusers', and whether they are all there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sdgui.engine.checkpoints.header import Header
from sdgui.errors import UserError

Shape = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """One tensor: its name and shape for diffusers, and for the file; `rows` of it where several lie in one, and
    `turned` where its two axes are the other way round."""

    name: str
    shape: Shape
    original: str
    original_shape: Shape
    rows: tuple[int, int] | None = None
    turned: bool = False


def pairs(
    name: str,
    original: str,
    weight: Shape,
    *,
    bias: Shape | None = None,
    stored: Shape | None = None,
) -> Iterator[Stored]:
    """A weight, and its bias where it has one; the weight is `stored` with another shape where that is given."""
    yield Stored(
        name=f"{name}.weight",
        shape=weight,
        original=f"{original}.weight",
        original_shape=weight if stored is None else stored,
    )
    if bias is not None:
        yield plain(f"{name}.bias", f"{original}.bias", bias)


def plain(name: str, original: str, shape: Shape) -> Stored:
    """A tensor that is the same in both."""
    return Stored(name=name, shape=shape, original=original, original_shape=shape)


def norm(name: str, original: str, channels: int) -> Iterator[Stored]:
    """Weight and bias of a normalisation."""
    return pairs(name, original, (channels,), bias=(channels,))


def linear(name: str, original: str, out: int, into: int, *, bias: bool = True) -> Iterator[Stored]:
    """A layer that takes `into` numbers and gives `out`."""
    return pairs(name, original, (out, into), bias=(out,) if bias else None)


def conv(name: str, original: str, out: int, into: int, kernel: int = 3) -> Iterator[Stored]:
    """A convolution."""
    return pairs(name, original, (out, into, kernel, kernel), bias=(out,))


def check_stored(model: str, header: Header, parts: Mapping[str, Sequence[Stored]]) -> None:
    """UserError unless the file has every tensor of every part, each in its shape."""
    for part, tensors in parts.items():
        missing = [one.original for one in tensors if one.original not in header.tensors]
        if missing:
            more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
            raise UserError(
                f"“{model}” is not complete: of its {part} {missing[0]}{more} is missing.",
                "Download the model anew, or choose one that is whole.",
            )
        for one in tensors:
            shape = header.tensors[one.original].shape
            if shape != one.original_shape:
                raise UserError(
                    f"“{model}” is put together from what does not fit: {one.original} is {_by(shape)}, "
                    f"and its {part} needs {_by(one.original_shape)}.",
                    "Choose a model of a kind that works here.",
                )


def _by(shape: Shape) -> str:
    return " × ".join(map(str, shape)) or "one number"

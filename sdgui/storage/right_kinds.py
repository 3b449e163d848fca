"""Whether what a file says of itself is of the kinds that it should be: files may be anybody's."""

import math
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

_LARGEST = 2**63
"""The list of pictures holds no number that is larger."""


def is_of(kind: Any, value: object) -> bool:
    """Whether a value is of a kind, with all that is in it: a dataclass of these, a tuple of one, one of several, a
    text, a flag, a whole number or a finite one."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return any(is_of(one, value) for one in get_args(kind))
    if origin is tuple:
        (each, _) = get_args(kind)
        return isinstance(value, tuple) and all(is_of(each, one) for one in value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return isinstance(value, kind) and all(
            is_of(hints[one.name], getattr(value, one.name)) for one in fields(kind)
        )
    if kind in (int, float):
        is_number = isinstance(value, (int, float) if kind is float else int)
        return is_number and not isinstance(value, bool) and _is_small(value)
    return isinstance(value, kind) if kind in (str, bool, NoneType) else False


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _is_small(value: Any) -> bool:
    return abs(value) < _LARGEST and (isinstance(value, int) or math.isfinite(value))

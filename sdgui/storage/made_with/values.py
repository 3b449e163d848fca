"""What others wrote, taken as what it should be or not at all."""

import json
import math
from typing import Any

_LONGEST_NAME = 300
_MAX_TEXT = 100_000
_MOST = 2**63


def parsed(text: str | None) -> Any:
    """A JSON text as plain values; None where it is none, or too deep."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object; an empty one for anything else, and for a text that holds none."""
    value = parsed(value) if isinstance(value, str) else value
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """A JSON list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def whole(value: Any) -> int | None:
    """A whole number that somebody could have meant."""
    number = real(value)
    if number is None or not number.is_integer() or abs(number) >= _MOST:
        return None
    return (
        int(value) if isinstance(value, int | str) and str(value).strip().isdigit() else int(number)
    )


def real(value: Any) -> float | None:
    """A finite number, also where it was written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def text(value: Any) -> str:
    """A text that is not longer than anybody would write."""
    return value if isinstance(value, str) and len(value) <= _MAX_TEXT else ""


def name(value: Any) -> str | None:
    """The name of a file or a thing, on one line; None where it is none."""
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME:
        return None
    return "".join(char if char.isprintable() else "·" for char in value.strip())


def stem(value: Any) -> str | None:
    """The name of a model's file, without its folders and its ending."""
    called = name(value)
    if called is None:
        return None
    last = called.replace("\\", "/").rpartition("/")[2]
    for ending in (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".sft"):
        if last.casefold().endswith(ending) and len(last) > len(ending):
            return last[: -len(ending)]
    return last if last else called

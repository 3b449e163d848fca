"""What a person or a program wrote, read as a number, a seed or a text; what cannot be read is said in their words."""

import math
import unicodedata
from typing import Any

from sdgui.errors import UserError

SEEDS = 2**32
MAX_PROMPT = 2000


def parse_seed(value: object) -> int | None:
    """A seed from what was given: empty or None is unsaid; UserError unless 0 to 2**32-1."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return whole_number(value, "seed", 0, SEEDS - 1)


def whole_number(value: object, name: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`; text and 4.0 are accepted; UserError in the person's words otherwise."""
    wanted = f"The {name} must be a whole number from {low:,} to {high:,}"
    hint = f"Set the {name} within that range."
    fault = UserError(f"{wanted}, and “{shown(value)}” is not.", hint)
    if isinstance(value, bool):
        raise fault
    if isinstance(value, str):
        text = value.strip()
        if not (text.isascii() and text.removeprefix("-").isdigit()) or len(text) > 30:
            raise fault
        number = int(text)
    elif isinstance(value, int):
        number = value
    elif isinstance(value, float) and value.is_integer():
        number = int(value)
    else:
        raise fault
    if not low <= number <= high:
        beyond = "too large" if number > high else "too small"
        raise UserError(f"{wanted}; “{shown(value)}” is {beyond}.", hint)
    return number


def real_number(value: object, name: str, low: float, high: float) -> float:
    """A finite number from `low` to `high`; text is accepted; UserError in the person's words otherwise."""
    number = math.nan
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
    if not (math.isfinite(number) and low <= number <= high):
        raise UserError(
            f"The {name} must be a number from {low:g} to {high:g}, and “{shown(value)}” is not.",
            f"Set the {name} within that range.",
        )
    return number


def flag(value: object, name: str) -> bool:
    """Yes or no, which None is too; UserError for anything else."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise UserError(
        f"The {name} must be true or false, and “{shown(value)}” is not.",
        "Set it to true or false.",
    )


def prompt_text(value: object, name: str) -> str:
    """A prompt, trimmed, with plain line breaks; empty where nothing can be seen; UserError where it is no text."""
    if not isinstance(value, str):
        raise UserError(f"The {name} must be text.", "Type it in words.")
    if len(value) > MAX_PROMPT:
        raise UserError(
            f"The {name} has {len(value):,} characters, and at most {MAX_PROMPT:,} are taken.",
            "A few dozen words are all that a model reads; shorten it.",
        )
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
        raise UserError(
            f"The {name} contains characters that are not text.",
            "Remove invisible control characters (NUL, for example); typing it anew helps.",
        )
    return text if any(_is_visible(char) for char in text) else ""


def shown(value: Any) -> str:
    """A visitor's value, short and on one line, for a sentence."""
    text = "".join(char if char.isprintable() else "·" for char in str(value)[:41])
    return text if len(text) <= 40 else text[:40] + "…"


def _is_visible(char: str) -> bool:
    """Whether a character leaves a mark: spaces of every width do not, nor do those that only direct the others."""
    return unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp", "Zs")

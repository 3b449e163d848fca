"""The values of an axis as a person writes them: lists and ranges of numbers, sizes, texts."""

import csv
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from sdgui.emphasis import LoraTag, read_prompt
from sdgui.errors import UserError
from sdgui.written_values import shown

MAX_VALUES = 400
"""No axis is longer; a range that would be is refused before it is expanded."""
MAX_LENGTH = 100_000
"""Characters that an axis may be written with."""

_UNSIGNED = r"(?:\d{1,30}(?:\.\d{0,12})?|\.\d{1,12})"
_DASH = r"[-–−]"
_NUMBER = re.compile(
    rf"""(?P<first>-?{_UNSIGNED})
    (?:\s*-\s*(?P<last>-?{_UNSIGNED})
        \s*(?:\(\s*(?P<sign>[+-]?)\s*(?P<step>{_UNSIGNED})\s*\) | \[\s*(?P<count>\d{{1,9}})\s*\])?
    )?""",
    re.ASCII | re.VERBOSE,
)
_SIZE = re.compile(r"(\d{1,30})\s*[x×*]\s*(\d{1,30})", re.ASCII | re.IGNORECASE)
_FINE = Decimal("0.0001")
"""What values spread evenly over a range are rounded to where they need not be whole."""
_DIGITS = 60
"""Enough for every number that is taken, exactly."""


@dataclass(frozen=True, kw_only=True)
class _Range:
    """`count` values from `first` on: by `step`, or spread evenly as far as `last`."""

    first: Decimal
    last: Decimal
    step: Decimal | None
    count: int


def read_numbers(text: str, axis: str, *, whole: bool) -> tuple[Decimal, ...]:
    """Numbers from a list with ranges: `1, 2, 5`, `1-10`, `1-10 (+3)`, `10-1 (-3)`, `5-9 [5]`, `1-3, 7`.

    `(+3)` is the step, `[5]` how many values, spread evenly with both ends included and rounded where only whole
    numbers fit. UserError, which names the `axis`, for anything else, for none, and for more than MAX_VALUES.
    """
    with localcontext(prec=_DIGITS):
        ranges = [_read_range(item, axis, whole) for item in _items(text, axis)]
        _check_count(sum(one.count for one in ranges), axis)
        return tuple(value for one in ranges for value in _expand(one, whole))


def read_sizes(text: str, axis: str) -> tuple[tuple[int, int], ...]:
    """Sizes as (width, height) in pixels, from `128x128, 192x128`; ×, * and X will do too."""
    sizes = []
    for item in _items(text, axis):
        match = _SIZE.fullmatch(item)
        if match is None:
            raise UserError(
                f"“{shown(item)}” is not a size.",
                "Write width x height in pixels, as in 128x128, 192x128.",
            )
        sizes.append((int(match[1]), int(match[2])))
    _check_count(len(sizes), axis)
    return tuple(sizes)


def read_names(text: str, axis: str) -> tuple[str, ...]:
    """Names, which hold no commas: separated by commas or line breaks."""
    names = _items(text, axis)
    _check_count(len(names), axis)
    return names


def read_texts(text: str, axis: str, *, empty: bool = False) -> tuple[str, ...]:
    """Texts: one per line where there are several lines, else separated by commas; trimmed.

    A text in quotes may hold commas, as in CSV (https://www.rfc-editor.org/rfc/rfc4180). Where `empty` is true an
    empty text between commas, or `""`, is a value; else it is left out.
    """
    _check_length(text, axis)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        texts = [_unquoted(line) for line in lines]
    elif lines:
        texts = _fields(lines[0], axis)
    else:
        texts = []
    texts = [one.strip() for one in texts if empty or one.strip()]
    if not any(texts):
        texts = []
    _check_count(len(texts), axis)
    return tuple(texts)


def read_loras(text: str, axis: str) -> tuple[tuple[LoraTag, ...], ...]:
    """LoRAs that are on together, from `none, ink, ink:0.8, ink:0.5:1 + oil:1`; weights as in a tag, 1 where none is.

    UserError for a weight that is none.
    """
    values = []
    for item in read_names(text, axis):
        names = [] if item.casefold() == NO_LORA else item.split(" + ")
        tags: list[LoraTag] = []
        for name in names:
            written = name.strip()
            if not written.startswith("<"):
                written = f"<lora:{written}>"
            read = read_prompt(written).loras
            if len(read) != 1 or read[0].written != written:
                raise UserError(
                    f"“{shown(item)}” is no LoRA.", "Write names with weights, as in none, ink:0.8."
                )
            if read[0].unet is None or read[0].text_encoder is None:
                raise UserError(
                    f"The weight in “{shown(item)}” is not a number from -2 to 2.",
                    "Write it as in ink:0.8.",
                )
            tags.append(read[0])
        values.append(tuple(tags))
    return tuple(values)


NO_LORA = "none"


def needs_quotes(text: str) -> bool:
    """Whether `read_texts` takes a text, alone or one of several, for another unless it stands in quotes."""
    return not text or "," in text or '"' in text


def written(value: Decimal) -> str:
    """A number as a person writes it: 20, 2.5."""
    with localcontext(prec=_DIGITS):
        return format((value + 0).normalize(), "f")


def _items(text: str, axis: str) -> tuple[str, ...]:
    _check_length(text, axis)
    return tuple(item.strip() for item in re.split(r"[,\r\n]", text) if item.strip())


def _read_range(item: str, axis: str, whole: bool) -> _Range:
    match = _NUMBER.fullmatch(re.sub(_DASH, "-", item))
    if match is None:
        raise UserError(
            f"“{shown(item)}” is neither a number nor a range.",
            "Write the values as in 1, 2, 5 or 1-10 or 1-10 (+3) or 5-9 [5].",
        )
    first = Decimal(match["first"])
    last = first if match["last"] is None else Decimal(match["last"])
    step = Decimal(1) if match["step"] is None else Decimal(match["sign"] + match["step"])
    for number in (first, last, step):
        if whole and number != number.to_integral_value():
            raise UserError(
                f"The axis {axis} takes whole numbers, and {written(number)} is not one.",
                "Leave out what follows the point.",
            )
    _check_direction(item, match, first, last, step)
    if match["count"] is None:
        return _Range(first=first, last=last, step=step, count=int((last - first) // step) + 1)
    if int(match["count"]) < 2:
        raise UserError(
            f"“{shown(item)}” has no room for both of its ends.",
            f"Ask for 2 values or more, or write just {written(first)}.",
        )
    return _Range(first=first, last=last, step=None, count=int(match["count"]))


def _check_direction(
    item: str, match: re.Match[str], first: Decimal, last: Decimal, step: Decimal
) -> None:
    """UserError where the steps do not lead from the first value to the last."""
    if step == 0:
        raise UserError(
            f"“{shown(item)}” never gets on, because its step is 0.",
            f"Write the step in the brackets, as in {written(first)}-{written(last)} (+1).",
        )
    low, high = written(min(first, last)), written(max(first, last))
    size = written(abs(step))
    if last < first and step > 0:
        forwards = f"{low}-{high}"
        if match["count"] is not None:
            forwards += f" [{match['count']}]"
        elif match["step"] is not None:
            forwards += f" (+{size})"
        raise UserError(
            f"“{shown(item)}” runs backwards.",
            f"Write {forwards}, or {high}-{low} (-{size}).",
        )
    if last > first and step < 0:
        raise UserError(
            f"“{shown(item)}” steps backwards, and its end lies ahead.",
            f"Write {low}-{high} (+{size}), or {high}-{low} (-{size}).",
        )


def _expand(one: _Range, whole: bool) -> tuple[Decimal, ...]:
    if one.step is not None:
        return tuple(one.first + i * one.step for i in range(one.count))
    spread = (
        one.first + (one.last - one.first) * i / (one.count - 1) for i in range(one.count - 1)
    )
    unit = Decimal(1) if whole else _FINE
    rounded = [value.quantize(unit, rounding=ROUND_HALF_UP) for value in spread]
    return tuple(dict.fromkeys([one.first, *rounded[1:], one.last]))


def _fields(line: str, axis: str) -> list[str]:
    """The values of one line; a comma at its end adds none."""
    line = re.sub(r'"\s+(?=,|$)', '"', line.rstrip(","))  # csv takes no space after a closing quote
    try:
        (fields,) = csv.reader([line], skipinitialspace=True, strict=True)
    except (csv.Error, ValueError):
        raise UserError(
            f"The quotes of the axis {axis} do not match.",
            'A value with commas stands in quotes, "like, this"; a quote inside is written twice.',
        ) from None
    return fields


def _unquoted(line: str) -> str:
    """A line that is one value in quotes, without them; any other line as it is, commas and all."""
    try:
        fields = next(csv.reader([line], strict=True))
    except csv.Error:
        return line
    return fields[0] if len(fields) == 1 else line


def _check_length(text: str, axis: str) -> None:
    if len(text) > MAX_LENGTH:
        raise UserError(
            f"The axis {axis} is written with {len(text):,} characters, and at most {MAX_LENGTH:,} are read.",
            "Make several smaller grids.",
        )


def _check_count(count: int, axis: str) -> None:
    if count == 0:
        raise UserError(
            f"The axis {axis} has no values.", "Write some, separated by commas, or take it away."
        )
    if count > MAX_VALUES:
        raise UserError(
            f"The axis {axis} would have {count:,} values, and at most {MAX_VALUES} are taken.",
            "Take fewer; a range can take larger steps, as in 1-100 (+10).",
        )

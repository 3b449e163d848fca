"""What the brackets of a prompt mean: weights of words, BREAK, and the LoRAs that are asked for.

The syntax is A1111's, as its wiki describes it under Features (Attention/emphasis, BREAK keyword, Extra networks):

- `(w)` weighs w 1.1 times as much, `[w]` 1.1 times less, `(w:1.3)` 1.3 times; within each other they multiply.
- `\\(`, `\\)`, `\\[`, `\\]` and `\\\\` are the characters themselves; any other backslash is one.
- A bracket that is never closed holds to the end; one that was never opened is a character like any other.
- `BREAK`, in capitals and as a word of its own, ends a chunk; within brackets too.
- `<lora:name:0.8>` is taken out of the text. As with A1111 the first number is the weight in text encoder and UNet,
  a second one that in the UNet alone; `te=…` and `unet=…` say so by name.

What A1111 does at some steps only stays text, brackets and all: `[from:to:0.5]`, `[to:0.5]`, `[one|other]`. So does
`AND`, and every `<…>` that names no LoRA.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_WEIGHT = 10.0
"""No word weighs more, or less than its negative; beyond, embeddings are noise."""
MAX_LORA_WEIGHT = 2.0
_STEP = 1.1
_DECIMALS = 6
"""Of a weight: so that brackets which undo each other leave exactly 1."""
_MOST_STEPS = 500
_MOST = 1e100
"""Beyond these, the product of weights says nothing that the limit does not."""

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_TOKEN = re.compile(
    rf"""\\(?P<literal>[\\()\[\]])
    |:\s*(?P<weight>{_NUMBER})\s*\)
    |:\s*{_NUMBER}\s*(?P<when>\])
    |(?P<mark>[()\[\]|])
    |[^\\()\[\]:|]+|[\\:]""",
    re.VERBOSE,
)
_BREAK = re.compile(r"\bBREAK\b")
_LORA = re.compile(r"<lora:(?P<name>[^<>:]+)(?P<rest>(?::[^<>:]*)*)>", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A run of text of one weight, -MAX_WEIGHT to MAX_WEIGHT."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class LoraTag:
    """A LoRA as the prompt asks for it; a weight is None where it is no number, or beyond MAX_LORA_WEIGHT."""

    name: str
    written: str
    unet: float | None
    text_encoder: float | None


@dataclass(frozen=True, kw_only=True)
class ReadPrompt:
    """A prompt that was read: its words between the BREAKs (one more part than there are), without the LoRAs.

    `is_limited`: some weight was beyond MAX_WEIGHT and is that now.
    """

    parts: tuple[tuple[Words, ...], ...]
    loras: tuple[LoraTag, ...] = ()
    is_limited: bool = False

    @property
    def text(self) -> str:
        """The words alone."""
        return " ".join("".join(one.text for one in part) for part in self.parts)

    @property
    def emphasised(self) -> tuple[Words, ...]:
        """The words that weigh more or less than 1, trimmed, in their order."""
        runs = [one for part in self.parts for one in part if one.weight != 1 and one.text.strip()]
        return tuple(Words(text=one.text.strip(), weight=one.weight) for one in runs)


@dataclass(frozen=True, kw_only=True)
class PromptLength:
    """Tokens of a prompt's words, and the chunks of `room` tokens each that they are read in."""

    tokens: int
    chunks: int
    room: int


def read_prompt(text: str) -> ReadPrompt:
    """What a prompt says, whatever is written; in time that grows as its length does."""
    loras: list[LoraTag] = []

    def take_out(tag: LoraTag) -> str:
        loras.append(tag)
        return ""

    written = with_loras(text, take_out)
    parts: list[list[Words]] = [[]]
    is_limited = False
    for piece, exact in _weighed(_pieces(written)):
        weight = round(min(max(exact, -MAX_WEIGHT), MAX_WEIGHT), _DECIMALS)
        is_limited |= abs(exact) > MAX_WEIGHT
        first, *others = _BREAK.split(piece)
        parts[-1].append(Words(text=first, weight=weight))
        parts += ([Words(text=other, weight=weight)] for other in others)
    return ReadPrompt(
        parts=tuple(tuple(_joined(part)) for part in parts),
        loras=tuple(loras),
        is_limited=is_limited,
    )


def without_loras(text: str) -> str:
    """A prompt without the LoRAs that it asks for, and all else as it is written."""
    return with_loras(text, lambda tag: "")


def with_loras(text: str, change: Callable[[LoraTag], str]) -> str:
    """A prompt with something else in place of each LoRA that it asks for, and all else as it is written."""
    return _LORA.sub(
        lambda match: match[0] if not match["name"].strip() else change(_lora(match)), text
    )


@dataclass(kw_only=True)
class _Opened:
    """A bracket; `factor` is what a round one multiplies by, None for a step; a literal one is text."""

    kind: str
    factor: float | None = None
    is_literal: bool = False

    @property
    def written(self) -> str:
        return self.kind


@dataclass(frozen=True, kw_only=True)
class _Closed:
    opened: _Opened
    written: str


def _pieces(text: str) -> list[str | _Opened | _Closed]:
    """The text cut at the brackets that mean something."""
    pieces: list[str | _Opened | _Closed] = []
    round_ones: list[_Opened] = []
    square_ones: list[_Opened] = []

    def close(opened: _Opened, written: str) -> None:
        pieces.append(_Closed(opened=opened, written=written))

    for token in _TOKEN.finditer(text):
        written, mark = token[0], token["mark"]
        if token["literal"]:
            pieces.append(token["literal"])
        elif mark == "(" or mark == "[":
            opened = _Opened(kind=mark)
            (round_ones if mark == "(" else square_ones).append(opened)
            pieces.append(opened)
        elif round_ones and (token["weight"] or mark == ")"):
            opened = round_ones.pop()
            if token["weight"]:
                opened.factor = float(token["weight"])
            close(opened, written)
        elif square_ones and (token["when"] or mark == "]"):
            opened = square_ones.pop()
            opened.is_literal |= bool(token["when"])
            close(opened, written)
        else:
            if square_ones and mark == "|":
                square_ones[-1].is_literal = True
            pieces.append(written)
    for opened in square_ones:  # `[a|b` has no end, and so is no choice
        opened.is_literal = False
    return pieces


def _weighed(pieces: list[str | _Opened | _Closed]) -> Iterator[tuple[str, float]]:
    """Each text with its weight, which may be beyond the limit."""
    factors = [1.0]
    steps = 0

    def weight() -> float:
        return factors[-1] * _STEP ** min(max(steps, -_MOST_STEPS), _MOST_STEPS)

    for piece in pieces:
        if isinstance(piece, str):
            yield piece, weight()
            continue
        is_open = isinstance(piece, _Opened)
        bracket = piece if isinstance(piece, _Opened) else piece.opened
        if bracket.is_literal:
            yield piece.written, weight()
        elif bracket.kind == "[":
            steps += -1 if is_open else 1
        elif bracket.factor is None:
            steps += 1 if is_open else -1
        elif is_open:
            factors.append(min(max(factors[-1] * bracket.factor, -_MOST), _MOST))
        else:
            factors.pop()


def _joined(part: list[Words]) -> Iterator[Words]:
    """Neighbours of one weight as one run, as their words may go on from one into the other; none that is empty."""
    texts: list[str] = []
    weight = 1.0
    for one in part:
        if not one.text:
            continue
        if texts and one.weight != weight:
            yield Words(text="".join(texts), weight=weight)
            texts = []
        texts.append(one.text)
        weight = one.weight
    if texts:
        yield Words(text="".join(texts), weight=weight)


def _lora(match: re.Match[str]) -> LoraTag:
    """The tag as it was written: plain values are the weights of text encoder and UNet, in this order."""
    plain: list[str] = []
    named: dict[str, str] = {}
    for one in match["rest"].split(":")[1:]:
        name, equals, value = one.partition("=")
        if equals:
            named[name.strip().casefold()] = value
        else:
            plain.append(one)
    text_encoder = named.get("te", plain[0] if plain else "1")
    unet = named.get("unet", plain[1] if len(plain) > 1 else text_encoder)
    return LoraTag(
        name=match["name"].strip(),
        written=match[0],
        unet=_lora_weight(unet),
        text_encoder=_lora_weight(text_encoder),
    )


def _lora_weight(text: str) -> float | None:
    try:
        weight = float(text)
    except ValueError:
        return None
    return weight if math.isfinite(weight) and abs(weight) <= MAX_LORA_WEIGHT else None

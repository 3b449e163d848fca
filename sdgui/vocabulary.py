"""The words that a model knows, where it says them: a small one was trained on few."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

Names = tuple[tuple[str, ...], ...]
"""Of each thing, colour, place or style all that it is called; the first is what one writes."""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """All words of a model's captions; places are phrases that follow a noun ("at sea"), `others` stand between."""

    things: Names
    colours: Names
    places: Names
    styles: Names
    others: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


def read_vocabulary(told: Mapping[str, Any]) -> Vocabulary:
    """A vocabulary from what `told` gave; ValueError, LookupError or TypeError where it is none."""
    kinds = ("things", "colours", "places", "styles")
    return Vocabulary(
        **{kind: tuple(_texts(names) for names in told[kind]) for kind in kinds},
        others=_texts(told.get("others", ())),
    )


def _texts(given: Iterable[Any]) -> tuple[str, ...]:
    texts = tuple(given)
    if isinstance(given, str) or not all(isinstance(text, str) and text for text in texts):
        raise ValueError("words are a list of texts")
    return texts

"""Cuts the tokens of a prompt of any length into chunks that CLIP can read; without torch.

As A1111 documents it (wiki, Features: Infinite prompt length, BREAK keyword): chunks of 75 tokens, each read with a
start and an end of its own. Where a chunk is full and a comma lies among its last 20 tokens, what follows the comma
goes into the next one; so does a learnt word whose ids, below 0 (sdgui/learnt_words.py), would be cut apart. Each BREAK
ends a chunk, also one that is still empty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sdgui.emphasis import ReadPrompt

COMMA = ",</w>"
"""The comma in CLIP's vocabulary."""
AROUND = 2
"""Tokens around a chunk: its start and its end."""
_NEAR = 20

Tokenize = Callable[[str], Sequence[int]]
"""The ids of a text, without start and end."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Token ids with the weight of each, without start, end and padding."""

    ids: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()


def chunks_of(
    prompt: ReadPrompt, tokenize: Tokenize, *, size: int, comma: int | None
) -> tuple[Chunk, ...]:
    """The chunks of a prompt, at least one, of at most `size` tokens; `comma`: its id, where there is one."""
    chunks: list[Chunk] = []
    for part in prompt.parts:
        tokens = [(token, one.weight) for one in part for token in tokenize(one.text)]
        for start, stop in _cuts([token for token, _weight in tokens], size, comma):
            chunks.append(_chunk(tokens[start:stop]))
        if not tokens:
            chunks.append(Chunk())
    if len(chunks) > 1 and not chunks[-1].ids:
        del chunks[-1]  # what ends with BREAK has ended
    return tuple(chunks)


def _cuts(ids: Sequence[int], size: int, comma: int | None) -> list[tuple[int, int]]:
    """Where each chunk starts and stops."""
    cuts: list[tuple[int, int]] = []
    start = 0
    while start < len(ids):
        stop = min(start + size, len(ids))
        if stop < len(ids) and ids[stop] < 0:
            stop = _before_learnt(ids, start, stop)
        elif stop < len(ids) and ids[stop] != comma:
            near = range(stop - 1, max(start, stop - _NEAR) - 1, -1)
            stop = next((place + 1 for place in near if ids[place] == comma), stop)
        cuts.append((start, stop))
        start = stop
    return cuts


def _before_learnt(ids: Sequence[int], start: int, stop: int) -> int:
    """Where a chunk stops that would cut a learnt word, whose ids go down by one; one that fills a chunk is cut."""
    place = stop
    while place > start and ids[place - 1] == ids[place] + 1:
        place -= 1
    return place if place > start else stop


def _chunk(tokens: Sequence[tuple[int, float]]) -> Chunk:
    ids, weights = zip(*tokens, strict=True)
    return Chunk(ids=ids, weights=weights)

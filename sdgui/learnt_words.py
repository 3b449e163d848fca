"""Where a prompt calls learnt words by their names, and how many tokens each of them is.

A learnt word (Gal et al. 2022, https://arxiv.org/abs/2208.01618) stands for one vector or several, in place of tokens.
Its name counts in any case, and only as words of their own; of two that begin alike, the longer one.
"""

import re
from collections.abc import Callable, Mapping, Sequence

Tokenize = Callable[[str], Sequence[int]]
"""The ids of a text, without start and end."""


class LearntNames:
    """Names with the number of vectors of each; vector i of all, in this order, has the id -1 - i."""

    def __init__(self, vectors: Mapping[str, int]) -> None:
        self._ids: dict[str, list[int]] = {}
        first = 0
        for name, count in vectors.items():
            self._ids[name.casefold()] = [-1 - first - i for i in range(count)]
            first += count
        longest = sorted((one for one in self._ids if one), key=len, reverse=True)
        self._pattern = (
            re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)
            if longest
            else None
        )

    def __bool__(self) -> bool:
        return self._pattern is not None

    def named_in(self, text: str) -> tuple[str, ...]:
        """The names that the text calls, each once, in lower case."""
        if self._pattern is None:
            return ()
        return tuple(dict.fromkeys(match[0].casefold() for match in self._pattern.finditer(text)))

    def tokenize(self, text: str, plainly: Tokenize) -> list[int]:
        """The ids of a text: of what is between the names by `plainly`, of learnt words below 0."""
        if self._pattern is None:
            return list(plainly(text))
        ids: list[int] = []
        for place, piece in enumerate(self._pattern.split(text)):
            if place % 2:
                ids += self._ids[piece.casefold()]
            elif piece:
                ids += plainly(piece)
        return ids


NO_LEARNT_NAMES = LearntNames({})

"""What is to go into a ZIP, kept for a few minutes between asking for it and fetching it."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

SECONDS = 600.0
"""How long a list is kept: a browser fetches it at once, and again where the connection broke."""
_MOST = 32
_MOST_OF_ONE = 4


class Zips:
    """Lists of pictures by tokens that nobody guesses, each for one visitor; few of each, and few at all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, str, tuple[str, ...]]] = OrderedDict()

    def keep(self, visitor: str, pictures: Sequence[str]) -> str:
        """The token under which they can be had."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[token] = (self._clock() + SECONDS, visitor, tuple(pictures))
            own = [name for name, (_, whose, _) in self._kept.items() if whose == visitor]
            for name in own[:-_MOST_OF_ONE]:
                del self._kept[name]
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return token

    def find(self, token: str, visitor: str) -> tuple[str, ...] | None:
        """The pictures; None for another visitor, or when it was too long ago."""
        with self._lock:
            until, whose, pictures = self._kept.get(token, (0.0, "", ()))
            return pictures if whose == visitor and self._clock() < until else None

"""What is to go into a ZIP, kept for a few minutes between asking for it and fetching it."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from weakref import WeakSet

SECONDS = 600.0
"""How long a list is kept: a browser fetches it at once, and again where the connection broke."""
_MOST = 32
_MOST_OF_ONE = 4


@dataclass(eq=False, kw_only=True)
class Listed:
    """Pictures by their ids, in order, and the `visitor` whose they are by now: they may become another's while they
    are fetched. By the clock of the lists they can be had `until` then."""

    visitor: str
    pictures: tuple[str, ...]
    until: float


class Zips:
    """Lists of pictures by tokens that nobody guesses, each for one visitor; few of each, and few at all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Listed] = OrderedDict()
        self._fetched = WeakSet[Listed]()
        """Also those that are no longer kept, as long as somebody fetches them."""

    def keep(self, visitor: str, pictures: Sequence[str]) -> str:
        """The token under which they can be had."""
        token = secrets.token_urlsafe(16)
        new = Listed(visitor=visitor, pictures=tuple(pictures), until=self._clock() + SECONDS)
        with self._lock:
            self._kept[token] = new
            self._fetched.add(new)
            own = [name for name, one in self._kept.items() if one.visitor == visitor]
            for name in own[:-_MOST_OF_ONE]:
                del self._kept[name]
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return token

    def find(self, token: str, visitor: str) -> Listed | None:
        """The pictures; None for another visitor, or when it was too long ago."""
        with self._lock:
            one = self._kept.get(token)
            is_theirs = one is not None and one.visitor == visitor and self._clock() < one.until
            return one if is_theirs else None

    def adopt(self, visitor: str, into: str) -> None:
        """What was one visitor's is another's, also what is just being fetched."""
        with self._lock:
            for one in self._fetched:
                if one.visitor == visitor:
                    one.visitor = into

"""How often each of some may do something: a few times at once, then as often as it comes free again."""

import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_NAMES = 1000


class Buckets:
    """For each name `most` at once, then so many `a_second`; `clock` gives seconds. Of more than `most_names` those are
    forgotten that were asked for longest ago."""

    def __init__(
        self,
        most: int,
        a_second: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        most_names: int = _MOST_NAMES,
    ) -> None:
        self._most = most
        self._a_second = a_second
        self._clock = clock
        self._most_names = most_names
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many names are remembered."""
        return len(self._left)

    def has(self, name: str) -> bool:
        """Whether it may once more, which is not counted."""
        now = self._clock()
        left, since = self._left.pop(name, (float(self._most), now))
        left = min(float(self._most), left + (now - since) * self._a_second)
        self._left[name] = (left, now)
        if len(self._left) > self._most_names:
            self._left.popitem(last=False)
        return left >= 1

    def wait(self, name: str) -> float:
        """Seconds until it may once more."""
        if self.has(name):
            return 0.0
        return (1 - self._left[name][0]) / self._a_second

    def take(self, name: str) -> bool:
        """Counts one more; False when it is too much."""
        is_free = self.has(name)
        if is_free:
            left, since = self._left[name]
            self._left[name] = (left - 1, since)
        return is_free

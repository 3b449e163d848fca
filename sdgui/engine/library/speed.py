"""How fast something comes in: over the last seconds, so that a pause and a change of line are soon forgotten."""

from collections import deque
from collections.abc import Callable

_WINDOW = 10.0
"""Seconds that are looked back on."""


class Speed:
    """Bytes a second; `clock` in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def saw(self, done: int) -> None:
        """So much is here by now."""
        now = self._clock()
        self._seen.append((now, done))
        while self._seen[0][0] < now - _WINDOW:
            self._seen.popleft()

    @property
    def bytes_a_second(self) -> float | None:
        """None as long as it cannot be told."""
        if len(self._seen) < 2:
            return None
        (first, had), (last, has) = self._seen[0], self._seen[-1]
        return (has - had) / (last - first) if last > first and has > had else None

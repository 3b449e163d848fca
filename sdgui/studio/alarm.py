"""Rings once at a moment that may be moved nearer."""

import threading
from collections.abc import Callable


class Alarm:
    """Calls `ring` in a thread of its own; safe to set from any thread."""

    def __init__(self, ring: Callable[[], None], clock: Callable[[], float]) -> None:
        self._ring = ring
        self._clock = clock
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._moment = 0.0
        self._closed = False

    def set(self, moment: float) -> None:
        """Rings at this moment of the clock, or earlier where it is set so."""
        with self._lock:
            if self._closed or (self._timer is not None and self._moment <= moment):
                return
            if self._timer is not None:
                self._timer.cancel()
            self._moment = moment
            self._timer = threading.Timer(max(0.0, moment - self._clock()), self._wake)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Never rings again."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()

    def _wake(self) -> None:
        with self._lock:
            self._timer = None
            if self._closed:
                return
        self._ring()

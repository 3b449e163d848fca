"""Tells of a worker's memory while a batch is made: from a thread of its own, never between two steps."""

import logging
import threading
from collections.abc import Callable

from sdgui.events import Measured
from sdgui.ports import Emit
from sdgui.workers import WorkerInfo

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two measurements."""


class Gauge:
    """Measures from `start` to `stop`, again and again."""

    def __init__(self, measure: Callable[[], WorkerInfo], *, every: float = EVERY) -> None:
        """`measure` is called from another thread than the engine's."""
        self._measure = measure
        self._every = every
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, emit: Emit) -> None:
        """Emits Measured from time to time from now on; `emit` may be called from several threads."""
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._tell, args=(emit, self._over), name="sdgui-gauge", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Emits nothing any more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _tell(self, emit: Emit, over: threading.Event) -> None:
        while not over.wait(self._every):
            try:
                emit(Measured(worker=self._measure()))
            except Exception:  # a receiver that is broken breaks the batch itself
                log.debug("memory could not be told of", exc_info=True)
                return

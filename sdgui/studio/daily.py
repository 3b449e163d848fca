"""What is done at the start and once a day, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

DAY = 86_400.0


class Daily:
    """Calls `act` at once and then every `day` seconds; what goes wrong is tried again the next day."""

    def __init__(self, act: Callable[[], None], day: float = DAY) -> None:
        self._act = act
        self._day = day
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sdgui-daily", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def close(self) -> None:
        """Returns once `act` is not under way, and never will be again; without `start`, too."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._act()
            except Exception:
                log.exception("what is to be done once a day could not be")
            self._closing.wait(self._day)

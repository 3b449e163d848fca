"""Processes that want a processor each, as a browser, a compiler or another model would."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sdgui.bench.pairs import Part

SPIN = "print('busy', flush=True)\nwhile True: pass"


@contextmanager
def busy_processes(number: int) -> Iterator[None]:
    """So many of them at work, until the end."""
    processes = [
        subprocess.Popen([sys.executable, "-c", SPIN], stdout=subprocess.PIPE)
        for _ in range(number)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        yield
    finally:
        for process in processes:
            process.kill()
            process.communicate()


class Beside:
    """A way beside so many busy processes, which are started and ended outside its time."""

    def __init__(self, way: Part, number: int) -> None:
        self._way = way
        self._number = number

    def __call__(self) -> float:
        """Seconds that the way took."""
        with busy_processes(self._number):
            begun = time.perf_counter()
            told = self._way()
            took = time.perf_counter() - begun
        return took if told is None else told

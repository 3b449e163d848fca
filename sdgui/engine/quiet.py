"""Silence while weights are read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import diffusers
import transformers
from tqdm import tqdm


def keep_bars_to_this_process() -> None:
    """Progress bars, also those that are not shown, make a lock between processes, whose semaphore a process that ends
    at once would leave behind with a warning on the terminal; for a worker a lock of its own will do."""
    tqdm.set_lock(threading.RLock())


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars and no advice on standard error while weights are read."""
    verbosity = diffusers.utils.logging.get_verbosity(), transformers.logging.get_verbosity()
    bars = transformers.logging.is_progress_bar_enabled()
    diffusers.utils.logging.set_verbosity_error()
    transformers.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.logging.disable_progress_bar()
    try:
        yield
    finally:
        diffusers.utils.logging.set_verbosity(verbosity[0])
        transformers.logging.set_verbosity(verbosity[1])
        diffusers.utils.logging.enable_progress_bar()
        if bars:
            transformers.logging.enable_progress_bar()

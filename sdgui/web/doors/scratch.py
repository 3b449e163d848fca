"""Gradio's scratch folder: our own, readable by nobody else, gone with the process, or with the next start."""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "sdgui-scratch-"
_LOCK = "lock"


def make_scratch() -> Path:
    """A new folder, which Gradio uses from now on; clears away those of processes that were killed."""
    clear_scratch()
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
        with contextlib.suppress(Timeout):  # another start took it for one that was left
            lock.acquire()
            break
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    atexit.register(_remove, folder, lock)
    return folder


def clear_scratch() -> None:
    """Removes the scratch folders whose process is gone: nobody holds their lock any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, Timeout):
            if folder.is_symlink() or not (folder / _LOCK).is_file():
                continue
            lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
            lock.acquire()
            _remove(folder, lock)


def _remove(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        lock.release()

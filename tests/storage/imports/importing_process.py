"""A process that imports a folder until it is killed: `python -m tests.storage.imports.importing_process <what> …`."""

import os
import signal
import sys
from pathlib import Path

from sdgui.storage import DiskStore
from sdgui.storage.imports import folder_imports
from tests.storage.samples import ANNA

PICTURES = 80


def import_for_ever(outputs: str, folder: str, copies: str) -> None:
    """Is killed while a picture is being read, some having been listed and others not yet."""
    read = folder_imports.read_picture
    count = 0

    def read_and_die(content: bytes) -> object:
        nonlocal count
        count += 1
        if count == PICTURES:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(content)

    folder_imports.read_picture = read_and_die  # type: ignore[assignment]
    store = DiskStore(Path(outputs))
    store.imports.begin(Path(folder), ANNA, copies=copies == "1")
    store.imports.wait(60.0)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])

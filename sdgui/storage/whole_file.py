"""Files that are there whole or not at all, even when the power fails."""

import os
from contextlib import suppress
from pathlib import Path


def temporary_file(file: Path) -> Path:
    """Where `file` is written before it gets its name; the same place every time, so that a leftover is found."""
    return file.with_name(f".{file.name}.tmp")


def write_whole(file: Path, content: bytes) -> None:
    """Writes `file` durably: a temporary file beside it, synced, renamed, the folder synced.

    OSError leaves no temporary file behind.
    """
    if not file.parent.is_dir():
        file.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(file.parent.parent)
    temporary = temporary_file(file)
    try:
        with temporary.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    except OSError:
        with suppress(OSError):  # the first error is the one to tell; recovery removes what stays
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Makes what was renamed in a folder last."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows cannot open a folder and keeps renames itself
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

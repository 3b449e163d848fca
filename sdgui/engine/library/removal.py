"""Models in the owner's folders taken off the disk."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from sdgui.errors import UserError


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; a link counts nothing, for what it leads to stays."""
    if path.is_symlink():
        return 0
    if path.is_file():
        return path.stat().st_size
    return sum(size_of(one) for one in path.iterdir())


def remove_from(folders: Sequence[Path], path: Path) -> int:
    """Takes a file or a folder in one of the owner's folders off the disk; the bytes that this freed.

    UserError unless it lies there itself, and not by a link of a folder above it.
    """
    real = path.parent.resolve() / path.name
    if not any(real.is_relative_to(one.resolve()) and real != one.resolve() for one in folders):
        raise UserError(
            f"“{path.name}” does not lie in a folder of models itself.", "Remove it where it lies."
        )
    freed = size_of(path)
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)
    return freed

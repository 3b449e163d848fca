"""The file of a linked picture, which lies in a folder of its owner: found again only where it may be."""

from pathlib import Path

from sdgui.imports import Imported


def file_below(folder: Path, path: str) -> Path | None:
    """The file at `path` below a folder, with every link resolved; None where it is gone, no plain file, or where it
    lies outside of the folder. `folder` is resolved already: where it became a link itself, nothing lies below it."""
    try:
        file = (folder / path).resolve(strict=True)
        is_there = file.is_relative_to(folder) and file.is_file()
    except (OSError, RuntimeError, ValueError):  # a circle of links, or a zero in a name
        return None
    return file if is_there else None


def linked_file(imported: Imported) -> Path | None:
    """The file of a linked picture; None where it is gone, or not where it was imported from."""
    return file_below(Path(imported.folder), imported.path)

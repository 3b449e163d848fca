"""The files of a folder that may be pictures; no link leads out of it."""

import os
from dataclasses import dataclass
from pathlib import Path

_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
_PREVIEWS = (".swarmpreview.jpg", ".swarmpreview.webp")
"""SwarmUI's small ones."""
_THUMBNAILS = ("thumbnails",)
"""Where InvokeAI keeps its small ones; ours, and others', lie in hidden folders."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file below the folder: `size` in bytes, `modified` in nanoseconds since the epoch."""

    path: str
    size: int
    modified: int


def find_pictures(folder: Path, *, without: Path) -> tuple[list[Found], int]:
    """The files below a resolved folder by their endings, by path, and how many links lead out of it.

    Nothing in hidden folders, in those of thumbnails or in the folder `without`; a link within the folder is passed
    over, for its file is found by itself.
    """
    found: list[Found] = []
    refused = 0
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        refused += sum(_leads_out(Path(place) / name, folder) for name in links)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name.casefold() not in _THUMBNAILS
            and name not in links
            and Path(place) / name != without
        )
        for name in sorted(names):
            lower = name.casefold()
            if name.startswith(".") or not lower.endswith(_ENDINGS) or lower.endswith(_PREVIEWS):
                continue
            file = Path(place) / name
            try:
                if file.is_symlink():
                    refused += _leads_out(file, folder)
                elif file.is_file():
                    stat = file.stat()
                    path = str(file.relative_to(folder))
                    found.append(Found(path=path, size=stat.st_size, modified=stat.st_mtime_ns))
            except OSError:  # it went meanwhile
                continue
    return found, refused


def _leads_out(link: Path, folder: Path) -> bool:
    try:
        return not link.resolve(strict=True).is_relative_to(folder)
    except (OSError, RuntimeError):
        return True

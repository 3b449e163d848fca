"""The file of a linked picture, which lies in a folder of its owner: found again only where it may be, and as it was.

The list of pictures may be anybody's: a folder of outputs that was given away, or came out of an archive. A row that
somebody planted there names what they like, but not what is in it: of a file is handed out only what has the hash under
which the same list says that it was imported, and whoever knows that of a file knows the file.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from sdgui.imports import Imported
from sdgui.storage.plain_file import open_plain

_MOST = 20_000
_AT_ONCE = 2**20
_Known = tuple[str, int, int, int]


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


class LinkedFiles:
    """Which linked files are what was imported; each is read once for that, as long as nothing writes to it, whatever
    it turned out to be. Safe to call from any thread. `content_of` tells by hash (SHA-256) the sizes of what was found
    at a path of a folder."""

    def __init__(self, content_of: Callable[[str, str], dict[str, int]]) -> None:
        self._content_of = content_of
        self._lock = threading.Lock()
        self._hashes: OrderedDict[_Known, str] = OrderedDict()

    def is_as_imported(self, imported: Imported, file: Path) -> bool:
        """Whether a file has the content that an import found there. One that was changed since is not handed out until
        its folder is imported again."""
        try:
            now = file.stat()
            hashes = self._content_of(imported.folder, imported.path)
            if now.st_size not in hashes.values():
                return False
            return (
                self._hash_of(file, (str(file), now.st_ino, now.st_size, now.st_mtime_ns)) in hashes
            )
        except OSError:
            return False

    def _hash_of(self, file: Path, known: _Known) -> str:
        with self._lock:
            told = self._hashes.get(known)
        if told is not None:
            return told
        found = hashlib.sha256()
        with open_plain(file) as content:
            while some := content.read(_AT_ONCE):
                found.update(some)
        with self._lock:
            self._hashes[known] = found.hexdigest()
            if len(self._hashes) > _MOST:
                self._hashes.popitem(last=False)
        return found.hexdigest()

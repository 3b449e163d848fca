"""Pictures as a ZIP that is sent while it is made: no more of it is in memory than one of them."""

import zipfile
from collections.abc import Iterable, Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any


class _Pipe(RawIOBase):
    """What is written, until it is taken; nobody can go back in it."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._written.append(bytes(content))
        return len(content)

    def take(self) -> bytes:
        written, self._written = b"".join(self._written), []
        return written


def stream_zip(files: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    """The bytes of a ZIP of these files under these names, as they are; names that repeat are numbered.

    A file that is gone or cannot be read is left out.
    """
    pipe = _Pipe()
    names: dict[str, int] = {}
    with zipfile.ZipFile(pipe, "w", compression=zipfile.ZIP_STORED) as archive:
        for name, file in files:
            try:
                content = file.read_bytes()
            except OSError:
                continue
            names[name] = count = names.get(name, 0) + 1
            stem, dot, ending = name.rpartition(".")
            archive.writestr(name if count == 1 else f"{stem}-{count}{dot}{ending}", content)
            yield pipe.take()
    yield pipe.take()

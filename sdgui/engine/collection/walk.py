"""Walks through the models folders: every file that may be a model, and every folder that is one."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sdgui.engine.model_files import UNSAFE
from sdgui.engine.model_folder import INDEX

SUFFIXES = (".safetensors", ".gguf", *UNSAFE)
MOST = 100_000
"""Finds; beyond, a folder was named that is none of models."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A file, or a folder in diffusers' layout: its size in bytes, and what changes with it."""

    path: Path
    root: Path
    bytes: int
    stamp: tuple[int, ...]


@dataclass(kw_only=True)
class Walk:
    """One walk; `faults` fill with sentences about folders that cannot be read."""

    faults: list[str] = field(default_factory=list)
    _folders: set[tuple[int, int]] = field(default_factory=set)
    _files: set[tuple[int, int]] = field(default_factory=set)

    def through(self, roots: Sequence[Path]) -> Iterator[Place]:
        """What lies in the folders and below; links are followed, once each."""
        for root in roots:
            yield from self._folder(root, root)

    def _folder(self, folder: Path, root: Path) -> Iterator[Place]:
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in self._folders:
                return  # a link that leads back, or a folder that was named twice
            self._folders.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.faults.append(f"“{folder.name}” cannot be read ({error.strerror}).")
            return
        if any(entry.name == INDEX for entry in inside):
            yield from self._whole(folder, root)
            return
        for entry in inside:
            if entry.name.startswith(".") or len(self._files) >= MOST:
                continue
            path = Path(entry.path)
            if _is_folder(entry):
                yield from self._folder(path, root)
            elif path.suffix.casefold() in SUFFIXES:
                yield from self._file(path, root)

    def _file(self, path: Path, root: Path) -> Iterator[Place]:
        try:
            status = path.stat()
        except OSError:
            return  # gone meanwhile, or a link to nowhere
        if (status.st_dev, status.st_ino) in self._files:
            return
        self._files.add((status.st_dev, status.st_ino))
        stamp = (status.st_size, status.st_mtime_ns)
        yield Place(path=path, root=root, bytes=status.st_size, stamp=stamp)

    def _whole(self, folder: Path, root: Path) -> Iterator[Place]:
        """A folder in diffusers' layout, whose parts are no models of their own."""
        count = size = latest = 0
        try:
            for part in (folder, *(one for one in folder.iterdir() if one.is_dir())):
                for file in part.iterdir():
                    status = file.stat()
                    count, size = count + 1, size + status.st_size
                    latest = max(latest, status.st_mtime_ns)
        except OSError as error:
            self.faults.append(f"“{folder.name}” cannot be read ({error.strerror}).")
            return
        yield Place(path=folder, root=root, bytes=size, stamp=(count, size, latest))


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False

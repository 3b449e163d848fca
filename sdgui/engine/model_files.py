"""The files of one model, on disk or on the hub, behind one small protocol."""

import hashlib
import json
import os
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import safetensors

from sdgui.engine.checkpoints.header import MAX_HEADER
from sdgui.engine.source import Source
from sdgui.errors import UserError

OnFraction = Callable[[float], None]
"""Called with the fraction (0 to 1) that is read."""
Stamp = tuple[int, ...]
BLOCK = 4 * 2**20
LARGE = 64 * 2**20
"""Bytes from which on two processes do not read a file for its hash at the same time."""

MAX_TEXT = 32 * 2**20
CUT_SHORT = "not fully covered"
"""What the library says where the tensors do not end where the file does."""
UNSAFE = (".bin", ".ckpt", ".pt", ".pth", ".pkl", ".msgpack", ".h5", ".onnx")


class ModelFiles(Protocol):
    """What a model consists of: names relative to its root with `/`, sizes in bytes."""

    sizes: Mapping[str, int]

    def text(self, name: str) -> str:
        """The content of a small text file."""
        ...

    def tensor_bytes(self, name: str) -> int:
        """Bytes of all tensors of a safetensors file; UserError when it is no such file."""
        ...

    def content_hash(self, names: Sequence[str], on_fraction: OnFraction | None = None) -> str:
        """A hex SHA-256 of what decides a picture's pixels: the content of the files with these names.

        Reads all of it where it is not known yet, which takes seconds for each gigabyte.
        """
        ...


class HashCache:
    """SHA-256 of files, remembered by path, size and modification time, in the process and in a small JSON file."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._known: dict[str, tuple[int, int, str]] = self._read()

    def sha256(self, path: Path, on_fraction: OnFraction | None = None) -> str:
        """The hex SHA-256 of a file's content."""
        return self._told(_key(path), path, lambda: _digest(path, path.stat().st_size, on_fraction))

    def of_part(self, path: Path, part: str, digest: Callable[[], str]) -> str:
        """A hash of one part of a file, as `digest` makes it where it is not known yet."""
        return self._told(f"{_key(path)}#{part}", path, digest)

    def knows(self, path: Path) -> bool:
        """Whether the hash of a file can be told without reading it."""
        return self._remembered(_key(path), path) is not None

    def _told(self, key: str, path: Path, digest: Callable[[], str]) -> str:
        found = self._remembered(key, path)
        if found is not None:
            return found
        with self._alone(path):
            self._known = {**self._read(), **self._known}  # another process may have read the file
            found = self._remembered(key, path)
            if found is None:
                size, changed = stamp_of(path)
                found = digest()
                self._known[key] = (size, changed, found)
                self._write()
        return found

    def _remembered(self, key: str, path: Path) -> str | None:
        known = self._known.get(key)
        return known[2] if known is not None and known[:2] == stamp_of(path) else None

    @contextmanager
    def _alone(self, path: Path) -> Iterator[None]:
        """Keeps the server and its worker from reading the same gigabytes at once."""
        if self._file is None or path.stat().st_size < LARGE:
            yield
            return
        from filelock import FileLock

        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._file.with_name(f"{self._file.name}.lock"))
            lock.acquire()
        except OSError:
            yield  # without the cache everything works, only slower
            return
        try:
            yield
        finally:
            lock.release()

    def _read(self) -> dict[str, tuple[int, int, str]]:
        if self._file is None or not self._file.is_file():
            return {}
        try:
            entries = json.loads(self._file.read_text(encoding="utf-8"))
            return {key: (int(a), int(b), str(c)) for key, (a, b, c) in entries.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}  # a cache that cannot be read is an empty cache

    def _write(self) -> None:
        if self._file is None:
            return
        temporary = self._file.with_name(f"{self._file.name}.{os.getpid()}.tmp")
        with suppress(OSError):  # without the cache everything works, only slower
            self._file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps({**self._read(), **self._known}), encoding="utf-8")
            temporary.replace(self._file)


class LocalFiles:
    """The files of a model in a folder."""

    def __init__(self, root: Path, hashes: HashCache) -> None:
        self.root = root
        self._hashes = hashes
        self.sizes: Mapping[str, int] = {
            path.relative_to(root).as_posix(): path.stat().st_size
            for folder in (root, *(path for path in root.iterdir() if path.is_dir()))
            for path in folder.iterdir()
            if path.is_file()
        }

    def stamp(self) -> object:
        """Equal while no file changed."""
        return tuple(
            (name, size, (self.root / name).stat().st_mtime_ns) for name, size in self.sizes.items()
        )

    def text(self, name: str) -> str:
        if self.sizes[name] > MAX_TEXT:
            raise UserError(f"{name} is too large to be a settings file.", "Is the model complete?")
        return (self.root / name).read_text(encoding="utf-8")

    def tensor_bytes(self, name: str) -> int:
        return check_safetensors(self.root / name)

    def content_hash(self, names: Sequence[str], on_fraction: OnFraction | None = None) -> str:
        total = sum(self.sizes[name] for name in names) or 1
        done = 0
        hashes = {}
        for name in sorted(names):
            told = (
                None
                if on_fraction is None
                else _part_of(on_fraction, done, self.sizes[name], total)
            )
            hashes[name] = self._hashes.sha256(self.root / name, told)
            done += self.sizes[name]
        return hash_over(hashes)

    def part_hash(self, part: str, names: Sequence[str]) -> str:
        """A hash of those of the files that are of one part."""
        return self.content_hash([name for name in names if name.startswith(f"{part}/")])

    def source(self, variant: str | None, cache_dir: Path | None) -> Source:
        """What the model is loaded from."""
        return Source(folder=self.root, variant=variant)

    def tokenizer_folder(self, tokenizer: str, cache_dir: Path | None) -> Path:
        """Where the tokenizer's files are."""
        return self.root / tokenizer


def _key(path: Path) -> str:
    return str(path.resolve())


def hash_over(hashes: Mapping[str, str]) -> str:
    """SHA-256 over the names and contents of files."""
    digest = hashlib.sha256()
    for name in sorted(hashes):
        digest.update(f"{name}\0{hashes[name]}\n".encode())
    return digest.hexdigest()


def stamp_of(path: Path) -> Stamp:
    """Size and modification time, which change with the file."""
    status = path.stat()
    return (status.st_size, status.st_mtime_ns)


def _digest(path: Path, size: int, on_fraction: OnFraction | None) -> str:
    digest = hashlib.sha256()
    done = told = 0
    block = memoryview(bytearray(BLOCK))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(block):
            digest.update(block[:count])
            done += count
            if on_fraction is not None and 100 * done // max(size, 1) > told:
                told = 100 * done // max(size, 1)
                on_fraction(min(done / size, 1.0))
    return digest.hexdigest()


def _part_of(on_fraction: OnFraction, done: int, size: int, total: int) -> OnFraction:
    return lambda fraction: on_fraction((done + fraction * size) / total)


def check_safetensors(path: Path) -> int:
    """Bytes of all tensors of a safetensors file; UserError when it is no such file, or is cut short.

    Only the header is read (https://huggingface.co/docs/safetensors, format), and only where it has a sane length:
    the library would take 100 MB of it. That its tensors are of known types, as large as their shapes say, do not
    overlap and fill the file to its end is the library's own check, the one that loading relies on.
    """
    name = f"{path.parent.name}/{path.name}"
    fault = UserError(
        f"{name} is not a safetensors file.",
        "Only safetensors are loaded, because other formats can run code; convert or download the model anew.",
    )
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.read(8)
    if len(first) < 8:
        raise fault
    (length,) = struct.unpack("<Q", first)
    if not 2 <= length <= min(MAX_HEADER, size - 8):
        raise fault
    try:
        with safetensors.safe_open(path, framework="np"):
            pass
    except safetensors.SafetensorError as error:
        if CUT_SHORT in str(error):
            raise UserError(
                f"{name} is cut short or damaged.", "Download the model anew."
            ) from None
        raise fault from None
    return size - 8 - length


def read_json(files: ModelFiles, name: str) -> dict[str, Any]:
    """One JSON object of a model; UserError when it is damaged."""
    try:
        value = json.loads(files.text(name))
    except (ValueError, OSError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UserError(f"{name} of the model is damaged.", "Copy or download the model anew.")
    return value

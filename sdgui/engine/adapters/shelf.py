"""The LoRAs and learnt words in the owner's folders, by the names that prompts call them by: no torch."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sdgui.adapter_info import AdapterInfo, AdapterKind
from sdgui.adapters import ADAPTERS, Adapter
from sdgui.engine.adapters.recognise import recognise_adapter, unreadable
from sdgui.engine.model_files import UNSAFE, HashCache
from sdgui.errors import UserError
from sdgui.model_info import ModelRef
from sdgui.written_values import shown

SUFFIX = ".safetensors"
_UNTOLD = "<>:"
"""What no name in a prompt can hold."""
_DEEP = 16


@dataclass(frozen=True, kw_only=True)
class _File:
    path: Path
    name: str
    stem: str


class Shelf:
    """Told by what the files are, not by what their folders are called; only their headers are read, each once.

    A file is called by its name without suffix; where several have one name, by its path below the folder that was
    given. Folders are looked through again when something came to them or went.
    """

    def __init__(self, folders: Sequence[Path], hashes: HashCache) -> None:
        self._folders = tuple(folders)
        self._hashes = hashes
        self._stamp: dict[str, int] | None = None
        self._files: tuple[_File, ...] = ()
        self._unsafe: dict[str, str] = {}
        self._told: dict[Path, tuple[tuple[int, int], AdapterInfo | None]] = {}
        self._damaged: set[Path] = set()

    def all(self) -> tuple[AdapterInfo, ...]:
        """Every adapter, by name, also those that cannot be used."""
        told = ((file, self._info(file)) for file in self._look())
        return tuple(
            info
            for file, info in told
            if info is not None and (file.path not in self._damaged or _said_kind(file.path))
        )

    def find(self, kind: AdapterKind, name: str) -> AdapterInfo | None:
        """The adapter that is called so in any case; UserError where several are, or it can only be a pickle."""
        found = self._find(kind, name)
        return None if found is None else found[1]

    def reference(self, kind: AdapterKind, name: str) -> ModelRef:
        """Name and content hash of an adapter that is there; UserError where its file has gone or cannot be read."""
        found = self._find(kind, name)
        if found is None:
            raise gone(kind, name)
        file, info = found
        try:
            return ModelRef(id=info.name, hash=self._hashes.sha256(file.path))
        except OSError as error:
            raise _unread(info, error) from error

    def locate(self, adapter: Adapter) -> Path:
        """The file of an adapter that a spec names; UserError where it is gone, or another by now."""
        kind = kind_of(adapter)
        name = adapter.ref.id
        if self.reference(kind, name) != adapter.ref:
            raise UserError(
                f"The {kind} “{shown(name)}” changed since this picture was asked for.",
                "Dream it again to use it as it is now.",
            )
        found = self._find(kind, name)
        if found is None:
            raise gone(kind, name)
        return found[0].path

    def _find(self, kind: AdapterKind, name: str) -> tuple[_File, AdapterInfo] | None:
        wanted = name.strip().casefold()
        files = [
            file for file in self._look() if wanted in (file.name.casefold(), file.stem.casefold())
        ]
        exact = [file for file in files if file.name.casefold() == wanted]
        told = [(file, info) for file in exact or files if (info := self._info(file)) is not None]
        told = [one for one in told if one[1].kind is kind]
        if len(told) > 1 and len({one[0].name for one in told if one[0].name == name}) == 1:
            told = [one for one in told if one[0].name == name]
        if len(told) > 1:
            names = ", ".join(shown(info.name) for _file, info in told)
            raise UserError(
                f"There are several {kind}s called “{shown(name)}”.", f"Write one of: {names}."
            )
        if not told and kind is AdapterKind.LORA and wanted in self._unsafe:
            raise UserError(
                f"The LoRA “{shown(name)}” is in a {self._unsafe[wanted]} file, which is never opened.",
                "Such files can run code when they are opened; look for a safetensors version of it.",
            )
        return told[0] if told else None

    def _info(self, file: _File) -> AdapterInfo | None:
        try:
            status = file.path.stat()
            stamp = (status.st_size, status.st_mtime_ns)
            known = self._told.get(file.path)
            if known is not None and known[0] == stamp:
                info = known[1]
            else:
                self._damaged.discard(file.path)
                info = recognise_adapter(file.name, file.path)
                self._told[file.path] = stamp, info
        except OSError:
            return None  # gone meanwhile, or not for us: as if it were not there
        except UserError as error:
            kind = _said_kind(file.path) or AdapterKind.LORA
            info = unreadable(file.name, kind, error)
            self._damaged.add(file.path)
            self._told[file.path] = stamp, info
        return info

    def _look(self) -> tuple[_File, ...]:
        if self._stamp is None or self._stamp != _stamps(self._stamp):
            self._scan()
        return self._files

    def _scan(self) -> None:
        stamp: dict[str, int] = {}
        found: list[tuple[str, Path]] = []
        self._unsafe = {}
        for root in self._folders:
            seen: set[str] = set()
            stamp[str(root)] = 0
            for folder, folders, names in os.walk(root, followlinks=True):
                real = os.path.realpath(folder)
                if real in seen or len(Path(folder).relative_to(root).parts) > _DEEP:
                    folders.clear()  # a link that leads back
                    continue
                seen.add(real)
                folders[:] = sorted(one for one in folders if not one.startswith("."))
                stamp |= _stamps({folder: 0})
                for name in sorted(names):
                    stem, suffix = Path(name).stem, Path(name).suffix
                    if suffix.casefold() in UNSAFE:
                        self._unsafe[stem.casefold()] = suffix
                    if suffix.casefold() == SUFFIX and not any(char in stem for char in _UNTOLD):
                        path = Path(folder) / name
                        found.append((path.relative_to(root).with_suffix("").as_posix(), path))
        stems = [Path(below).name.casefold() for below, _path in found]
        times = Counter(stems)
        self._files = tuple(
            _File(path=path, name=below if times[stem] > 1 else Path(below).name, stem=stem)
            for (below, path), stem in zip(found, stems, strict=True)
        )
        self._stamp = stamp


def kind_of(adapter: Adapter) -> AdapterKind:
    """The kind of an adapter of a spec."""
    return AdapterKind.LORA if isinstance(adapter, ADAPTERS["lora"]) else AdapterKind.EMBEDDING


def gone(kind: AdapterKind, name: str) -> UserError:
    """That there is no adapter of this name."""
    return UserError(
        f"There is no {kind} called “{shown(name)}” here.",
        "Take it out of the prompt, or put its file into the models folder.",
    )


def _unread(info: AdapterInfo, error: OSError) -> UserError:
    return UserError(
        f"{info.said} cannot be read ({error.strerror}).", "Check the permissions of its file."
    )


def _said_kind(path: Path) -> AdapterKind | None:
    """What a file that cannot be read was meant to be, where a folder around it says so."""
    around = " ".join(path.parts[:-1]).casefold()
    if "embedding" in around or "textual" in around:
        return AdapterKind.EMBEDDING
    return AdapterKind.LORA if "lora" in around or "lycoris" in around else None


def _stamps(folders: dict[str, int]) -> dict[str, int]:
    """When each folder last changed; 0 where it cannot be told."""
    stamps = {}
    for folder in folders:
        try:
            stamps[folder] = Path(folder).stat().st_mtime_ns
        except OSError:
            stamps[folder] = 0
    return stamps

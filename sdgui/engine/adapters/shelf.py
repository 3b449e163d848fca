"""The LoRAs and learnt words in the owner's folders, by the names that prompts call them by: no torch."""

from dataclasses import replace
from pathlib import Path

from sdgui.adapter_info import AdapterInfo, AdapterKind
from sdgui.adapters import ADAPTERS, Adapter
from sdgui.engine.adapters.recognise import recognise_adapter, unreadable
from sdgui.engine.collection.collection import Collection
from sdgui.engine.model_files import UNSAFE, HashCache, Stamp, stamp_of
from sdgui.errors import UserError
from sdgui.inventory import FileKind
from sdgui.model_info import ModelRef
from sdgui.written_values import shown

SUFFIX = ".safetensors"
_UNTOLD = "<>:"
"""What no name in a prompt can hold."""
_KINDS = (FileKind.LORA, FileKind.EMBEDDING)


class Shelf:
    """The LoRAs and learnt words among what a collection of the owner's folders holds, by the names that it has there.

    The header of each is read once, and anew where the file has changed. Safe to call from several threads.
    """

    def __init__(self, collection: Collection, hashes: HashCache) -> None:
        self._collection = collection
        self._hashes = hashes
        self._told: dict[Path, tuple[Stamp, AdapterInfo | None]] = {}

    def all(self) -> tuple[AdapterInfo, ...]:
        """Every adapter, by name, also those that cannot be used."""
        return self._told_of(_KINDS)

    def words(self) -> tuple[AdapterInfo, ...]:
        """The learnt words among them, for which no file of a LoRA is looked at."""
        told = self._told_of((FileKind.EMBEDDING,))
        return tuple(one for one in told if one.kind is AdapterKind.EMBEDDING)

    def _told_of(self, kinds: tuple[FileKind, ...]) -> tuple[AdapterInfo, ...]:
        told = (
            self._info(path, file.name)
            for path, file in self._collection.files()
            if file.kind in kinds and not any(char in file.name for char in _UNTOLD)
        )
        return tuple(info for info in told if info is not None)

    def find(self, kind: AdapterKind, name: str) -> AdapterInfo | None:
        """The adapter that is called so in any case; UserError where several are, or it can only be a pickle."""
        found = self._find(kind, name)
        return None if found is None else found[1]

    def reference(self, kind: AdapterKind, name: str) -> ModelRef:
        """Name and content hash of an adapter that is there; UserError where its file has gone or cannot be read."""
        found = self._find(kind, name)
        if found is None:
            raise gone(kind, name)
        path, info = found
        return ModelRef(id=info.name, hash=self._hash(kind, info.name, path))

    def locate(self, adapter: Adapter) -> Path:
        """The file of an adapter that a spec names; UserError where it is gone, or another by now."""
        kind, name = kind_of(adapter), adapter.ref.id
        path = self._collection.path_of(name)
        if path is None:
            self._collection.wait()  # for a look under way, which may still find it
            path = self._collection.path_of(name)
        if path is None or not path.exists():
            path = self._collection.search(name)
        if path is None:
            raise gone(kind, name)
        if self._hash(kind, name, path) != adapter.ref.hash:
            raise UserError(
                f"The {kind} “{shown(name)}” changed since this picture was asked for.",
                "Dream it again to use it as it is now.",
            )
        return path

    def _hash(self, kind: AdapterKind, name: str, path: Path) -> str:
        try:
            return self._hashes.sha256(path)
        except FileNotFoundError:
            raise gone(kind, name) from None
        except OSError as error:
            raise UserError(
                f"The {kind} “{shown(name)}” cannot be read ({error.strerror}).",
                "Check the permissions of its file.",
            ) from error

    def _find(self, kind: AdapterKind, name: str) -> tuple[Path, AdapterInfo] | None:
        """By its own name, else by that of its file; a file that cannot be read may be whatever is asked for."""
        wanted = name.strip().casefold()
        called = [
            (path, file)
            for path, file in self._collection.files()
            if wanted in (file.name.casefold(), path.stem.casefold())
            and (file.kind in _KINDS or (file.kind is FileKind.OTHER and file.fault))
        ]
        exact = [one for one in called if one[1].name.casefold() == wanted]
        told: list[tuple[Path, AdapterInfo]] = []
        for path, file in exact if exact else called:
            if path.suffix.casefold() == SUFFIX:
                info = self._info(path, file.name, kind)
                told += [] if info is None or info.kind is not kind else [(path, info)]
        if len(told) > 1:
            names = ", ".join(shown(info.name) for _path, info in told)
            raise UserError(
                f"There are several {kind}s called “{shown(name)}”.", f"Write one of: {names}."
            )
        unsafe = [path.suffix for path, _file in called if path.suffix.casefold() in UNSAFE]
        if not told and unsafe and kind is AdapterKind.LORA:
            raise UserError(
                f"The LoRA “{shown(name)}” is in a {unsafe[0]} file, which is never opened.",
                "Such files can run code when they are opened; look for a safetensors version of it.",
            )
        return told[0] if told else None

    def _info(
        self, path: Path, name: str, otherwise: AdapterKind = AdapterKind.LORA
    ) -> AdapterInfo | None:
        """What its header tells; `otherwise`: what a file is taken for whose header tells nothing."""
        try:
            stamp = stamp_of(path)
            known = self._told.get(path)
            if known is not None and known[0] == stamp:
                info = known[1]
                return None if info is None else replace(info, name=name)
            info = recognise_adapter(name, path)
        except OSError:
            return None  # gone meanwhile, or not for us: as if it were not there
        except UserError as error:
            return unreadable(name, otherwise, error)
        self._told[path] = stamp, info
        return info


def kind_of(adapter: Adapter) -> AdapterKind:
    """The kind of an adapter of a spec."""
    return AdapterKind.LORA if isinstance(adapter, ADAPTERS["lora"]) else AdapterKind.EMBEDDING


def gone(kind: AdapterKind, name: str) -> UserError:
    """That there is no adapter of this name."""
    return UserError(
        f"There is no {kind} called “{shown(name)}” here.",
        "Take it out of the prompt, or put its file into the models folder.",
    )

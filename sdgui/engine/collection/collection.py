"""The models in the owner's folders by their names; the folders are read in the background."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from sdgui.engine.checkpoints.gguf import can_read_weights, needs_package
from sdgui.engine.collection.bases import base_of, needs_base
from sdgui.engine.collection.look_at import look_at
from sdgui.engine.collection.names import name_all
from sdgui.engine.collection.remembered import Find, Remembered
from sdgui.engine.collection.walk import Place, Walk
from sdgui.inventory import FileKind, Inventory, ModelFile

SECONDS = 20.0
"""That lie at least between the end of one look through the folders and the next."""
BREATH = 0.001
"""Seconds of rest after each new file, so that the page stays quick beside it."""
AT_ONCE = 200
"""New files after which those that were found can be chosen already."""


class Collection:
    """Told by what the files are, not by their folders' names; safe to call from several threads.

    `start` looks through the folders in a thread, and again when names are asked for later. Without it, as in the
    worker, what another process found is read from `file`. Names of `reserved` are given to none.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        file: Path | None,
        *,
        reserved: Set[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = tuple(folders)
        self._reserved = reserved
        self._clock = clock
        self._remembered = Remembered(file)
        self._lock = threading.Lock()
        self._scanning = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._ended: float | None = None
        self._faults: tuple[str, ...] = ()
        self._read: int | None = None
        self._finds: dict[Path, Find] = {}
        self._by_name: dict[str, Path] = {}
        self._recall()

    def start(self) -> None:
        """Looks through the folders in the background."""
        self._begin()

    def close(self) -> None:
        """Breaks a look off."""
        self._closing.set()
        self.wait()

    def wait(self) -> None:
        """Returns once no look is under way."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def names(self) -> tuple[str, ...]:
        """Those that can be dreamt with, in the order of their names; as `inventory` otherwise."""
        self._refresh()
        usable = [
            one.name
            for one in self._files()
            if one.kind in (FileKind.MODEL, FileKind.TRANSFORMER) and not one.fault
        ]
        return tuple(sorted(usable, key=str.casefold))

    def base_of(self, family: str, name: str) -> Path | None:
        """The folder that a transformer of this name takes the rest of its model from; None where there is none."""
        if self._thread is None:
            self._recall()
        with self._lock:
            finds = [(path, find.file) for path, find in self._finds.items()]
        return base_of(family, name, finds)

    def _files(self) -> list[ModelFile]:
        """All finds; transformers that lack their base, or what reads them, say so."""
        with self._lock:
            files = [find.file for find in self._finds.values()]
        bases = {file.family for file in files if file.kind is FileKind.MODEL and not file.fault}
        return [
            replace(file, fault=_lacking(file, bases))
            if file.kind is FileKind.TRANSFORMER and not file.fault
            else file
            for file in files
        ]

    def path_of(self, name: str) -> Path | None:
        """Where the find of this name lay when it was seen last; None where there is none."""
        found = self._find(name)
        if found is None and self._thread is None:
            self._recall()
            found = self._find(name)
        return found

    def forget(self, name: str) -> None:
        """Offers a find no more that is gone, without waiting for the next look."""
        with self._scanning:
            finds = {path: find for path, find in self._finds.items() if find.file.name != name}
            self._remembered.write(finds)
            self._show(finds)

    def search(self, name: str) -> Path | None:
        """The same, after a look through the folders where no thread of this process looks through them."""
        if self._folders and self._thread is None:
            self._look()
        return self._find(name)

    def inventory(self) -> Inventory:
        """All finds; has the folders looked through again where that was long ago."""
        self._refresh()
        files = sorted(self._files(), key=lambda one: one.name.casefold())
        with self._lock:
            looking = self._thread is not None and self._thread.is_alive()
            return Inventory(files=tuple(files), faults=self._faults, looking=looking)

    def files(self) -> tuple[tuple[Path, ModelFile], ...]:
        """All finds with where they lie, in the order of their names; where no thread looks through the folders, as
        they are now, else as `inventory`."""
        if self._folders and self._thread is None:
            self._look()
        self._refresh()
        with self._lock:
            finds = list(self._finds.items())
        return tuple(
            (path, find.file)
            for path, find in sorted(finds, key=lambda one: one[1].file.name.casefold())
        )

    def _find(self, name: str) -> Path | None:
        with self._lock:
            return self._by_name.get(name)

    def _refresh(self) -> None:
        ended = self._ended
        if self._thread is not None and ended is not None and self._clock() - ended >= SECONDS:
            self._begin()

    def _begin(self) -> None:
        with self._lock:
            if not self._folders or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(
                target=self._look, name="sdgui-models-folders", daemon=True
            )
            self._thread.start()

    def _recall(self) -> None:
        """Takes over what is remembered, where that is news."""
        stamp = self._remembered.stamp
        if stamp is None or stamp == self._read:
            return
        self._read = stamp
        finds = {
            path: find
            for path, find in self._remembered.read().items()
            if any(path.is_relative_to(folder) for folder in self._folders)
            and find.file.name not in self._reserved
        }
        self._show(finds)

    def _look(self) -> None:
        with self._scanning:
            walk = Walk()
            places = list(walk.through(self._folders))
            with self._lock:
                before = dict(self._finds)
            found: dict[Path, Find] = {}
            new: list[Place] = []
            for place in places:
                known = before.get(place.path)
                if known is not None and known.stamp == place.stamp:
                    found[place.path] = known
                else:
                    new.append(place)
            kept = {path: find.file.name for path, find in before.items()}
            for count, place in enumerate(new, start=1):
                if self._closing.wait(BREATH):
                    return
                found[place.path] = Find(stamp=place.stamp, file=look_at(place))
                if count % AT_ONCE == 0:
                    self._keep(places, found, kept)
            if new or found.keys() != before.keys():
                self._keep(places, found, kept)
            self._faults = tuple(walk.faults)
            self._ended = self._clock()

    def _keep(
        self, places: Sequence[Place], found: Mapping[Path, Find], kept: dict[Path, str]
    ) -> None:
        """Gives names to all that was found so far; the worker must be able to find what can be chosen."""
        here = [place for place in places if place.path in found]
        called = {path: kept.get(path, find.file.name) for path, find in found.items()}
        names = name_all(here, called, kept=kept, reserved=self._reserved)
        kept |= names
        finds = {
            path: replace(find, file=replace(find.file, name=names[path]))
            for path, find in found.items()
        }
        self._remembered.write(finds)
        self._show(finds)

    def _show(self, finds: Mapping[Path, Find]) -> None:
        by_name = {find.file.name: path for path, find in finds.items()}
        with self._lock:
            self._finds, self._by_name = dict(finds), by_name


def _lacking(file: ModelFile, bases: Set[str]) -> str:
    """What a transformer lacks of a model, in a sentence; nothing where models of its family are among the bases."""
    if file.is_gguf and not can_read_weights():
        return str(needs_package(file.name))
    return "" if file.family in bases else str(needs_base(file.name, file.family))

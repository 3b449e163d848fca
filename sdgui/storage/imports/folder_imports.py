"""Imports of folders in the background: one after the other, in a thread that lets everything else go before it."""

import hashlib
import logging
import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from sdgui.errors import DiskFull, NotYetSaved, UserError
from sdgui.imports import UNCLAIMED, FolderImport, Imported, ImportState
from sdgui.storage.database import Database
from sdgui.storage.faults import plain_disk_errors
from sdgui.storage.imports.begun_here import BegunHere
from sdgui.storage.imports.reading import Seen, hash_of, read_content, read_picture
from sdgui.storage.imports.rows import NewPicture
from sdgui.storage.imports.search import Found, find_pictures
from sdgui.storage.imports.source import linked_file
from sdgui.storage.layout import imported_path, thumbnail_path
from sdgui.storage.output_folder import OutputFolder
from sdgui.storage.pictures import Unreadable
from sdgui.storage.whole_file import write_whole

log = logging.getLogger(__name__)

_Done = TypeVar("_Done")

_AT_ONCE = 32
"""Pictures that are listed in one transaction, at most: nobody who writes is to wait for long."""
_TOGETHER = 1.0
"""Seconds for which pictures are collected before they are listed."""
_NAMED = 3
"""Damaged files that are said by name."""
_TOLD_EVERY = 10.0
"""Seconds between two lines on the terminal."""
_TRIES, _PAUSE = 60, 1.0
"""How often a busy list of pictures is tried again, and after how many seconds."""
_NICE = 15
_CAME_ALONG = (
    "The import of {folder} does not go on by itself: it was begun elsewhere, or before this folder of outputs was "
    "copied here. Import it again, if it is yours."
)
_OURS = re.compile(r"-([0-9a-f]{16,64})\.png$")
"""How files of ours are called."""


class FolderImports:
    """Imports of folders into one output folder; safe to call from several threads.

    What is under way when the program ends, however it does, goes on with `resume`.
    """

    def __init__(
        self, output: OutputFolder, database: Database, tell: Callable[[str], None]
    ) -> None:
        self._output = output
        self._database = database
        self._tell = tell
        self._begun_here = BegunHere(output.path)
        self._told = time.monotonic()
        self._changed = threading.Condition()
        self._known: dict[int, FolderImport] = {}
        self._waiting: deque[int] = deque()
        self._unwanted: set[int] = set()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, folder: Path, visitor: str | None, *, copies: bool) -> FolderImport:
        """Begins to import a folder for a visitor, or goes on with it; for whoever is the owner, where that is None.

        UserError when it is no folder that can be read, or one in which our own pictures lie.
        """
        place = _resolved(folder)
        output = self._output.path.resolve()
        if place == output or place.is_relative_to(output):
            raise UserError(
                "That folder is where the pictures made here are kept.",
                "They are in the history already.",
            )
        who = UNCLAIMED if visitor is None else visitor
        self._begun_here.note(str(place))
        number = self._database.begin_import(who, str(place), copies=copies)
        with self._changed:
            before = self._known.get(number)
            is_under_way = before is not None and before.state is ImportState.RUNNING
            if before is None or not is_under_way or before.copies != copies:
                begun = FolderImport(id=number, visitor=who, folder=str(place), copies=copies)
                if is_under_way and before is not None:
                    begun = replace(before, copies=copies)
                self._known[number] = begun
            self._unwanted.discard(number)
            if not is_under_way:
                self._enter(number)
            return self._known[number]

    def resume(self) -> None:
        """Goes on with what had not ended when the program did, and was begun here."""
        for one in self._database.running_imports():
            if one.folder not in self._begun_here:
                self._database.end_import(one.id, ImportState.CANCELLED)
                self._tell(_CAME_ALONG.format(folder=one.folder))
                continue
            with self._changed:
                if one.id not in self._known:
                    self._known[one.id] = one
                    self._enter(one.id)

    def of(self, visitor: str) -> tuple[FolderImport, ...]:
        """The visitor's imports since the program began, in the order in which they were begun."""
        with self._changed:
            return tuple(one for one in self._known.values() if one.visitor == visitor)

    def cancel(self, number: int, visitor: str) -> bool:
        """Stops an import; what came in stays. False when it is not the visitor's."""
        with self._changed:
            one = self._known.get(number)
            if one is None or one.visitor != visitor:
                return False
            if one.state is ImportState.RUNNING:
                self._unwanted.add(number)
        return True

    def claim(self, visitor: str) -> None:
        """Gives what the command line brought in to the owner, who has opened the page."""
        while self._database.claim_imports(visitor):
            pass
        with self._changed:
            for number, one in self._known.items():
                if one.visitor == UNCLAIMED:
                    self._known[number] = replace(one, visitor=visitor)

    def adopt(self, visitor: str, into: str) -> None:
        """What is under way for a visitor is another's, whose it is in the list by now."""
        with self._changed:
            for number, one in self._known.items():
                if one.visitor == visitor:
                    self._known[number] = replace(one, visitor=into)

    @property
    def is_used(self) -> bool:
        """Whether any folder was imported since the program began."""
        with self._changed:
            return bool(self._known)

    def wait(self, timeout: float) -> bool:
        """Returns once nothing is under way; False when that takes longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running(), timeout)

    def close(self) -> None:
        """Returns once nothing is written any more; more than once is fine."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _running(self) -> bool:
        return any(one.state is ImportState.RUNNING for one in self._known.values())

    def _enter(self, number: int) -> None:
        self._waiting.append(number)
        self._changed.notify_all()
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._run, name="sdgui-imports", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        with suppress(AttributeError, OSError):  # of this thread alone, as Linux has it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing.is_set())
                if self._closing.is_set():
                    return
                number = self._waiting.popleft()
            self._import(number)

    def _import(self, number: int) -> None:
        try:
            state = self._look_through(number)
            if state is None:
                return  # it goes on after the next start
            self._patiently(lambda: self._database.end_import(number, state))
            self._set(number, state=state, seconds_left=None)
        except UserError as fault:
            self._set(number, state=ImportState.FAILED, message=str(fault))
        except Exception:
            log.exception("the import of a folder failed")
            sentence = "The import failed on our side; the server's log has the details."
            self._set(number, state=ImportState.FAILED, message=sentence)
        self._say(number, at_once=True)

    def _look_through(self, number: int) -> ImportState | None:
        """How it ended; None when the program is about to end."""
        folder = Path(self._one(number).folder)
        if not folder.is_dir():
            raise UserError(
                f"The folder {folder.name} is gone.", "Put it back and import it again."
            )
        found, refused = find_pictures(folder, without=self._output.path.resolve())
        before = self._database.seen_by_import(number)
        self._set(number, total=len(found), refused=refused)
        batch = _Batch()
        began, looked_at = time.monotonic(), 0
        new = sum(before.get(one.path) != (one.size, one.modified) for one in found)
        for file in found:
            if self._closing.is_set():
                return None
            if number in self._unwanted:
                self._list(number, batch)
                return ImportState.CANCELLED
            if before.get(file.path) != (file.size, file.modified):
                self._look_at(number, folder, file, batch)
                looked_at += 1
            batch.done += 1
            if batch.is_full:
                self._list(number, batch)
                each = (time.monotonic() - began) / max(1, looked_at)
                self._set(number, seconds_left=each * (new - looked_at))
                self._say(number)
        self._list(number, batch)
        return ImportState.FINISHED

    def _look_at(self, number: int, folder: Path, file: Found, batch: "_Batch") -> None:
        """Reads one file, and has what is new of it ready to be listed."""
        try:
            content = read_content(folder / file.path)
            seen = Seen(
                path=file.path, size=file.size, modified=file.modified, hash=hash_of(content)
            )
            if self._is_known(number, folder, seen) or seen.hash in batch.hashes:
                batch.seen.append(seen)
                return
            read = read_picture(content)
        except (OSError, Unreadable) as fault:
            log.info("%s cannot be imported: %s", file.path, fault)
            batch.damaged.append(PurePosixPath(file.path).name)
            return
        copies = self._one(number).copies
        imported = Imported(
            folder=str(folder),
            path=file.path,
            name=Path(file.path).name,
            kind=read.kind,
            is_linked=not copies,
            made_with=read.made_with,
        )
        picture = hashlib.sha256(f"{number} {seen.hash}".encode()).hexdigest()[:32]
        path = imported_path(seen.created, picture, read.kind.value)
        with plain_disk_errors(self._output.path):
            if copies:
                self._output.check()
                write_whole(self._output.path / path, content)
            write_whole(self._output.path / thumbnail_path(path, picture), read.thumbnail)
        batch.new.append(
            NewPicture(
                id=picture,
                seen=seen,
                spec=read.spec,
                notes=read.notes,
                path=path,
                bytes=len(content) if copies else 0,
                imported=imported,
            )
        )
        batch.hashes.add(seen.hash)

    def _is_known(self, number: int, folder: Path, seen: Seen) -> bool:
        """Whether the picture is here already; one whose file was gone is found again where it lies now."""
        known = self._database.known_by_import(number, seen.hash)
        if known is not None:
            if known.imported.is_linked and linked_file(known.imported) is None:
                moved = replace(
                    known.imported,
                    folder=str(folder),
                    path=seen.path,
                    name=Path(seen.path).name,
                )
                self._patiently(lambda: self._database.link_again(known.number, moved))
            return True
        ours = _OURS.search(seen.path)
        return ours is not None and self._database.is_ours(ours[1], seen.size)

    def _list(self, number: int, batch: "_Batch") -> None:
        """Lists what is ready, and says how far it is."""
        added = 0
        if batch.new or batch.seen:
            self._output.check()
            new, seen = tuple(batch.new), tuple(batch.seen)
            added = self._patiently(lambda: self._database.add_imported(number, new, seen))
        one = self._one(number)
        self._set(
            number,
            done=one.done + batch.done,
            added=one.added + added,
            known=one.known + batch.done - added - len(batch.damaged),
            damaged=one.damaged + len(batch.damaged),
            named=(*one.named, *batch.damaged)[:_NAMED],
        )
        batch.clear()

    def _patiently(self, act: Callable[[], _Done]) -> _Done:
        """Tries again what could not be written just now; a full disk is no reason to wait."""
        for _ in range(_TRIES):
            try:
                return act()
            except DiskFull:
                raise
            except NotYetSaved:
                if self._closing.wait(_PAUSE):
                    raise
        return act()

    def _one(self, number: int) -> FolderImport:
        with self._changed:
            return self._known[number]

    def _set(self, number: int, **changes: object) -> None:
        with self._changed:
            self._known[number] = replace(self._known[number], **changes)  # type: ignore[arg-type]
            self._changed.notify_all()

    def _say(self, number: int, *, at_once: bool = False) -> None:
        now = time.monotonic()
        if not at_once and now - self._told < _TOLD_EVERY:
            return
        self._told = now
        one = self._one(number)
        self._tell(f"Import of {one.folder}: {one.sentence}")


class _Batch:
    """What is looked at and not yet listed."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begins anew."""
        self.began = time.monotonic()
        self.done = 0
        self.new: list[NewPicture] = []
        self.seen: list[Seen] = []
        self.damaged: list[str] = []
        self.hashes: set[str] = set()

    @property
    def is_full(self) -> bool:
        """Whether it is time to list it."""
        is_late = time.monotonic() - self.began >= _TOGETHER
        return len(self.new) + len(self.seen) >= _AT_ONCE or is_late


def _resolved(folder: Path) -> Path:
    try:
        place = folder.expanduser().resolve(strict=True)
        if place.is_dir() and os.access(place, os.R_OK | os.X_OK):
            return place
    except (OSError, RuntimeError, ValueError):
        pass
    raise UserError(f"There is no folder at {folder} that can be read.", "Write its whole path.")

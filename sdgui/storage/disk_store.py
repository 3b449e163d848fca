"""The store: pictures in a folder, and who owns them in SQLite (implements ports.Store)."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, tzinfo
from pathlib import Path
from typing import TypeVar

from sdgui.choosing import Chooser
from sdgui.errors import DiskFull, NotYetListed, NotYetSaved, UserError
from sdgui.events import Pixels, Task
from sdgui.links import Link
from sdgui.people import NOBODY, Maker
from sdgui.picture_query import Facets, PictureQuery
from sdgui.records import (
    BIN_DAYS,
    Binned,
    Emptied,
    Hiding,
    JobEnd,
    JobRecord,
    Judged,
    Judgement,
    Mark,
    ModelUse,
    PictureRecord,
    Report,
    Restored,
)
from sdgui.storage.database import Database, Found, TaskRow
from sdgui.storage.deleted_rows import Leftover
from sdgui.storage.faults import AGAIN, Damaged, plain_disk_errors
from sdgui.storage.found_files import has_pictures
from sdgui.storage.imports.folder_imports import FolderImports
from sdgui.storage.imports.source import LinkedFiles, linked_file
from sdgui.storage.layout import COPY, DATABASE, RESERVE, is_id, picture_path, thumbnail_path
from sdgui.storage.migrations import Tell
from sdgui.storage.output_folder import OutputFolder
from sdgui.storage.pictures import Unreadable, encode_png
from sdgui.storage.place import Place, place_of
from sdgui.storage.recovery import recover, remove_files, remove_leftovers
from sdgui.storage.reserve import Reserve
from sdgui.storage.secret import server_secret
from sdgui.storage.small_copy import keep_copy
from sdgui.storage.thumbnails import encode_thumbnail, encode_thumbnail_of
from sdgui.storage.whole_file import write_whole

log = logging.getLogger(__name__)

_Done = TypeVar("_Done")

_AT_ONCE = 100
"""Pictures that are deleted in one transaction."""


class DiskStore:
    """Jobs and pictures in one output folder, held by one sdgui at a time; safe to call from several threads.

    `tell` is told, for the terminal, how far it is where an older folder must be brought up to date.
    UserError when the folder cannot be used: not writable, in use, or its database damaged or of a newer sdgui.
    """

    def __init__(self, output_dir: Path, tell: Tell = lambda line: None) -> None:
        self._folder = OutputFolder(output_dir)
        self._removing = threading.Lock()
        self._reserve = Reserve(self._folder.path / RESERVE)
        self._unlisted: dict[str, Found] = {}
        self._unlisted_lock = threading.Lock()
        self._asked: dict[str, tuple[JobRecord, int]] = {}
        """What may still be made, by task: its job, and its place in it."""
        self._copy_due = False
        """Whether something changed that no picture's file says."""
        try:
            self._check_is_there()
            self._database = self._with_reserve(
                lambda: Database(self._folder.path / DATABASE, tell)
            )
            try:
                self._with_reserve(lambda: recover(self._folder.path, self._database))
                self._has_unowned = self._database.knows(NOBODY)
                is_copied = (self._folder.path / COPY).exists()
                self._copy_due = self._database.has_jobs() and not is_copied
            except BaseException:
                self._database.close()
                raise
        except BaseException:
            self._folder.release()
            raise
        self._reserve.fill()
        self._secret = server_secret(self._folder.path)
        self._linked = LinkedFiles(self._database.content_of)
        self._imports = FolderImports(self._folder, self._database, tell)

    @property
    def imports(self) -> FolderImports:
        """The folders whose pictures are brought in."""
        return self._imports

    def close(self) -> None:
        """Closes the database and gives the output folder free; more than once is fine."""
        self._imports.close()
        self._copy_due |= self._imports.is_used
        self._keep_copy()
        self._database.close()
        self._folder.release()

    def claim(self, visitor: str) -> None:
        """Gives the owner, who comes as this visitor, the pictures of which nobody knows whose they are."""
        if self._has_unowned:
            self._database.claim(visitor)
            self._has_unowned = False
            self._copy_due = True

    def add_job(self, job: JobRecord) -> None:
        """Stores a queued job, durably, before it is announced; ValueError when an id is not 16 to 64 hex digits."""
        if not is_id(job.id):
            raise ValueError(f"not an id: {job.id!r}")
        paths = (picture_path(job.created, task.spec.seed, task.id) for task in job.tasks)
        self._database.add_job(job, tuple(paths))
        self._remember(job)

    def end_jobs(self, ends: Sequence[JobEnd]) -> None:
        """Stores how jobs ended, all of them or none. KeyError when one is unknown.

        Pictures of theirs that are safe on the disk count as stored, though their rows could not be written before.
        """
        jobs = {end.job for end in ends}
        with self._unlisted_lock:
            found = [one for one in self._unlisted.values() if one.task.job in jobs]
        self._database.end_jobs(ends, found)
        with self._unlisted_lock:
            for one in found:
                self._unlisted.pop(one.task.id, None)
            for task in [task for task, (job, _) in self._asked.items() if job.id in jobs]:
                del self._asked[task]

    def reopen_job(self, job: str) -> JobRecord | None:
        """Makes an ended job queued again, durably, and forgets its faults; the job as it was. KeyError when unknown.

        None, and nothing changes, when none of its pictures can still be made.
        """
        reopened = self._database.reopen_job(job)
        if reopened is not None:
            self._remember(reopened)
        return reopened

    def unfinished_jobs(self) -> tuple[JobRecord, ...]:
        """Jobs still queued, oldest first; pictures whose files were safe before a crash count as stored."""
        jobs = self._database.unfinished_jobs()
        for job in jobs:
            self._remember(job)
        return jobs

    def save_picture(self, task: str, pixels: Pixels, notes: dict[str, str]) -> PictureRecord:
        """Writes the picture of a known task (file, thumbnail, row) and returns once nothing can lose it.

        NotYetSaved when the disk is full, the folder is gone or the database is locked: the same may succeed later.
        NotYetListed when its file is safe by then: later it takes the task alone, whatever the pixels are.
        UserError when the folder cannot be written; a file that was whole by then stays, and is
        found at the next start. KeyError when the task is unknown; a picture that is stored already stays as it is.
        """
        try:
            row = self._database.task(task)
        except Damaged as fault:
            if not self._save_unlisted(task, pixels, notes):
                raise
            raise NotYetListed(fault.message, fault.hint) from fault
        if row is None or (row.deleted and row.binned is None):
            raise KeyError(task)
        if not row.stored:
            self._folder.check()
            found = self._whole(row)
            if found is None:
                found = self._write(row, pixels, notes)
            try:
                self._database.mark_stored(found)
            except (NotYetSaved, Damaged) as reason:
                raise NotYetListed(reason.message, reason.hint) from reason
            with self._unlisted_lock:
                self._unlisted.pop(task, None)
        stored = self._database.task(task)
        if stored is None:  # the bin was emptied meanwhile
            remove_files(self._folder.path, row)
            raise KeyError(task)
        return stored.picture()

    def encode_picture(self, task: Task, pixels: Pixels, notes: dict[str, str]) -> bytes:
        """The PNG that `save_picture` would write, or has written, though it is not listed yet."""
        with self._unlisted_lock:
            found = self._unlisted.get(task.id)
        if found is None:
            return encode_png(task.spec, pixels, notes, self._place(task.id, time.time()))
        self._folder.check()
        return self._file(found.task).read_bytes()

    def picture(self, picture: str, visitor: str) -> PictureRecord | None:
        """The picture, if it exists, is not deleted and belongs to the visitor."""
        row = self._row(picture, visitor)
        return None if row is None else row.picture()

    def picture_file(self, picture: str, visitor: str) -> Path | None:
        """The original file; None also when somebody took it away."""
        row = self._row(picture, visitor)
        return None if row is None else self._original(row)

    def binned_picture(self, picture: str, visitor: str) -> PictureRecord | None:
        """A picture of the visitor that lies in the bin."""
        row = self._binned_row(picture, visitor)
        return None if row is None else row.picture()

    def binned_file(self, picture: str, visitor: str) -> Path | None:
        """The original file of a picture in the bin; None where there is none."""
        row = self._binned_row(picture, visitor)
        return None if row is None else self._original(row)

    def binned_thumb_file(self, picture: str, visitor: str) -> Path | None:
        """The thumbnail (JPEG) of a picture in the bin; None where there is none."""
        row = self._binned_row(picture, visitor)
        return None if row is None else self._thumbnail(row)

    def thumb_file(self, picture: str, visitor: str) -> Path | None:
        """The thumbnail (JPEG), made again when it is missing; None also when the PNG is gone or unreadable.

        UserError when it is missing and cannot be written.
        """
        row = self._row(picture, visitor)
        if row is None:
            return None
        if self._thumbnail(row).is_file():
            return self._thumbnail(row)
        with self._removing:  # and not while the picture is being deleted
            if self._row(picture, visitor) is None:
                return None
            return self._remake_thumbnail(row)

    def bin(
        self,
        visitor: str,
        *,
        pictures: Sequence[str] = (),
        jobs: Sequence[str] = (),
        stopped: Sequence[str] = (),
    ) -> Binned | None:
        """Puts pictures and whole jobs of the visitor into the bin: nobody sees them, and their files stay.

        Of `jobs` those that are also `stopped` are to go on when they come back. None, and nothing changes, when one
        is not the visitor's or none is to be seen. A full disk does not keep anybody from that.
        """
        if not all(is_id(one) for one in (*pictures, *jobs)):
            return None
        self._copy_due = True
        with self._removing:
            done = self._with_reserve(
                lambda: self._database.bin(
                    visitor, pictures=pictures, jobs=jobs, stopped=stopped, when=time.time()
                )
            )
            self._reserve.fill()
        return done

    def restore(
        self, visitor: str, *, undo: str | None = None, pictures: Sequence[str] = ()
    ) -> Restored | None:
        """Brings back what went into the bin at once, or these pictures, exactly as it was.

        None, and nothing changes, when one is not the visitor's or none is in the bin.
        """
        if not all(is_id(one) for one in (*pictures, *(() if undo is None else (undo,)))):
            return None
        self._copy_due = True
        with self._removing:
            return self._with_reserve(lambda: self._database.restore(visitor, undo, pictures))

    def empty_bin(self, visitor: str, pictures: Sequence[str] | None = None) -> Emptied:
        """Deletes for good what is in the visitor's bin, or these pictures of it, with its files; a full disk does not
        keep it from that."""
        return self._delete_binned(
            lambda: self._database.delete_binned(_AT_ONCE, visitor=visitor, pictures=pictures)
        )

    def with_bins(self, visitors: Sequence[str]) -> tuple[str, ...]:
        """Those of these visitors who have pictures in their bin."""
        return self._database.with_bins(visitors)

    def sweep_bins(self) -> None:
        """Deletes for good whatever was in anybody's bin for 30 days; then marks, ratings and the bin are copied."""
        before = time.time() - BIN_DAYS * 86_400
        self._delete_binned(lambda: self._database.delete_binned(_AT_ONCE, before=before))
        self._keep_copy()

    def knows(self, visitor: str) -> bool:
        """Whether the visitor ever dreamt."""
        return self._database.knows(visitor)

    def note_guests(self, visitors: Sequence[str], *, are_guests: bool = True) -> None:
        """Remembers, durably, that these visitors are guests, or are none any more."""
        self._copy_due = True
        self._database.note_guests(visitors, are_guests=are_guests)

    def guests(self) -> frozenset[str]:
        """The visitors who are guests, of those who have something in the list."""
        return self._database.guests()

    def bytes_of(self, visitor: str, *, kept: bool = False) -> int:
        """The bytes that the visitor's pictures take, also those in the bin, or only those that are `kept`; but for
        what the owner of the machine hides."""
        return self._database.bytes_of(visitor, kept=kept)

    def bytes_of_all(self, visitors: Sequence[str], *, kept: bool = False) -> int:
        """The same of all these visitors together."""
        return self._database.bytes_of_all(visitors, kept=kept)

    def adopt(self, visitor: str, into: str) -> int:
        """Makes all that is one visitor's another's: dreams, pictures, links, bin, imports; how many pictures."""
        self._copy_due = True
        moved = self._database.adopt(visitor, into)
        with self._unlisted_lock:  # the files of what is made from now on say whose they are
            for task, (job, index) in self._asked.items():
                if job.visitor == visitor:
                    self._asked[task] = replace(job, visitor=into), index
        self._imports.adopt(visitor, into)
        return moved

    def makers(self) -> tuple[str, ...]:
        """The visitors of whom there is a picture to be seen."""
        return self._database.makers()

    def made(self, visitors: Sequence[str]) -> tuple[Maker, ...]:
        """How much there is to be seen of each of these visitors of whom there is anything; who made last is first."""
        return self._database.made(visitors)

    def oldest_unkept(
        self, visitors: Sequence[str], bytes: int, *, sparing: Sequence[str] = ()
    ) -> Mapping[str, tuple[str, ...]]:
        """The oldest pictures of these visitors together that are not kept, nor of the dreams `sparing`, as many as
        take so many bytes together; by visitor."""
        found: dict[str, tuple[str, ...]] = {}
        for picture, visitor in self._database.oldest_unkept(visitors, bytes, sparing):
            found[visitor] = (*found.get(visitor, ()), picture)
        return found

    def judge(self, pictures: Sequence[str], judgement: Judgement) -> tuple[Judged, ...]:
        """Does with anybody's pictures what the owner of the machine decided, as far as that can be done with them;
        with which, by dream. What is hidden is nowhere any more, and its files stay; what is deleted lies in its
        maker's bin as hidden, and so only the owner can bring it back. A full disk does not keep anybody from that."""
        known = [one for one in pictures if is_id(one)]
        self._copy_due = True
        with self._removing:
            done = self._with_reserve(lambda: self._database.judge(known, judgement, time.time()))
            self._reserve.fill()
        return done

    def hiding(self, picture: str, visitor: str) -> Hiding:
        """What the owner of the machine did with a picture of the visitor."""
        row = self._anybodys(picture)
        return Hiding.NONE if row is None or row.visitor != visitor else row.hiding

    def count_hidden(self, visitor: str) -> int:
        """How many of the visitor's pictures the owner of the machine hides, or has deleted."""
        return self._database.count_hidden(visitor)

    def anybodys(self, picture: str) -> PictureRecord | None:
        """A picture for the owner of the machine, whosever it is, also one that they hide."""
        row = self._anybodys(picture)
        return None if row is None else row.picture()

    def anybodys_file(self, picture: str) -> Path | None:
        """Its original file."""
        row = self._anybodys(picture)
        return None if row is None else self._original(row)

    def anybodys_thumb(self, picture: str) -> Path | None:
        """Its thumbnail (JPEG), made again when it is missing."""
        row = self._anybodys(picture)
        if row is None:
            return None
        if self._thumbnail(row).is_file():
            return self._thumbnail(row)
        with self._removing:
            return None if self._anybodys(picture) is None else self._remake_thumbnail(row)

    def pictures_of_all(
        self,
        visitors: Sequence[str],
        *,
        before: str | None = None,
        limit: int = 48,
        hidden: bool = False,
    ) -> tuple[PictureRecord, ...]:
        """So many pictures of these visitors for the owner of the machine, newest first, also hidden ones, with
        `hidden` those of everybody else, too; only those before one of them."""
        if before is not None and not is_id(before):
            return ()
        found = self._database.pictures_of_all(visitors, before, limit, hidden=hidden)
        return tuple(row.picture() for row in found)

    def add_report(self, picture: str, place: str, reason: str = "") -> bool:
        """Counts a report of a picture that was seen at a `place`; False, and nothing changes, where too much else is
        reported already."""
        self._copy_due = True
        return self._database.add_report(picture, place, reason, time.time())

    def reports(self) -> tuple[Report, ...]:
        """What is reported and to be seen, last reported first."""
        return self._database.reports()

    def is_reported(self, picture: str) -> bool:
        """Whether somebody reported a picture, and nobody dismissed that."""
        return self._database.is_reported(picture)

    def dismiss_report(self, picture: str) -> bool:
        """Forgets what was reported of a picture; False where nothing was."""
        self._copy_due = True
        return self._database.dismiss_report(picture)

    def mark_picture(self, picture: str, visitor: str, mark: Mark) -> bool:
        """Stores what its owner thinks of a picture; False when it is not there or not the visitor's."""
        self._copy_due = True
        return is_id(picture) and self._database.mark(picture, visitor, mark, time.time())

    def kept(self, visitor: str, *, limit: int = 200) -> tuple[PictureRecord, ...]:
        """The visitor's pictures that were kept last, in the order in which they were kept."""
        return tuple(row.picture() for row in self._database.kept(visitor, limit))

    def pictures(
        self,
        visitor: str,
        query: PictureQuery,
        *,
        before: str | None = None,
        limit: int = 48,
    ) -> tuple[PictureRecord, ...]:
        """A page of the visitor's pictures that the query wants, in its order, from behind the picture `before`."""
        if before is not None and not is_id(before):
            return ()
        return tuple(
            row.picture() for row in self._database.pictures(visitor, query, before, limit)
        )

    def part_of_pictures(
        self, visitor: str, query: PictureQuery, *, offset: int, limit: int
    ) -> tuple[PictureRecord | None, ...]:
        """So many of the visitor's pictures that the query wants, from a place in its order on; None where one cannot
        be read."""
        found = self._database.part(visitor, query, offset, limit)
        return tuple(None if row is None else row.picture() for row in found)

    def picture_ids(self, visitor: str, query: PictureQuery, *, limit: int) -> tuple[str, ...]:
        """The ids of the visitor's first pictures that the query wants, in its order."""
        return self._database.ids(visitor, query, limit)

    def count_days(self, visitor: str, query: PictureQuery, zone: tzinfo) -> dict[date, int]:
        """How many of the visitor's pictures the query wants, by the day in this zone."""
        return self._database.count_days(visitor, query, zone)

    def facets(self, visitor: str) -> Facets:
        """What there is to choose the visitor's pictures by."""
        return self._database.facets(visitor)

    def revision(self, visitor: str) -> str:
        """Another one after each change of what the visitor has, and after nothing that others do."""
        return self._database.revision(visitor)

    def mark_pictures(
        self, pictures: Sequence[str], visitor: str, mark: Mark
    ) -> dict[str, Mark] | None:
        """Marks pictures; gives the former marks of those that had another one; None, and nothing changes, when one is
        not the visitor's."""
        if not all(map(is_id, pictures)):
            return None
        self._copy_due = True
        return self._database.mark_many(pictures, visitor, mark, time.time())

    def rate_pictures(
        self, pictures: Sequence[str], visitor: str, rating: int
    ) -> dict[str, int] | None:
        """Rates pictures from 1 to 5, or not with 0; gives the former ratings of those that had another one; None, and
        nothing changes, when one is not the visitor's."""
        if not all(map(is_id, pictures)):
            return None
        self._copy_due = True
        return self._database.rate(pictures, visitor, rating)

    def find_pictures(self, pictures: Sequence[str], visitor: str) -> dict[str, PictureRecord]:
        """By id those of the pictures that exist, are not deleted and belong to the visitor."""
        return {row.id: row.picture() for row in self._rows(pictures, visitor)}

    def are_there(self, pictures: Sequence[str], visitor: str) -> bool:
        """Whether each of these is a picture of the visitor that is not deleted."""
        return all(map(is_id, pictures)) and self._database.are_there(pictures, visitor)

    def find_files(self, pictures: Sequence[str], visitor: str) -> dict[str, Path]:
        """By id the original files of those of the pictures that are the visitor's, and there."""
        files = {row.id: self._original(row) for row in self._rows(pictures, visitor)}
        return {picture: file for picture, file in files.items() if file is not None}

    def missing_files(self, pictures: Sequence[str], visitor: str) -> frozenset[str]:
        """Those of the pictures of which no file lies where it should; no file is read for it."""
        there = {row.id for row in self._rows(pictures, visitor) if self._place_of(row) is not None}
        return frozenset(pictures) - there

    def gather(self, pictures: Sequence[str], visitor: str) -> JobRecord | None:
        """A wall of these stored pictures, which stay those of their dreams: the same one whenever the same are asked
        for. None, and nothing changes, when one is not there or not the visitor's."""
        if not all(map(is_id, pictures)):
            return None
        self._copy_due = True
        wall = self._database.gather(visitor, tuple(dict.fromkeys(pictures)), time.time())
        return None if wall is None else self._database.job(wall, visitor)

    def add_link(self, link: Link, *, most: int | None = None) -> bool:
        """Stores a link to pictures; False, and nothing changes, where its visitor has `most` that lead somewhere."""
        self._copy_due = True
        return self._database.add_link(link, most)

    def link(self, link: str) -> Link | None:
        """A link, whoever made it and whether or not it has ended."""
        return self._database.link(link)

    def links(self, visitor: str) -> tuple[Link, ...]:
        """The visitor's links that lead somewhere, the newest first."""
        return self._database.links(visitor, time.time())

    def withdraw_link(self, link: str, visitor: str) -> bool:
        """Ends a link, also when the disk is full; False when it is not the visitor's."""
        self._copy_due = True
        done = self._with_reserve(lambda: self._database.withdraw_link(link, visitor, time.time()))
        self._reserve.fill()
        return done

    def add_chooser(self, chooser: Chooser) -> None:
        """Stores somebody who chooses by a link."""
        self._copy_due = True
        self._database.add_chooser(chooser)

    def change_chooser(self, chooser: Chooser) -> None:
        """Stores somebody's name and marks anew."""
        self._copy_due = True
        self._database.change_chooser(chooser)

    def choosers(self, link: str) -> tuple[Chooser, ...]:
        """All who choose by a link, by their places."""
        return self._database.choosers(link)

    def remove_chooser(self, link: str, place: int) -> None:
        """Forgets somebody who chose by a link, also when the disk is full."""
        self._copy_due = True
        self._with_reserve(lambda: self._database.remove_chooser(link, place))
        self._reserve.fill()

    def models_used(self) -> dict[str, ModelUse]:
        """By id the models that there are pictures of, whosever they are."""
        return self._database.models_used()

    def job(self, job: str, visitor: str, *, binned: bool = False) -> JobRecord | None:
        """One job of the visitor; one in the bin only with `binned`."""
        return self._database.job(job, visitor, binned=binned) if is_id(job) else None

    def jobs(
        self,
        visitor: str,
        *,
        before: str | None = None,
        limit: int = 12,
        sheets: bool = False,
        pictures: int | None = None,
    ) -> tuple[JobRecord, ...]:
        """The visitor's jobs but those whose pictures are all deleted, newest first; only those before `before`.

        With `sheets` only those whose pictures are laid out to be compared. With `pictures` none more once those found
        have as many together, deleted and unmade ones too.
        """
        if before is not None and not is_id(before):
            return ()
        return self._database.jobs(visitor, before, limit, sheets=sheets, pictures=pictures)

    def _whole(self, row: TaskRow) -> Found | None:
        """What was written of a picture before, and could not be listed."""
        with self._unlisted_lock:
            found = self._unlisted.get(row.id)
        return found if found is not None and self._file(row).is_file() else None

    def _write(self, row: TaskRow, pixels: Pixels, notes: dict[str, str]) -> Found:
        """Writes the file of a picture and its thumbnail."""
        created = time.time()
        png = encode_png(row.spec, pixels, notes, self._place(row.id, created))
        with plain_disk_errors(self._folder.path):
            write_whole(self._file(row), png)
        found = Found(task=row, created=created, notes=notes, size=len(png))
        with self._unlisted_lock:
            self._unlisted[row.id] = found
        self._write_thumbnail(row, pixels)
        return found

    def _check_is_there(self) -> None:
        """UserError where there are pictures and no list of them: an empty one would hide them."""
        file = self._folder.path / DATABASE
        is_there = file.is_file() and file.stat().st_size > 0
        if not is_there and has_pictures(self._folder.path):
            raise UserError(f"The list of the pictures in {self._folder.path} is gone.", AGAIN)

    def _keep_copy(self) -> None:
        if self._copy_due:
            self._copy_due = False
            keep_copy(self._folder.path / DATABASE, self._folder.path / COPY)

    def _save_unlisted(self, task: str, pixels: Pixels, notes: dict[str, str]) -> bool:
        """Writes the file of a picture though the database tells nothing any more: it says all that is needed. False
        where it is not known what for."""
        with self._unlisted_lock:
            asked = self._asked.get(task)
        if asked is None:
            return False
        job, index = asked
        spec = job.tasks[index].spec
        row = TaskRow(
            id=task,
            job=job.id,
            index=index,
            visitor=job.visitor,
            spec=spec,
            path=picture_path(job.created, spec.seed, task),
            stored=False,
            deleted=False,
            created=0.0,
        )
        self._folder.check()
        if self._whole(row) is None:
            self._write(row, pixels, notes)
        return True

    def _remember(self, job: JobRecord) -> None:
        with self._unlisted_lock:
            self._asked.update((task.id, (job, i)) for i, task in enumerate(job.tasks))

    def _place(self, task: str, created: float) -> Place | None:
        """The place of a picture that was made at `created`; None where its job cannot be read."""
        with self._unlisted_lock:
            asked = self._asked.get(task)
        if asked is None:
            job = self._database.job_of(task)
            if job is None:
                return None
            asked = job, [one.id for one in job.tasks].index(task)
        return place_of(*asked, created=created, secret=self._secret)

    def _binned_row(self, picture: str, visitor: str) -> TaskRow | None:
        return self._database.binned_picture(picture, visitor) if is_id(picture) else None

    def _row(self, picture: str, visitor: str) -> TaskRow | None:
        return self._database.picture(picture, visitor) if is_id(picture) else None

    def _anybodys(self, picture: str) -> TaskRow | None:
        return self._database.anybodys(picture) if is_id(picture) else None

    def _rows(self, pictures: Sequence[str], visitor: str) -> tuple[TaskRow, ...]:
        return self._database.find([one for one in pictures if is_id(one)], visitor)

    def _delete_binned(self, some: Callable[[], Sequence[Leftover]]) -> Emptied:
        """Some after the other, so that each makes room for the next, and nobody who writes waits long."""
        done = Emptied()
        while True:
            with self._removing:
                gone = self._with_reserve(some)
                remove_leftovers(self._folder.path, self._database, gone)
                self._reserve.fill()
            if not gone:
                return done
            self._copy_due = True
            done = Emptied(
                pictures=done.pictures + sum(one.stored for one in gone),
                bytes=done.bytes + sum(one.bytes for one in gone),
            )

    def _with_reserve(self, act: Callable[[], _Done]) -> _Done:
        """Does what must be possible on a full disk, with the room that is kept free for it."""
        while True:
            try:
                return act()
            except DiskFull:
                if not self._reserve.spend():
                    raise

    def _file(self, row: TaskRow) -> Path:
        return self._folder.path / row.path

    def _original(self, row: TaskRow) -> Path | None:
        """The file of a stored picture, where it is there; that of a linked one is its owner's, only read, and only as
        it was imported: its row may name any file."""
        file = self._place_of(row)
        linked = row.imported if row.imported is not None and row.imported.is_linked else None
        if file is None or linked is None:
            return file
        return file if self._linked.is_as_imported(linked, file) else None

    def _place_of(self, row: TaskRow) -> Path | None:
        """Where the file of a stored picture lies, where one lies there."""
        if row.imported is not None and row.imported.is_linked:
            return linked_file(row.imported)
        file = self._file(row)
        return file if file.is_file() else None

    def _thumbnail(self, row: TaskRow) -> Path:
        return self._folder.path / thumbnail_path(row.path, row.id)

    def _write_thumbnail(self, row: TaskRow, pixels: Pixels) -> None:
        """Writes the thumbnail; where that fails, the picture stays, and another try is made when it is asked for."""
        try:
            write_whole(self._thumbnail(row), encode_thumbnail(pixels))
        except OSError as error:
            log.warning("No thumbnail of picture %s yet: %s", row.id, error)

    def _remake_thumbnail(self, row: TaskRow) -> Path | None:
        original = self._original(row)
        if original is None:
            return None
        try:
            jpeg = encode_thumbnail_of(original)
        except Unreadable as error:
            log.warning("No thumbnail of picture %s: %s", row.id, error)
            return None
        with plain_disk_errors(self._folder.path):
            write_whole(self._thumbnail(row), jpeg)
        return self._thumbnail(row)

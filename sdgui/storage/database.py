"""The list of jobs and pictures: SQLite in WAL mode, synced at every commit."""

import json
import math
import secrets
import sqlite3
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeVar

from sdgui.choosing import Chooser
from sdgui.errors import DiskFull, NotYetSaved, UserError
from sdgui.imports import FolderImport, Imported, ImportState
from sdgui.links import Link
from sdgui.local_days import EPOCH, offsets
from sdgui.people import Maker
from sdgui.picture_query import Facets, Order, PictureQuery
from sdgui.records import (
    Binned,
    JobEnd,
    JobRecord,
    JobState,
    Judged,
    Judgement,
    Mark,
    ModelUse,
    Report,
    Restored,
    match_in,
    told_of_faults,
)
from sdgui.storage import (
    chooser_rows,
    deleted_rows,
    guest_rows,
    judged_rows,
    link_rows,
    maker_rows,
    picture_list,
    report_rows,
    taken_in,
    wall_rows,
)
from sdgui.storage.deleted_rows import Leftover
from sdgui.storage.faults import plain_database_errors
from sdgui.storage.found_files import FoundFile
from sdgui.storage.imports import rows as imports
from sdgui.storage.imports.reading import Seen
from sdgui.storage.migrations import MIGRATIONS, Migration, Tell
from sdgui.storage.prompt_search import words_of
from sdgui.storage.revisions import Revisions
from sdgui.storage.rows import (
    COLUMNS,
    TaskRow,
    columns_of,
    job_record,
    loras_of,
    readable,
    storable,
    task_row,
)
from sdgui.storage.small_copy import SmallCopy
from sdgui.storage.soundness import check_quickly

# A dream goes when the last of its pictures is deleted; one that ended without any is still there to go on with.
SHOWN = f"""jobs.binned IS NULL AND CASE WHEN shows IS NOT NULL THEN {wall_rows.IS_SHOWN}
    ELSE state = 'queued'
    OR EXISTS (SELECT 1 FROM tasks WHERE tasks.job = jobs.id AND stored AND NOT deleted)
    OR EXISTS (SELECT 1 FROM tasks WHERE tasks.job = jobs.id AND hidden IS NOT NULL)
    OR NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.job = jobs.id AND deleted) END"""
_MISSING = "NOT stored AND NOT settled AND (NOT deleted OR binned IS NOT NULL)"
_Found = TypeVar("_Found")
_REMEMBERED = 64
"""Countings whose outcome is kept."""
PATIENCE = 5.0
"""Seconds that a write waits for those before it and for other programs, both together: many who wait while another
program holds the file would else wait for each other's patience, too."""
_NEW = ("id", "job", "position", "visitor", "spec", "path", *COLUMNS)


OF_VISITORS = ("jobs", "tasks", "links", "imports", "imported_pictures")
"""The tables that say whose something is."""


def history(*, sheets: bool, before: bool) -> str:
    """The query for a page of jobs, newest first: only those with a sheet, only those before a moment and id."""
    return f"""SELECT * FROM jobs WHERE visitor = :visitor
        {"AND (created, id) < (:created, :id)" if before else ""}
        AND {"sheet IS NOT NULL" if sheets else "imported = 0 AND shows IS NULL"}
        AND {SHOWN} ORDER BY created DESC, id DESC LIMIT :limit"""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A picture whose file is safe: when it was made (seconds since the epoch), how, and its bytes on disk."""

    task: TaskRow
    created: float
    notes: dict[str, str]
    size: int


class Database:
    """Three connections, each behind a lock: one writes, who reads with the second does not wait for it, and neither
    for those who search through everything with the third.

    `tell` is told, for the terminal, how far it is where it must be brought up to date.
    UserError when the file is damaged, of a newer sdgui, or cannot be written.
    """

    def __init__(self, file: Path, tell: Tell = lambda line: None) -> None:
        self._file = file
        self.patience = PATIENCE
        self._lock = threading.Lock()
        self._reading_lock = threading.Lock()
        self._searching_lock = threading.Lock()
        self._opened = secrets.token_hex(4)
        self._remembered: OrderedDict[tuple[object, ...], tuple[int, Any]] = OrderedDict()
        with plain_database_errors(file, on_terminal=True):
            self._connection = _connect(file)
            try:
                self._open(tell)
                self._revisions = Revisions(self._connection)
                self._reader = _connect(file)
            except BaseException:
                self._connection.close()
                raise
            self._reader.execute("PRAGMA query_only = ON")
            self._searcher = _connect(file)
            self._searcher.execute("PRAGMA query_only = ON")
            self._searcher.execute("PRAGMA cache_size = -32000")  # KiB: the indexes of 100,000

    def _open(self, tell: Tell) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise UserError(
                f"The list of pictures, {self._file}, was made by a newer sdgui.",
                "Update sdgui, or choose another --output-dir.",
            )
        check_quickly(self._connection, self._file, version)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._drop_triggers()
        for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
            self._migrate(migration, number, tell)

    def _drop_triggers(self) -> None:
        """We make none: one that came with somebody else's folder would have its way with whatever is written."""
        asked = "SELECT name FROM main.sqlite_master WHERE type = 'trigger'"
        for (name,) in self._connection.execute(asked).fetchall():
            quoted = name.replace('"', '""')
            self._connection.execute(f'DROP TRIGGER main."{quoted}"')

    def _migrate(self, migration: Migration, number: int, tell: Tell) -> None:
        """One version further, or not at all."""
        if isinstance(migration, str):
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {migration} PRAGMA user_version = {number}; COMMIT;"
            )
            return
        try:
            with (
                plain_database_errors(self._file, on_terminal=True),
                _transaction(self._connection),
            ):
                migration(self._connection, tell)
                self._connection.execute(f"PRAGMA user_version = {number}")
        except DiskFull as error:
            needed = 4 * self._file.stat().st_size
            raise DiskFull(
                f"The disk is full: the list of pictures, {self._file}, could not be brought up to date.",
                f"It is as it was. Free {needed / 2**20:,.0f} MiB there, then start again.",
            ) from error

    def close(self) -> None:
        """Closes the file; more than once is fine."""
        with self._reading_lock:
            self._reader.close()
        with self._searching_lock:
            self._searcher.close()
        with self._lock:
            self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._reading_lock, plain_database_errors(self._file):
            self._reader.execute("BEGIN")  # all that is read together is of one moment
            try:
                yield self._reader
            finally:
                self._reader.execute("ROLLBACK")

    @contextmanager
    def _searching(self) -> Iterator[sqlite3.Connection]:
        with self._searching_lock, plain_database_errors(self._file):
            self._searcher.execute("BEGIN")
            try:
                yield self._searcher
            finally:
                self._searcher.execute("ROLLBACK")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        began = time.monotonic()
        if not self._lock.acquire(timeout=self.patience):
            raise NotYetSaved("The list of pictures is busy.", "Try again in a moment.")
        try:
            left = max(0.0, began + self.patience - time.monotonic())
            with plain_database_errors(self._file):
                self._connection.execute(f"PRAGMA busy_timeout = {left * 1000:.0f}")
                self._revisions.begin()
                with _transaction(self._connection) as connection:
                    yield connection
                self._revisions.committed()
        finally:
            self._lock.release()

    def known_pictures(self) -> set[str]:
        """The ids and the files of all pictures, deleted and unmade ones too."""
        with self._reading() as connection:
            rows = connection.execute("SELECT id, path FROM tasks")
            return {told for row in rows for told in (row["id"], row["path"]) if told is not None}

    def begin_taking_in(self) -> None:
        """Before `take_in`; what is not made is looked for again at the next start."""
        with self._writing() as connection:
            taken_in.begin(connection)
            connection.execute("UPDATE tasks SET settled = 0 WHERE NOT stored AND settled")

    def take_in(self, files: Sequence[FoundFile], copy: SmallCopy, secret: bytes) -> None:
        """Adds pictures that are not known."""
        with self._writing() as connection:
            taken_in.take_in(connection, files, copy, secret)

    def finish_taking_in(self, copy: SmallCopy, *, only: Collection[str] | None) -> None:
        """After `take_in`; where `only` is said, of all others the files are gone."""
        with self._writing() as connection:
            taken_in.finish(connection, copy)
            if only is not None:
                taken_in.forget_all_but(connection, only)

    def claim(self, visitor: str) -> int:
        """Gives a visitor the pictures of which nobody knows whose they are; how many."""
        with self._writing() as connection:
            return taken_in.claim(connection, visitor)

    def add_job(self, job: JobRecord, paths: tuple[PurePosixPath, ...]) -> None:
        """Adds a job and its tasks, with the place that each picture will have."""
        with self._writing() as connection:
            connection.execute(
                """INSERT INTO jobs (id, visitor, created, state, message, hint, sheet)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (
                    *(job.id, job.visitor, job.created),
                    *(job.state.value, job.message, job.hint),
                    None if job.sheet is None else job.sheet.to_json(),
                ),
            )
            added = f"INSERT INTO tasks ({', '.join(_NEW)}) VALUES ({', '.join('?' * len(_NEW))})"
            for position, (task, path) in enumerate(zip(job.tasks, paths, strict=True)):
                said = (task.id, job.id, position, job.visitor, task.spec.to_json(), str(path))
                row = connection.execute(added, (*said, *columns_of(task.spec)))
                connection.execute(
                    "INSERT INTO prompts (rowid, prompt) VALUES (?, ?)",
                    (row.lastrowid, words_of(task.spec.prompt)),
                )
                connection.executemany(
                    "INSERT INTO loras (lora, number) VALUES (?, ?)",
                    [(lora, row.lastrowid) for lora in loras_of(task.spec)],
                )

    def end_jobs(self, ends: Sequence[JobEnd], found: Sequence[Found] = ()) -> None:
        """Sets how jobs ended, in one transaction; KeyError when there is no job with one of the ids.

        `found` are pictures of theirs whose files are safe although their rows could not be written before: they
        count as stored, whatever the ends tell of them.
        """
        with self._writing() as connection:
            for one in found:
                _store(connection, one)
            for end in ends:
                _set_state(connection, end.job, end.state, end.message, end.hint)
                connection.executemany(
                    """UPDATE tasks SET fault = ?, held_back = ?
                    WHERE id = ? AND job = ? AND NOT stored""",
                    [
                        (storable(fault), task in end.held_back, task, end.job)
                        for task, fault in end.faults.items()
                    ],
                )
            _judge(connection, found)

    def settle(self, found: Sequence[Found]) -> None:
        """Notes at the start what was found of pictures that have no row, and that the rest of what ended was looked
        for: an ended job tells what there is of it then, and is not looked through at the next start."""
        with self._writing() as connection:
            for one in found:
                _store(connection, one)
            _judge(connection, found)
            connection.execute(
                f"""UPDATE tasks SET settled = 1 WHERE {_MISSING}
                AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = tasks.job AND state = 'queued')"""
            )

    def reopen_job(self, job: str) -> JobRecord | None:
        """Sets a job queued again and clears what was said of its end; the job as it was.

        None, and nothing changes, when none of its pictures can still be made. KeyError when there is none with this
        id.
        """
        # in one transaction: it could be taken out of the history between the reading and the writing
        with self._writing() as connection:
            rows = connection.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchall()
            if not rows:
                raise KeyError(job)
            [found] = _with_tasks(connection, rows)
            record = job_record(*found)
            if not any(task.unmade for task in record.tasks):
                return None
            _set_state(connection, job, JobState.QUEUED, "", "")
            connection.execute(
                """UPDATE tasks SET fault = '', settled = 0
                WHERE job = ? AND NOT stored AND NOT held_back""",
                (job,),
            )
            return record

    def mark_stored(self, found: Found) -> None:
        """Notes that the file of a task is safe."""
        with self._writing() as connection:
            _store(connection, found)

    def bin(
        self,
        visitor: str,
        *,
        pictures: Sequence[str],
        jobs: Sequence[str],
        stopped: Sequence[str],
        when: float,
    ) -> Binned | None:
        """Hides pictures and jobs of the visitor at `when` (seconds since the epoch), until they are brought back;
        None, and nothing changes, when one is not the visitor's or none is to be seen."""
        with self._writing() as connection:
            if not deleted_rows.are_all_of(connection, visitor, pictures=pictures, jobs=jobs):
                return None
            return deleted_rows.bin_rows(
                connection,
                *(visitor, SHOWN),
                pictures=pictures,
                jobs=jobs,
                stopped=stopped,
                when=when,
            )

    def restore(self, visitor: str, undo: str | None, pictures: Sequence[str]) -> Restored | None:
        """Brings back what was hidden at once, or these pictures; None, and nothing changes, when one is not the
        visitor's or none was hidden so."""
        with self._writing() as connection:
            if not deleted_rows.are_all_of(connection, visitor, pictures=pictures):
                return None
            return deleted_rows.restore_rows(connection, visitor, undo, pictures)

    def delete_binned(
        self,
        limit: int,
        *,
        visitor: str | None = None,
        before: float = math.inf,
        pictures: Sequence[str] | None = None,
    ) -> tuple[Leftover, ...]:
        """Deletes for good so many of those that went into the bin before a moment (seconds since the epoch), or of
        these `pictures` alone."""
        with (
            self._reading() as connection
        ):  # mostly there is none, and then nobody who writes is to wait
            if not (
                deleted_rows.has_rows(connection, visitor, before)
                or (pictures is None and wall_rows.has_walls(connection, visitor, before))
            ):
                return ()
        with self._writing() as connection:
            if pictures is None:
                wall_rows.delete_walls(connection, visitor, before)
            return deleted_rows.delete_rows(connection, limit, visitor, before, pictures)

    def with_bins(self, visitors: Sequence[str]) -> tuple[str, ...]:
        """Those of these visitors who have pictures in their bin."""
        with self._reading() as connection:
            return deleted_rows.with_bins(connection, visitors)

    def end_binned_jobs(self) -> None:
        """At the start: jobs that were about to be stopped because they went into the bin are."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'cancelled' WHERE state = 'queued' AND binned IS NOT NULL"
            )

    def knows(self, visitor: str) -> bool:
        """Whether the visitor ever dreamt."""
        with self._reading() as connection:
            found = connection.execute("SELECT 1 FROM jobs WHERE visitor = ? LIMIT 1", (visitor,))
            return found.fetchone() is not None

    def note_guests(self, visitors: Sequence[str], *, are_guests: bool) -> None:
        """These visitors are guests, or are none any more."""
        with self._writing() as connection:
            guest_rows.note(connection, visitors, are_guests=are_guests)

    def guests(self) -> frozenset[str]:
        """The visitors who are, of those who have something in the list."""
        with self._reading() as connection:
            return guest_rows.all_of(connection)

    def has_jobs(self) -> bool:
        """Whether anybody ever dreamt."""
        with self._reading() as connection:
            return connection.execute("SELECT 1 FROM jobs LIMIT 1").fetchone() is not None

    def bytes_of(self, visitor: str, *, kept: bool) -> int:
        """The bytes of the visitor's pictures, also of those in the bin, or only of those that are `kept`; but for what
        the owner of the machine hides: no room would come of theirs."""
        with self._reading() as connection:
            return judged_rows.bytes_of_all(connection, (visitor,), kept=kept)

    def adopt(self, visitor: str, into: str) -> int:
        """Makes all that is one visitor's another's, what is in the bin and links, too; how many pictures."""
        with self._writing() as connection:
            moved = connection.execute(
                "SELECT COUNT(*) FROM tasks WHERE visitor = ? AND stored AND NOT deleted",
                (visitor,),
            ).fetchone()[0]
            for table in OF_VISITORS:  # a picture that both imported is known as one of them
                connection.execute(
                    f"UPDATE OR REPLACE {table} SET visitor = ? WHERE visitor = ?", (into, visitor)
                )
            return int(moved)

    def makers(self) -> tuple[str, ...]:
        """The visitors of whom there is a picture to be seen."""
        return self._remembering(("makers",), maker_rows.makers)

    def made(self, visitors: Sequence[str]) -> tuple[Maker, ...]:
        """How much there is of each of these visitors; who made last is first."""
        key = ("made", *visitors)
        return self._remembering(key, lambda connection: maker_rows.made(connection, visitors))

    def bytes_of_all(self, visitors: Sequence[str], *, kept: bool) -> int:
        """The same of all these visitors together."""
        with self._searching() as connection:
            return judged_rows.bytes_of_all(connection, visitors, kept=kept)

    def oldest_unkept(
        self, visitors: Sequence[str], size: int, sparing: Sequence[str]
    ) -> list[tuple[str, str]]:
        """The oldest pictures of these visitors that are not kept, nor of the dreams `sparing`, as many as have so many
        bytes together; each with whose it is."""
        with self._searching() as connection:
            return judged_rows.oldest_unkept(connection, visitors, size, sparing)

    def judge(
        self, pictures: Sequence[str], judgement: Judgement, when: float
    ) -> tuple[Judged, ...]:
        """Does with pictures what the owner of the machine decided at `when` (seconds since the epoch)."""
        with self._writing() as connection:
            return judged_rows.judge(connection, pictures, judgement, when)

    def anybodys(self, picture: str) -> TaskRow | None:
        """A stored picture, whosever it is, that is to be seen or hidden by the owner of the machine."""
        with self._reading() as connection:
            return next(readable(task_row, judged_rows.find_row(connection, picture)), None)

    def pictures_of_all(
        self, visitors: Sequence[str], before: str | None, limit: int, *, hidden: bool
    ) -> tuple[TaskRow, ...]:
        """So many pictures of these visitors, newest first, also hidden ones, with `hidden` those of everybody else,
        too; only those before one of them."""
        with self._searching() as connection:
            rows = judged_rows.rows_of(connection, visitors, before, limit, hidden=hidden)
        return tuple(readable(task_row, rows))

    def count_hidden(self, visitor: str) -> int:
        """How many of the visitor's pictures the owner of the machine hides."""
        with self._reading() as connection:
            return judged_rows.count_hidden(connection, visitor)

    def add_report(self, picture: str, place: str, reason: str, when: float) -> bool:
        """Counts a report of a picture; False where too much else is reported."""
        with self._writing() as connection:
            return report_rows.add(connection, picture, place, reason, when)

    def reports(self) -> tuple[Report, ...]:
        """What is reported and to be seen, last reported first."""
        with self._reading() as connection:
            rows = report_rows.reports(connection)
            found = {
                row["picture"]: next(
                    readable(task_row, judged_rows.find_row(connection, row["picture"])), None
                )
                for row in rows
            }
        return tuple(
            Report(
                picture=picture.picture(),
                place=row["place"],
                reasons=tuple(json.loads(row["reasons"])),
                count=row["count"],
                first=row["first"],
                last=row["last"],
            )
            for row in rows
            if (picture := found[row["picture"]]) is not None
        )

    def is_reported(self, picture: str) -> bool:
        """Whether somebody reported a picture, and nobody dismissed that."""
        with self._reading() as connection:
            return report_rows.is_reported(connection, picture)

    def dismiss_report(self, picture: str) -> bool:
        """Forgets what was reported of a picture; False where nothing was."""
        with self._writing() as connection:
            return report_rows.dismiss(connection, picture)

    def mark(self, picture: str, visitor: str, mark: Mark, when: float) -> bool:
        """Marks a picture of the visitor at `when` (seconds since the epoch); False when there is none.

        The same mark again changes nothing, so that a kept picture keeps its place among the kept.
        """
        with self._writing() as connection:
            done = connection.execute(
                """UPDATE tasks SET mark = :mark,
                    marked = CASE WHEN mark = :mark THEN marked ELSE :when END
                WHERE id = :id AND visitor = :visitor AND stored AND NOT deleted""",
                {"id": picture, "visitor": visitor, "mark": mark.value, "when": when},
            )
            return done.rowcount == 1

    def kept(self, visitor: str, limit: int) -> tuple[TaskRow, ...]:
        """The visitor's pictures that were kept last, in the order in which they were kept."""
        with self._reading() as connection:
            rows = connection.execute(
                picture_list.KEPT, {"visitor": visitor, "limit": max(0, limit)}
            ).fetchall()
        return tuple(readable(task_row, reversed(rows)))

    def pictures(
        self, visitor: str, query: PictureQuery, before: str | None, limit: int
    ) -> tuple[TaskRow, ...]:
        """The visitor's stored pictures that the query wants, in its order; none before an unknown one."""
        page = picture_list.page_of(query, before=before is not None)
        if page is None:
            return ()
        asked, values = page
        wanted = {**values, "visitor": visitor, "limit": max(0, limit)}
        made: list[TaskRow] = []
        while True:
            with self._reading() as connection:
                if before is not None:
                    place = connection.execute(
                        picture_list.place_of(query), {"before": before, "visitor": visitor}
                    ).fetchone()
                    if place is None or place["key"] is None:
                        return tuple(made)
                    wanted |= dict(place)
                rows = connection.execute(asked, wanted).fetchall()
            read = tuple(readable(task_row, rows))
            made += read
            if len(read) == len(rows):
                return tuple(made)
            before = rows[-1]["id"]  # others take the place of those that cannot be read
            page = picture_list.page_of(query, before=True)
            assert page is not None
            asked, wanted["limit"] = page[0], limit - len(made)

    def part(
        self, visitor: str, query: PictureQuery, offset: int, limit: int
    ) -> tuple[TaskRow | None, ...]:
        """So many of the visitor's pictures that the query wants, from a place on; None for what cannot be read."""
        part = picture_list.part_of(query)
        if part is None:
            return ()
        asked, values = part
        wanted = {**values, "visitor": visitor, "limit": limit, "offset": offset}
        with self._searching() as connection:
            rows = connection.execute(asked, wanted).fetchall()
        return tuple(next(readable(task_row, (row,)), None) for row in rows)

    def ids(self, visitor: str, query: PictureQuery, limit: int) -> tuple[str, ...]:
        """The ids of so many of the visitor's pictures that the query wants, in its order."""
        part = picture_list.part_of(query)
        if part is None:
            return ()
        asked, values = part
        wanted = {**values, "visitor": visitor, "limit": limit, "offset": 0}
        with self._searching() as connection:
            found = connection.execute(asked.replace("tasks.*", "tasks.id", 1), wanted)
            return tuple(row["id"] for row in found)

    def count_days(self, visitor: str, query: PictureQuery, zone: tzinfo) -> dict[date, int]:
        """How many of the visitor's pictures the query wants, by the day in this zone."""

        def count(connection: sqlite3.Connection) -> dict[date, int]:
            span = picture_list.span_of(query)
            first, last = connection.execute(span, {"visitor": visitor}).fetchone()
            if first is None:
                return {}
            asked = picture_list.count_of(query, offsets(zone, first, last))
            if asked is None:
                return {}
            rows = connection.execute(asked[0], {**asked[1], "visitor": visitor})
            return {EPOCH + timedelta(days=row["day"]): row["count"] for row in rows}

        # in whatever order they follow each other, they are as many
        return self._remembering((visitor, replace(query, order=Order.NEWEST), str(zone)), count)

    def facets(self, visitor: str) -> Facets:
        """What there is to choose the visitor's pictures by."""
        return self._remembering((visitor,), lambda connection: _facets(connection, visitor))

    def _remembering(
        self, key: tuple[object, ...], ask: Callable[[sqlite3.Connection], _Found]
    ) -> _Found:
        """What was found before, as long as nothing has changed since: the same is asked for again and again."""
        with self._searching() as connection:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            known = self._remembered.pop(key, None)
            found: _Found = (
                known[1] if known is not None and known[0] == version else ask(connection)
            )
            self._remembered[key] = (version, found)
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return found

    def revision(self, visitor: str) -> str:
        """Another one after each change of what the visitor has, and after nothing that others do."""
        return f"{self._opened}-{self._revisions.of(visitor)}"

    def mark_many(
        self, pictures: Sequence[str], visitor: str, mark: Mark, when: float
    ) -> dict[str, Mark] | None:
        """Marks pictures of the visitor at `when` (seconds since the epoch); gives the former marks of those that had
        another one; None, and nothing changes, when one is not the visitor's."""
        with self._writing() as connection:
            if not deleted_rows.are_all_of(connection, visitor, pictures=pictures):
                return None
            former = _other_than(connection, "mark", mark.value, visitor, pictures)
            connection.execute(
                """UPDATE tasks SET mark = ?, marked = ?
                WHERE id IN (SELECT value FROM json_each(?))""",
                (mark.value, when, json.dumps(list(former))),
            )
        return {picture: Mark(one) for picture, one in former.items()}

    def rate(self, pictures: Sequence[str], visitor: str, rating: int) -> dict[str, int] | None:
        """Rates pictures of the visitor from 1 to 5, or not with 0; gives the former ratings of those that had another
        one; None, and nothing changes, when one is not the visitor's."""
        with self._writing() as connection:
            if not deleted_rows.are_all_of(connection, visitor, pictures=pictures):
                return None
            former = _other_than(connection, "rating", rating, visitor, pictures)
            connection.execute(
                "UPDATE tasks SET rating = ? WHERE id IN (SELECT value FROM json_each(?))",
                (rating, json.dumps(list(former))),
            )
        return former

    def are_there(self, pictures: Sequence[str], visitor: str) -> bool:
        """Whether each of these is stored, not deleted and the visitor's."""
        with self._reading() as connection:
            return deleted_rows.are_there(connection, visitor, pictures)

    def find(self, pictures: Sequence[str], visitor: str) -> tuple[TaskRow, ...]:
        """Those of these pictures that are stored, not deleted and the visitor's, in any order."""
        with self._reading() as connection:
            rows = connection.execute(
                """SELECT tasks.* FROM json_each(?) AS wanted CROSS JOIN tasks
                ON tasks.id = wanted.value WHERE visitor = ? AND stored AND NOT deleted""",
                (json.dumps(list(dict.fromkeys(pictures))), visitor),
            ).fetchall()
        return tuple(readable(task_row, rows))

    def gather(self, visitor: str, pictures: Sequence[str], when: float) -> str | None:
        """The id of a wall of these pictures, made at `when` (seconds since the epoch) where there is none; None, and
        nothing changes, when one is not the visitor's or not to be seen."""
        with self._writing() as connection:
            if not deleted_rows.are_there(connection, visitor, pictures):
                return None
            return wall_rows.gather(connection, visitor, pictures, when)

    def add_link(self, link: Link, most: int | None = None) -> bool:
        """Adds a link to pictures; False where the visitor has `most` already."""
        with self._writing() as connection:
            return link_rows.add_link(connection, link, most)

    def link(self, link: str) -> Link | None:
        """A link, whoever made it and whether or not it has ended."""
        with self._reading() as connection:
            return link_rows.find_link(connection, link)

    def links(self, visitor: str, now: float) -> tuple[Link, ...]:
        """The visitor's links that lead somewhere at a moment, the newest first."""
        with self._reading() as connection:
            return link_rows.links_of(connection, visitor, now)

    def withdraw_link(self, link: str, visitor: str, now: float) -> bool:
        """Ends a link; False when it is not the visitor's."""
        with self._writing() as connection:
            return link_rows.withdraw_link(connection, link, visitor, now)

    def add_chooser(self, chooser: Chooser) -> None:
        """Adds somebody who chooses by a link."""
        with self._writing() as connection:
            chooser_rows.add_chooser(connection, chooser)

    def change_chooser(self, chooser: Chooser) -> None:
        """Writes somebody's name and marks anew."""
        with self._writing() as connection:
            chooser_rows.change_chooser(connection, chooser)

    def choosers(self, link: str) -> tuple[Chooser, ...]:
        """All who choose by a link."""
        with self._reading() as connection:
            return chooser_rows.choosers_of(connection, link)

    def remove_chooser(self, link: str, place: int) -> None:
        """Forgets somebody who chose by a link."""
        with self._writing() as connection:
            chooser_rows.remove_chooser(connection, link, place)

    def begin_import(self, visitor: str, folder: str, *, copies: bool) -> int:
        """Notes that a folder is being imported; its number, the same one each time."""
        with self._writing() as connection:
            return imports.begin(connection, visitor, folder, copies=copies)

    def end_import(self, number: int, state: ImportState) -> None:
        """Notes how an import ended."""
        with self._writing() as connection:
            imports.end(connection, number, state)

    def running_imports(self) -> tuple[FolderImport, ...]:
        """The imports that have not ended."""
        with self._reading() as connection:
            return imports.running(connection)

    def seen_by_import(self, number: int) -> dict[str, tuple[int, int]]:
        """By path the size (bytes) and time (nanoseconds) of each file that an import looked at before."""
        with self._searching() as connection:
            return imports.seen_in(connection, number)

    def content_of(self, folder: str, path: str) -> dict[str, int]:
        """By its hash the size (bytes) of what an import found at this path below this folder."""
        with self._reading() as connection:
            return imports.content_of(connection, folder, path)

    def known_by_import(self, number: int, hash: str) -> imports.KnownPicture | None:
        """The picture of this content that the owner of an import has already."""
        with self._reading() as connection:
            return imports.known_by(connection, number, hash)

    def is_ours(self, picture: str, size: int) -> bool:
        """Whether a picture with this id, of so many bytes, was made here."""
        with self._reading() as connection:
            return imports.is_ours(connection, picture, size)

    def add_imported(
        self, number: int, new: Sequence[imports.NewPicture], seen: Sequence[Seen]
    ) -> int:
        """Lists pictures of an import, and notes these files and theirs as looked at; how many are new."""
        with self._writing() as connection:
            return imports.add(connection, number, new, seen)

    def link_again(self, number: int, imported: Imported) -> None:
        """A picture whose file was gone lies elsewhere now."""
        with self._writing() as connection:
            imports.link_again(connection, number, imported)

    def claim_imports(self, visitor: str) -> bool:
        """Gives imports without an owner to a visitor, with some of their pictures; False when that was all."""
        with self._reading() as connection:
            if not imports.are_unclaimed(connection):
                return False
        with self._writing() as connection:
            return imports.claim(connection, visitor)

    def mark_removed(self, pictures: Sequence[str]) -> None:
        """Notes that the files of deleted pictures are gone."""
        with self._writing() as connection:
            connection.executemany(
                "UPDATE tasks SET path = NULL WHERE id = ?", [(picture,) for picture in pictures]
            )

    def task(self, task: str) -> TaskRow | None:
        """A task whose files are not removed, whoever owns it."""
        with self._reading() as connection:
            return _first(
                connection.execute("SELECT * FROM tasks WHERE id = ? AND path IS NOT NULL", (task,))
            )

    def binned_picture(self, picture: str, visitor: str) -> TaskRow | None:
        """A picture of the visitor that lies in the bin."""
        with self._reading() as connection:
            return _first(
                connection.execute(
                    """SELECT * FROM tasks WHERE id = ? AND visitor = ? AND stored
                    AND binned IS NOT NULL AND hidden IS NULL""",
                    (picture, visitor),
                )
            )

    def picture(self, picture: str, visitor: str) -> TaskRow | None:
        """A stored picture of the visitor that is not deleted."""
        with self._reading() as connection:
            return _first(
                connection.execute(
                    "SELECT * FROM tasks WHERE id = ? AND visitor = ? AND stored AND NOT deleted",
                    (picture, visitor),
                )
            )

    def missing(self) -> tuple[TaskRow, ...]:
        """Tasks without a stored picture that were not deleted for good, nor looked for after their job ended."""
        with self._reading() as connection:
            rows = connection.execute(f"SELECT * FROM tasks WHERE {_MISSING}")
            return tuple(readable(task_row, rows))

    def leftovers(self) -> tuple[Leftover, ...]:
        """Deleted pictures whose files may still be there."""
        with self._reading() as connection:
            return deleted_rows.leftovers(connection)

    def unfinished_jobs(self) -> tuple[JobRecord, ...]:
        """Queued jobs, oldest first; but those of which something cannot be read, which wait for who can read them."""
        with self._reading() as connection:
            jobs = connection.execute("SELECT * FROM jobs WHERE state = 'queued' ORDER BY created")
            found = _with_tasks(connection, jobs.fetchall())
        return tuple(readable(lambda one: job_record(*one), found))

    def models_used(self) -> dict[str, ModelUse]:
        """By id the models that there are pictures of."""
        with self._reading() as connection:
            rows = connection.execute(
                """SELECT model, COUNT(*) AS pictures, MAX(created) AS last FROM tasks
                WHERE stored AND NOT deleted AND imported IS NULL GROUP BY model"""
            ).fetchall()
        return {row["model"]: ModelUse(pictures=row["pictures"], last=row["last"]) for row in rows}

    def job(self, job: str, visitor: str, *, binned: bool = False) -> JobRecord | None:
        """One job of the visitor; one in the bin only with `binned`."""
        with self._reading() as connection:
            jobs = connection.execute(
                "SELECT * FROM jobs WHERE id = ? AND visitor = ? AND (binned IS NULL OR ?)",
                (job, visitor, binned),
            )
            found = _with_tasks(connection, jobs.fetchall())
        return next(readable(lambda one: job_record(*one), found), None)

    def job_of(self, task: str) -> JobRecord | None:
        """The job of a task, whoever owns it."""
        with self._reading() as connection:
            jobs = connection.execute(
                "SELECT * FROM jobs WHERE id = (SELECT job FROM tasks WHERE id = ?)", (task,)
            )
            found = _with_tasks(connection, jobs.fetchall())
        return next(readable(lambda one: job_record(*one), found), None)

    def jobs(
        self,
        visitor: str,
        before: str | None,
        limit: int,
        *,
        sheets: bool,
        pictures: int | None = None,
    ) -> tuple[JobRecord, ...]:
        """The visitor's jobs but those whose pictures are all deleted, newest first; none before an unknown job.

        None more once those found have `pictures` together.
        """
        wanted: dict[str, object] = {"visitor": visitor, "limit": max(0, limit)}
        if before is not None:
            with self._reading() as connection:
                place = connection.execute(
                    "SELECT created, id FROM jobs WHERE id = ? AND visitor = ?", (before, visitor)
                ).fetchone()
            if place is None:
                return ()
            wanted |= dict(place)
        made: list[JobRecord] = []
        while True:
            with self._reading() as connection:
                query = history(sheets=sheets, before="id" in wanted)
                jobs = connection.execute(query, wanted).fetchall()
                found = _with_tasks(connection, jobs, pictures)
            read = tuple(readable(lambda one: job_record(*one), found))
            made += read
            if len(read) == len(found):
                return tuple(made)
            last = found[-1][0]  # others take the place of those that cannot be read
            wanted |= {"created": last["created"], "id": last["id"], "limit": limit - len(made)}


def _other_than(
    connection: sqlite3.Connection,
    column: Literal["mark", "rating"],
    value: str | int,
    visitor: str,
    pictures: Sequence[str],
) -> dict[str, Any]:
    """By id what stands in a column of those of the visitor's pictures that have something else there."""
    rows = connection.execute(
        f"""SELECT id, {column} FROM tasks WHERE id IN (SELECT value FROM json_each(?))
        AND visitor = ? AND stored AND NOT deleted AND {column} <> ?""",
        (json.dumps(list(pictures)), visitor, value),
    )
    return {row["id"]: row[column] for row in rows}


def _facets(connection: sqlite3.Connection, visitor: str) -> Facets:
    rows = connection.execute(picture_list.FACETS, {"visitor": visitor}).fetchall()
    named = connection.execute(picture_list.LORAS, {"visitor": visitor}).fetchall()
    binned = connection.execute(picture_list.BINNED, {"visitor": visitor}).fetchone()
    models, samplers, sizes = Counter[str](), Counter[str](), Counter[tuple[int, int]]()
    for row in rows:
        models[row["model"]] += row["count"]
        samplers[row["sampler"]] += row["count"]
        sizes[row["width"], row["height"]] += row["count"]
    loras = Counter({row["lora"]: row["count"] for row in named})
    return Facets(
        models=dict(models.most_common()),
        samplers=dict(samplers.most_common()),
        loras=dict(loras.most_common()),
        sizes=dict(sizes.most_common()),
        kept=sum(row["kept"] for row in rows),
        rejected=sum(row["rejected"] for row in rows),
        rated=sum(row["rated"] for row in rows),
        first=min((row["first"] for row in rows), default=None),
        binned=binned["count"],
        binned_bytes=binned["bytes"],
    )


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _store(connection: sqlite3.Connection, found: Found) -> None:
    connection.execute(
        """UPDATE tasks SET stored = 1, created = ?, notes = ?, bytes = ?, match = ?, fault = ''
        WHERE id = ?""",
        (
            found.created,
            json.dumps(found.notes, ensure_ascii=False),
            found.size,
            match_in(found.notes),
            found.task.id,
        ),
    )


def _set_state(
    connection: sqlite3.Connection, job: str, state: JobState, message: str, hint: str
) -> None:
    done = connection.execute(
        "UPDATE jobs SET state = ?, message = ?, hint = ? WHERE id = ?",
        # one end that cannot be stored would hold up all others
        (state.value, storable(message), storable(hint), job),
    )
    if not done.rowcount:
        raise KeyError(job)


def _judge(connection: sqlite3.Connection, found: Sequence[Found]) -> None:
    """How the jobs of these pictures ended, by what there is of them; those still queued are left alone."""
    for job in {one.task.job for one in found}:
        ended = connection.execute("SELECT state <> 'queued' FROM jobs WHERE id = ?", (job,))
        if not ended.fetchone()[0]:
            continue
        tasks = connection.execute(
            """SELECT stored OR deleted OR held_back AS settled, fault FROM tasks
            WHERE job = ? ORDER BY position""",
            (job,),
        ).fetchall()
        faults = [task["fault"] for task in tasks if not task["settled"] and task["fault"]]
        if faults:
            message = told_of_faults(len(faults), len(tasks), faults[0])
            _set_state(connection, job, JobState.FAILED, message, "")
        elif all(task["settled"] for task in tasks):
            _set_state(connection, job, JobState.FINISHED, "", "")
        else:
            _set_state(connection, job, JobState.CANCELLED, "", "")


def _first(rows: sqlite3.Cursor) -> TaskRow | None:
    return next(readable(task_row, rows.fetchall()), None)


def _with_tasks(
    connection: sqlite3.Connection, jobs: list[sqlite3.Row], most: int | None = None
) -> list[tuple[sqlite3.Row, list[sqlite3.Row]]]:
    """The jobs, each with its tasks in order, until there are `most` tasks; what they say is read later, without
    holding up others who read."""
    found, count = [], 0
    for job in jobs:
        if job["shows"] is None:
            asked = "SELECT * FROM tasks WHERE job = ? ORDER BY position"
            tasks = connection.execute(asked, (job["id"],)).fetchall()
        else:
            tasks = wall_rows.tasks_of(connection, job)
        found.append((job, tasks))
        count += len(tasks)
        if most is not None and count >= most:
            break
    return found

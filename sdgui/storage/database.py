"""The list of jobs and pictures: SQLite in WAL mode, synced at every commit."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sdgui.errors import UserError
from sdgui.records import JobEnd, JobRecord, JobState, Mark, PictureRecord, TaskRecord, match_in
from sdgui.sheet import Sheet
from sdgui.spec import PictureSpec
from sdgui.storage.faults import plain_database_errors
from sdgui.storage.migrations import MIGRATIONS

_TASK = "SELECT tasks.*, jobs.visitor FROM tasks JOIN jobs ON jobs.id = tasks.job"
# A dream goes when the last of its pictures is deleted; one that ended without any is still there to go on with.
_SHOWN = """(state = 'queued'
    OR EXISTS (SELECT 1 FROM tasks WHERE tasks.job = jobs.id AND stored AND NOT deleted)
    OR NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.job = jobs.id AND deleted))"""
# SQLite would rather read every picture of the visitor: it knows nothing of how few are kept.
_KEPT = """SELECT tasks.*, jobs.visitor FROM tasks INDEXED BY tasks_kept
    CROSS JOIN jobs ON jobs.id = tasks.job
    WHERE visitor = :visitor AND mark = 'kept' AND NOT deleted AND stored
    ORDER BY marked, tasks.id"""


def history(*, sheets: bool, before: bool) -> str:
    """The query for a page of jobs, newest first: only those with a sheet, only those before a moment and id."""
    return f"""SELECT * FROM jobs WHERE visitor = :visitor
        {"AND (created, id) < (:created, :id)" if before else ""}
        {"AND sheet IS NOT NULL" if sheets else ""}
        AND {_SHOWN} ORDER BY created DESC, id DESC LIMIT :limit"""


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One picture as the database knows it, made or not; `path` is relative to the output folder."""

    id: str
    job: str
    index: int
    visitor: str
    spec: PictureSpec
    path: PurePosixPath
    stored: bool
    deleted: bool
    created: float
    notes: dict[str, str] = field(default_factory=dict)
    bytes: int = 0
    mark: Mark = Mark.NONE

    def picture(self) -> PictureRecord:
        """The picture as the other floors know it."""
        return PictureRecord(
            id=self.id,
            job=self.job,
            index=self.index,
            visitor=self.visitor,
            created=self.created,
            spec=self.spec,
            notes=self.notes,
            bytes=self.bytes,
            mark=self.mark,
        )


class Database:
    """One connection, shared by all threads behind a lock.

    UserError when the file is damaged, of a newer sdgui, or cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        with plain_database_errors(file):
            self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            try:
                self._open()
            except BaseException:
                self._connection.close()
                raise

    def _open(self) -> None:
        self._connection.row_factory = sqlite3.Row
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise UserError(
                f"The list of pictures, {self._file}, was made by a newer sdgui.",
                "Update sdgui, or choose another --output-dir.",
            )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
        self._connection.execute("PRAGMA foreign_keys = ON")
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;"
            )

    def close(self) -> None:
        """Closes the file; more than once is fine."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, plain_database_errors(self._file):
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

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
            connection.executemany(
                "INSERT INTO tasks (id, job, position, spec, path) VALUES (?, ?, ?, ?, ?)",
                [
                    (task.id, job.id, position, task.spec.to_json(), str(path))
                    for position, (task, path) in enumerate(zip(job.tasks, paths, strict=True))
                ],
            )

    def end_job(
        self, job: str, state: JobState, message: str, hint: str, faults: Mapping[str, str]
    ) -> None:
        """Sets how a job ended, and by task why it was not made; KeyError when there is no job with this id."""
        self.end_jobs((JobEnd(job=job, state=state, message=message, hint=hint, faults=faults),))

    def end_jobs(self, ends: Sequence[JobEnd]) -> None:
        """Sets how jobs ended, in one transaction; KeyError when there is no job with one of the ids."""
        with self._writing() as connection:
            for end in ends:
                _set_state(connection, end.job, end.state, end.message, end.hint)
                connection.executemany(
                    "UPDATE tasks SET fault = ? WHERE id = ? AND job = ? AND NOT stored",
                    [(fault, task, end.job) for task, fault in end.faults.items()],
                )

    def reopen_job(self, job: str) -> None:
        """Sets a job queued again and clears what was said of its end; KeyError when there is none with this id."""
        with self._writing() as connection:
            _set_state(connection, job, JobState.QUEUED, "", "")
            connection.execute("UPDATE tasks SET fault = '' WHERE job = ?", (job,))

    def mark_stored(self, task: TaskRow, created: float, notes: dict[str, str], size: int) -> None:
        """Notes that the file of a task is safe; `created` in seconds since the epoch, `size` in bytes."""
        with self._writing() as connection:
            connection.execute(
                """UPDATE tasks SET stored = 1, created = ?, notes = ?, bytes = ?, fault = ''
                WHERE id = ?""",
                (created, json.dumps(notes, ensure_ascii=False), size, task.id),
            )

    def mark_deleted(self, picture: str, visitor: str) -> bool:
        """Hides a stored picture of the visitor for good; False when there is none or it is hidden already."""
        with self._writing() as connection:
            done = connection.execute(
                """UPDATE tasks SET deleted = 1 WHERE id = ? AND stored AND NOT deleted
                AND job IN (SELECT id FROM jobs WHERE visitor = ?)""",
                (picture, visitor),
            )
            return done.rowcount == 1

    def delete_bare_job(self, job: str, visitor: str) -> bool:
        """Hides an ended job of the visitor for good; False unless there is one without any picture."""
        with self._writing() as connection:
            done = connection.execute(
                """UPDATE tasks SET deleted = 1 WHERE job = :job AND NOT deleted
                AND job IN (SELECT id FROM jobs WHERE visitor = :visitor AND state != 'queued')
                AND NOT EXISTS (SELECT 1 FROM tasks AS made WHERE made.job = :job AND made.stored)""",
                {"job": job, "visitor": visitor},
            )
            return done.rowcount > 0

    def mark(self, picture: str, visitor: str, mark: Mark, when: float) -> bool:
        """Marks a picture of the visitor at `when` (seconds since the epoch); False when there is none.

        The same mark again changes nothing, so that a kept picture keeps its place among the kept.
        """
        with self._writing() as connection:
            done = connection.execute(
                """UPDATE tasks SET mark = :mark,
                    marked = CASE WHEN mark = :mark THEN marked ELSE :when END
                WHERE id = :id AND stored AND NOT deleted
                AND job IN (SELECT id FROM jobs WHERE visitor = :visitor)""",
                {"id": picture, "visitor": visitor, "mark": mark.value, "when": when},
            )
            return done.rowcount == 1

    def kept(self, visitor: str) -> tuple[TaskRow, ...]:
        """The visitor's kept pictures, in the order in which they were kept."""
        with self._reading() as connection:
            return tuple(map(_task_row, connection.execute(_KEPT, {"visitor": visitor})))

    def mark_removed(self, picture: str) -> None:
        """Notes that the files of a deleted picture are gone."""
        with self._writing() as connection:
            connection.execute("UPDATE tasks SET path = NULL WHERE id = ?", (picture,))

    def task(self, task: str) -> TaskRow | None:
        """A task whose files are not removed, whoever owns it."""
        with self._reading() as connection:
            return _first(connection.execute(f"{_TASK} WHERE tasks.id = ? AND path <> ''", (task,)))

    def picture(self, picture: str, visitor: str) -> TaskRow | None:
        """A stored picture of the visitor that is not deleted."""
        with self._reading() as connection:
            return _first(
                connection.execute(
                    f"{_TASK} WHERE tasks.id = ? AND visitor = ? AND stored AND NOT deleted",
                    (picture, visitor),
                )
            )

    def missing(self) -> tuple[TaskRow, ...]:
        """Tasks without a stored picture that nobody took out of the history."""
        with self._reading() as connection:
            rows = connection.execute(f"{_TASK} WHERE NOT stored AND NOT deleted")
            return tuple(map(_task_row, rows))

    def leftovers(self) -> tuple[TaskRow, ...]:
        """Deleted pictures whose files may still be there."""
        with self._reading() as connection:
            rows = connection.execute(f"{_TASK} WHERE deleted AND path IS NOT NULL")
            return tuple(map(_task_row, rows))

    def unfinished_jobs(self) -> tuple[JobRecord, ...]:
        """Queued jobs, oldest first."""
        with self._reading() as connection:
            jobs = connection.execute("SELECT * FROM jobs WHERE state = 'queued' ORDER BY created")
            found = _with_tasks(connection, jobs.fetchall())
        return tuple(_job(row, tasks) for row, tasks in found)

    def job(self, job: str, visitor: str) -> JobRecord | None:
        """One job of the visitor."""
        with self._reading() as connection:
            jobs = connection.execute(
                "SELECT * FROM jobs WHERE id = ? AND visitor = ?", (job, visitor)
            )
            found = _with_tasks(connection, jobs.fetchall())
        return next((_job(row, tasks) for row, tasks in found), None)

    def jobs(
        self, visitor: str, before: str | None, limit: int, *, sheets: bool
    ) -> tuple[JobRecord, ...]:
        """The visitor's jobs but those whose pictures are all deleted, newest first; none before an unknown job."""
        wanted: dict[str, object] = {"visitor": visitor, "limit": max(0, limit)}
        with self._reading() as connection:
            if before is not None:
                place = connection.execute(
                    "SELECT created, id FROM jobs WHERE id = ? AND visitor = ?", (before, visitor)
                ).fetchone()
                if place is None:
                    return ()
                wanted |= dict(place)
            jobs = connection.execute(history(sheets=sheets, before=before is not None), wanted)
            found = _with_tasks(connection, jobs.fetchall())
        return tuple(_job(row, tasks) for row, tasks in found)


def _set_state(
    connection: sqlite3.Connection, job: str, state: JobState, message: str, hint: str
) -> None:
    done = connection.execute(
        "UPDATE jobs SET state = ?, message = ?, hint = ? WHERE id = ?",
        (state.value, message, hint, job),
    )
    if not done.rowcount:
        raise KeyError(job)


def _first(rows: sqlite3.Cursor) -> TaskRow | None:
    row = rows.fetchone()
    return None if row is None else _task_row(row)


def _task_row(row: sqlite3.Row) -> TaskRow:
    return TaskRow(
        id=row["id"],
        job=row["job"],
        index=row["position"],
        visitor=row["visitor"],
        spec=PictureSpec.from_json(row["spec"]),
        path=PurePosixPath(row["path"]),
        stored=bool(row["stored"]),
        deleted=bool(row["deleted"]),
        created=0.0 if row["created"] is None else row["created"],
        notes=json.loads(row["notes"]),
        bytes=row["bytes"],
        mark=Mark(row["mark"]),
    )


def _with_tasks(
    connection: sqlite3.Connection, jobs: list[sqlite3.Row]
) -> list[tuple[sqlite3.Row, list[sqlite3.Row]]]:
    """The jobs, each with its tasks in order; what they say is read later, without holding up others who save."""
    tasks = "SELECT * FROM tasks WHERE job = ? ORDER BY position"
    return [(job, connection.execute(tasks, (job["id"],)).fetchall()) for job in jobs]


def _job(row: sqlite3.Row, tasks: list[sqlite3.Row]) -> JobRecord:
    return JobRecord(
        id=row["id"],
        visitor=row["visitor"],
        created=row["created"],
        state=JobState(row["state"]),
        tasks=tuple(
            TaskRecord(
                id=task["id"],
                spec=PictureSpec.from_json(task["spec"]),
                stored=bool(task["stored"]),
                deleted=bool(task["deleted"]),
                mark=Mark(task["mark"]),
                fault=task["fault"],
                match=match_in(json.loads(task["notes"])) if task["stored"] else None,
            )
            for task in tasks
        ),
        message=row["message"],
        hint=row["hint"],
        sheet=None if row["sheet"] is None else Sheet.from_json(row["sheet"]),
    )

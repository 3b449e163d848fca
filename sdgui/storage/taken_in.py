"""The rows of pictures that the database did not know: taken in from what their files and the small copy say."""

import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from sdgui.imports import ImportState
from sdgui.people import NOBODY
from sdgui.records import JobState, Mark, match_in
from sdgui.spec import PictureSpec
from sdgui.storage import wall_rows
from sdgui.storage.found_files import FoundFile
from sdgui.storage.layout import asked_in, is_id
from sdgui.storage.place import Cell, Place, open_owner, sheet_of
from sdgui.storage.prompt_search import words_of
from sdgui.storage.rows import COLUMNS, columns_of, loras_of
from sdgui.storage.small_copy import SmallCopy

_ADDED = (
    *(
        "id",
        "job",
        "position",
        "visitor",
        "spec",
        "path",
        "stored",
        "deleted",
        "settled",
        "created",
    ),
    *("notes", "bytes", "match", "mark", "marked", "rating", "binned", "undo", "hidden"),
    *COLUMNS,
)
_MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class _Whose:
    """Where a picture belongs; `index` is None where nobody says it."""

    job: str
    visitor: str
    asked: float
    index: int | None
    count: int = 0
    place: Place | None = None


def begin(connection: sqlite3.Connection) -> None:
    """Makes room for what is known of dreams until they are finished."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS rebuilding (job, position, count, place, PRIMARY KEY (job, position))"
    )


def take_in(
    connection: sqlite3.Connection, files: Sequence[FoundFile], copy: SmallCopy, secret: bytes
) -> None:
    """Adds pictures that are not known yet, in the caller's transaction.

    Those of former versions, which say nothing of their dream, are of one dream where they were asked for in the same
    second with the same settings but for their seeds.
    """
    for file in sorted(files, key=_order):
        whose = _whose(file, copy, secret)
        if _visitor_of(connection, whose.job) not in (None, whose.visitor):
            # Of another's dream: a file says what it likes of it, and takes nothing of theirs and gives them nothing.
            whose = replace(whose, job=_apart(whose))
        if _visitor_of(connection, whose.job) is None:
            _add_job(connection, whose, copy)
        _add_picture(connection, file, whose, copy)


def finish(connection: sqlite3.Connection, copy: SmallCopy) -> None:
    """Lays out the sheets of what was taken in, leaves the places empty of which there is no file, and adds the
    walls of stored pictures, the links and who chooses by them."""
    cells: dict[str, dict[int, Cell]] = defaultdict(dict)
    counts: dict[str, int] = defaultdict(int)
    for job, position, count, told in connection.execute("SELECT * FROM rebuilding").fetchall():
        counts[job] = max(counts[job], count, position + 1)
        place = None if told is None else Place.from_dict(json.loads(told))
        if place is not None and place.cell is not None:
            cells[job][position] = place.cell
    for job, count in counts.items():
        sheet = sheet_of(cells[job], count)
        if sheet is not None:
            connection.execute(
                "UPDATE jobs SET sheet = ? WHERE id = ? AND sheet IS NULL", (sheet.to_json(), job)
            )
        _leave_empty(connection, job, count)
    wall_rows.take_in_walls(connection, copy.walls())
    for table, rows in (
        ("links", copy.links()),
        ("choosers", copy.choosers()),
        ("reports", copy.reports()),
        ("guests", copy.guests()),
    ):
        for row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            connection.execute(
                f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})",
                tuple(row.values()),
            )
    for one in copy.imports():  # they are imported again: what is here already is passed over
        connection.execute(
            """INSERT OR IGNORE INTO imports (number, visitor, folder, copies, state)
            VALUES (?, ?, ?, ?, ?)""",
            (
                *(one["number"], one["visitor"], one["folder"], one["copies"]),
                ImportState.RUNNING.value,
            ),
        )
    connection.execute("DROP TABLE rebuilding")


def forget_all_but(connection: sqlite3.Connection, pictures: Collection[str]) -> None:
    """Deletes pictures whose files were there before a rebuilding was broken off, and are not any more."""
    known = connection.execute("SELECT id FROM tasks WHERE stored AND path IS NOT NULL").fetchall()
    connection.executemany(
        "UPDATE tasks SET deleted = 1, binned = NULL, path = NULL WHERE id = ?",
        [(row[0],) for row in known if row[0] not in pictures],
    )


def claim(connection: sqlite3.Connection, visitor: str) -> int:
    """Gives a visitor the pictures of nobody; how many they are."""
    for table in ("jobs", "links"):
        connection.execute(f"UPDATE {table} SET visitor = ? WHERE visitor = ?", (visitor, NOBODY))
    return connection.execute(
        "UPDATE tasks SET visitor = ? WHERE visitor = ?", (visitor, NOBODY)
    ).rowcount


def _order(file: FoundFile) -> tuple[float, str, int, int]:
    """In the order in which they were asked for; those of one dream that say no place by their seeds."""
    if file.place is not None:
        return file.place.asked, file.place.job, file.place.index, 0
    variation = 0 if file.spec.variation is None else file.spec.variation.seed
    return _asked(file), "", file.spec.seed, variation


def _asked(file: FoundFile) -> float:
    asked = asked_in(file.path)
    return file.written // _MINUTE * _MINUTE if asked is None else asked


def _whose(file: FoundFile, copy: SmallCopy, secret: bytes) -> _Whose:
    """By what the file says of it, then the copy, then by what it has in common with others."""
    place, known = file.place, copy.picture(file.id)
    if place is not None:
        owner = open_owner(secret, file.id, place.owner)
        if owner is None:
            job = copy.job(place.job)
            owner = None if job is None else _visitor(job["visitor"])
        return _Whose(
            job=place.job,
            visitor=NOBODY if owner is None else owner,
            asked=place.asked,
            index=place.index,
            count=place.count,
            place=place,
        )
    if known is not None and isinstance(known["job"], str) and is_id(known["job"]):
        job = copy.job(known["job"])
        if job is not None and isinstance(known["position"], int):
            return _Whose(
                job=known["job"],
                visitor=_visitor(job["visitor"]),
                asked=job["created"] if isinstance(job["created"], float) else _asked(file),
                index=known["position"],
                count=job["count"] if isinstance(job["count"], int) else 0,
            )
    spec = replace(file.spec, seed=0, variation=None)
    told = f"{file.path.parent} {_asked(file):.0f} {spec.to_json()}"
    job_id = sha256(told.encode()).hexdigest()[:32]
    return _Whose(job=job_id, visitor=NOBODY, asked=_asked(file), index=None)


def _visitor_of(connection: sqlite3.Connection, job: str) -> str | None:
    """Whose a dream is; None where there is none."""
    found = connection.execute("SELECT visitor FROM jobs WHERE id = ?", (job,)).fetchone()
    return None if found is None else str(found[0])


def _apart(whose: _Whose) -> str:
    """The dream of what one visitor has of a dream that is another's."""
    return sha256(f"{whose.job} {whose.visitor}".encode()).hexdigest()[:32]


def _visitor(told: object) -> str:
    return told if isinstance(told, str) and told else NOBODY


def _add_job(connection: sqlite3.Connection, whose: _Whose, copy: SmallCopy) -> None:
    known = copy.job(whose.job) or {}
    state = known.get("state")
    ended = state if state in (JobState.FAILED, JobState.CANCELLED) else JobState.FINISHED
    connection.execute(
        """INSERT INTO jobs (id, visitor, created, state, message, hint, sheet, binned, stopped)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)""",
        (
            *(whose.job, whose.visitor, whose.asked, str(ended)),
            *(known.get("message") or "", known.get("hint") or ""),
            *(known.get("sheet"), known.get("binned")),
        ),
    )


def _add_picture(
    connection: sqlite3.Connection, file: FoundFile, whose: _Whose, copy: SmallCopy
) -> None:
    known = copy.picture(file.id) or {}
    position = _free(connection, whose)
    # What was deleted for good has no file: where there is one, its owner may still want it.
    hidden = known.get("hidden")
    is_gone = known.get("deleted") and known.get("binned") is None and hidden is None
    binned = time.time() if is_gone else None
    binned = known.get("binned") if binned is None else binned
    mark = known.get("mark")
    added = connection.execute(
        f"INSERT INTO tasks ({', '.join(_ADDED)}) VALUES ({', '.join('?' * len(_ADDED))})",
        (
            *(file.id, whose.job, position, whose.visitor, file.spec.to_json(), str(file.path)),
            *(1, int(binned is not None or hidden is not None), 0),
            file.written if file.place is None else file.place.created,
            *(json.dumps(file.notes, ensure_ascii=False), file.size, match_in(file.notes)),
            *(mark if mark in list(Mark) else "", known.get("marked")),
            *(known.get("rating") or 0, binned, known.get("undo"), hidden),
            *columns_of(file.spec),
        ),
    )
    connection.execute(
        "INSERT INTO prompts (rowid, prompt) VALUES (?, ?)",
        (added.lastrowid, words_of(file.spec.prompt)),
    )
    connection.executemany(
        "INSERT INTO loras (lora, number) VALUES (?, ?)",
        [(lora, added.lastrowid) for lora in loras_of(file.spec)],
    )
    connection.execute(
        "INSERT OR REPLACE INTO rebuilding VALUES (?, ?, ?, ?)",
        (
            *(whose.job, position, whose.count),
            None if whose.place is None else json.dumps(whose.place.to_dict()),
        ),
    )


def _free(connection: sqlite3.Connection, whose: _Whose) -> int:
    """The place that is meant, or the next one where another picture has it, or none is said."""
    if whose.index is not None:
        taken = connection.execute(
            "SELECT 1 FROM tasks WHERE job = ? AND position = ?", (whose.job, whose.index)
        )
        if taken.fetchone() is None:
            return whose.index
    (last,) = connection.execute(
        "SELECT max(position) FROM tasks WHERE job = ?", (whose.job,)
    ).fetchone()
    return 0 if last is None else int(last) + 1


def _leave_empty(connection: sqlite3.Connection, job: str, count: int) -> None:
    """Fills the places of pictures without a file with deleted ones: without them a grid would slip."""
    rows = connection.execute(
        "SELECT position, spec, visitor, created FROM tasks WHERE job = ? ORDER BY position", (job,)
    ).fetchall()
    missing = set(range(count)) - {row[0] for row in rows}
    _, spec, visitor, created = rows[0]
    names = (*_ADDED[:10], *COLUMNS)
    connection.executemany(
        f"INSERT INTO tasks ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        [
            (
                sha256(f"{job} {position}".encode()).hexdigest()[:32],
                *(job, position, visitor, spec, None, 1, 1, 0, created),
                *columns_of(PictureSpec.from_json(spec)),
            )
            for position in sorted(missing)
        ],
    )

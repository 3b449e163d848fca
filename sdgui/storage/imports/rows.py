"""The rows of imported pictures, and of the folders that they came from."""

import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sdgui.imports import UNCLAIMED, FolderImport, Imported, ImportState
from sdgui.records import JobState, match_in
from sdgui.spec import PictureSpec
from sdgui.storage.imports.reading import Seen
from sdgui.storage.imports.written import from_json, to_json
from sdgui.storage.prompt_search import words_of
from sdgui.storage.rows import COLUMNS, columns_of, loras_of, storable

_TASK = (
    *("id", "job", "position", "visitor", "spec", "path", "stored", "created", "notes", "bytes"),
    *("match", "imported", *COLUMNS),
)
_AT_ONCE = 500
"""Pictures that get another owner in one transaction."""


@dataclass(frozen=True, kw_only=True)
class NewPicture:
    """A picture that is to be listed: `path` is where a copy lies in the output folder, or would lie, and `bytes` what
    it takes there."""

    id: str
    seen: Seen
    spec: PictureSpec
    notes: dict[str, str]
    path: PurePosixPath
    bytes: int
    imported: Imported


@dataclass(frozen=True, kw_only=True)
class KnownPicture:
    """A picture that came in before, by its number among the tasks."""

    number: int
    imported: Imported


def begin(connection: sqlite3.Connection, visitor: str, folder: str, *, copies: bool) -> int:
    """Notes that a folder is being imported; its number, the same one each time."""
    place = os.fsencode(folder)
    found = connection.execute(
        # what the command line begins goes on as that of whoever it belongs to by now
        "SELECT number FROM imports WHERE (visitor = :who OR :who = '') AND folder = :folder",
        {"who": visitor, "folder": place},
    ).fetchone()
    running = ImportState.RUNNING.value
    if found is not None:
        connection.execute(
            "UPDATE imports SET copies = ?, state = ? WHERE number = ?",
            (copies, running, found["number"]),
        )
        return int(found["number"])
    row = connection.execute(
        "INSERT INTO imports (visitor, folder, copies, state) VALUES (?, ?, ?, ?)",
        (visitor, place, copies, running),
    )
    assert row.lastrowid is not None
    return row.lastrowid


def end(connection: sqlite3.Connection, number: int, state: ImportState) -> None:
    """Notes how an import ended."""
    connection.execute("UPDATE imports SET state = ? WHERE number = ?", (state.value, number))


def running(connection: sqlite3.Connection) -> tuple[FolderImport, ...]:
    """The imports that have not ended, in the order in which they were asked for first."""
    rows = connection.execute(
        "SELECT * FROM imports WHERE state = ? ORDER BY number", (ImportState.RUNNING.value,)
    ).fetchall()
    return tuple(
        FolderImport(
            id=row["number"],
            visitor=row["visitor"],
            folder=os.fsdecode(row["folder"]),
            copies=bool(row["copies"]),
        )
        for row in rows
    )


def seen_in(connection: sqlite3.Connection, number: int) -> dict[str, tuple[int, int]]:
    """By path the size and time of each file of an import that was looked at before."""
    rows = connection.execute(
        "SELECT path, size, modified FROM imported_files WHERE import = ?", (number,)
    )
    return {os.fsdecode(row["path"]): (row["size"], row["modified"]) for row in rows}


def content_of(connection: sqlite3.Connection, folder: str, path: str) -> dict[str, int]:
    """By its hash the size of what an import found at this path below this folder."""
    rows = connection.execute(
        """SELECT size, hash FROM imports JOIN imported_files ON import = number
        WHERE folder = ? AND path = ?""",
        (os.fsencode(folder), os.fsencode(path)),
    )
    return {row["hash"]: row["size"] for row in rows}


def known_by(connection: sqlite3.Connection, number: int, hash: str) -> KnownPicture | None:
    """The picture of this content that the owner of an import has already."""
    row = connection.execute(
        """SELECT tasks.number, tasks.imported FROM imports
        JOIN imported_pictures USING (visitor) JOIN tasks ON tasks.number = imported_pictures.task
        WHERE imports.number = ? AND hash = ?""",
        (number, hash),
    ).fetchone()
    if row is None:
        return None
    return KnownPicture(number=row["number"], imported=from_json(row["imported"]))


def is_ours(connection: sqlite3.Connection, picture: str, size: int) -> bool:
    """Whether a picture with this id, of so many bytes, was made here."""
    row = connection.execute("SELECT 1 FROM tasks WHERE id = ? AND bytes = ?", (picture, size))
    return row.fetchone() is not None


def add(
    connection: sqlite3.Connection, number: int, new: Sequence[NewPicture], seen: Sequence[Seen]
) -> int:
    """Lists pictures as those of the import's owner, and notes these files, and theirs, as looked at; how many are new.

    Of equal pictures only the first is listed.
    """
    (visitor,) = connection.execute(
        "SELECT visitor FROM imports WHERE number = ?", (number,)
    ).fetchone()
    added = sum(_add(connection, visitor, one) for one in new)
    connection.executemany(
        """INSERT OR REPLACE INTO imported_files (import, path, size, modified, hash)
        VALUES (?, ?, ?, ?, ?)""",
        [
            (number, os.fsencode(one.path), one.size, one.modified, one.hash)
            for one in (*seen, *(picture.seen for picture in new))
        ],
    )
    return added


def _add(connection: sqlite3.Connection, visitor: str, new: NewPicture) -> bool:
    taken = connection.execute(
        "SELECT 1 FROM imported_pictures WHERE visitor = ? AND hash = ?", (visitor, new.seen.hash)
    )
    if taken.fetchone() is not None:
        return False
    created = new.seen.created
    connection.execute(
        "INSERT INTO jobs (id, visitor, created, state, imported) VALUES (?, ?, ?, ?, 1)",
        (new.id, visitor, created, JobState.FINISHED.value),
    )
    row = connection.execute(
        f"INSERT INTO tasks ({', '.join(_TASK)}) VALUES ({', '.join('?' * len(_TASK))})",
        (
            *(new.id, new.id, 0, visitor, new.spec.to_json(), str(new.path), 1, created),
            *(json.dumps(new.notes), new.bytes, match_in(new.notes), to_json(new.imported)),
            *columns_of(new.spec),
        ),
    )
    connection.execute(
        "INSERT INTO prompts (rowid, prompt) VALUES (?, ?)",
        (row.lastrowid, words_of(new.spec.prompt)),
    )
    made = new.imported.made_with
    named = () if made is None else tuple(storable(one.name) for one in made.loras)
    connection.executemany(
        "INSERT OR IGNORE INTO loras (lora, number) VALUES (?, ?)",
        [(lora, row.lastrowid) for lora in (*loras_of(new.spec), *named)],
    )
    connection.execute(
        "INSERT INTO imported_pictures (visitor, hash, task) VALUES (?, ?, ?)",
        (visitor, new.seen.hash, row.lastrowid),
    )
    return True


def link_again(connection: sqlite3.Connection, number: int, imported: Imported) -> None:
    """A picture whose file was gone lies elsewhere now."""
    connection.execute(
        "UPDATE tasks SET imported = ? WHERE number = ?", (to_json(imported), number)
    )


def are_unclaimed(connection: sqlite3.Connection) -> bool:
    """Whether there are imports without an owner."""
    asked = """SELECT 1 FROM imports WHERE visitor = :nobody
        UNION ALL SELECT 1 FROM imported_pictures WHERE visitor = :nobody LIMIT 1"""
    return connection.execute(asked, {"nobody": UNCLAIMED}).fetchone() is not None


def claim(connection: sqlite3.Connection, visitor: str) -> bool:
    """Gives imports without an owner, and some of their pictures, to a visitor; False when that was all."""
    connection.execute("UPDATE imports SET visitor = ? WHERE visitor = ?", (visitor, UNCLAIMED))
    rows = connection.execute(
        "SELECT hash, task FROM imported_pictures WHERE visitor = ? LIMIT ?",
        (UNCLAIMED, _AT_ONCE),
    ).fetchall()
    for row in rows:
        # one that its new owner has already stays nobody's
        done = connection.execute(
            "UPDATE OR IGNORE imported_pictures SET visitor = ? WHERE visitor = ? AND hash = ?",
            (visitor, UNCLAIMED, row["hash"]),
        )
        if not done.rowcount:
            connection.execute(
                "DELETE FROM imported_pictures WHERE visitor = ? AND hash = ?",
                (UNCLAIMED, row["hash"]),
            )
            continue
        connection.execute(
            "UPDATE jobs SET visitor = ? WHERE id = (SELECT job FROM tasks WHERE number = ?)",
            (visitor, row["task"]),
        )
        connection.execute("UPDATE tasks SET visitor = ? WHERE number = ?", (visitor, row["task"]))
    return len(rows) == _AT_ONCE

"""The rows of walls that were put together from stored pictures, which stay those of their own dreams."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sdgui.errors import UserError
from sdgui.records import JobState
from sdgui.sheet import Sheet, SheetKind

MOST = 1000
"""Walls that a visitor puts together, those in the bin too."""
IS_SHOWN = """EXISTS (SELECT 1 FROM json_each(jobs.shows) AS one CROSS JOIN tasks
    ON tasks.id = one.value WHERE tasks.visitor = jobs.visitor AND stored AND NOT deleted)"""
"""The condition for a wall of which there is a picture to be seen."""


def gather(
    connection: sqlite3.Connection, visitor: str, pictures: Sequence[str], when: float
) -> str:
    """Adds a wall of these pictures of the visitor, made at `when`, and gives its id; of the same pictures, in
    whatever order, there is one, which comes out of the bin again. UserError where there are `MOST` already."""
    wall = hashlib.sha256(" ".join(sorted(pictures)).encode()).hexdigest()[:32]
    (others,) = connection.execute(
        """SELECT count(*) FROM jobs INDEXED BY jobs_gathered
        WHERE visitor = ? AND shows IS NOT NULL AND id <> ?""",
        (visitor, wall),
    ).fetchone()
    if others >= MOST:
        raise UserError(
            f"There are {MOST:,} walls of stored pictures already.", "Remove some first."
        )
    connection.execute(
        """INSERT INTO jobs (id, visitor, created, state, sheet, shows) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET binned = NULL, undo = NULL""",
        (
            *(wall, visitor, when, JobState.FINISHED.value),
            *(Sheet(kind=SheetKind.WALL).to_json(), json.dumps(list(pictures))),
        ),
    )
    return wall


def tasks_of(connection: sqlite3.Connection, wall: sqlite3.Row) -> list[sqlite3.Row]:
    """The pictures of a wall, in order, those in the bin too."""
    return connection.execute(
        """SELECT tasks.* FROM json_each(?) AS one CROSS JOIN tasks ON tasks.id = one.value
        WHERE tasks.visitor = ? ORDER BY one.key""",
        (wall["shows"], wall["visitor"]),
    ).fetchall()


def walls_with(
    connection: sqlite3.Connection, visitor: str, pictures: Iterable[str]
) -> tuple[str, ...]:
    """The visitor's walls that show one of these pictures."""
    rows = connection.execute(
        """SELECT id FROM jobs INDEXED BY jobs_gathered
        WHERE visitor = ? AND shows IS NOT NULL AND binned IS NULL AND EXISTS
        (SELECT 1 FROM json_each(jobs.shows) AS one WHERE one.value IN (SELECT value FROM json_each(?)))""",
        (visitor, json.dumps(list(pictures))),
    )
    return tuple(row["id"] for row in rows)


def delete_walls(connection: sqlite3.Connection, visitor: str | None, before: float) -> None:
    """Deletes for good the visitor's walls, or anybody's, that went into the bin before this moment."""
    connection.execute(_BINNED.format("DELETE", _whose(visitor)), _values(visitor, before))


def has_walls(connection: sqlite3.Connection, visitor: str | None, before: float) -> bool:
    """Whether there is any that `delete_walls` would delete."""
    asked = _BINNED.format("SELECT 1", _whose(visitor)) + " LIMIT 1"
    return connection.execute(asked, _values(visitor, before)).fetchone() is not None


def take_in_walls(connection: sqlite3.Connection, walls: Sequence[Mapping[str, Any]]) -> None:
    """Adds walls as a small copy knows them."""
    connection.executemany(
        """INSERT OR IGNORE INTO jobs (id, visitor, created, state, sheet, shows, binned, undo)
        VALUES (:id, :visitor, :created, 'finished', :sheet, :shows, :binned, :undo)""",
        walls,
    )


_BINNED = "{} FROM jobs WHERE shows IS NOT NULL AND binned IS NOT NULL AND binned < :before{}"


def _whose(visitor: str | None) -> str:
    return "" if visitor is None else " AND visitor = :visitor"


def _values(visitor: str | None, before: float) -> dict[str, object]:
    return {"before": before} | ({} if visitor is None else {"visitor": visitor})

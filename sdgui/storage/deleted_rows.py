"""The rows of what its owner deleted: in the bin first, from which they come back, then for good."""

import json
import logging
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sdgui.records import Binned, Restored
from sdgui.storage import wall_rows
from sdgui.storage.layout import stored_path

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """A picture deleted for good whose files may still be there: `path` as in its row, `bytes` as they were stored."""

    id: str
    path: PurePosixPath
    stored: bool
    bytes: int


def are_all_of(
    connection: sqlite3.Connection,
    visitor: str,
    *,
    pictures: Sequence[str],
    jobs: Sequence[str] = (),
) -> bool:
    """Whether each of these is the visitor's, deleted or not."""
    for table, wanted in (("tasks", set(pictures)), ("jobs", set(jobs))):
        (found,) = connection.execute(
            f"""SELECT count(*) FROM json_each(?) AS wanted CROSS JOIN {table}
            ON {table}.id = wanted.value WHERE visitor = ?""",
            (json.dumps(sorted(wanted)), visitor),
        ).fetchone()
        if found < len(wanted):
            return False
    return True


def are_there(connection: sqlite3.Connection, visitor: str, pictures: Sequence[str]) -> bool:
    """Whether each of these is a stored picture of the visitor that is not deleted."""
    (found,) = connection.execute(
        """SELECT count(*) FROM json_each(?) AS wanted CROSS JOIN tasks
        ON tasks.id = wanted.value WHERE visitor = ? AND stored AND NOT deleted""",
        (json.dumps(sorted(set(pictures))), visitor),
    ).fetchone()
    return bool(found == len(set(pictures)))


def bin_rows(
    connection: sqlite3.Connection,
    visitor: str,
    shown: str,
    *,
    pictures: Sequence[str],
    jobs: Sequence[str],
    stopped: Sequence[str],
    when: float,
) -> Binned | None:
    """Hides these pictures and jobs, of those the ones to be seen; `shown` is the condition for jobs. None for none.

    What of a job is not made yet is in the bin with it, and so comes into it however late it is made. A wall that was
    put together from pictures of others goes alone.
    """
    values = {
        "visitor": visitor,
        "undo": secrets.token_hex(16),
        "when": when,
        "pictures": json.dumps(list(pictures)),
        "jobs": json.dumps(list(jobs)),
        "stopped": json.dumps(list(stopped)),
    }
    gone = connection.execute(
        f"""UPDATE jobs SET binned = :when, stopped = id IN (SELECT value FROM json_each(:stopped)),
            undo = CASE WHEN shows IS NULL THEN NULL ELSE :undo END
        WHERE id IN (SELECT value FROM json_each(:jobs)) AND visitor = :visitor AND {shown}
        RETURNING id""",
        values,
    ).fetchall()
    values["jobs"] = json.dumps([row["id"] for row in gone])
    rows = connection.execute(
        """UPDATE tasks SET deleted = 1, binned = :when, undo = :undo
        WHERE job IN (SELECT value FROM json_each(:jobs))
        AND (NOT deleted OR hidden IS NOT NULL AND binned IS NULL)
        RETURNING id, job, stored AND hidden IS NULL AS stored""",
        values,
    ).fetchall()
    rows += connection.execute(
        """UPDATE tasks SET deleted = 1, binned = :when, undo = :undo
        WHERE id IN (SELECT value FROM json_each(:pictures)) AND visitor = :visitor
        AND stored AND NOT deleted
        RETURNING id, job, stored""",
        values,
    ).fetchall()
    if not (rows or gone):
        return None
    return Binned(
        undo=str(values["undo"]),
        pictures={row["id"]: () for row in gone} | by_job(rows),
        dreams=frozenset(row["id"] for row in gone),
    )


def restore_rows(
    connection: sqlite3.Connection, visitor: str, undo: str | None, pictures: Sequence[str]
) -> Restored | None:
    """Brings back what went into the bin with `undo`, or these pictures, with their jobs; None for none.

    Walls that show one of them again are told, too."""
    which = (
        "undo = :undo"
        if undo is not None
        else "stored AND hidden IS NULL AND id IN (SELECT value FROM json_each(:pictures))"
    )
    rows = connection.execute(
        f"""UPDATE tasks SET deleted = hidden IS NOT NULL, binned = NULL, undo = NULL
        WHERE {which} AND visitor = :visitor AND binned IS NOT NULL
        RETURNING id, job, stored AND hidden IS NULL AS stored""",
        {"undo": undo, "pictures": json.dumps(list(pictures)), "visitor": visitor},
    ).fetchall()
    walls = connection.execute(
        "UPDATE jobs SET binned = NULL, undo = NULL WHERE undo = ? AND visitor = ? RETURNING id",
        (undo, visitor),
    ).fetchall()
    if not (rows or walls):
        return None
    back = json.dumps(sorted({row["job"] for row in rows}))
    stopped = connection.execute(
        """SELECT id FROM jobs WHERE id IN (SELECT value FROM json_each(?))
        AND binned IS NOT NULL AND stopped ORDER BY created""",
        (back,),
    ).fetchall()
    connection.execute(
        """UPDATE jobs SET binned = NULL, stopped = 0
        WHERE id IN (SELECT value FROM json_each(?)) AND binned IS NOT NULL""",
        (back,),
    )
    again = wall_rows.walls_with(connection, visitor, [row["id"] for row in rows])
    told = dict.fromkeys((*(row["id"] for row in walls), *again), ())
    return Restored(pictures=told | by_job(rows), stopped=tuple(row["id"] for row in stopped))


def delete_rows(
    connection: sqlite3.Connection,
    limit: int,
    visitor: str | None,
    before: float,
    pictures: Sequence[str] | None = None,
) -> tuple[Leftover, ...]:
    """Deletes for good so many of the visitor's, or of anybody's, that went into the bin before this moment; of these
    pictures alone, where they are named."""
    named = None if pictures is None else json.dumps(list(pictures))
    rows = connection.execute(
        f"""UPDATE tasks SET binned = NULL, hidden = NULL, undo = NULL WHERE number IN ({_binned(visitor, named)})
        RETURNING id, path, stored, bytes""",
        {"before": before, "visitor": visitor, "limit": limit, "named": named},
    ).fetchall()
    return tuple(_leftover(row) for row in rows)


def has_rows(connection: sqlite3.Connection, visitor: str | None, before: float) -> bool:
    """Whether there is anything that `delete_rows` would delete."""
    values = {"before": before, "visitor": visitor, "limit": 1}
    return connection.execute(_binned(visitor), values).fetchone() is not None


def with_bins(connection: sqlite3.Connection, visitors: Sequence[str]) -> tuple[str, ...]:
    """Those of these visitors who have pictures in their bin that they may empty."""
    rows = connection.execute(
        """SELECT DISTINCT visitor FROM tasks INDEXED BY tasks_binned
        WHERE visitor IN (SELECT value FROM json_each(?)) AND binned IS NOT NULL AND hidden IS NULL""",
        (json.dumps(list(visitors)),),
    )
    return tuple(row["visitor"] for row in rows)


def leftovers(connection: sqlite3.Connection) -> tuple[Leftover, ...]:
    """Those deleted for good whose files may still be there."""
    rows = connection.execute(
        """SELECT id, path, stored, bytes FROM tasks
        WHERE deleted AND binned IS NULL AND hidden IS NULL AND path IS NOT NULL"""
    ).fetchall()
    return tuple(_leftover(row) for row in rows)


def _binned(visitor: str | None, named: str | None = None) -> str:
    return f"""SELECT number FROM tasks INDEXED BY tasks_binned
        WHERE binned IS NOT NULL AND binned < :before
        {"" if visitor is None else "AND visitor = :visitor AND hidden IS NULL"}
        {"" if named is None else "AND id IN (SELECT value FROM json_each(:named))"} LIMIT :limit"""


def _leftover(row: sqlite3.Row) -> Leftover:
    path = stored_path(row["path"])
    return Leftover(id=row["id"], path=path, stored=bool(row["stored"]), bytes=row["bytes"])


def by_job(rows: Iterable[sqlite3.Row]) -> dict[str, tuple[str, ...]]:
    """The stored pictures among these rows, by job; a job of which none is stored has an empty one."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        before = found.get(row["job"], ())
        found[row["job"]] = (*before, row["id"]) if row["stored"] else before
    return found

"""The rows of pictures as the owner of the machine sees them, whosever they are: looked through, hidden and deleted.

What is hidden counts as deleted (`deleted`, with `hidden`), and its files stay. What was deleted lies in its maker's
bin as hidden (`hidden` and `binned`), so that they see it there as little as anywhere else.
"""

import json
import secrets
import sqlite3
from collections.abc import Sequence

from sdgui.records import Judged, Judgement
from sdgui.storage.deleted_rows import by_job

_BYTES_OF = """SELECT TOTAL(bytes) FROM tasks {index}
    WHERE visitor IN (SELECT value FROM json_each(?)) AND stored AND hidden IS NULL AND {which}"""
BYTES = _BYTES_OF.format(index="", which="(NOT deleted OR binned IS NOT NULL)")
BYTES_KEPT = _BYTES_OF.format(
    index="INDEXED BY tasks_kept_bytes", which="NOT deleted AND mark = 'kept'"
)
"""With each dream of a guest: what the index holds is all that is read, and of those visitors alone."""

_SEEN = "stored AND path IS NOT NULL AND (NOT deleted OR hidden IS NOT NULL)"

_DONE = {
    Judgement.HIDE: ("deleted = 1, hidden = :when", "NOT deleted"),
    Judgement.DELETE: (
        "deleted = 1, hidden = ifnull(hidden, :when), binned = :when, undo = :undo",
        "(NOT deleted OR hidden IS NOT NULL AND binned IS NULL)",
    ),
    # what its maker deleted meanwhile, with the dream, stays in their bin
    Judgement.SHOW: ("deleted = binned IS NOT NULL, hidden = NULL", "hidden IS NOT NULL"),
    # what was hidden before it was deleted is hidden again
    Judgement.RESTORE: (
        """deleted = hidden <> binned, hidden = CASE WHEN hidden <> binned THEN hidden END,
        binned = NULL, undo = NULL""",
        "hidden IS NOT NULL AND binned IS NOT NULL",
    ),
}
"""What each sets, and of which rows."""


def judge(
    connection: sqlite3.Connection, pictures: Sequence[str], judgement: Judgement, when: float
) -> tuple[Judged, ...]:
    """Does so with these pictures, of those the ones with which it can be done; which they were, by dream."""
    change, which = _DONE[judgement]
    rows = connection.execute(
        f"""UPDATE tasks SET {change} WHERE id IN (SELECT value FROM json_each(:pictures))
        AND stored AND {which} RETURNING id, job, stored, visitor""",
        {"pictures": json.dumps(list(pictures)), "when": when, "undo": secrets.token_hex(16)},
    ).fetchall()
    makers = {row["job"]: row["visitor"] for row in rows}
    return tuple(
        Judged(visitor=makers[job], job=job, pictures=found) for job, found in by_job(rows).items()
    )


def find_row(connection: sqlite3.Connection, picture: str) -> list[sqlite3.Row]:
    """A picture that is to be seen, or hidden; alone in a list, which is empty where there is none."""
    asked = f"SELECT * FROM tasks WHERE id = ? AND {_SEEN}"
    return connection.execute(asked, (picture,)).fetchall()


def rows_of(
    connection: sqlite3.Connection,
    visitors: Sequence[str],
    before: str | None,
    limit: int,
    *,
    hidden: bool,
) -> list[sqlite3.Row]:
    """So many pictures of these visitors that are to be seen, or hidden, newest first, with `hidden` the hidden ones of
    everybody else, too; only those before one."""
    values: dict[str, object] = {"visitors": json.dumps(list(visitors)), "limit": limit}
    earlier = ""
    if before is not None:
        place = connection.execute(
            "SELECT created, number FROM tasks WHERE id = ?", (before,)
        ).fetchone()
        if place is None:
            return []
        values |= dict(place)
        earlier = "AND (created, number) < (:created, :number)"
    theirs = "visitor IN (SELECT value FROM json_each(:visitors))"
    # each half along an index of its own: those of many visitors stand in none by date
    return connection.execute(
        f"""SELECT tasks.* FROM (
            SELECT number AS place, created AS made FROM tasks INDEXED BY tasks_by_date
            WHERE {theirs} AND stored AND NOT deleted {earlier}
            UNION ALL
            SELECT number, created FROM tasks INDEXED BY tasks_hidden
            WHERE {"" if hidden else f"{theirs} AND"} hidden IS NOT NULL AND {_SEEN} {earlier}
            ORDER BY made DESC, place DESC LIMIT :limit
        ) CROSS JOIN tasks ON tasks.number = place""",
        values,
    ).fetchall()


def count_hidden(connection: sqlite3.Connection, visitor: str) -> int:
    """How many of a visitor's pictures are hidden or deleted so."""
    (count,) = connection.execute(
        """SELECT count(*) FROM tasks INDEXED BY tasks_hidden
        WHERE visitor = ? AND hidden IS NOT NULL""",
        (visitor,),
    ).fetchone()
    return int(count)


def bytes_of_all(connection: sqlite3.Connection, visitors: Sequence[str], *, kept: bool) -> int:
    """The bytes of all pictures of these visitors, of those in the bin, too, or only of those that are `kept`."""
    asked = BYTES_KEPT if kept else BYTES
    (total,) = connection.execute(asked, (json.dumps(list(visitors)),)).fetchone()
    return int(total)


def oldest_unkept(
    connection: sqlite3.Connection, visitors: Sequence[str], size: int, sparing: Sequence[str]
) -> list[tuple[str, str]]:
    """The oldest pictures of these visitors that are not kept, nor of the dreams `sparing`, as many as have so many
    bytes together; each with whose it is."""
    rows = connection.execute(
        """SELECT id, visitor, bytes FROM tasks
        WHERE visitor IN (SELECT value FROM json_each(?)) AND stored AND NOT deleted
        AND mark != 'kept' AND job NOT IN (SELECT value FROM json_each(?))
        ORDER BY created, id LIMIT 1000""",
        (json.dumps(list(visitors)), json.dumps(list(sparing))),
    ).fetchall()
    oldest: list[tuple[str, str]] = []
    for row in rows:
        if size <= 0:
            break
        oldest.append((row["id"], row["visitor"]))
        size -= row["bytes"] or 0
    return oldest

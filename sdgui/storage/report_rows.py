"""The rows of what strangers reported: one for each picture, however often it was."""

import json
import sqlite3

MOST = 500
MOST_OF_ONE = 50
"""Reported pictures that are remembered, and those of one maker."""
_MOST_REASONS = 5

_OPEN = "EXISTS (SELECT 1 FROM tasks WHERE tasks.id = picture AND stored AND NOT deleted)"
"""What is hidden or deleted needs nothing any more; shown again, it does."""


def add(connection: sqlite3.Connection, picture: str, place: str, reason: str, when: float) -> bool:
    """Counts a report of a picture, and keeps the last few reasons; False where too many others are reported."""
    known = connection.execute(
        "SELECT reasons, count FROM reports WHERE picture = ?", (picture,)
    ).fetchone()
    if known is not None:
        reasons = _with(json.loads(known["reasons"]), reason)
        connection.execute(
            "UPDATE reports SET place = ?, reasons = ?, count = count + 1, last = ? WHERE picture = ?",
            (place, json.dumps(reasons, ensure_ascii=False), when, picture),
        )
        return True
    if not _has_room(connection, picture):
        connection.execute(f"DELETE FROM reports WHERE NOT {_OPEN}")
        if not _has_room(connection, picture):
            return False
    told = json.dumps(_with([], reason), ensure_ascii=False)
    connection.execute(
        "INSERT INTO reports (picture, place, reasons, count, first, last) VALUES (?, ?, ?, 1, ?, ?)",
        (picture, place, told, when, when),
    )
    return True


def _with(reasons: list[str], reason: str) -> list[str]:
    if not reason:
        return reasons
    return [*(one for one in reasons if one != reason), reason][-_MOST_REASONS:]


def _has_room(connection: sqlite3.Connection, picture: str) -> bool:
    (count,) = connection.execute("SELECT count(*) FROM reports").fetchone()
    (theirs,) = connection.execute(
        """SELECT count(*) FROM reports JOIN tasks ON tasks.id = picture
        WHERE visitor = (SELECT visitor FROM tasks WHERE id = ?)""",
        (picture,),
    ).fetchone()
    return bool(count < MOST and theirs < MOST_OF_ONE)


def reports(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """All that is reported and to be seen: the rows of the reports, those reported last first."""
    return connection.execute(
        f"SELECT * FROM reports WHERE {_OPEN} ORDER BY last DESC, picture"
    ).fetchall()


def is_reported(connection: sqlite3.Connection, picture: str) -> bool:
    """Whether somebody reported a picture, and nobody dismissed that."""
    found = connection.execute("SELECT 1 FROM reports WHERE picture = ?", (picture,))
    return found.fetchone() is not None


def dismiss(connection: sqlite3.Connection, picture: str) -> bool:
    """Forgets what was reported of a picture; False where nothing was."""
    done = connection.execute("DELETE FROM reports WHERE picture = ?", (picture,))
    return done.rowcount == 1

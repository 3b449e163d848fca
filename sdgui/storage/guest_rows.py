"""The rows that say whose pictures are a guest's, however long ago they were here."""

import json
import sqlite3
from collections.abc import Sequence


def note(connection: sqlite3.Connection, visitors: Sequence[str], *, are_guests: bool) -> None:
    """These visitors are guests, or are none any more."""
    said = (json.dumps(list(visitors)),)
    if are_guests:
        connection.execute("INSERT OR IGNORE INTO guests SELECT value FROM json_each(?)", said)
    else:
        connection.execute("DELETE FROM guests WHERE id IN (SELECT value FROM json_each(?))", said)


def all_of(connection: sqlite3.Connection) -> frozenset[str]:
    """The guests who have asked for something that is still in the list."""
    rows = connection.execute(
        """SELECT id FROM guests
        WHERE EXISTS (SELECT 1 FROM jobs WHERE jobs.visitor = guests.id)"""
    )
    return frozenset(row["id"] for row in rows)

"""Who made what there is to be seen, and how much: read along the index of the pictures' days, without a picture."""

import sqlite3
from collections.abc import Iterable

from sdgui.people import Maker

_SEEN = "FROM tasks INDEXED BY tasks_by_date WHERE stored AND NOT deleted"
MAKERS = f"""WITH RECURSIVE makers (visitor) AS (
        SELECT min(visitor) {_SEEN}
        UNION ALL
        SELECT (SELECT min(visitor) {_SEEN} AND visitor > makers.visitor) FROM makers WHERE visitor IS NOT NULL
    ) SELECT visitor FROM makers WHERE visitor IS NOT NULL"""
"""From one visitor to the next, whatever lies between: each costs one look into the index."""
MADE = f"SELECT count(*) AS count, max(created) AS last {_SEEN} AND visitor = ?"
"""Counted in the index alone."""


def makers(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The visitors of whom there is a picture to be seen."""
    return tuple(row["visitor"] for row in connection.execute(MAKERS))


def made(connection: sqlite3.Connection, visitors: Iterable[str]) -> tuple[Maker, ...]:
    """How much there is of each of these visitors, and since when; who made last is first."""
    found = []
    for visitor in visitors:
        row = connection.execute(MADE, (visitor,)).fetchone()
        if row["count"]:
            found.append(Maker(visitor=visitor, pictures=row["count"], last=row["last"]))
    return tuple(sorted(found, key=lambda one: one.last, reverse=True))

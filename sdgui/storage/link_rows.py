"""The rows of links to pictures: they stay when they end, so that who follows one is told that it was there; of one
visitor the latest of them only, or whoever makes and ends links would fill the disk."""

import json
import sqlite3

from sdgui.links import Link, LinkKind

MOST_ENDED = 1000
"""Ended links of one visitor that are still known."""


def add_link(connection: sqlite3.Connection, link: Link, most: int | None = None) -> bool:
    """Adds a link; the visitor's longest ended ones are forgotten where there are too many, with who chose by them.

    False, and nothing changes, where the visitor has `most` that lead somewhere."""
    if most is not None and len(links_of(connection, link.visitor, link.created)) >= most:
        return False
    connection.execute(
        """INSERT INTO links (id, visitor, kind, pictures, prompt, settings, by, created, expires)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(link.id, link.visitor, link.kind.value, json.dumps(link.pictures)),
            *(link.shows_prompt, link.shows_settings, link.by, link.created, link.expires),
        ),
    )
    forgotten = connection.execute(
        """SELECT id FROM links WHERE visitor = ? AND (withdrawn IS NOT NULL OR expires <= ?)
        ORDER BY min(coalesce(withdrawn, expires), coalesce(expires, withdrawn)) DESC
        LIMIT -1 OFFSET ?""",
        (link.visitor, link.created, MOST_ENDED),
    ).fetchall()
    for row in forgotten:
        connection.execute("DELETE FROM choosers WHERE link = ?", (row["id"],))
        connection.execute("DELETE FROM links WHERE id = ?", (row["id"],))
    return True


def find_link(connection: sqlite3.Connection, link: str) -> Link | None:
    """A link, whoever made it and whether or not it has ended."""
    row = connection.execute("SELECT * FROM links WHERE id = ?", (link,)).fetchone()
    return None if row is None else _link(row)


def links_of(connection: sqlite3.Connection, visitor: str, now: float) -> tuple[Link, ...]:
    """The visitor's links that lead somewhere, the newest first."""
    rows = connection.execute(
        """SELECT * FROM links WHERE visitor = ? AND withdrawn IS NULL
        AND (expires IS NULL OR expires > ?) ORDER BY created DESC, id""",
        (visitor, now),
    )
    return tuple(map(_link, rows))


def withdraw_link(connection: sqlite3.Connection, link: str, visitor: str, now: float) -> bool:
    """Ends a link; False when it is not the visitor's."""
    done = connection.execute(
        "UPDATE links SET withdrawn = coalesce(withdrawn, ?) WHERE id = ? AND visitor = ?",
        (now, link, visitor),
    )
    return done.rowcount == 1


def _link(row: sqlite3.Row) -> Link:
    return Link(
        id=row["id"],
        visitor=row["visitor"],
        kind=LinkKind(row["kind"]),
        pictures=tuple(json.loads(row["pictures"])),
        shows_prompt=bool(row["prompt"]),
        shows_settings=bool(row["settings"]),
        by=row["by"],
        created=row["created"],
        expires=row["expires"],
        withdrawn=row["withdrawn"],
    )

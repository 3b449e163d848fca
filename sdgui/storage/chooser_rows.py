"""The rows of those who choose together by a link: each with all of their marks, which nobody else writes."""

import json
import sqlite3

from sdgui.choosing import Chooser
from sdgui.records import Mark


def add_chooser(connection: sqlite3.Connection, chooser: Chooser) -> None:
    """Adds somebody, whose place must be free."""
    connection.execute(
        "INSERT INTO choosers (id, link, place, name, created, marks) VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(chooser.id, chooser.link, chooser.place, chooser.name, chooser.created),
            json.dumps(dict(chooser.marks)),
        ),
    )


def change_chooser(connection: sqlite3.Connection, chooser: Chooser) -> None:
    """Writes the name and the marks of somebody anew."""
    connection.execute(
        "UPDATE choosers SET name = ?, marks = ? WHERE id = ?",
        (chooser.name, json.dumps(dict(chooser.marks)), chooser.id),
    )


def choosers_of(connection: sqlite3.Connection, link: str) -> tuple[Chooser, ...]:
    """All of a link, by their places."""
    rows = connection.execute(
        "SELECT * FROM choosers WHERE link = ? AND place IS NOT NULL ORDER BY place", (link,)
    )
    return tuple(map(_chooser, rows))


def remove_chooser(connection: sqlite3.Connection, link: str, place: int) -> None:
    """Forgets somebody, and what they chose; the row stays empty, so that no former copy brings them back."""
    connection.execute(
        "UPDATE choosers SET place = NULL, name = '', marks = '{}' WHERE link = ? AND place = ?",
        (link, place),
    )


def _chooser(row: sqlite3.Row) -> Chooser:
    return Chooser(
        id=row["id"],
        link=row["link"],
        place=row["place"],
        name=row["name"],
        created=row["created"],
        marks={picture: Mark(mark) for picture, mark in json.loads(row["marks"]).items()},
    )

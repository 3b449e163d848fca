"""A small copy of what the database alone knows and the pictures' files do not say.

Marks, ratings and the bin change after a picture was written, and files of former versions do not say whose they are.
The copy is made at the start, once a day and at every clean end, where any of that changed; with it a database that is
made again has them as they were then. What it knew of pictures that the database does not know stays in it.
"""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sdgui.storage.layout import is_id

log = logging.getLogger(__name__)

_JOBS = (
    *("id", "visitor", "created", "state", "message", "hint", "sheet", "binned", "stopped"),
    *("shows", "undo"),
)
_PICTURES = (
    *("id", "job", "position", "deleted", "mark", "marked", "rating", "binned", "undo"),
    "hidden",
)
_LINKS = (
    *("id", "visitor", "kind", "pictures", "prompt", "settings", "by", "created", "expires"),
    "withdrawn",
)
_CHOOSERS = ("id", "link", "place", "name", "created", "marks")
_IMPORTS = ("number", "visitor", "folder", "copies")
_GUESTS = ("id",)
_REPORTS = ("picture", "place", "reasons", "count", "first", "last")
_TABLES = {
    "jobs": ("jobs", _JOBS),
    "pictures": ("tasks", _PICTURES),
    "links": ("links", _LINKS),
    "choosers": ("choosers", _CHOOSERS),
    "imports": ("imports", _IMPORTS),
    "reports": ("reports", _REPORTS),
    "guests": ("guests", _GUESTS),
}
"""By name in the copy: the table of the database, and its columns that are kept."""
_NO_PICTURES = ("links", "choosers", "imports", "guests")
"""Those whose rows are called otherwise than pictures and dreams are."""


def write_copy(database: Path, copy: Path, *, is_damaged: bool = False) -> None:
    """Copies the database, or what can be read of a damaged one, and what only the former copy knew.

    OSError or sqlite3.Error leave the former copy as it was.
    """
    temporary = copy.with_name(f".{copy.name}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as written:
            written.execute("PRAGMA journal_mode = OFF")
            written.execute("PRAGMA synchronous = OFF")  # it is synced as a whole below
            written.execute("BEGIN")
            for name, (_, columns) in _TABLES.items():
                listed = ", ".join((f"{columns[0]} PRIMARY KEY", *columns[1:]))
                written.execute(f"CREATE TABLE {name} ({listed}) WITHOUT ROWID")
            written.execute("CREATE TABLE copied (at)")
            tables = {name: table for name, (table, _) in _TABLES.items()}
            is_read = _copy(database, written, tables, is_damaged)
            at = time.time() if is_read else copied_at(copy)
            if at is None:
                return
            written.execute("INSERT INTO copied VALUES (?)", (at,))
            no_guests = written.execute(
                "SELECT DISTINCT visitor FROM jobs WHERE visitor NOT IN (SELECT id FROM guests)"
            ).fetchall()
            _copy(copy, written, {name: name for name in _TABLES}, True)
            if not is_damaged:  # the database knows better who is one by now
                written.executemany("DELETE FROM guests WHERE id = ?", no_guests)
            written.execute("CREATE INDEX pictures_of ON pictures (job, position)")
            written.execute("COMMIT")
        _sync(temporary)
        temporary.replace(copy)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def keep_copy(database: Path, copy: Path) -> None:
    """`write_copy` of a database that is well; that it fails is no reason to stop for."""
    try:
        write_copy(database, copy)
    except (OSError, sqlite3.Error) as error:
        log.warning("No copy of marks, ratings and the bin could be made: %s", error)


def copied_at(file: Path) -> float | None:
    """When a copy was made, in seconds since the epoch; None where there is none that can be read."""
    with closing(SmallCopy(file)) as copy:
        return copy.copied


class SmallCopy:
    """What a copy knows; nothing where there is none, or none that can be read."""

    def __init__(self, file: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        self.copied: float | None = None
        """When it was made, in seconds since the epoch."""
        if not file.is_file():
            return
        self._connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        self._connection.row_factory = sqlite3.Row
        found = self._rows("SELECT at FROM copied", ())
        self.copied = float(found[0]["at"]) if found else None

    def close(self) -> None:
        """Closes the file."""
        if self._connection is not None:
            self._connection.close()

    def picture(self, picture: str) -> Mapping[str, Any] | None:
        """What it knows of a picture."""
        return next(iter(self._rows("SELECT * FROM pictures WHERE id = ?", (picture,))), None)

    def job(self, job: str) -> Mapping[str, Any] | None:
        """What it knows of a job, with the number of its pictures as `count`."""
        asked = """SELECT *, (SELECT max(position) + 1 FROM pictures WHERE job = jobs.id) AS count
            FROM jobs WHERE id = ?"""
        return next(iter(self._rows(asked, (job,))), None)

    def links(self) -> list[dict[str, Any]]:
        """All links."""
        return self._rows("SELECT * FROM links", ())

    def walls(self) -> list[dict[str, Any]]:
        """The walls that were put together from stored pictures; copies of former versions know none."""
        columns = {row["name"] for row in self._rows("PRAGMA table_info(jobs)", ())}
        return (
            self._rows("SELECT * FROM jobs WHERE shows IS NOT NULL", ())
            if "shows" in columns
            else []
        )

    def choosers(self) -> list[dict[str, Any]]:
        """All who choose by links; former versions knew of none."""
        return self._rows_of("choosers")

    def guests(self) -> list[dict[str, Any]]:
        """All whose pictures are a guest's; former versions did not say."""
        return self._rows_of("guests")

    def imports(self) -> list[dict[str, Any]]:
        """The folders whose pictures were brought in."""
        return self._rows("SELECT * FROM imports", ())

    def reports(self) -> list[dict[str, Any]]:
        """What strangers reported."""
        return self._rows("SELECT * FROM reports", ())

    def _rows_of(self, table: str) -> list[dict[str, Any]]:
        known = self._rows("SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
        return self._rows(f"SELECT * FROM {table}", ()) if known else []

    def _rows(self, asked: str, values: tuple[object, ...]) -> list[dict[str, Any]]:
        if self._connection is None:
            return []
        try:
            return [dict(row) for row in self._connection.execute(asked, values)]
        except sqlite3.DatabaseError as error:
            log.warning("Something in the copy of marks, ratings and the bin is damaged: %s", error)
            return []


def _copy(
    source: Path, written: sqlite3.Connection, tables: Mapping[str, str], is_damaged: bool
) -> bool:
    """Adds what a database knows that was not known yet, whose `tables` are called so; whether it told anything."""
    if not source.is_file():
        return False
    is_read = False
    address = f"{source.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        for name, table in tables.items():
            wanted = _TABLES[name][1]
            places = ", ".join("?" * len(wanted))
            rows = _rows(connection, table, wanted, is_damaged=is_damaged)
            for row in rows:
                is_read = True
                if name in _NO_PICTURES or (isinstance(row[0], str) and is_id(row[0])):
                    written.execute(f"INSERT OR IGNORE INTO {name} VALUES ({places})", row)
    return is_read


def _rows(
    connection: sqlite3.Connection, table: str, wanted: tuple[str, ...], *, is_damaged: bool
) -> Iterator[tuple[Any, ...]]:
    """The wanted columns of a table, None for those that it has not; of a damaged one the rows before the damage, and
    those behind it."""
    for order in ("", "DESC"):
        try:
            there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            if not there:
                return
            listed = ", ".join(f'"{one}"' if one in there else "NULL" for one in wanted)
            key = next(one for one in ("number", "id", "picture") if one in there)
            yield from connection.execute(f"SELECT {listed} FROM {table} ORDER BY {key} {order}")
        except sqlite3.DatabaseError:
            if not is_damaged:
                raise
            continue
        return


def _sync(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())

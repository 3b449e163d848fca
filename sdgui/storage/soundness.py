"""Whether a database is damaged: quickly at every start, wholly before it is made again."""

import sqlite3
from pathlib import Path

from sdgui.storage.faults import damaged

_SMALL = 16 * 2**20
"""Bytes of a file all of whose pages are looked at, at every start."""
_TABLES = ("jobs", "tasks")


def check_quickly(connection: sqlite3.Connection, file: Path, version: int) -> None:
    """Damaged, or SQLite's own error, where a file of this version of the schema shows that it is damaged; of a large
    one only its beginning and the first and last rows are looked at."""
    asked = "SELECT name FROM sqlite_master WHERE name IN ('jobs', 'tasks')"
    if len(connection.execute(asked).fetchall()) != (len(_TABLES) if version else 0):
        raise damaged(file, on_terminal=True)
    if file.stat().st_size <= _SMALL:
        if not _is_well(connection, "PRAGMA quick_check(1)"):
            raise damaged(file, on_terminal=True)
        return
    for table in _TABLES:
        for order in ("", "DESC"):
            connection.execute(f"SELECT * FROM {table} ORDER BY id {order} LIMIT 1").fetchall()


def is_sound(file: Path) -> bool:
    """Whether there is a database of ours in this file, and nothing of it is damaged; takes seconds for a large one.

    False where nothing was ever written into it, too.
    """
    if not file.is_file():
        return False
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            return False
        for table in _TABLES:
            connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchall()
        return _is_well(connection, "PRAGMA integrity_check(1)")
    except sqlite3.OperationalError as error:
        if (error.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_ERROR:
            raise  # another program holds it, or the disk is full
        return False
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def _is_well(connection: sqlite3.Connection, pragma: str) -> bool:
    return connection.execute(pragma).fetchone()[0] == "ok"

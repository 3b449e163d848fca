"""Turns what the disk and SQLite complain of into sentences that a person can act on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sdgui.errors import NotYetSaved, OutOfOrder, no_room, plain_no_room

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_UNWRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}
_IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@contextmanager
def plain_disk_errors(folder: Path) -> Iterator[None]:
    """Raises OutOfOrder in place of an OSError from writing below `folder`."""
    try:
        with plain_no_room(_nothing_more(folder)):
            yield
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from error


@contextmanager
def plain_database_errors(file: Path) -> Iterator[None]:
    """Raises OutOfOrder in place of an SQLite error that lies in the disk or the file, not in the program."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        # the low byte is the primary result code: https://www.sqlite.org/rescode.html
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise no_room(_nothing_more(file.parent)) from error
        if code in _DAMAGED:
            raise OutOfOrder(
                f"The list of pictures, {file}, is damaged.",
                f"Move {file.name} and the files beside it whose names begin alike out of {file.parent} and start "
                "again; the pictures themselves are not touched.",
            ) from error
        if code in _UNWRITABLE:
            raise _unwritable(file, str(error)) from error
        if code in _IN_USE:
            raise NotYetSaved(
                f"Another program is using {file}.", "Close it there and try again."
            ) from error
        raise


def _nothing_more(folder: Path) -> str:
    return f"nothing more can be saved in {folder}"


def _unwritable(path: Path, reason: str) -> OutOfOrder:
    return OutOfOrder(
        f"{path} cannot be written ({reason}).",
        "Check that it is a folder that you may write to, or choose another --output-dir.",
    )

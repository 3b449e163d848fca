"""Turns what the disk and SQLite complain of into sentences that a person can act on.

Visitors are told the names of folders and files alone; `on_terminal` says that the sentence is for whoever starts the
server, who is told where they are.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sdgui.errors import NotYetSaved, OutOfOrder, no_room, plain_no_room

AGAIN = (
    "Start once with --rebuild: it is made again from the pictures, which are safe, and what is damaged is kept "
    "beside it."
)
"""What helps a list that is damaged or gone."""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_UNWRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}
_IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# the file that is shared between connections could not be made larger
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}


class Damaged(OutOfOrder):
    """The database is damaged: nothing of it can be trusted, and it can be made again from the pictures."""


def damaged(file: Path, *, on_terminal: bool = False) -> Damaged:
    """That a database is damaged, and what to do."""
    return Damaged(
        f"The list of pictures, {file if on_terminal else file.name}, is damaged.", AGAIN
    )


@contextmanager
def plain_disk_errors(folder: Path, *, on_terminal: bool = False) -> Iterator[None]:
    """Raises OutOfOrder in place of an OSError from writing below `folder`."""
    try:
        with plain_no_room(_nothing_more(folder, on_terminal)):
            yield
    except OSError as error:
        shown = str(folder) if on_terminal else folder.name
        raise _unwritable(shown, error.strerror or str(error)) from error


@contextmanager
def plain_database_errors(file: Path, *, on_terminal: bool = False) -> Iterator[None]:
    """Raises OutOfOrder in place of an SQLite error that lies in the disk or the file, not in the program."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        # the low byte is the primary result code: https://www.sqlite.org/rescode.html
        whole = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        code = whole & 0xFF
        shown = str(file) if on_terminal else file.name
        if _FULL & {whole, code}:
            raise no_room(_nothing_more(file.parent, on_terminal)) from error
        if code in _DAMAGED:
            raise damaged(file, on_terminal=on_terminal) from error
        if code in _UNWRITABLE:
            raise _unwritable(shown, str(error)) from error
        if code in _IN_USE:
            raise NotYetSaved(
                f"Another program is using {shown}.", "Close it there and try again."
            ) from error
        raise


def _nothing_more(folder: Path, on_terminal: bool) -> str:
    return f"nothing more can be saved in {_folder(folder, on_terminal)}"


def _folder(folder: Path, on_terminal: bool) -> str:
    return str(folder) if on_terminal else f"the folder {folder.name}"


def _unwritable(what: str, reason: str) -> OutOfOrder:
    return OutOfOrder(
        f"{what} cannot be written ({reason}).",
        "Check that it is a folder that you may write to, or choose another --output-dir.",
    )

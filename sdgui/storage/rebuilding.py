"""Makes the database again from the pictures' files: what `--rebuild` does before the page is up.

The new one is made beside the damaged one, some pictures at a time, and takes its place when it is whole: whenever
that is broken off, the next time goes on. The damaged one is kept under a name with the date.
"""

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path, PurePosixPath

from sdgui.people import NOBODY
from sdgui.storage.database import Database
from sdgui.storage.faults import plain_database_errors, plain_disk_errors
from sdgui.storage.found_files import FoundFile, png_files, read_file
from sdgui.storage.layout import COPY, DATABASE, REBUILT, picture_in
from sdgui.storage.migrations import Tell
from sdgui.storage.output_folder import OutputFolder
from sdgui.storage.secret import server_secret
from sdgui.storage.small_copy import SmallCopy, write_copy
from sdgui.storage.soundness import is_sound
from sdgui.storage.whole_file import sync_folder

log = logging.getLogger(__name__)

_AT_ONCE = 500
_BESIDE = ("-wal", "-shm", "-journal")


def rebuild(output_dir: Path, tell: Tell) -> None:
    """Makes the database of a folder again; one that is whole stays, and only learns of pictures that it does not
    know. `tell` is told, for the terminal, how far it is.

    UserError when the folder cannot be used.
    """
    folder = OutputFolder(output_dir)
    try:
        with plain_disk_errors(folder.path, on_terminal=True):
            _rebuild(folder.path, tell)
    finally:
        folder.release()


def _rebuild(folder: Path, tell: Tell) -> None:
    file, rebuilt, copy = folder / DATABASE, folder / REBUILT, folder / COPY
    with plain_database_errors(file, on_terminal=True):
        is_whole = is_sound(file)
        if is_whole:
            tell(
                f"The list of pictures, {file}, is whole: it stays, and only learns what it lacks."
            )
        else:
            _save_what_can_be_read(file, copy)
            if rebuilt.exists() and not is_sound(rebuilt):
                _remove(rebuilt)
        with closing(SmallCopy(copy)) as known:
            _take_in(file if is_whole else rebuilt, known, tell, is_new=not is_whole)
            if not is_whole:
                kept = _put_aside(file)
                rebuilt.replace(file)
                sync_folder(folder)
                if kept is not None:
                    tell(f"The damaged list is kept as {kept.name}.")
                _tell_of_copy(known, tell)


def _take_in(file: Path, known: SmallCopy, tell: Tell, *, is_new: bool) -> None:
    folder = file.parent
    database = Database(file, tell)
    try:
        there = database.known_pictures()
        seen, taken, others = set[str](), 0, 0
        # Of several files that say that they are one picture the one is meant that is called so.
        paths = sorted(png_files(folder), key=lambda path: picture_in(path.name) is None)
        secret = server_secret(folder)
        database.begin_taking_in()
        for start in range(0, len(paths), _AT_ONCE):
            files: list[FoundFile] = []
            for path in paths[start : start + _AT_ONCE]:
                found = _read(folder, path)
                if found is None:
                    others += 1
                elif found.id not in seen:  # a copy of one that is there
                    seen.add(found.id)
                    if found.id not in there and str(path) not in there:
                        files.append(found)
            database.take_in(files, known, secret)
            taken += len(files)
            done = min(start + _AT_ONCE, len(paths))
            tell(f"The list of pictures is made again: {done:,} of {len(paths):,} files.")
        database.finish_taking_in(known, only=seen if is_new else None)
        tell(_told(taken, others, is_new=is_new))
        if database.knows(NOBODY):
            tell(
                "Nobody knows whose some pictures are, as what tells it (.secret, or files of this version) is "
                "missing: they go to the owner, to whichever of their browsers opens the page first."
            )
    finally:
        database.close()


def _told(taken: int, others: int, *, is_new: bool) -> str:
    told = f"{taken:,} {'picture was' if taken == 1 else 'pictures were'} taken in"
    if others:
        told += f"; {others:,} other {'file was' if others == 1 else 'files were'} left alone"
    return (
        f"{told}."
        if not is_new
        else f"{told}. What still waited to be made is to be asked for again."
    )


def _tell_of_copy(known: SmallCopy, tell: Tell) -> None:
    if known.copied is None:
        tell("Marks, ratings and what lay in the bin are lost: nothing else knew them.")
        return
    when = datetime.fromtimestamp(known.copied)
    tell(f"Marks, ratings and the bin are as they could last be read, at {when:%Y-%m-%d %H:%M}.")


def _read(folder: Path, path: PurePosixPath) -> FoundFile | None:
    try:
        return read_file(folder, path)
    except OSError as error:
        log.warning("%s cannot be read: %s", folder / path, error)
        return None


def _save_what_can_be_read(file: Path, copy: Path) -> None:
    """Adds to the small copy what a damaged database still tells."""
    try:
        write_copy(file, copy, is_damaged=True)
    except (OSError, sqlite3.Error) as error:
        log.info("nothing of %s can be read: %s", file, error)


def _put_aside(file: Path) -> Path | None:
    """Gives a database another name, with all that belongs to it; None where there is none."""
    parts = _parts(file)
    if not parts:
        return None
    stem = f"{file.stem}.damaged-{datetime.now():%Y-%m-%d-%H%M%S}"
    kept, number = file.with_name(f"{stem}.db"), 1
    while _parts(kept):
        number += 1
        kept = file.with_name(f"{stem}-{number}.db")
    for part in reversed(parts):  # the file itself last: what was broken off begins again
        part.rename(kept.with_name(kept.name + part.name.removeprefix(file.name)))
    return kept


def _remove(file: Path) -> None:
    for part in _parts(file):
        part.unlink()


def _parts(file: Path) -> Sequence[Path]:
    parts = (file, *(file.with_name(file.name + end) for end in _BESIDE))
    return [part for part in parts if part.exists()]

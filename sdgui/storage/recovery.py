"""Brings the database and the files together again after a crash."""

import logging
from collections.abc import Sequence
from pathlib import Path

from sdgui.errors import UserError
from sdgui.storage.database import Database, Found
from sdgui.storage.deleted_rows import Leftover
from sdgui.storage.faults import plain_disk_errors
from sdgui.storage.layout import is_id, thumbnail_path
from sdgui.storage.pictures import Unreadable, is_whole, read_provenance
from sdgui.storage.rows import TaskRow
from sdgui.storage.thumbnails import encode_thumbnail_of
from sdgui.storage.whole_file import temporary_file, write_whole

log = logging.getLogger(__name__)


def recover(folder: Path, database: Database) -> None:
    """Finds pictures whose file was safe before their row; removes half-written files and those of deleted pictures.

    For the start only: nothing may be saving. UserError when the folder cannot be written.
    """
    database.end_binned_jobs()
    missing = database.missing()
    with plain_disk_errors(folder, on_terminal=True):
        found = [one for one in (_look_for(folder, task) for task in missing) if one is not None]
    if missing:
        database.settle(found)
    remove_leftovers(folder, database, database.leftovers())


def remove_leftovers(folder: Path, database: Database, deleted: Sequence[Leftover]) -> None:
    """Removes the files of pictures deleted for good, which nobody can see any more; what cannot go stays until the
    next start."""
    gone = []
    for one in deleted:
        try:
            remove_files(folder, one)
            gone.append(one.id)
        except OSError as error:
            log.warning("Files of the deleted picture %s stay: %s", one.id, error)
    try:
        database.mark_removed(gone)
    except UserError as error:
        log.warning("Deleted pictures are looked for again at the next start: %s", error)


def remove_files(folder: Path, task: TaskRow | Leftover) -> None:
    """Removes everything that a task may have on disk; what is not there is fine."""
    if not is_id(task.id):  # it would be part of a path
        return
    for relative in (task.path, thumbnail_path(task.path, task.id)):
        file = folder / relative
        file.unlink(missing_ok=True)
        temporary_file(file).unlink(missing_ok=True)


def _look_for(folder: Path, task: TaskRow) -> Found | None:
    """The picture of a task that has no row, if its file is whole; makes its thumbnail where that is missing."""
    file = folder / task.path
    thumbnail = folder / thumbnail_path(task.path, task.id)
    for leftover in (temporary_file(file), temporary_file(thumbnail)):
        leftover.unlink(missing_ok=True)
    if not file.is_file():
        return None
    said = read_provenance(file)
    if said is None or not is_whole(file, task.spec):
        log.warning("%s is not the picture it should be; it will be made again", file)
        return None
    if not thumbnail.is_file():
        try:
            write_whole(thumbnail, encode_thumbnail_of(file))
        except (OSError, Unreadable) as error:  # another try is made when it is asked for
            log.warning("No thumbnail of picture %s yet: %s", task.id, error)
    stat = file.stat()
    log.info("found the picture %s, finished just before sdgui ended", file)
    created = stat.st_mtime if said.place is None else said.place.created
    return Found(task=task, created=created, notes=said.notes, size=stat.st_size)

"""Room on the disk that is kept free: a full disk must not keep anybody from deleting."""

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)

PIECE = 96 * 2**10
"""Bytes that are given free at a time: twice what the database writes to delete a picture."""
SIZE = 4 * PIECE


class Reserve:
    """A file whose bytes are given free piece by piece when the disk is full, and taken again when it is not.

    Its owner holds a lock around every call. It raises nothing: without it there is only less that can be done.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def spend(self) -> bool:
        """Gives a piece free; False when none is left."""
        try:
            left = self._file.stat().st_size
            if left == 0:
                return False
            os.truncate(self._file, max(0, left - PIECE))
        except OSError:
            return False
        return True

    def fill(self) -> None:
        """Takes again what was given free, as far as there is room."""
        try:
            with self._file.open("ab") as out:
                while (missing := SIZE - out.tell()) > 0:
                    # by chance: some disks store nothing for zeros
                    out.write(os.urandom(min(PIECE, missing)))
                    out.flush()
                    os.fsync(out.fileno())
        except OSError as error:
            log.info("No room is kept free for deleting: %s", error)

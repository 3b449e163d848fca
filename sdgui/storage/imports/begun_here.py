"""Which imports were begun by who runs this program, in this folder on this machine: only those go on by themselves.

The list of pictures may be anybody's, and an import that it says is under way would bring in whatever folder it names,
for whomever it names. So the folders are kept beside the list, with what nobody knows who packs a folder of outputs:
the number that the file system gives to a file there, and the moment at which it did, in nanoseconds. Neither is kept
by a copy, an archive or a backup; where the folder came by one, the owner imports again what they want to go on.
"""

import json
import logging
import threading
from contextlib import suppress
from pathlib import Path

from sdgui.storage.whole_file import write_whole

log = logging.getLogger(__name__)

MARKER = ".imports-here"
FILE = ".imports-here.json"


class BegunHere:
    """The folders whose import was begun here, kept in an output folder; safe to call from any thread."""

    def __init__(self, output: Path) -> None:
        self._marker = output / MARKER
        self._file = output / FILE
        self._lock = threading.Lock()

    def note(self, folder: str) -> None:
        """The import of a folder begins; where that cannot be kept, it will not go on by itself."""
        with self._lock:
            known = self._known()
            if folder in known:
                return
            try:
                self._marker.touch()
                told = {"here": self._here(), "folders": [*known, folder]}
                write_whole(self._file, json.dumps(told).encode())
            except OSError as fault:
                log.warning("that an import was begun could not be kept: %s", fault)

    def __contains__(self, folder: str) -> bool:
        """Whether the import of a folder was begun here."""
        with self._lock:
            return folder in self._known()

    def _known(self) -> tuple[str, ...]:
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(self._file.read_bytes())
            if told["here"] == self._here():
                return tuple(one for one in told["folders"] if isinstance(one, str))
        return ()

    def _here(self) -> str:
        found = self._marker.lstat()
        return f"{found.st_ino} {found.st_ctime_ns}"

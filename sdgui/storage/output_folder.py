"""The output folder: made, tried and held by one sdgui at a time."""

from pathlib import Path

from filelock import FileLock, Timeout

from sdgui.errors import NotYetSaved, UserError
from sdgui.storage.faults import plain_disk_errors
from sdgui.storage.layout import LOCK


class OutputFolder:
    """A writable folder that belongs to this process until `release`; the system frees it when the process is killed.

    UserError when it cannot be written or another sdgui holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        # not thread-local: whoever closes the store need not be the thread that opened it
        self._lock = FileLock(self.path / LOCK, timeout=0, thread_local=False)
        with plain_disk_errors(self.path, on_terminal=True):
            self.path.mkdir(parents=True, exist_ok=True)
            # filelock takes some faults of the folder (in /proc, for example) for a lock that is held
            (self.path / LOCK).touch()
            try:
                self._lock.acquire()
            except Timeout as error:  # a TimeoutError, hence an OSError too
                raise UserError(
                    f"Another sdgui already uses the folder {self.path}.",
                    "Stop it, or choose another --output-dir.",
                ) from error
            self._identity = _identity(self.path / LOCK)

    def check(self) -> None:
        """NotYetSaved when the folder was deleted, renamed or unmounted since: what is written now would be lost."""
        try:
            is_there = _identity(self.path / LOCK) == self._identity
        except OSError:
            is_there = False
        if not is_there:
            raise NotYetSaved(
                f"The output folder {self.path.name} is gone.",
                "Put it back where it was; until then nothing can be saved.",
            )

    def release(self) -> None:
        """Gives the folder free; more than once is fine."""
        self._lock.release()


def _identity(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_dev, found.st_ino

"""The output folder: made, tried and held by one sdgui at a time."""

from pathlib import Path

from filelock import FileLock, Timeout

from sdgui.errors import UserError
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
        with plain_disk_errors(self.path):
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

    def release(self) -> None:
        """Gives the folder free; more than once is fine."""
        self._lock.release()

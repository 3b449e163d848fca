"""What the studio keeps on the disk, written in threads of its own: pictures, and how jobs ended."""

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sdgui.errors import NotYetSaved, UserError
from sdgui.events import Decoded
from sdgui.ports import Store
from sdgui.records import JobEnd, JobRecord, PictureRecord, match_in
from sdgui.studio.faults import OUR_FAULT
from sdgui.studio.happenings import (
    EndsNotStored,
    EndsStored,
    Happening,
    PictureNotSaved,
    PictureSaved,
)

log = logging.getLogger(__name__)


class DiskWriter:
    """Two threads: a stop that is to be stored does not wait behind pictures. What became of it goes to `tell`."""

    def __init__(
        self,
        store: Store,
        *,
        tell: Callable[[Happening], None],
        ends: Callable[[], tuple[JobEnd, ...]],
        saved: Callable[[PictureRecord], None] = lambda picture: None,
    ) -> None:
        """`saved` is called after a picture was told to be safe, in the thread that saves."""
        self._store = store
        self._tell = tell
        self._ends = ends
        self._saved = saved
        self._pictures = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sdgui-saver")
        self._jobs = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sdgui-keeper")
        self._lock = threading.Lock()
        self._coming: Future[None] | None = None
        """The storing of ends that has not begun: it takes those too that come until then."""

    def save(self, picture: Decoded) -> None:
        """Stores a picture; it is announced only once it is safe on the disk."""
        with contextlib.suppress(RuntimeError):  # closed: it is made again after the next start
            self._pictures.submit(self._save, picture)

    def store_ends(self) -> Future[None] | None:
        """Stores the ends of all jobs that have one, in one transaction; None once this is closed."""
        with self._lock, contextlib.suppress(RuntimeError):
            if self._coming is None:
                self._coming = self._jobs.submit(self._store_ends)
            return self._coming
        return None

    def reopen(self, job: str) -> JobRecord | None:
        """Makes an ended job queued again, and waits for that; None when there is nothing to go on with.

        In the same thread as the ends, so that an old one cannot come after it.
        """
        return self._jobs.submit(self._store.reopen_job, job).result()

    def close_pictures(self, unsaved: Callable[[], list[Decoded]]) -> None:
        """Returns once every picture is stored or refused; what could not be stored yet is tried a last time."""
        with contextlib.suppress(RuntimeError):  # closed already
            for picture in self._pictures.submit(unsaved).result():
                self._pictures.submit(self._save, picture)
        self._pictures.shutdown(wait=True)

    def close(self) -> None:
        """Returns once every end is stored or refused, those too that could not be stored before."""
        self.store_ends()
        self._jobs.shutdown(wait=True)

    def _save(self, picture: Decoded) -> None:
        try:
            record = self._store.save_picture(picture.task, picture.pixels, picture.notes)
        except NotYetSaved as reason:
            log.warning("a picture could not be stored yet: %s", reason)
            self._tell(PictureNotSaved(picture=picture, fault=reason, again=True))
        except UserError as reason:
            self._tell(PictureNotSaved(picture=picture, fault=reason))
        except Exception:
            log.exception("a picture could not be stored")
            self._tell(PictureNotSaved(picture=picture, fault=OUR_FAULT))
        else:
            self._tell(PictureSaved(task=picture.task, match=match_in(picture.notes)))
            self._follow(record)

    def _follow(self, record: PictureRecord) -> None:
        try:
            self._saved(record)
        except UserError as reason:  # it is tried again after the next picture
            log.warning("room could not be made after a picture: %s", reason)
        except Exception:
            log.exception("room could not be made after a picture")

    def _store_ends(self) -> None:
        with self._lock:
            self._coming = None
        ends = self._ends()
        if not ends:
            return
        names = tuple(end.job for end in ends)
        try:
            self._store.end_jobs(ends)
        except Exception:  # a watcher must not wait for ever
            log.exception("the ends of %d dreams could not be stored", len(ends))
            self._tell(EndsNotStored(jobs=names))
        else:
            self._tell(EndsStored(jobs=names))

"""Watching is async and cheap: a watcher wakes when something changed and reads what is new."""

import asyncio
import contextlib

from sdgui.events import StudioEvent
from sdgui.studio.job import Job


class Watcher:
    """One reader of the news of one visitor's jobs (or of one job), in the event loop that made it."""

    def __init__(self, visitor: str, job: str | None) -> None:
        self._visitor = visitor
        self._job = job
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._changed.set()
        self._woken = True
        self._jobs: dict[str, Job] = {}
        self._read: dict[str, tuple[int, int]] = {}

    def follow(self, job: Job) -> None:
        """Follows the job if it is one that this watcher is for; one that goes on is told from its beginning."""
        if job.record.visitor == self._visitor and self._job in (None, job.record.id):
            self._jobs[job.record.id] = job
            self._read.pop(job.record.id, None)

    def notify(self) -> None:
        """Wakes the watcher, unless it is awake and has yet to read; the caller holds the studio's lock."""
        if self._woken:
            return
        self._woken = True
        with contextlib.suppress(RuntimeError):  # its loop is closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._changed.set)

    async def changed(self) -> None:
        """Waits until there may be news."""
        await self._changed.wait()
        self._changed.clear()

    def read(self) -> list[tuple[str, StudioEvent]]:
        """What is new since the last reading; the caller holds the studio's lock."""
        self._woken = False
        news: list[tuple[str, StudioEvent]] = []
        for name, job in self._jobs.items():
            lasting, changes = self._read.get(name, (0, -1))
            news += [(name, event) for event in job.lasting[lasting:]]
            if job.changes != changes and (passing := job.passing) is not None:
                news.append((name, passing))
            self._read[name] = (len(job.lasting), job.changes)
        self._jobs = {name: job for name, job in self._jobs.items() if job.end is None}
        return news

    @property
    def idle(self) -> bool:
        """Whether no job that it follows is alive."""
        return not self._jobs

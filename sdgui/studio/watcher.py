"""Watching is async and cheap: who watches wakes when something of theirs changed, and reads what is new."""

import asyncio
import contextlib
from collections.abc import Container, Iterable
from dataclasses import replace

from sdgui.events import Progress, StudioEvent
from sdgui.studio.live_job import LiveJob, Named, Passing

INTERVAL = 0.1
"""Seconds between two readings; the end of a job is read at once."""


class Watcher:
    """One reader of the news of one visitor's jobs (or of one job), in the event loop that made it."""

    def __init__(self, visitor: str, job: str | None) -> None:
        self.visitor = visitor
        self._job = job
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._hurry = asyncio.Event()
        self._changed.set()
        self._hurry.set()
        self._woken = self._hurried = True
        self._last_read = self._loop.time()
        self._jobs: dict[str, LiveJob] = {}
        self._notes: list[tuple[str, StudioEvent]] = []
        self._read: dict[str, tuple[int, int]] = {}
        self._shown: dict[str, dict[str, int]] = {}

    def follow(self, job: LiveJob) -> None:
        """Follows the job if it is one that this watcher is for; one that goes on is told from its beginning."""
        name = job.record.id
        if job.record.visitor != self.visitor or not self.wants({name}):
            return
        if self._jobs.get(name) is not job:
            self._jobs[name] = job
            self._read.pop(name, None)
            self._shown.pop(name, None)

    def wants(self, jobs: Container[str]) -> bool:
        """Whether it is for one of these jobs of its visitor."""
        return self._job is None or self._job in jobs

    def note(self, job: str, event: StudioEvent) -> None:
        """Tells, once, what concerns a job that need not be alive; the caller holds the studio's lock."""
        self._notes.append((job, event))
        self.notify(at_once=True)

    def notify(self, *, at_once: bool = False) -> None:
        """Wakes the watcher, unless it is awake and has yet to read."""
        with contextlib.suppress(RuntimeError):  # its loop is closed: nobody reads any more
            if not self._woken:
                self._woken = True
                self._loop.call_soon_threadsafe(self._changed.set)
            if at_once and not self._hurried:
                self._hurried = True
                self._loop.call_soon_threadsafe(self._hurry.set)

    async def changed(self) -> None:
        """Waits until there may be news, and it is time to read them."""
        await self._changed.wait()
        rest = self._last_read + INTERVAL - self._loop.time()
        if rest > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), rest)
        self._changed.clear()
        self._hurry.clear()

    def read(self) -> list[tuple[str, StudioEvent]]:
        """What is new since the last reading; the caller holds the studio's lock."""
        self._woken = self._hurried = False
        self._last_read = self._loop.time()
        news, self._notes = self._notes, []
        for name, job in self._jobs.items():
            lasting, changes = self._read.get(name, (0, -1))
            news += [(name, event) for event in job.lasting[lasting:]]
            if job.changes != changes and (passing := job.passing) is not None:
                news.append((name, self._changed_in(name, passing)))
            self._read[name] = (len(job.lasting), job.changes)
        self._jobs = {name: job for name, job in self._jobs.items() if job.end is None}
        for name in [name for name in self._read if name not in self._jobs]:
            del self._read[name]
            self._shown.pop(name, None)
        return news

    def _changed_in(self, name: str, passing: Passing) -> Passing:
        """Of the previews only those that are new or newer, and which of those that were told are no more."""
        if not isinstance(passing, Progress):
            return passing
        told = self._shown.get(name, {})
        self._shown[name] = there = {strip.id: strip.revision for strip in passing.live}
        newer = tuple(strip for strip in passing.live if told.get(strip.id) != strip.revision)
        return replace(passing, live=newer, over=tuple(one for one in told if one not in there))

    @property
    def idle(self) -> bool:
        """Whether no job that it follows is alive."""
        return not self._jobs


class Watchers:
    """All who watch; safe to call from any thread."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[Watcher]] = {}

    def add(self, watcher: Watcher) -> None:
        """One more; the caller holds the studio's lock."""
        self._watchers.setdefault(watcher.visitor, set()).add(watcher)

    def discard(self, watcher: Watcher) -> None:
        """It watches no more; the caller holds the studio's lock."""
        mine = self._watchers.get(watcher.visitor, set())
        mine.discard(watcher)
        if not mine:
            self._watchers.pop(watcher.visitor, None)

    def hand_over(self, visitor: str, into: str) -> list[Watcher]:
        """Who watches as one visitor watches as another from now on; the caller holds the studio's lock."""
        moved = self._watchers.pop(visitor, set())
        for watcher in moved:
            watcher.visitor = into
            self.add(watcher)
        return list(moved)

    def of(self, jobs: Iterable[Named]) -> list[Watcher]:
        """Those who watch one of these jobs; the caller holds the studio's lock."""
        by_visitor: dict[str, set[str]] = {}
        for visitor, job in jobs:
            by_visitor.setdefault(visitor, set()).add(job)
        return [
            watcher
            for visitor, names in by_visitor.items()
            for watcher in self._watchers.get(visitor, ())
            if watcher.wants(names)
        ]

    def all(self) -> list[Watcher]:
        """Everybody who watches; the caller holds the studio's lock."""
        return [watcher for watchers in self._watchers.values() for watcher in watchers]

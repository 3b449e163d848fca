"""The jobs that are alive, those that have just ended, and the ends that are still to be stored."""

from collections import OrderedDict
from dataclasses import replace

from sdgui.errors import UserError
from sdgui.events import Batch
from sdgui.records import JobEnd, JobRecord
from sdgui.studio.live_job import LiveJob, Named, PictureState, unmade

KEPT_ENDED = 200
"""Ended jobs that a late watcher still finds in memory."""


class LiveJobs:
    """Jobs by id and by task; its owner holds a lock around every call.

    A job whose last picture is settled stays active until its end is told, which is when that is stored, or the store
    could not take it in: that end is then kept, to be tried again.
    """

    def __init__(self) -> None:
        self.active: OrderedDict[str, LiveJob] = OrderedDict()
        self.ended: OrderedDict[str, LiveJob] = OrderedDict()
        self.reopening: set[str] = set()
        """Jobs that are about to go on: their old ends must not be stored any more."""
        self.news: set[Named] = set()
        """Jobs of which there is something to tell."""
        self._unstored: dict[str, LiveJob] = {}
        self._by_task: dict[str, LiveJob] = {}

    def open(self, record: JobRecord) -> LiveJob:
        """A job that begins, or goes on after its end."""
        job = LiveJob(record, self.news)
        self.ended.pop(record.id, None)
        self._unstored.pop(record.id, None)
        self.active[record.id] = job
        self._by_task.update((task.id, job) for task in unmade(record))
        self.news.add((record.visitor, record.id))
        return job

    def hand_over(self, visitor: str, into: str) -> list[LiveJob]:
        """Makes all that is one visitor's another's, also what has ended; those that are alive."""
        moved = [job for job in self._all() if job.record.visitor == visitor]
        for job in moved:
            job.record = replace(job.record, visitor=into)
        alive = [job for job in moved if job.record.id in self.active]
        self.news.update((into, job.record.id) for job in alive)
        return alive

    def whose(self, job: str) -> str | None:
        """The visitor whose a job is that is alive or has just ended; None for any other."""
        found = self.active.get(job, self.ended.get(job))
        return None if found is None else found.record.visitor

    def _all(self) -> list[LiveJob]:
        return [*self.active.values(), *self.ended.values()]

    def owners(self, batch: Batch) -> dict[str, LiveJob]:
        """The living jobs of a batch's tasks, by task."""
        owners = ((task.id, self._by_task.get(task.id)) for task in batch.tasks)
        return {task: job for task, job in owners if job is not None}

    def owner(self, task: str) -> LiveJob | None:
        """The living job of a task that is not settled."""
        return self._by_task.get(task)

    def settle(
        self,
        task: str,
        state: PictureState,
        fault: UserError | None = None,
        match: float | None = None,
    ) -> None:
        """What became of one picture; with the last of its job there is an end to store."""
        job = self._by_task.pop(task, None)
        if job is not None:
            job.settle(task, state, fault, match)
            self.finish(job)

    def finish(self, job: LiveJob) -> None:
        """Keeps the end of a job that has an outcome, to be stored."""
        job.finish()
        if job.outcome is not None and job.end is None:
            self._unstored[job.record.id] = job

    def to_store(self) -> tuple[JobEnd, ...]:
        """The ends that are to be stored now."""
        return tuple(
            JobEnd(
                job=name,
                state=job.state,
                message=job.words[0],
                hint=job.words[1],
                faults={task: str(fault) for task, fault in (job.faults | job.held_back).items()},
                held_back=frozenset(job.held_back),
            )
            for name, job in self._unstored.items()
            if name not in self.reopening
        )

    def close(self, name: str, *, stored: bool) -> None:
        """Tells the end of a job, whether or not it could be stored."""
        job = self._unstored.pop(name, None) if stored else self._unstored.get(name)
        if job is None or job.end is not None:
            return
        job.tell_end()
        del self.active[name]
        self.ended[name] = job
        while len(self.ended) > KEPT_ENDED:
            self.ended.popitem(last=False)

    def as_it_stands(self, record: JobRecord) -> JobRecord:
        """What the store told of a job, with what only we know: its faults so far, an end not yet stored."""
        job = self._unstored.get(record.id, self.active.get(record.id))
        if job is None:
            return record
        message, hint = job.words
        faults = job.faults | job.held_back
        tasks = tuple(
            replace(task, fault=str(faults[task.id]), held_back=task.id in job.held_back)
            if task.id in faults
            else task
            for task in record.tasks
        )
        return replace(record, state=job.state, message=message, hint=hint, tasks=tasks)

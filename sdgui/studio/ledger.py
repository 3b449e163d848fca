"""The jobs that are alive and those that have just ended, with their watchers and what is stored of their ends."""

import logging
from collections import OrderedDict
from dataclasses import replace

from sdgui.errors import UserError
from sdgui.events import Batch
from sdgui.ports import Store
from sdgui.records import JobRecord
from sdgui.studio.job import Fate, Job, unmade
from sdgui.studio.watching import Watcher

log = logging.getLogger(__name__)

KEPT_ENDED = 200
"""Ended jobs that a late watcher still finds in memory."""


class Ledger:
    """Jobs by id and by task; its owner holds a lock around every call."""

    def __init__(self, store: Store) -> None:
        self.active: OrderedDict[str, Job] = OrderedDict()
        self.ended: OrderedDict[str, Job] = OrderedDict()
        self.watchers: set[Watcher] = set()
        self._store = store
        self._unstored: dict[str, Job] = {}
        self._by_task: dict[str, Job] = {}

    def open(self, record: JobRecord) -> Job:
        """A job that begins, or goes on after its end; those who watch follow it."""
        job = Job(record)
        self.ended.pop(record.id, None)
        self._unstored.pop(record.id, None)
        self.active[record.id] = job
        self._by_task.update((task.id, job) for task in unmade(record))
        for watcher in self.watchers:
            watcher.follow(job)
        return job

    def owners(self, batch: Batch) -> dict[str, Job]:
        """The living jobs of a batch's tasks, by task."""
        owners = ((task.id, self._by_task.get(task.id)) for task in batch.tasks)
        return {task: job for task, job in owners if job is not None}

    def settle(
        self,
        task: str,
        fate: Fate,
        fault: UserError | None = None,
        match: float | None = None,
    ) -> None:
        """What became of one picture; ends its job with the last."""
        job = self._by_task.pop(task, None)
        if job is not None:
            job.settle(task, fate, fault, match)
            self.close(job)

    def close(self, job: Job) -> None:
        """Stores the end of a job that has one."""
        name = job.record.id
        if job.end is None or name not in self.active:
            return
        self._unstored[name] = job
        self.store_ends()
        del self.active[name]
        self.ended[name] = job
        while len(self.ended) > KEPT_ENDED:
            self.ended.popitem(last=False)

    def store_ends(self) -> None:
        """Stores how jobs ended; what the store cannot take in now is tried again with the next end."""
        for name, job in list(self._unstored.items()):
            faults = {task: str(fault) for task, fault in job.faults.items()}
            try:
                self._store.end_job(name, job.state, *job.words, faults)
            except Exception:  # a worker must not die of it, nor a watcher wait for ever
                log.exception("the end of dream %s could not be stored", name)
                return
            del self._unstored[name]

    def as_it_stands(self, record: JobRecord) -> JobRecord:
        """What the store told of a job, with what only we know: its faults so far, an end not yet stored."""
        job = self._unstored.get(record.id, self.active.get(record.id))
        if job is None:
            return record
        message, hint = job.words
        tasks = tuple(
            replace(task, fault=str(job.faults[task.id])) if task.id in job.faults else task
            for task in record.tasks
        )
        return replace(record, state=job.state, message=message, hint=hint, tasks=tasks)

    def notify(self) -> None:
        """Wakes all who watch."""
        for watcher in self.watchers:
            watcher.notify()

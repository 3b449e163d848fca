"""The studio: takes dreams, makes their pictures on its workers, stores what is finished, tells the watchers."""

import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from sdgui.errors import UserError
from sdgui.events import StudioEvent, Task
from sdgui.model_info import ModelRef
from sdgui.people import POLICY, Policy, Who
from sdgui.ports import Engine, Models, Store
from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.sheet import Plan, Sheet
from sdgui.spec import SEEDS, DreamRequest, PictureSpec
from sdgui.studio.crew import Crew
from sdgui.studio.job import Fate, unmade
from sdgui.studio.ledger import Ledger
from sdgui.studio.queue import BatchLimit, PictureQueue, batches_of, in_working_order
from sdgui.studio.status import ModelStatus
from sdgui.studio.watching import Watcher


def draw_seed() -> int:
    """A seed by chance."""
    return secrets.randbelow(SEEDS)


class Studio:
    """Jobs, queue and workers; every public method may be called from any thread.

    `workers` are engines, each called from a thread of its own. `batch_limit` says how many pictures
    fit into one batch. Call `start` once, `close` at the end; what is unfinished then comes back
    with the next start.
    """

    def __init__(
        self,
        *,
        models: Models,
        store: Store,
        workers: Sequence[Engine],
        batch_limit: BatchLimit,
        draw_seed: Callable[[], int] = draw_seed,
        clock: Callable[[], float] = time.monotonic,
        policy: Policy = POLICY,
    ) -> None:
        self.policy = policy
        self.models = models
        self.store = store
        self._draw_seed = draw_seed
        self._lock = threading.RLock()
        self._batch_limit = batch_limit
        self._queue = PictureQueue(batch_limit)
        self._ledger = Ledger(store)
        self._crew = Crew(
            workers,
            lock=self._lock,
            queue=self._queue,
            ledger=self._ledger,
            store=store,
            model=models.names()[0],
            clock=clock,
        )

    # Life

    def start(self) -> None:
        """Brings back the unfinished jobs and starts the workers, which load the first model at once."""
        for record in self.store.unfinished_jobs():
            unfit = self._unfit(unmade(record))
            with self._lock:
                self._take_up(record, unfit)
        self._crew.start()

    def close(self) -> None:
        """Leaves running batches at their next step, stores what is decoded, closes the workers."""
        self._crew.close()

    # What visitors do

    def submit(self, request: DreamRequest, who: Who) -> JobRecord:
        """Resolves, stores and queues a dream; UserError when it cannot be dreamt."""
        model = self.models.names()[0] if request.model is None else request.model
        specs = request.resolve(self.models.describe(model), self._draw_seed)
        return self._submit(specs, who)

    def submit_plan(self, plan: Plan, who: Who) -> JobRecord:
        """Stores and queues the pictures of a sheet; UserError when they cannot be dreamt now."""
        return self._submit(plan.specs, who, plan.sheet)

    def expect(self, specs: Sequence[PictureSpec]) -> float | None:
        """Seconds that these pictures will take at the pace so far; None when a model's pace is not known."""
        batches = batches_of(specs, self._batch_limit)
        with self._lock:
            return self._crew.pace.expect_batches(batches)

    def resume(self, job: str, who: Who) -> bool:
        """Goes on with a job of the visitor that has ended: queues what is neither stored nor deleted.

        False when there is nothing to go on with. UserError when none of it can be made any more because its model
        is gone or has changed, or when too much waits already.
        """
        with self._lock:
            if job in self._ledger.active:
                return False
        found = self.store.job(job, who.visitor)
        left = () if found is None else unmade(found)
        if not left:
            return False
        unfit = self._unfit(left)
        if all(task.spec.model in unfit for task in left):
            raise unfit[left[0].spec.model]
        with self._lock:
            record = self.store.job(job, who.visitor)  # again: another tab may have been quicker
            if job in self._ledger.active or record is None or not unmade(record):
                return False
            self._check_room(who, len(unmade(record)))
            self.store.reopen_job(job)
            self._take_up(record, unfit)
            self._crew.look()
        return True

    def cancel(self, job: str, who: Who) -> bool:
        """Stops one job of the visitor at once; what is made already is still stored, and stays.

        What a worker is at is dropped, for others in its batch may keep that going for long. False when there is
        nothing to stop.
        """
        with self._lock:
            found = self._ledger.active.get(job)
            if found is None or found.record.visitor != who.visitor or found.cancelled:
                return False
            found.cancelled = True
            self._queue.remove(frozenset(found.index))
            for task in found.wanted:
                self._ledger.settle(task, Fate.CANCELLED)
            self._crew.look()
            return True

    def cancel_all(self, who: Who) -> int:
        """Stops every job of the visitor; how many there were."""
        return sum(self.cancel(job, who) for job in self.active_jobs(who))

    def active_jobs(self, who: Who) -> tuple[str, ...]:
        """Ids of the visitor's jobs that have not ended, in the order in which they were queued."""
        with self._lock:
            return tuple(
                name
                for name, job in self._ledger.active.items()
                if job.record.visitor == who.visitor
            )

    def as_it_stands(self, record: JobRecord) -> JobRecord:
        """What the store told of a job, with the faults told so far and an end that the store could not take in."""
        with self._lock:
            return self._ledger.as_it_stands(record)

    def live(self, job: str, strip: str, who: Who) -> tuple[int, bytes] | None:
        """The newest preview of what forms together as (revision, JPEG bytes); None when there is none."""
        with self._lock:
            found = self._ledger.active.get(job)
            if found is None or found.record.visitor != who.visitor:
                return None
            forming = found.strips.get(strip)
            return None if forming is None else (forming.revision, found.jpegs[strip])

    def status(self) -> ModelStatus:
        """Whether the model is there."""
        with self._lock:
            return self._crew.status

    async def watch(
        self, who: Who, job: str | None = None
    ) -> AsyncIterator[tuple[str, StudioEvent]]:
        """News of the visitor's active jobs, or of one job, as (job id, event).

        Begins with how things stand, ends when none of them is active any more. Of progress only the
        latest is told; each job ends with exactly one Finished, JobCancelled or Failed. One that goes on after its
        end is told from its beginning.
        """
        watcher = Watcher(who.visitor, job)
        with self._lock:
            self._ledger.watchers.add(watcher)
            ended = None if job is None else self._ledger.ended.get(job)
            for other in (*self._ledger.active.values(), *(() if ended is None else (ended,))):
                watcher.follow(other)
        try:
            while True:
                await watcher.changed()
                with self._lock:
                    news = watcher.read()
                    over = watcher.idle or self._crew.closing
                for item in news:
                    yield item
                if over:
                    return
        finally:
            with self._lock:
                self._ledger.watchers.discard(watcher)

    def _submit(
        self, specs: Sequence[PictureSpec], who: Who, sheet: Sheet | None = None
    ) -> JobRecord:
        created = time.time()
        record = JobRecord(
            id=f"{int(created * 1000):012x}{secrets.token_hex(10)}",
            visitor=who.visitor,
            created=created,
            state=JobState.QUEUED,
            tasks=tuple(TaskRecord(id=secrets.token_hex(16), spec=spec) for spec in specs),
            sheet=sheet,
        )
        with self._lock:
            self._check_room(who, len(specs))
        self.store.add_job(record)
        with self._lock:
            self._take_up(record, {})
            self._crew.look()
        return record

    def _check_room(self, who: Who, pictures: int) -> None:
        if self._crew.closing:
            raise UserError("The studio is closing.", "Try again when it is back.")
        waiting = self._queue.count(who.visitor)
        if waiting + pictures > self.policy.of(who).waiting:
            raise UserError(
                f"{waiting} of your pictures are waiting already.",
                "Let some of them finish, or stop them.",
            )

    def _take_up(self, record: JobRecord, unfit: Mapping[ModelRef, UserError]) -> None:
        """Queues what is left of a stored job; pictures of `unfit` models fail. Under the lock."""
        job = self._ledger.open(record)
        left = unmade(record)
        fit = [task for task in left if task.spec.model not in unfit]
        self._queue.put(record.visitor, in_working_order(fit))
        for task in left:
            if task.spec.model in unfit:
                self._ledger.settle(task.id, Fate.FAILED, unfit[task.spec.model])
        job.finish()
        self._ledger.close(job)

    def _unfit(self, tasks: Sequence[Task]) -> dict[ModelRef, UserError]:
        """Those of the tasks' models that are gone or have changed since, and what to say of it."""
        unfit: dict[ModelRef, UserError] = {}
        for model in dict.fromkeys(task.spec.model for task in tasks):
            try:
                if self.models.describe(model.id).ref != model:
                    raise UserError(
                        f"The model {model.id} has changed since this was asked.", "Dream it again."
                    )
            except UserError as fault:
                unfit[model] = fault
        return unfit

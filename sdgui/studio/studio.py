"""The studio: takes dreams, makes their pictures on its workers, stores what is finished, tells the watchers."""

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sdgui.errors import UserError
from sdgui.events import (
    Batch,
    Decoded,
    Loaded,
    Loading,
    ModelLoading,
    Preview,
    Queued,
    Stepped,
    StudioEvent,
    Task,
    TaskFailed,
    WorkerEvent,
)
from sdgui.ports import Engine, Models, Store
from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.spec import SEEDS, DreamRequest, PictureSpec
from sdgui.studio.job import Fate, Job
from sdgui.studio.pace import Pace
from sdgui.studio.queue import BatchLimit, PictureQueue
from sdgui.studio.running import RunningBatch
from sdgui.studio.status import ModelStatus
from sdgui.studio.watching import Watcher

log = logging.getLogger(__name__)

MAX_WAITING = 256
"""Pictures that one visitor may have waiting."""
ATTEMPTS = 2
"""How often a batch is begun before a breaking worker is taken for its fault."""
KEPT_ENDED = 200
"""Ended jobs that a late watcher still finds in memory."""
RECKON = 1.0
"""Seconds between two reckonings of the waiting times while a batch runs."""

OUR_FAULT = UserError(
    "Something went wrong on our side, and the picture could not be made.",
    "Try again; the server's log has the details.",
)
NOT_LOADED = UserError("The model could not be loaded.", "The server's log has the details.")


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
    ) -> None:
        self.models = models
        self.store = store
        self._workers = tuple(workers)
        self._draw_seed = draw_seed
        self._clock = clock
        self._lock = threading.RLock()
        self._work = threading.Condition(self._lock)
        self._queue = PictureQueue(batch_limit)
        self._pace = Pace()
        self._active: OrderedDict[str, Job] = OrderedDict()
        self._ended: OrderedDict[str, Job] = OrderedDict()
        self._unstored: dict[str, Job] = {}
        self._by_task: dict[str, Job] = {}
        self._running: dict[int, RunningBatch] = {}
        self._loading: set[int] = set()
        self._watchers: set[Watcher] = set()
        self._closing = False
        self._reckoned = 0.0
        self._status = ModelStatus(state="waiting", model=models.names()[0])
        self._saver = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sdgui-saver")
        self._threads: list[threading.Thread] = []

    # Life

    def start(self) -> None:
        """Brings back the unfinished jobs and starts the workers, which load the first model at once."""
        self._bring_back()
        for number, worker in enumerate(self._workers):
            thread = threading.Thread(
                target=self._serve,
                args=(number, worker),
                name=f"sdgui-worker-{number}",
                daemon=True,
            )
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Leaves running batches at their next step, stores what is decoded, closes the workers.

        A worker that loads a model is not waited for: that can take minutes, and nothing of it is to be kept.
        """
        with self._lock:
            self._closing = True
            self._work.notify_all()
            self._notify()
            waited_for = [t for i, t in enumerate(self._threads) if i not in self._loading]
        for thread in waited_for:
            thread.join(timeout=30)
        self._saver.shutdown(wait=True)
        with self._lock:
            self._store_ends()
        for worker in self._workers:
            worker.close()
        for thread in self._threads:
            thread.join(timeout=1)

    def _bring_back(self) -> None:
        for record in self.store.unfinished_jobs():
            job = Job(record)
            left = tuple(
                Task(id=task.id, spec=task.spec) for task in record.tasks if not task.stored
            )
            with self._lock:
                self._active[record.id] = job
                self._by_task.update((task.id, job) for task in left)
                fault = self._changed_model(left[0].spec) if left else None
                if fault is not None:
                    for task in left:
                        self._settle(task.id, Fate.FAILED, fault)
                elif left:
                    self._queue.put(record.visitor, left)
                else:
                    job.finish()
                    self._close_job(job)

    def _changed_model(self, spec: PictureSpec) -> UserError | None:
        try:
            now = self.models.describe(spec.model.id).ref
        except UserError as fault:
            return fault
        if now == spec.model:
            return None
        return UserError(
            f"The model {spec.model.id} has changed since this was asked.", "Dream it again."
        )

    # What visitors do

    def submit(self, request: DreamRequest, visitor: str) -> JobRecord:
        """Resolves, stores and queues a dream; UserError when it cannot be dreamt."""
        model = self.models.names()[0] if request.model is None else request.model
        specs = request.resolve(self.models.describe(model), self._draw_seed)
        created = time.time()
        record = JobRecord(
            id=f"{int(created * 1000):012x}{secrets.token_hex(10)}",
            visitor=visitor,
            created=created,
            state=JobState.QUEUED,
            tasks=tuple(TaskRecord(id=secrets.token_hex(16), spec=spec) for spec in specs),
        )
        with self._lock:
            if self._closing:
                raise UserError("The studio is closing.", "Try again when it is back.")
            waiting = self._queue.count(visitor)
            if waiting + len(specs) > MAX_WAITING:
                raise UserError(
                    f"{waiting} of your pictures are waiting already.",
                    "Let some of them finish, or stop them.",
                )
        self.store.add_job(record)
        job = Job(record)
        with self._lock:
            self._active[record.id] = job
            self._by_task.update((task.id, job) for task in record.tasks)
            self._queue.put(visitor, tuple(Task(id=t.id, spec=t.spec) for t in record.tasks))
            for watcher in self._watchers:
                watcher.follow(job)
            self._reckon()
            self._work.notify_all()
            self._notify()
        return record

    def cancel(self, job: str, visitor: str) -> bool:
        """Stops one job of the visitor; what is finished stays. False when there is nothing to stop."""
        with self._lock:
            found = self._active.get(job)
            if found is None or found.record.visitor != visitor or found.cancelled:
                return False
            found.cancelled = True
            for task in self._queue.remove(frozenset(found.index)):
                self._settle(task, Fate.CANCELLED)
            self._reckon()
            self._notify()
            return True

    def cancel_all(self, visitor: str) -> int:
        """Stops every job of the visitor; how many there were."""
        return sum(self.cancel(job, visitor) for job in self.active_jobs(visitor))

    def active_jobs(self, visitor: str) -> tuple[str, ...]:
        """Ids of the visitor's jobs that have not ended, oldest first."""
        with self._lock:
            return tuple(
                job.record.id for job in self._active.values() if job.record.visitor == visitor
            )

    def as_it_stands(self, record: JobRecord) -> JobRecord:
        """What the store told of a job, with the end that the store could not take in (its disk is full)."""
        with self._lock:
            job = self._unstored.get(record.id)
            if job is None:
                return record
            message, hint = job.words
            return replace(record, state=job.state, message=message, hint=hint)

    def live(self, job: str, index: int, visitor: str) -> tuple[int, bytes] | None:
        """The newest preview of one picture as (revision, JPEG bytes); None when there is none."""
        with self._lock:
            found = self._active.get(job)
            if found is None or found.record.visitor != visitor:
                return None
            if not 0 <= index < len(found.previews):
                return None
            jpeg = found.previews[index]
            return None if jpeg is None else (found.revisions[index], jpeg)

    def status(self) -> ModelStatus:
        """Whether the model is there."""
        with self._lock:
            return self._status

    async def watch(
        self, visitor: str, job: str | None = None
    ) -> AsyncIterator[tuple[str, StudioEvent]]:
        """News of the visitor's active jobs, or of one job, as (job id, event).

        Begins with how things stand, ends when none of them is active any more. Of progress only the
        latest is told; each job ends with exactly one Finished, JobCancelled or Failed.
        """

        watcher = Watcher(visitor, job)
        with self._lock:
            self._watchers.add(watcher)
            for other in (
                *self._active.values(),
                *(self._ended[i] for i in self._ended if i == job),
            ):
                watcher.follow(other)
        try:
            while True:
                await watcher.changed()
                with self._lock:
                    news = watcher.read()
                    over = watcher.idle or self._closing
                for item in news:
                    yield item
                if over:
                    return
        finally:
            with self._lock:
                self._watchers.discard(watcher)

    # What workers do

    def _serve(self, number: int, worker: Engine) -> None:
        self._warm(number, worker)
        while True:
            with self._lock:
                self._work.wait_for(lambda: self._closing or len(self._queue))
                if self._closing:
                    return
                batch = self._queue.take()
                if batch is None:
                    continue
                running = RunningBatch(batch, self._clock())
                self._running[number] = running
                for job in self._jobs_of(batch):
                    job.start()
                    job.progress(0, batch.tasks[0].spec.steps, None)
                self._reckon()
                self._notify()
            self._run(number, worker, running)

    def _warm(self, number: int, worker: Engine) -> None:
        model = self._status.model
        self._take_in(number, Loading(model=model))
        try:
            worker.warm(model, lambda event: self._take_in(number, event))
        except UserError as fault:
            self._cannot_load(number, model, fault)
        except Exception:
            if not self._closing:  # which ends the worker in the middle of its loading
                log.exception("the model %s could not be loaded", model)
            self._cannot_load(number, model, NOT_LOADED)

    def _cannot_load(self, number: int, model: str, fault: UserError) -> None:
        log.log(logging.INFO if self._closing else logging.ERROR, "%s", fault)
        with self._lock:
            self._loading.discard(number)
            self._status = ModelStatus(
                state="failed", model=model, message=fault.message, hint=fault.hint
            )
            self._notify()

    def _run(self, number: int, worker: Engine, running: RunningBatch) -> None:
        broken = False
        fault = OUR_FAULT
        try:
            worker.run(
                running.batch, lambda event: self._take_in(number, event), self._is_cancelled
            )
        except UserError as told:
            fault = told
        except Exception:
            if not self._closing:
                log.exception("a worker broke")
            broken = True
        with self._lock:
            del self._running[number]
            if number in self._loading:
                reason = NOT_LOADED if running.fault is None else running.fault
                self._cannot_load(number, self._status.model, reason)
            if running.decoded and running.fault is None:
                self._pace.learn(
                    running.batch.tasks[0].spec,
                    len(running.batch.tasks),
                    self._clock() - running.begun,
                )
            left = [task for task in running.batch.tasks if task.id not in running.settled]
            again: list[Task] = []
            for task in left:
                job = self._by_task.get(task.id)
                if job is None:
                    continue
                if job.cancelled:
                    self._settle(task.id, Fate.CANCELLED)
                elif self._closing:
                    continue
                elif broken and running.attempt(task.id, job) < ATTEMPTS:
                    again.append(task)
                else:
                    self._settle(task.id, Fate.FAILED, fault)
            for task in reversed(again):
                self._queue.put(self._by_task[task.id].record.visitor, (task,), first=True)
            self._reckon()
            self._notify()

    def _is_cancelled(self, task: str) -> bool:
        job = self._by_task.get(task)
        return self._closing or job is None or job.cancelled

    def _take_in(self, number: int, event: WorkerEvent) -> None:
        with self._lock:
            running = self._running.get(number)
            match event:
                case Loading(model=model, fraction=fraction):
                    self._loading.add(number)
                    self._status = ModelStatus(state="loading", model=model, fraction=fraction)
                    for job in self._waiting_for_model(running):
                        job.tell(ModelLoading(model=model, fraction=fraction))
                case Loaded(model=model, device=device, dtype=dtype):
                    self._loading.discard(number)
                    self._status = ModelStatus(
                        state="ready", model=model, device=device, dtype=dtype
                    )
                    if running is not None:
                        running.begun = self._clock()
                    self._reckon()
                case Stepped(step=step, steps=steps) if running is not None:
                    now = self._clock()
                    running.stepped(step, steps, now)
                    self._tell_progress(running, now)
                    if now - self._reckoned > RECKON:
                        self._reckon()
                case Preview(task=task, jpeg=jpeg) if running is not None:
                    owner = self._by_task.get(task)
                    if owner is not None:
                        owner.preview(task, jpeg)
                        self._tell_progress(running, self._clock(), only=owner)
                case Decoded(task=task):
                    if running is not None:
                        running.settled.add(task)
                        running.decoded += 1
                    self._saver.submit(self._save, event)
                case TaskFailed(task=task, message=message, hint=hint):
                    reason = UserError(message, hint)
                    if running is not None:
                        running.settled.add(task)
                        running.fault = reason
                    self._settle(task, Fate.FAILED, reason)
            self._notify()

    def _save(self, event: Decoded) -> None:
        """In the saver's thread: a picture is announced only once it is safe on the disk."""
        fault = None
        try:
            self.store.save_picture(event.task, event.pixels, event.notes)
        except UserError as reason:
            fault = reason
        except Exception:
            log.exception("a picture could not be stored")
            fault = OUR_FAULT
        with self._lock:
            self._settle(event.task, Fate.DONE if fault is None else Fate.FAILED, fault)
            self._notify()

    # Under the lock

    def _jobs_of(self, batch: Batch) -> list[Job]:
        jobs = {id(job): job for t in batch.tasks if (job := self._by_task.get(t.id)) is not None}
        return list(jobs.values())

    def _waiting_for_model(self, running: RunningBatch | None) -> list[Job]:
        if running is not None:
            return self._jobs_of(running.batch)
        return [job for job in self._active.values() if not job.started]

    def _tell_progress(self, running: RunningBatch, now: float, *, only: Job | None = None) -> None:
        left = running.seconds_left(now)
        for job in self._jobs_of(running.batch) if only is None else [only]:
            rest: float | None = left
            if rest is not None:
                behind = job.pending - running.members(job)
                if behind > 0:
                    more = self._pace.expect(job.record.tasks[0].spec, behind)
                    rest = None if more is None else rest + more
            job.progress(running.step, running.steps, rest)

    def _settle(self, task: str, fate: Fate, fault: UserError | None = None) -> None:
        job = self._by_task.pop(task, None)
        if job is None:
            return
        job.settle(task, fate, fault)
        self._close_job(job)

    def _close_job(self, job: Job) -> None:
        if job.end is None or job.record.id not in self._active:
            return
        self._unstored[job.record.id] = job
        self._store_ends()
        del self._active[job.record.id]
        self._ended[job.record.id] = job
        while len(self._ended) > KEPT_ENDED:
            self._ended.popitem(last=False)

    def _store_ends(self) -> None:
        """Stores how jobs ended; what the store cannot take in now is tried again with the next end."""
        for name, job in list(self._unstored.items()):
            try:
                self.store.end_job(name, job.state, *job.words)
            except Exception:  # a worker must not die of it, nor a watcher wait for ever
                log.exception("the end of dream %s could not be stored", name)
                return
            del self._unstored[name]

    def _reckon(self) -> None:
        """Tells every job that waits how many batches are before it and how long that may take."""
        now = self._clock()
        self._reckoned = now
        running = [batch.seconds_left(now) for batch in self._running.values()]
        if self._status.state == "loading" and not running:
            for job in self._waiting_for_model(None):
                job.tell(ModelLoading(model=self._status.model, fraction=self._status.fraction))
            return
        free = len(self._running) < len(self._workers)
        wait: float | None = (
            0.0 if free else min((s for s in running if s is not None), default=None)
        )
        place = 0 if free else 1
        seen: set[str] = set()
        for batch in self._queue.batches():
            for job in self._jobs_of(batch):
                if job.record.id not in seen:
                    seen.add(job.record.id)
                    if not job.started:
                        job.tell(Queued(place=place, wait=wait))
            expected = self._pace.expect(batch.tasks[0].spec, len(batch.tasks))
            wait = None if wait is None or expected is None else wait + expected
            place += 1

    def _notify(self) -> None:
        for watcher in self._watchers:
            watcher.notify()

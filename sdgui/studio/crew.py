"""What workers do: each engine in a thread of its own, and a saver that stores what they make."""

import logging
import threading
from collections.abc import Callable, Sequence
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
    Stepped,
    Task,
    TaskFailed,
    WorkerEvent,
)
from sdgui.ports import Engine, Store
from sdgui.records import match_in
from sdgui.studio.forecast import look_ahead, tell_progress
from sdgui.studio.job import Fate, Job
from sdgui.studio.ledger import Ledger
from sdgui.studio.pace import Pace
from sdgui.studio.queue import PictureQueue
from sdgui.studio.running import RunningBatch
from sdgui.studio.status import ModelStatus

log = logging.getLogger(__name__)

ATTEMPTS = 2
"""How often a batch is begun before a breaking worker is taken for its fault."""
RECKON = 1.0
"""Seconds between two reckonings of the waiting times while a batch runs."""

OUR_FAULT = UserError(
    "Something went wrong on our side, and the picture could not be made.",
    "Try again; the server's log has the details.",
)
NOT_LOADED = UserError("The model could not be loaded.", "The server's log has the details.")


class Crew:
    """The workers at their queue; `lock` guards everything that they share with the studio."""

    def __init__(
        self,
        workers: Sequence[Engine],
        *,
        lock: threading.RLock,
        queue: PictureQueue,
        ledger: Ledger,
        store: Store,
        model: str,
        clock: Callable[[], float],
    ) -> None:
        self.status = ModelStatus(state="waiting", model=model)
        self.pace = Pace()
        self.closing = False
        self._workers = tuple(workers)
        self._lock = lock
        self._work = threading.Condition(lock)
        self._queue = queue
        self._ledger = ledger
        self._store = store
        self._clock = clock
        self._running: dict[int, RunningBatch] = {}
        self._loading: set[int] = set()
        self._reckoned = 0.0
        self._begun = 0
        self._saver = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sdgui-saver")
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts the workers, which load the first model at once."""
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
            self.closing = True
            self._work.notify_all()
            self._ledger.notify()
            waited_for = [t for i, t in enumerate(self._threads) if i not in self._loading]
        for thread in waited_for:
            thread.join(timeout=30)
        self._saver.shutdown(wait=True)
        with self._lock:
            self._ledger.store_ends()
        for worker in self._workers:
            worker.close()
        for thread in self._threads:
            thread.join(timeout=1)

    def look(self) -> None:
        """The queue has changed: tells those who wait, and wakes idle workers. Under the lock."""
        self._reckon()
        self._work.notify_all()
        self._ledger.notify()

    # In a worker's thread

    def _serve(self, number: int, worker: Engine) -> None:
        self._warm(number, worker)
        while True:
            with self._lock:
                self._work.wait_for(lambda: self.closing or len(self._queue))
                if self.closing:
                    return
                batch = self._queue.take()
                if batch is None:
                    continue
                running = self._begin(number, batch)
            self._run(number, worker, running)

    def _begin(self, number: int, batch: Batch) -> RunningBatch:
        now = self._clock()
        expected = self.pace.timing(batch.tasks[0].spec, len(batch.tasks))
        self._begun += 1
        running = RunningBatch(
            batch,
            self._ledger.owners(batch),
            now,
            name=str(self._begun),
            expected=expected,
        )
        self._running[number] = running
        for job in running.jobs:
            job.start()
        self._reckon()
        tell_progress(running, now)
        self._ledger.notify()
        return running

    def _warm(self, number: int, worker: Engine) -> None:
        model = self.status.model
        self._take_in(number, Loading(model=model))
        try:
            worker.warm(model, lambda event: self._take_in(number, event))
        except UserError as fault:
            self._cannot_load(number, model, fault)
        except Exception:
            if not self.closing:  # which ends the worker in the middle of its loading
                log.exception("the model %s could not be loaded", model)
            self._cannot_load(number, model, NOT_LOADED)

    def _cannot_load(self, number: int, model: str, fault: UserError) -> None:
        log.log(logging.INFO if self.closing else logging.ERROR, "%s", fault)
        with self._lock:
            self._loading.discard(number)
            self.status = replace(
                self.status, state="failed", model=model, message=fault.message, hint=fault.hint
            )
            self._ledger.notify()

    def _run(self, number: int, worker: Engine, running: RunningBatch) -> None:
        broken = False
        fault = OUR_FAULT
        try:
            worker.run(
                running.batch,
                lambda event: self._take_in(number, event),
                lambda task: self.closing or running.owner(task) is None,
            )
        except UserError as told:
            fault = running.fault = told
        except Exception:
            if not self.closing:
                log.exception("a worker broke")
            broken = True
        with self._lock:
            del self._running[number]
            for job in set(running.owners.values()):
                job.leave_strip(running.name)
            took = running.took(self._clock())
            if took is not None:
                self.pace.learn(running.batch.tasks[0].spec, len(running.batch.tasks), took)
            again = self._settle_rest(running, fault, broken=broken)
            if number in self._loading:
                reason = NOT_LOADED if running.fault is None else running.fault
                self._cannot_load(number, self.status.model, reason)
                if not again and not self.closing:
                    self._spare_rest(running, fault if running.fault is None else running.fault)
            self.look()

    def _settle_rest(self, running: RunningBatch, fault: UserError, *, broken: bool) -> bool:
        """What becomes of a batch's tasks that its worker said nothing of; whether any is begun again."""
        again: list[tuple[Job, Task]] = []
        for task in running.batch.tasks:
            job = running.owner(task.id)
            if job is None or self.closing:
                continue
            if broken and running.attempt(task.id, job) < ATTEMPTS:
                again.append((job, task))
            else:
                self._ledger.settle(task.id, Fate.FAILED, fault)
        for job, task in reversed(again):
            self._queue.put(job.record.visitor, (task,), first=True)
        return bool(again)

    def _spare_rest(self, running: RunningBatch, fault: UserError) -> None:
        """Fails what else the batch's jobs want of a model that could not be loaded: each try can take minutes."""
        model = running.batch.tasks[0].spec.model
        rest = frozenset(
            task.id
            for job in set(running.owners.values())
            if job.end is None
            for task in job.record.tasks
            if task.spec.model == model
        )
        for task in self._queue.remove(rest):
            self._ledger.settle(task, Fate.FAILED, fault)

    # Events

    def _take_in(self, number: int, event: WorkerEvent) -> None:
        with self._lock:
            running = self._running.get(number)
            match event:
                case Loading(model=model, fraction=fraction):
                    self._loading.add(number)
                    self.status = replace(
                        self.status,
                        state="loading",
                        model=model,
                        fraction=fraction,
                        message="",
                        hint="",
                    )
                    for job in self._waiting_for_model(running):
                        job.tell(ModelLoading(model=model, fraction=fraction))
                    if running is not None and not running.loading:
                        running.loading = True
                        self._reckon()  # nobody knows any more how long it takes
                case Loaded(model=model, device=device, dtype=dtype):
                    self._loading.discard(number)
                    self.status = ModelStatus(
                        state="ready", model=model, device=device, dtype=dtype
                    )
                    if running is not None:
                        running.loaded(self._clock())
                    self._reckon()
                    if running is not None:
                        tell_progress(running, running.begun)
                case Stepped(step=step, steps=steps) if running is not None:
                    self._stepped(running, step, steps)
                case Preview(tasks=shown) if running is not None:
                    owner = next(filter(None, map(running.owner, shown)), None)
                    if owner is not None:
                        owner.preview(running.name, event)
                case Decoded(task=task) if running is not None:
                    running.decoded += 1
                    owner = running.owner(task)
                    if owner is not None:  # and else its job has ended without it
                        owner.decoded(task)
                        self._saver.submit(self._save, event)
                    return  # news only once it is stored
                case TaskFailed(task=task, message=message, hint=hint) if running is not None:
                    running.fault = UserError(message, hint)
                    if running.owner(task) is not None:
                        self._ledger.settle(task, Fate.FAILED, running.fault)
            self._ledger.notify()

    def _stepped(self, running: RunningBatch, step: int, steps: int) -> None:
        now = self._clock()
        running.stepped(step, steps, now)
        if self.status.state == "failed":  # to load another model; this one was there already
            model = running.batch.tasks[0].spec.model.id
            self.status = replace(self.status, state="ready", model=model, message="", hint="")
        if now - self._reckoned > RECKON:
            self._reckon()
        tell_progress(running, now)

    def _save(self, event: Decoded) -> None:
        """In the saver's thread: a picture is announced only once it is safe on the disk."""
        fault = None
        try:
            self._store.save_picture(event.task, event.pixels, event.notes)
        except UserError as reason:
            fault = reason
        except Exception:
            log.exception("a picture could not be stored")
            fault = OUR_FAULT
        with self._lock:
            if fault is None:
                self._ledger.settle(event.task, Fate.DONE, match=match_in(event.notes))
            else:
                self._ledger.settle(event.task, Fate.FAILED, fault)
            self._ledger.notify()

    # Under the lock

    def _waiting_for_model(self, running: RunningBatch | None) -> Sequence[Job]:
        if running is not None:
            return running.jobs
        return [job for job in self._ledger.active.values() if not job.started]

    def _reckon(self) -> None:
        """Looks ahead: tells every job that waits of its place, and works out what is behind the batches under way."""
        now = self._clock()
        self._reckoned = now
        if self.status.state == "loading" and not self._running:
            for job in self._waiting_for_model(None):
                job.tell(ModelLoading(model=self.status.model, fraction=self.status.fraction))
            return
        look_ahead(
            self._queue,
            self._ledger,
            self.pace,
            running=tuple(self._running.values()),
            workers=len(self._workers),
            now=now,
        )

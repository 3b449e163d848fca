"""The studio's state machine: takes what happens, returns what is to be done. No threads, no disk, no clock."""

from collections import Counter
from collections.abc import Callable, Sequence

from sdgui.errors import NotYetListed, UserError
from sdgui.events import (
    Decoded,
    Fitted,
    HeldBack,
    Loaded,
    Loading,
    Measured,
    ModelLoading,
    Preview,
    Stepped,
    Task,
    TaskFailed,
    WorkerEvent,
)
from sdgui.studio.faults import HELD_BACK, NOT_LOADED, OUR_FAULT
from sdgui.studio.fits import Fits
from sdgui.studio.forecast import look_ahead, tell_progress
from sdgui.studio.happenings import (
    Adopted,
    Asked,
    BatchOver,
    Begin,
    Closing,
    Effect,
    EndsNotStored,
    EndsStored,
    Free,
    FreeAsked,
    Happening,
    NotReopened,
    NotWarmed,
    Opened,
    Paused,
    PictureNotSaved,
    PictureSaved,
    Reopening,
    Save,
    Stopped,
    StoreEnds,
    Tell,
    Used,
    WakeAt,
    Wanted,
    WarmUp,
    Woken,
    WorkerReady,
    WorkerSaid,
)
from sdgui.studio.live_job import LiveJob, PictureState, unmade
from sdgui.studio.live_jobs import LiveJobs
from sdgui.studio.pace import Pace
from sdgui.studio.queue import BatchLimit, PictureQueue, in_working_order
from sdgui.studio.running_batch import RunningBatch
from sdgui.studio.status import ModelStatus
from sdgui.studio.unsaved import Unsaved, backoff
from sdgui.studio.worker_face import WorkerFace, choose_status

ATTEMPTS = 2
"""How often a picture is begun before a breaking worker is taken for its fault; the second time alone."""
RECKON = 1.0
"""Seconds between two reckonings of the waiting times while a batch runs."""


class Machine:
    """Jobs, queue and workers as values; its owner holds a lock around every call, and carries out what it returns.

    `take` is the one way in. Times are in seconds of the caller's clock.
    """

    def __init__(
        self,
        *,
        model: str,
        workers: int,
        batch_limit: BatchLimit,
        backoff: Callable[[int], float] = backoff,
        paused: bool = False,
    ) -> None:
        self.fits = Fits()
        self.queue = PictureQueue(batch_limit, self.fits)
        self.jobs = LiveJobs()
        self.pace = Pace()
        self.unsaved = Unsaved(backoff)
        self.closing = False
        self.paused = paused
        self.faces = tuple(WorkerFace(number, model) for number in range(workers))
        self._backoff = backoff
        self._ends_tries = 0
        self._ends_due: float | None = None
        self._reckoned = 0.0
        self._begun = 0
        self._wanted: str | None = None
        self._now = 0.0
        self._effects: list[Effect] = []
        self._ended = False

    def take(self, happening: Happening, now: float) -> tuple[Effect, ...]:
        """Takes in what has happened, `now`; what is to be done, in this order."""
        self._now = now
        self._effects, self._ended = [], False
        self._take(happening)
        if self.jobs.news:
            self._effects.append(Tell(jobs=frozenset(self.jobs.news), at_once=self._ended))
            self.jobs.news.clear()
        return tuple(self._effects)

    @property
    def status(self) -> ModelStatus:
        """Whether a model is there, and what each worker is at."""
        return choose_status(self.faces)

    def can_reopen(self, job: str) -> bool:
        """Whether a job neither is alive nor about to be."""
        return job not in self.jobs.active and job not in self.jobs.reopening

    def uses(self, model: str) -> bool:
        """Whether a picture of this model is still to be made, or a worker loads it."""
        return any(
            task.spec.model.id == model and job.wants(task.id)
            for job in self.jobs.active.values()
            for task in job.record.tasks
        ) or any(face.is_loading and face.status.model == model for face in self.faces)

    def stoppable(self, visitor: str) -> tuple[str, ...]:
        """The visitor's jobs that can be stopped."""
        return tuple(
            name
            for name, job in self.jobs.active.items()
            if job.record.visitor == visitor and not job.cancelled and job.outcome is None
        )

    # What happens

    def _take(self, happening: Happening) -> None:
        match happening:
            case Asked():
                self._ask(happening)
            case Reopening(job=name):
                self.jobs.reopening.add(name)
                return
            case NotReopened(job=name):
                self.jobs.reopening.discard(name)
                if self.jobs.to_store():  # its end was passed over meanwhile
                    self._effects.append(StoreEnds())
                return
            case Stopped(jobs=jobs):
                self._stop(jobs)
            case Adopted(visitor=visitor, into=into):
                self.queue.hand_over(visitor, into)
                self._effects += [Opened(job=job) for job in self.jobs.hand_over(visitor, into)]
            case Paused(paused=paused):
                self.paused = paused
            case WorkerReady(worker=number):
                self.faces[number].ready()
            case WorkerSaid(worker=number, event=event):
                self._hear(self.faces[number], event)
                return  # it has not changed what there is to begin
            case FreeAsked(models=models):
                for face in self.faces:
                    face.ask_to_free(models, self._now)
            case Wanted(model=model):
                self._wanted = model
            case NotWarmed(worker=number, fault=fault):
                self.faces[number].cannot_load(self.faces[number].status.model, fault)
            case BatchOver():
                self._leave(happening)
            case PictureSaved(task=task, match=match):
                self.unsaved.forget(task)
                if (job := self.jobs.owner(task)) is not None:
                    self._effects.append(Used(visitor=job.record.visitor, pictures=1))
                self._settle(task, PictureState.DONE, match=match)
                return
            case PictureNotSaved():
                self._not_saved(happening)
                return
            case EndsStored(jobs=names):
                self._ends_tries = 0
                self._close(names, stored=True)
                return
            case EndsNotStored(jobs=names):
                self._close(names, stored=False)
                self._ends_due = self._now + self._backoff(self._ends_tries)
                self._ends_tries += 1
                self._effects.append(WakeAt(moment=self._ends_due))
                return
            case Woken():
                self._wake()
                return
            case Closing():
                self.closing = True
                return
        self._free()
        self._begin_all()
        self._warm_up()
        self._reckon()

    def _ask(self, asked: Asked) -> None:
        record = asked.record
        self.jobs.reopening.discard(record.id)
        job = self.jobs.open(record)
        self._effects.append(Opened(job=job))
        left = unmade(record)
        self.queue.put(
            record.visitor,
            in_working_order([task for task in left if task.id not in asked.unfit]),
            before_others=asked.before_others,
        )
        for task in left:
            if task.id in asked.unfit:
                fault = asked.unfit[task.id]
                self._settle(task.id, PictureState.FAILED, fault)
        self._finish(job)

    def _stop(self, names: Sequence[str]) -> None:
        jobs = [self.jobs.active[name] for name in names if name in self.jobs.active]
        self.queue.remove(frozenset(task for job in jobs for task in job.index))
        for job in jobs:
            job.cancelled = True
            for task in job.wanted:  # what is made already is still stored, however late
                self._settle(task, PictureState.CANCELLED)

    def _hear(self, face: WorkerFace, event: WorkerEvent) -> None:
        running = face.running
        match event:
            case Loading(model=model, fraction=fraction):
                face.loads(model, fraction)
                if running is not None or self.status.state == "loading":
                    for job in self._waiting_for_model(running):
                        job.tell(ModelLoading(model=model, fraction=fraction))
                if running is not None and not running.loading:
                    running.loading = True
                    self._reckon()  # nobody knows any more how long it takes
            case Loaded():
                face.loaded(event)
                if running is not None:
                    running.loaded(self._now)
                self._reckon()
                if running is not None:
                    tell_progress(running, running.begun)
            case Measured(worker=info):
                face.measures(info, self._now)
            case Fitted():
                self.fits.learn(face.info.device, event)
            case Stepped(step=step, steps=steps) if running is not None:
                running.stepped(step, steps, self._now)
                face.works(running.batch.tasks[0].spec.model.id)
                if self._now - self._reckoned > RECKON:
                    self._reckon()
                tell_progress(running, self._now)
            case Preview(tasks=shown) if running is not None:
                owner = next(filter(None, map(running.owner, shown)), None)
                if owner is not None:
                    owner.preview(running.name, event)
            case Decoded(task=task) if running is not None:
                running.decoded += 1
                owner = running.owner(task)
                if owner is not None:  # and else its job has ended without it
                    owner.decoded(task)
                    self._effects.append(Save(picture=event))
            case HeldBack(task=task) if running is not None:
                running.decoded += 1
                if running.owner(task) is not None:
                    self._settle(task, PictureState.HELD_BACK, HELD_BACK)
            case TaskFailed(task=task, message=message, hint=hint) if running is not None:
                running.fault = UserError(message, hint)
                if running.owner(task) is not None:
                    self._settle(task, PictureState.FAILED, running.fault)

    def _leave(self, over: BatchOver) -> None:
        face = self.faces[over.worker]
        running = face.running
        if running is None:
            return
        if over.fault is not None:
            running.fault = over.fault
        face.running, face.is_free = None, True
        if over.broken:
            face.lost()
        for job in set(running.owners.values()):
            job.leave_strip(running.name)
        self._count_seconds(running)
        took = running.took(self._now)
        if took is not None:
            self.pace.learn(running.batch.tasks[0].spec, len(running.batch.tasks), took)
        fault = OUR_FAULT if over.fault is None else over.fault
        again = self._settle_rest(running, fault, broken=over.broken)
        if face.is_loading:
            face.cannot_load(
                face.status.model, NOT_LOADED if running.fault is None else running.fault
            )
            if not again and not self.closing:
                self._fail_rest(running, fault if running.fault is None else running.fault)

    def _count_seconds(self, running: RunningBatch) -> None:
        """Whose pictures the time of a batch went into, to equal parts."""
        each = max(0.0, self._now - running.begun) / len(running.batch.tasks)
        shares = Counter(job.record.visitor for job in running.owners.values())
        self._effects += [
            Used(visitor=visitor, seconds=each * count) for visitor, count in shares.items()
        ]

    def _settle_rest(self, running: RunningBatch, fault: UserError, *, broken: bool) -> bool:
        """What becomes of a batch's pictures that its worker said nothing of; whether any is begun again.

        Those of a worker that broke are begun again, each alone: only the guilty one then fails.
        """
        again: list[tuple[LiveJob, Task]] = []
        for task in running.batch.tasks:
            job = running.owner(task.id)
            if job is None or self.closing:
                continue
            if broken and running.attempt(task.id, job) < ATTEMPTS:
                again.append((job, task))
            else:
                self._settle(task.id, PictureState.FAILED, fault)
        for job, task in reversed(again):
            self.queue.put(job.record.visitor, (task,), first=True, alone=True)
        return bool(again)

    def _fail_rest(self, running: RunningBatch, fault: UserError) -> None:
        """Fails what else the batch's jobs want of a model that could not be loaded: each try can take minutes."""
        model = running.batch.tasks[0].spec.model
        rest = frozenset(
            task.id
            for job in set(running.owners.values())
            if job.outcome is None
            for task in job.record.tasks
            if task.spec.model == model
        )
        for task in self.queue.remove(rest):
            self._settle(task, PictureState.FAILED, fault)

    def _not_saved(self, told: PictureNotSaved) -> None:
        task = told.picture.task
        job = self.jobs.owner(task)
        if job is None:
            self.unsaved.forget(task)
        elif not told.again:
            self.unsaved.forget(task)
            self._settle(task, PictureState.FAILED, told.fault)
        else:
            is_written = isinstance(told.fault, NotYetListed)
            due = self.unsaved.keep(
                job.record.id, told.picture, self._now, fault=told.fault, is_written=is_written
            )
            if due is None:
                self._settle(task, PictureState.FAILED, told.fault)
                return
            job.unsaved(task, told.fault if told.said is None else told.said)
            self._effects.append(WakeAt(moment=due))

    def _wake(self) -> None:
        self._effects += [Save(picture=picture) for picture in self.unsaved.due(self._now)]
        if self._ends_due is not None and self._ends_due <= self._now:
            self._ends_due = None
            self._effects.append(StoreEnds())
        moments = [one for one in (self._ends_due, self.unsaved.next_due) if one is not None]
        if moments:
            self._effects.append(WakeAt(moment=min(moments)))

    # What follows

    def _settle(
        self,
        task: str,
        state: PictureState,
        fault: UserError | None = None,
        match: float | None = None,
    ) -> None:
        job = self.jobs.owner(task)
        if job is not None:
            self.jobs.settle(task, state, fault, match)
            self._finish(job)

    def _finish(self, job: LiveJob) -> None:
        self.jobs.finish(job)
        if job.outcome is not None and job.end is None and StoreEnds() not in self._effects:
            self._effects.append(StoreEnds())

    def _close(self, names: Sequence[str], *, stored: bool) -> None:
        for name in names:
            self.jobs.close(name, stored=stored)
        self._ended = True

    def _free(self) -> None:
        """Has workers that are at nothing free what they were asked to, before anything else begins."""
        for face in self.faces:
            if face.is_free and face.asked is not None and not self.closing:
                self._effects.append(Free(worker=face.number, models=tuple(sorted(face.asked))))
                face.is_free, face.asked = False, None

    def _begin_all(self) -> None:
        """Gives free workers what waits, each what it has warm if it can be."""
        while not (self.closing or self.paused) and (model := self.queue.next_model()) is not None:
            free = [face for face in self.faces if face.is_free]
            if not free:
                return
            self._begin(next((face for face in free if model in face.info.warm), free[0]))

    def _warm_up(self) -> None:
        """Has a worker with nothing to do load the model that was wanted last, unless one has it."""
        model, free = self._wanted, next((face for face in self.faces if face.is_free), None)
        if model is None or self.closing:
            return
        if any(model in face.info.warm for face in self.faces):
            self._wanted = None
        elif free is not None:
            self._wanted = None
            free.is_free = False
            self._effects.append(WarmUp(worker=free.number, model=model))

    def _begin(self, face: WorkerFace) -> None:
        # With one worker alone every model is loaded where its turn comes: there is nobody else to leave it to.
        batch = self.queue.take(face.info if len(self.faces) > 1 else face.device_only)
        assert batch is not None
        self._begun += 1
        if batch.tasks[0].spec.model.id == self._wanted:
            self._wanted = None
        running = RunningBatch(
            batch,
            self.jobs.owners(batch),
            self._now,
            name=str(self._begun),
            expected=self.pace.timing(batch.tasks[0].spec, len(batch.tasks)),
        )
        face.running, face.is_free = running, False
        for job in running.jobs:
            job.start()
        self._reckon()
        tell_progress(running, self._now)
        self._effects.append(Begin(worker=face.number, running=running))

    def _waiting_for_model(self, running: RunningBatch | None) -> Sequence[LiveJob]:
        if running is not None:
            return running.jobs
        return [job for job in self.jobs.active.values() if not job.started and job.pending]

    def _reckon(self) -> None:
        """Looks ahead: tells every job that waits of its place, and works out what is behind the batches under way."""
        self._reckoned = self._now
        status = self.status
        running = tuple(face.running for face in self.faces if face.running is not None)
        if status.state == "loading" and not running:
            for job in self._waiting_for_model(None):
                job.tell(ModelLoading(model=status.model, fraction=status.fraction))
            return
        look_ahead(
            self.queue,
            self.jobs,
            self.pace,
            running=running,
            workers=len(self.faces),
            now=self._now,
            paused=self.paused,
        )

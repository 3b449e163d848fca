"""The studio: takes dreams, makes their pictures on its workers, stores what is finished, tells the watchers."""

import contextlib
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace

from sdgui.adapters import Adapter
from sdgui.batches import with_chunks
from sdgui.errors import NotYetSaved, OutOfOrder, UserError
from sdgui.events import (
    Decoded,
    LimitsChanged,
    NotLetIn,
    PicturesBinned,
    PicturesHidden,
    PicturesRestored,
    QueueHeld,
    StudioEvent,
    Task,
)
from sdgui.model_info import ModelRef
from sdgui.people import POLICY, Policy, Role, Who
from sdgui.plans import Plan
from sdgui.ports import Engine, Models, Store
from sdgui.records import (
    Binned,
    Emptied,
    JobEnd,
    JobRecord,
    JobState,
    Judged,
    Judgement,
    PictureRecord,
    Restored,
    TaskRecord,
)
from sdgui.sheet import Sheet
from sdgui.spec import DreamRequest, PictureSpec
from sdgui.studio.admission import (
    MINUTE,
    admit,
    admit_among_guests,
    admit_asked,
    admit_checker,
    admit_words,
)
from sdgui.studio.alarm import Alarm
from sdgui.studio.daily import Daily
from sdgui.studio.disk_writer import DiskWriter
from sdgui.studio.faults import NOT_SAVED_HERE
from sdgui.studio.guests import Guests
from sdgui.studio.happenings import (
    Adopted,
    Asked,
    Begin,
    Closing,
    Effect,
    Free,
    FreeAsked,
    Happening,
    NotReopened,
    Opened,
    Paused,
    PictureNotSaved,
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
)
from sdgui.studio.live_job import unmade
from sdgui.studio.machine import Machine
from sdgui.studio.queue import BatchLimit, batches_of
from sdgui.studio.queued_dream import QueuedDream, queued_dreams
from sdgui.studio.status import ModelStatus
from sdgui.studio.unsaved import backoff
from sdgui.studio.watcher import Watcher, Watchers
from sdgui.studio.worker_thread import WorkerThread
from sdgui.written_values import SEEDS

_MOST_A_MINUTE = 1000
_MOST_BEGINNERS = 1000
_LONGEST_ARRIVAL = 10.0
"""Seconds for which what is being stored of somebody is waited for."""
_NOT_LET_IN = ("Whoever runs this program does not let you in any more.", "Ask them.")


def draw_seed() -> int:
    """A seed by chance."""
    return secrets.randbelow(SEEDS)


class Studio:
    """Jobs, queue and workers; every public method may be called from any thread.

    What happens goes through a state machine under one lock, in which nothing waits; threads, timers and disk are
    around it. `workers` are engines, each called from a thread of its own. `batch_limit` says how many pictures
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
        paused: bool = False,
        backoff: Callable[[int], float] = backoff,
        resident: Callable[[], int] = lambda: 0,
        used: Callable[[str, int, float], None] = lambda visitor, pictures, seconds: None,
        is_owner: Callable[[str], bool] = lambda visitor: False,
        is_out: Callable[[str], bool] = lambda visitor: False,
        lost: Callable[[str, int], None] = lambda visitor, pictures: None,
        guests: Sequence[str] = (),
    ) -> None:
        """`paused`: no batch begins until `pause` lets it. `resident` tells the main memory of this process, in bytes.
        `used` is told, without being waited for, what a visitor has used: pictures, and seconds of a worker. `is_owner`
        says whether who asked as a guest before is the owner by now; `is_out`, whether somebody is not let in any more.
        `lost` is told how many pictures of a visitor had to make room. `guests` are some of whom that was known before
        it was kept with their pictures."""
        self.policy = policy
        self.resident = resident
        self.models = models
        self.store = store
        self._draw_seed = draw_seed
        self._clock = clock
        self._lock = threading.RLock()
        self._has_arrived = threading.Condition(self._lock)
        self._batch_limit = batch_limit
        self._arriving: Counter[str] = Counter()
        self._begun: dict[str, deque[float]] = {}
        self._used = used
        self.guests = Guests(store, is_owner)
        with contextlib.suppress(OutOfOrder):  # until it can be kept, whoever told of them knows
            self.guests.recall(guests)
        self._is_out = is_out
        self._lost = lost
        self._taken_by_all: int | None = None
        """Bytes that the pictures of those who share room take at most; None where that is to be counted."""
        model = models.names()[0]
        self._machine = Machine(
            model=model,
            workers=len(workers),
            batch_limit=batch_limit,
            backoff=backoff,
            paused=paused,
        )
        self._watchers = Watchers()
        self.heeding: list[Callable[[str], None]] = []
        """Each is told of a visitor whose stored pictures were deleted, brought back or marked otherwise."""
        self.adopted: list[Callable[[str, str], None]] = []
        """Each is told of a visitor, and of the other whose all that is by now."""
        self.turned_out: list[Callable[[str], None]] = []
        """Each is told of a visitor who is not let in any more."""
        self._disk = DiskWriter(store, tell=self._stored, ends=self._ends, saved=self._saved)
        self._alarm = Alarm(lambda: self._happened(Woken()), clock)
        self._daily = Daily(store.sweep_bins)
        self._workers = [
            WorkerThread(
                number,
                engine,
                model=model,
                tell=self._happened,
                is_closing=lambda: self._machine.closing,
            )
            for number, engine in enumerate(workers)
        ]

    # Life

    def start(self) -> None:
        """Brings back the unfinished jobs and starts the workers, which load the first model at once."""
        for record in self.store.unfinished_jobs():
            self._take(Asked(record=record, unfit=self._unfit_again(record)))
        for worker in self._workers:
            worker.start()
        self._daily.start()

    def close(self) -> None:
        """Leaves running batches at their next step, stores what is decoded, closes the workers.

        A worker that loads a model is not waited for: that can take minutes, and nothing of it is to be kept.
        """
        with self._lock:
            self._take(Closing())
            for watcher in self._watchers.all():
                watcher.notify(at_once=True)
            faces = self._machine.faces
            waited_for = [
                w for w, face in zip(self._workers, faces, strict=True) if not face.is_loading
            ]
        self._alarm.close()
        self._daily.close()
        for worker in self._workers:
            worker.leave()
        for worker in waited_for:
            worker.join(timeout=30)
        self._disk.close_pictures(self._unsaved)
        self._disk.close()
        for worker in self._workers:
            worker.close()
        for worker in self._workers:
            worker.join(timeout=1)

    # What visitors do

    def submit(self, request: DreamRequest, who: Who, job: str | None = None) -> JobRecord:
        """Resolves, stores and queues a dream, which is called `job` where that is said; UserError when it cannot be
        dreamt."""
        model = self.models.names()[0] if request.model is None else request.model
        admit_asked(self.policy.of(who), model, (request.prompt,))
        specs = request.resolve(
            self.models.describe(model), self._draw_seed, find_adapters=self.models.find_adapters
        )
        return self._submit(specs, who, job=job)

    def submit_plan(self, plan: Plan, who: Who, job: str | None = None) -> JobRecord:
        """Stores and queues the pictures of a sheet, as `submit`; UserError when they cannot be dreamt now."""
        return self._submit(plan.specs, who, plan.sheet, job=job)

    def expect(self, specs: Sequence[PictureSpec]) -> float | None:
        """Seconds that these pictures will take at the pace so far; None when a model's pace is not known."""
        batches = batches_of(specs, self._batch_limit)
        with self._lock:
            return self._machine.pace.expect_batches(batches)

    def resume(self, job: str, who: Who) -> bool:
        """Goes on with a job of the visitor that has ended: queues what is neither stored nor deleted.

        False when there is nothing to go on with. UserError when none of it can be made any more because its model,
        or a LoRA or learnt words of it, are gone or have changed, or when too much waits already.
        """
        with self._lock:
            if not self._machine.can_reopen(job):
                return False
        found = self.store.job(job, who.visitor)
        left = () if found is None else unmade(found)
        if not left:
            return False
        self._check_room(who)
        admit_words(self.policy.of(who), [task.spec for task in left])
        unfit = self._unfit(left)
        if all(task.id in unfit for task in left):
            raise unfit[left[0].id]
        self._admit_checkers(who, [task.spec for task in left if task.id not in unfit])
        with self._lock:
            if not self._machine.can_reopen(job):
                return False
            self._admit(who, [task.spec for task in left])
            self._take(Reopening(job=job))
        record = None
        try:
            self.guests.note(who)
            record = self._disk.reopen(job)  # another tab may have been quicker
        finally:
            with self._lock:
                self._arrived(who, len(left))
                self._take(
                    NotReopened(job=job)
                    if record is None
                    else Asked(record=record, unfit=unfit, before_others=self._goes_first(who))
                )
        self._stop_if_out(who, job)
        return record is not None

    def cancel(self, job: str, who: Who) -> bool:
        """Stops one job of the visitor at once; what is made already is still stored, and stays.

        What a worker is at is dropped, for others in its batch may keep that going for long. False when there is
        nothing to stop.
        """
        return self._stop(who, job) == 1

    def cancel_all(self, who: Who) -> int:
        """Stops every job of the visitor; how many there were."""
        return self._stop(who)

    def bin(
        self, who: Who, *, pictures: Sequence[str] = (), jobs: Sequence[str] = ()
    ) -> Binned | None:
        """Puts pictures and whole jobs of the visitor into the bin, where a job's later pictures come too; one that is
        alive is stopped. Who watches is told. None, and nothing changes, when one is not the visitor's or none is to
        be seen."""
        with self._lock:
            alive = [one for one in self._machine.stoppable(who.visitor) if one in jobs]
        # First: what is made meanwhile belongs there, and a crash must not bring it back.
        done = self.store.bin(who.visitor, pictures=pictures, jobs=jobs, stopped=alive)
        if done is None:
            return None
        for job in alive:
            self._stop(who, job)
        self._tell_of(
            who,
            {
                job: PicturesBinned(pictures=gone, whole=job in done.dreams)
                for job, gone in done.pictures.items()
            },
        )
        self.heed(who.visitor)
        return done

    def restore(
        self, who: Who, *, undo: str | None = None, pictures: Sequence[str] = ()
    ) -> Restored | None:
        """Brings back what went into the bin at once, or these pictures; jobs that ran then go on. Who watches is
        told. None, and nothing changes, when one is not the visitor's or none is in the bin."""
        done = self.store.restore(who.visitor, undo=undo, pictures=pictures)
        if done is None:
            return None
        for job in done.stopped:
            with contextlib.suppress(
                UserError
            ):  # it stands there stopped, and says why when it is asked to go on
                self.resume(job, who)
        self._tell_of(
            who, {job: PicturesRestored(pictures=back) for job, back in done.pictures.items()}
        )
        self.heed(who.visitor)
        return done

    def heed(self, visitor: str) -> None:
        """Tells those who heed them that a visitor's stored pictures changed."""
        for tell in self.heeding:
            tell(visitor)

    def empty_bin(self, who: Who, pictures: Sequence[str] | None = None) -> Emptied:
        """Deletes for good what is in the visitor's bin, or these pictures of it."""
        return self.store.empty_bin(who.visitor, pictures)

    def adopt(self, visitor: str, who: Who) -> int:
        """Makes all that is one visitor's that of another, who is the same person; how many pictures. What is being
        made goes on, and is told to whoever watched it and to the other; but for a guest, who has limits: UserError
        while something of it is still being made."""
        if who.role is Role.GUEST and self.active_jobs(Who(visitor=visitor)):
            raise UserError(
                "Dreams of this browser are still being made.",
                "Bring them along when they are done.",
            )
        self.guests.note(who)
        with self._has_arrived:  # what is just being stored would stay behind
            self._has_arrived.wait_for(lambda: not self._arriving[visitor], _LONGEST_ARRIVAL)
        moved = self.store.adopt(visitor, who.visitor)
        self._taken_by_all = None
        with self._lock:
            watching = self._watchers.hand_over(visitor, who.visitor)
            self._take(Adopted(visitor=visitor, into=who.visitor))
            for watcher in watching:
                for job in self._machine.jobs.active.values():
                    watcher.follow(job)
                watcher.notify(at_once=True)
        for tell in self.adopted:
            tell(visitor, who.visitor)
        return moved

    def whose(self, job: JobRecord) -> str:
        """The visitor whose a job is by now: what was somebody's may have become another's since it was read."""
        with self._lock:
            now = self._machine.jobs.whose(job.id)
        return job.visitor if now is None else now

    def active_jobs(self, who: Who) -> tuple[str, ...]:
        """Ids of the visitor's jobs that have not ended, in the order in which they were queued."""
        with self._lock:
            return tuple(
                name
                for name, job in self._machine.jobs.active.items()
                if job.record.visitor == who.visitor
            )

    def as_it_stands(self, record: JobRecord) -> JobRecord:
        """What the store told of a job, with the faults told so far and an end that the store could not take in."""
        with self._lock:
            return self._machine.jobs.as_it_stands(record)

    def live(self, job: str, strip: str, who: Who) -> tuple[int, bytes] | None:
        """The newest preview of what forms together as (revision, JPEG bytes); None when there is none."""
        with self._lock:
            found = self._machine.jobs.active.get(job)
            if found is None or found.record.visitor != who.visitor:
                return None
            forming = found.strips.get(strip)
            return None if forming is None else (forming.revision, found.jpegs[strip])

    def unsaved(self, job: str, index: int, who: Who) -> bytes | None:
        """A picture that is made but could not be stored yet, as PNG; None when there is none."""
        with self._lock:
            found = self._machine.jobs.active.get(job)
            if found is None or found.record.visitor != who.visitor:
                return None
            if not 0 <= index < len(found.record.tasks):
                return None
            task = found.record.tasks[index]
            picture = self._machine.unsaved.find(task.id)
        if picture is None:
            return None
        return self.store.encode_picture(
            Task(id=task.id, spec=task.spec, job=job), picture.pixels, picture.notes
        )

    def measure(self) -> None:
        """Has the workers that are at nothing measure their memory, if they have not just now."""
        self._happened(FreeAsked())

    def free(self, models: Sequence[str]) -> None:
        """Has the workers free those of the models that are warm, each once its batch is over."""
        if models:
            self._happened(FreeAsked(models=tuple(models)))

    def warm_up(self, model: str, who: Who | None = None) -> None:
        """Loads a model ahead, once a worker has nothing else to do; UserError when there is no such model, or where
        somebody may not dream with it."""
        if who is not None:
            admit_asked(self.policy.of(who), model, ())
        self.models.look(model)
        self._happened(Wanted(model=model))

    # What the owner does

    @property
    def is_paused(self) -> bool:
        """Whether no batch begins."""
        return self._machine.paused

    @property
    def fault(self) -> UserError | None:
        """Why finished pictures of anybody wait in memory: the disk is full, say; None where none does."""
        with self._lock:
            return self._machine.unsaved.fault

    def pause(self, paused: bool) -> None:
        """Holds the whole queue, or lets it go on; batches under way are made to their end."""
        self._happened(Paused(paused=paused))
        with self._lock:
            for watcher in self._watchers.all():
                self._tell_held(watcher)

    def hold_to(self, policy: Policy) -> None:
        """Has another policy hold from now on, and tells who watches all of theirs."""
        self.policy = policy
        with self._lock:
            for watcher in self._watchers.all():
                if watcher.wants(()):
                    watcher.note("", LimitsChanged())

    def _tell_held(self, watcher: Watcher) -> None:
        """Tells who watches all of theirs; of one dream alone it is no news."""
        if watcher.wants(()):
            watcher.note("", QueueHeld(paused=self._machine.paused))

    def queue(self) -> tuple[QueuedDream, ...]:
        """Everybody's dreams that are alive, those under way first, then as they are going to be made."""
        with self._lock:
            return queued_dreams(self._machine.jobs.active.values())

    def remove(self, job: str) -> bool:
        """Stops anybody's dream, as they would themselves; False when there is nothing to stop."""
        with self._lock:
            found = self._machine.jobs.active.get(job)
        return found is not None and self._stop(Who(visitor=found.record.visitor), job) == 1

    def preview(self, job: str) -> bytes | None:
        """The newest preview (JPEG) of what forms of anybody's dream, of several pictures the first."""
        with self._lock:
            found = self._machine.jobs.active.get(job)
            strip = None if found is None else next(iter(found.strips), None)
            return None if found is None or strip is None else found.jpegs[strip]

    def judge(self, pictures: Sequence[str], judgement: Judgement) -> tuple[Judged, ...]:
        """Hides or deletes anybody's pictures, or takes that back; with which that could be done. Who watches them is
        told."""
        done = self.store.judge(pictures, judgement)
        for one in done:
            self._tell_of(
                Who(visitor=one.visitor), {one.job: PicturesHidden(pictures=one.pictures)}
            )
            self.heed(one.visitor)
        return done

    def turn_out(self, visitor: str, sentence: str) -> int:
        """Tells somebody who watches that they are not let in any more, and stops their dreams; how many there were."""
        with self._lock:
            for watcher in self._watchers.all():
                if watcher.visitor == visitor:
                    watcher.note("", NotLetIn(sentence=sentence))
        for tell in self.turned_out:
            tell(visitor)
        return self.cancel_all(Who(visitor=visitor, role=Role.GUEST))

    def uses(self, model: str) -> bool:
        """Whether a picture of this model is still to be made, or it is being loaded."""
        with self._lock:
            return self._machine.uses(model)

    def status(self) -> ModelStatus:
        """Whether the model is there."""
        with self._lock:
            return self._machine.status

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
            self._watchers.add(watcher)
            jobs = self._machine.jobs
            ended = None if job is None else jobs.ended.get(job)
            for other in (*jobs.active.values(), *(() if ended is None else (ended,))):
                watcher.follow(other)
            if self._machine.paused:
                self._tell_held(watcher)
        try:
            while True:
                await watcher.changed()
                with self._lock:
                    news = watcher.read()
                    over = watcher.idle or self._machine.closing
                for item in news:
                    yield item
                if over:
                    return
        finally:
            with self._lock:
                self._watchers.discard(watcher)

    def _submit(
        self,
        specs: Sequence[PictureSpec],
        who: Who,
        sheet: Sheet | None = None,
        *,
        job: str | None = None,
    ) -> JobRecord:
        self._check_room(who)
        admit_words(self.policy.of(who), specs)
        self._admit_checkers(who, specs)
        specs = with_chunks(specs, self.models.measure_prompt)
        for model, vae in dict.fromkeys((one.model, one.correction.vae) for one in specs):
            if vae is not None:
                self.models.check_vae(vae, self.models.look(model.id))
        created = time.time()
        record = JobRecord(
            id=f"{int(created * 1000):012x}{secrets.token_hex(10)}" if job is None else job,
            visitor=who.visitor,
            created=created,
            state=JobState.QUEUED,
            tasks=tuple(TaskRecord(id=secrets.token_hex(16), spec=spec) for spec in specs),
            sheet=sheet,
        )
        with self._lock:
            self._admit(who, specs)
        is_stored = False
        try:
            self._keep(record, who)
            is_stored = True
        finally:
            with self._lock:
                self._arrived(who, len(specs))
                if is_stored:
                    self._take(Asked(record=record, before_others=self._goes_first(who)))
        self._stop_if_out(who, record.id)
        return record

    def _admit(self, who: Who, specs: Sequence[PictureSpec]) -> None:
        """UserError unless these pictures may be queued; they count as waiting until they are `_arrived`, so that as
        many as come while the disk is written to are not each admitted beside the others."""
        if self._machine.closing:
            raise OutOfOrder("The studio is closing.", "Try again when it is back.")
        if who.role is Role.GUEST and self._is_out(who.visitor):
            raise UserError(*_NOT_LET_IN)
        waiting = self._machine.queue.count(who.visitor) + self._arriving[who.visitor]
        now, begun = self._clock(), self._begun.get(who.visitor, ())
        admit(self.policy.of(who), specs, waiting, [now - moment for moment in begun])
        if who.role is Role.GUEST:
            admit_among_guests(self.policy.guests_waiting, self._waiting_of_guests(who), len(specs))
        self._arriving[who.visitor] += len(specs)
        if who.role is Role.GUEST:
            self._note_begun(who.visitor, now)

    def _stop_if_out(self, who: Who, job: str) -> None:
        """UserError, and nothing is dreamt, where somebody was turned out while this was being stored: then it was not
        yet among what was stopped."""
        if who.role is Role.GUEST and self._is_out(who.visitor):
            self._stop(who, job)
            raise UserError(*_NOT_LET_IN)

    def _keep(self, record: JobRecord, who: Who) -> None:
        try:
            self.guests.note(who)
            self.store.add_job(record)
        except NotYetSaved as fault:
            if who.role is Role.GUEST:
                raise NotYetSaved(NOT_SAVED_HERE.message, NOT_SAVED_HERE.hint) from fault
            raise

    def _waiting_of_guests(self, who: Who) -> int:
        """The pictures of this guest and of all others that wait."""
        queue = self._machine.queue
        there = {*queue.visitors(), *self._arriving}
        return sum(
            queue.count(one) + self._arriving[one]
            for one in there
            if one == who.visitor or one in self.guests
        )

    def _admit_checkers(self, who: Who, specs: Sequence[PictureSpec]) -> None:
        """UserError where somebody may not dream with one of these models as it came."""
        for model in dict.fromkeys(spec.model.id for spec in specs):
            admit_checker(self.policy.of(who), self.models.look(model))

    def _check_room(self, who: Who) -> None:
        """UserError where what somebody keeps takes all the room that they may have, alone or with all guests: nothing
        else could make any."""
        room = self.policy.of(who).disk
        if room is not None and self.store.bytes_of(who.visitor, kept=True) >= room:
            raise UserError(
                f"The pictures that you keep take the {room / 1e6:,.0f} MB that you may have here.",
                "Delete some, or keep fewer, and dream again at once.",
            )
        shared = self.policy.guests_disk
        if who.role is not Role.GUEST or shared is None:
            return
        if self.store.bytes_of_all(tuple(self.guests.all()), kept=True) >= shared:
            raise UserError(
                f"What guests keep here takes the {shared / 1e6:,.0f} MB that they may have together.",
                "Delete some of yours, or keep fewer, or ask whoever runs this program for more room.",
            )

    def _note_begun(self, visitor: str, now: float) -> None:
        """Remembers when a dream was begun, for a minute."""
        self._begun.setdefault(visitor, deque(maxlen=_MOST_A_MINUTE)).append(now)
        if len(self._begun) > _MOST_BEGINNERS:
            self._begun = {
                one: moments for one, moments in self._begun.items() if now - moments[-1] < MINUTE
            }

    def _goes_first(self, who: Who) -> bool:
        return self.policy.owner_first and who.role is Role.OWNER

    def _arrived(self, who: Who, pictures: int) -> None:
        """The queue has as many pictures that were admitted, or they do not come."""
        self._arriving[who.visitor] -= pictures
        if not self._arriving[who.visitor]:
            del self._arriving[who.visitor]
        self._has_arrived.notify_all()

    def _unfit(self, tasks: Sequence[Task]) -> dict[str, UserError]:
        """Tasks whose model, LoRAs or learnt words are gone or have changed since, and what to say of it."""
        faults: dict[tuple[ModelRef, tuple[Adapter, ...]], UserError | None] = {}
        for task in tasks:
            used = (task.spec.model, task.spec.adapters)
            if used not in faults:
                faults[used] = self._fault_of(*used)
        told = ((task.id, faults[task.spec.model, task.spec.adapters]) for task in tasks)
        return {name: fault for name, fault in told if fault is not None}

    def _unfit_again(self, record: JobRecord) -> dict[str, UserError]:
        """What of a job that is brought back cannot be made, or may not: a model's own checker may not be readable any
        more, and guests were promised it."""
        tasks = unmade(record)
        unfit = self._unfit(tasks)
        role = Role.GUEST if record.visitor in self.guests else Role.OWNER
        who = Who(visitor=record.visitor, role=role)
        for task in tasks:
            if task.id not in unfit:
                try:
                    self._admit_checkers(who, [task.spec])
                except UserError as fault:
                    unfit[task.id] = fault
        return unfit

    def _fault_of(self, model: ModelRef, adapters: tuple[Adapter, ...]) -> UserError | None:
        try:
            if self.models.describe(model.id).ref != model:
                return UserError(
                    f"The model {model.id} has changed since this was asked.", "Dream it again."
                )
            self.models.check_adapters(adapters)
        except UserError as fault:
            return fault
        return None

    def _tell_of(self, who: Who, news: Mapping[str, StudioEvent]) -> None:
        with self._lock:
            for job, event in news.items():
                for watcher in self._watchers.of({(who.visitor, job)}):
                    watcher.note(job, event)

    def _stop(self, who: Who, job: str | None = None) -> int:
        """Stops the visitor's jobs, or one, and waits until that is stored; how many there were to stop."""
        with self._lock:
            mine = self._machine.stoppable(who.visitor)
            names = mine if job is None else tuple(name for name in mine if name == job)
            writing = self._take(Stopped(jobs=names)) if names else []
        for one in writing:
            one.result()
        return len(names)

    # What happens

    def _happened(self, happening: Happening) -> None:
        self._take(happening)

    def _stored(self, happening: Happening) -> None:
        """What became of something on the disk; guests are told nothing of folders, and of no space that they free."""
        if isinstance(happening, PictureNotSaved) and happening.again:
            with self._lock:
                job = self._machine.jobs.owner(happening.picture.task)
            if job is not None and job.record.visitor in self.guests:
                happening = replace(happening, said=NOT_SAVED_HERE)
        self._happened(happening)

    def _take(self, happening: Happening) -> list[Future[None]]:
        """Takes in what happened and sees to what follows, which waits for nothing; the ends that are being stored."""
        with self._lock:
            effects = self._machine.take(happening, self._clock())
            writing = [self._carry_out(effect) for effect in effects]
        return [one for one in writing if one is not None]

    def _carry_out(self, effect: Effect) -> Future[None] | None:
        match effect:
            case Begin(worker=number, running=running):
                self._workers[number].begin(running)
            case Free(worker=number, models=models):
                self._workers[number].free(models)
            case WarmUp(worker=number, model=model):
                self._workers[number].warm_up(model)
            case Save(picture=picture):
                self._disk.save(picture)
            case StoreEnds():
                return self._disk.store_ends()
            case Opened(job=job):
                for watcher in self._watchers.of({(job.record.visitor, job.record.id)}):
                    watcher.follow(job)
            case Tell(jobs=jobs, at_once=at_once):
                for watcher in self._watchers.of(jobs):
                    watcher.notify(at_once=at_once)
            case WakeAt(moment=moment):
                self._alarm.set(moment)
            case Used(visitor=visitor, pictures=pictures, seconds=seconds):
                self._used(visitor, pictures, seconds)
        return None

    def _saved(self, picture: PictureRecord) -> None:
        """Sees that whoever may have so many bytes of pictures has no more, alone and together with others: what is in
        their bins goes, then their oldest pictures that they did not keep."""
        if picture.visitor not in self.guests:
            return
        room = self.policy.guest.disk
        if room is not None and self.store.bytes_of(picture.visitor) > room:
            visitor = picture.visitor
            self._make_room((visitor,), room, lambda: self.store.bytes_of(visitor))
        shared = self.policy.guests_disk
        if shared is None:
            return
        # It is counted anew only where it could be too much: what was deleted meanwhile makes it less.
        if self._taken_by_all is not None:
            self._taken_by_all += picture.bytes
        if self._taken_by_all is None or self._taken_by_all > shared:
            visitors = tuple(self.guests.all())
            taken = self.store.bytes_of_all(visitors)
            if taken > shared:
                self._make_room(visitors, shared, lambda: self.store.bytes_of_all(visitors))
                taken = self.store.bytes_of_all(visitors)
            self._taken_by_all = taken

    def _make_room(self, visitors: Sequence[str], room: int, taken: Callable[[], int]) -> None:
        """Deletes what is over; what is shown while its dream is being made stays until it is done."""
        for visitor in self.store.with_bins(visitors):
            self.store.empty_bin(visitor)
        with self._lock:
            alive = tuple(self._machine.jobs.active)
        oldest = self.store.oldest_unkept(visitors, taken() - room, sparing=alive)
        for visitor, pictures in oldest.items():
            if self.bin(Who(visitor=visitor), pictures=pictures) is not None:
                self.store.empty_bin(visitor)
                self._lost(visitor, len(pictures))

    def _unsaved(self) -> list[Decoded]:
        with self._lock:
            return self._machine.unsaved.all()

    def _ends(self) -> tuple[JobEnd, ...]:
        with self._lock:
            return self._machine.jobs.to_store()

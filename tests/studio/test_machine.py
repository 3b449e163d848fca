"""The state machine alone: in whatever order things happen, every picture is settled once and every job ends once."""

from collections import Counter, deque
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from sdgui.errors import UserError
from sdgui.events import (
    Decoded,
    Failed,
    Finished,
    Fitted,
    HeldBack,
    JobCancelled,
    Loaded,
    Loading,
    Measured,
    PictureDone,
    PictureFailed,
    PictureHeldBack,
    Preview,
    Stepped,
    TaskFailed,
)
from sdgui.model_info import ModelRef
from sdgui.records import JobEnd, JobRecord, JobState, TaskRecord
from sdgui.studio.happenings import (
    Asked,
    BatchOver,
    Begin,
    Closing,
    EndsNotStored,
    EndsStored,
    Free,
    FreeAsked,
    Happening,
    NotReopened,
    NotWarmed,
    Opened,
    PictureNotSaved,
    PictureSaved,
    Reopening,
    Save,
    Stopped,
    StoreEnds,
    WakeAt,
    Wanted,
    WarmUp,
    Woken,
    WorkerReady,
    WorkerSaid,
)
from sdgui.studio.live_job import LiveJob, unmade
from sdgui.studio.machine import Machine
from sdgui.studio.running_batch import RunningBatch
from sdgui.studio.unsaved import Unsaved
from sdgui.workers import WorkerInfo
from tests.studio.test_queue import SPEC

WORKERS = 2
BATCH = 3
VISITORS = ("ann", "bob", "eve")
MODELS = {name: ModelRef(id=name, hash=name) for name in ("m", "n")}
PIXELS = np.zeros((1, 1, 3), np.uint8)
ROOM = 2 * PIXELS.nbytes
"""For two pictures that wait for the disk."""
LOCKED = UserError("The disk is full.", "Free some space.")
UNFIT = UserError("The model has changed.", "Dream it again.")
NO_MODEL = UserError("The model could not be loaded.", "Choose another.")


def job_of(task: str) -> str:
    return task.split(".")[0]


class World:
    """A machine with what is around it as plain values: a store, workers at their batches, writings under way.

    As in the studio, the ends of jobs and their going on are written one after another: `writing` is what the one
    thread is at or has yet to do, "" for the ends and a job's id for one that goes on.
    """

    def __init__(self) -> None:
        self.stored: dict[str, JobRecord] = {}
        self.opened: list[LiveJob] = []
        self.start()

    def start(self, *, warmed: bool = True, unfit: frozenset[str] = frozenset()) -> None:
        """Starts with what is stored, and nothing else: what was under way is lost."""
        self.machine = Machine(
            model="m", workers=WORKERS, batch_limit=lambda spec: BATCH, backoff=lambda tries: 1.0
        )
        self.machine.unsaved = Unsaved(lambda tries: 1.0, most_bytes=ROOM)
        self.now = 0.0
        self.at: dict[int, RunningBatch] = {}
        self.warming: dict[int, str] = {}
        self.freeing: set[int] = set()
        self.begun: Counter[tuple[LiveJob, str]] = Counter()
        self.saves: deque[Decoded] = deque()
        self.writing: deque[str] = deque()
        self.ends: tuple[JobEnd, ...] | None = None
        self.going_on: dict[str, Happening] = {}
        self.alarm: float | None = None
        for record in list(self.stored.values()):
            if record.state is JobState.QUEUED:
                self.say(self.asked(record, unfit))
        for number in range(WORKERS):
            if not warmed:
                self.say(WorkerSaid(worker=number, event=Loading(model="m")))
                self.say(NotWarmed(worker=number, fault=NO_MODEL))
            self.say(WorkerReady(worker=number))

    def say(self, happening: Happening) -> None:
        """Says what happens and takes in what follows."""
        for effect in self.machine.take(happening, self.now):
            match effect:
                case Begin(worker=number, running=running):
                    self.begin(number, running)
                case WarmUp(worker=number, model=model):
                    assert number not in self.busy
                    assert not len(self.machine.queue)  # what was asked for goes first
                    self.warming[number] = model
                case Free(worker=number):
                    assert number not in self.busy  # never in the middle of a batch
                    self.freeing.add(number)
                case Save(picture=picture):
                    assert picture.task not in [one.task for one in self.saves]
                    self.saves.append(picture)
                case StoreEnds():
                    self.writing.append("")
                case Opened(job=job):
                    self.opened.append(job)
                case WakeAt(moment=moment):
                    self.alarm = moment if self.alarm is None else min(self.alarm, moment)

    def begin(self, number: int, running: RunningBatch) -> None:
        """A picture is begun twice at most, and the second time alone."""
        assert number not in self.at
        assert not self.machine.closing
        self.at[number] = running
        for task in running.batch.tasks:
            owner = running.owner(task.id)
            assert owner is not None  # nothing is begun that nobody wants
            self.begun[owner, task.id] += 1
            assert self.begun[owner, task.id] <= 2
            assert self.begun[owner, task.id] == 1 or len(running.batch.tasks) == 1

    def asked(self, record: JobRecord, unfit: frozenset[str] = frozenset()) -> Asked:
        models = {MODELS[name] for name in unfit}
        return Asked(
            record=record,
            unfit={task.id: UNFIT for task in record.tasks if task.spec.model in models},
        )

    # What visitors do

    def submit(self, visitor: str, models: tuple[str, ...]) -> None:
        name = f"j{len(self.stored)}"
        tasks = tuple(
            TaskRecord(id=f"{name}.{i}", spec=replace(SPEC, model=MODELS[model]))
            for i, model in enumerate(models)
        )
        record = JobRecord(id=name, visitor=visitor, created=0, state=JobState.QUEUED, tasks=tasks)
        self.stored[name] = record
        self.say(self.asked(record))

    def resume(self, name: str) -> None:
        if self.machine.can_reopen(name) and unmade(self.stored[name]):
            self.say(Reopening(job=name))
            self.writing.append(name)

    @property
    def made(self) -> list[str]:
        """The pictures that are stored and not deleted."""
        tasks = (task for record in self.stored.values() for task in record.tasks)
        return [task.id for task in tasks if task.stored and not task.deleted]

    def change(self, task: str, **changes: bool) -> None:
        record = self.stored[job_of(task)]
        tasks = tuple(replace(one, **changes) if one.id == task else one for one in record.tasks)
        self.stored[record.id] = replace(record, tasks=tasks)

    # What the disk does

    def save(self, outcome: str) -> None:
        picture = self.saves.popleft()
        if outcome == "stored":
            self.change(picture.task, stored=True)
            self.say(PictureSaved(task=picture.task))
        else:
            self.say(PictureNotSaved(picture=picture, fault=LOCKED, again=outcome == "later"))

    def write(self, works: bool) -> None:
        """One step of the thread that stores ends and makes jobs go on."""
        if self.ends is not None:
            ends, self.ends = self.ends, None
            self.writing.popleft()
            names = tuple(end.job for end in ends)
            for end in ends if works else ():
                self.stored[end.job] = replace(self.stored[end.job], state=end.state)
                for task in end.held_back:
                    self.change(task, held_back=True)
            self.say(EndsStored(jobs=names) if works else EndsNotStored(jobs=names))
        elif name := self.writing[0]:
            self.writing.popleft()
            record = replace(self.stored[name], state=JobState.QUEUED)
            if works and unmade(record):
                self.stored[name] = record
                self.going_on[name] = self.asked(record)
            else:
                self.going_on[name] = NotReopened(job=name)
        else:
            self.ends = self.machine.jobs.to_store()
            if not self.ends:
                self.ends = None
                self.writing.popleft()

    def go_on(self, name: str, unfit: frozenset[str] = frozenset()) -> None:
        """The thread that asked hears what became of it."""
        happening = self.going_on.pop(name)
        if isinstance(happening, Asked):
            happening = self.asked(happening.record, unfit)
        self.say(happening)

    def wake(self, *, too_early: bool = False) -> None:
        """The alarm rings, which it does once."""
        assert self.alarm is not None
        if not too_early:
            self.now = max(self.now, self.alarm)
        self.alarm = None
        self.say(Woken())

    # What workers do

    def make(self, number: int) -> None:
        """A worker makes what is wanted of its batch, and leaves it."""
        running = self.at[number]
        model = running.batch.tasks[0].spec.model.id
        self.say(WorkerSaid(worker=number, event=Loading(model=model)))
        self.say(WorkerSaid(worker=number, event=Loaded(model=model, device="d", dtype="f")))
        for step in range(1, 5):
            self.now += 1.0
            self.say(WorkerSaid(worker=number, event=Stepped(step=step, steps=4)))
        for task in running.batch.tasks:
            if running.owner(task.id) is not None:
                self.decode(number, task.id)
        self.leave(number)

    def decode(self, number: int, task: str) -> None:
        """A worker may not have heard yet that nobody wants it any more."""
        self.say(WorkerSaid(worker=number, event=Decoded(task=task, pixels=PIXELS)))

    def leave(self, number: int, *, broken: bool = False, fault: UserError | None = None) -> None:
        del self.at[number]
        failed = sum(len(job.faults) for job in self.opened)
        self.say(BatchOver(worker=number, broken=broken, fault=fault))
        if self.machine.closing:  # what is left is made after the next start
            assert failed == sum(len(job.faults) for job in self.opened)

    def warmed(self, number: int, how: str) -> None:
        """A worker has loaded a model ahead, had it already, or could not."""
        model = self.warming.pop(number)
        self.say(WorkerSaid(worker=number, event=Loading(model=model)))
        if how == "loaded":
            self.say(WorkerSaid(worker=number, event=Loaded(model=model, device="d", dtype="f")))
        elif how == "failed":
            self.say(NotWarmed(worker=number, fault=NO_MODEL))
        self.say(WorkerReady(worker=number))
        assert not self.machine.faces[number].is_loading

    @property
    def busy(self) -> set[int]:
        """The workers that are at something."""
        return {*self.at, *self.warming, *self.freeing}

    def freed(self, number: int) -> None:
        """A worker has freed what it was asked to."""
        self.freeing.remove(number)
        self.say(WorkerSaid(worker=number, event=Measured(worker=WorkerInfo(device="d"))))
        self.say(WorkerReady(worker=number))

    def settle_down(self) -> None:
        """Lets everything that is under way come to its end."""
        for _ in range(1000):
            if self.at:
                self.make(next(iter(self.at)))
            elif self.warming:
                self.warmed(next(iter(self.warming)), "loaded")
            elif self.freeing:
                self.freed(next(iter(self.freeing)))
            elif self.saves:
                self.save("stored")
            elif self.writing:
                self.write(True)
            elif self.going_on:
                self.go_on(next(iter(self.going_on)))
            elif self.alarm is not None:
                self.wake()
            else:
                return
        raise AssertionError("it goes on for ever")


def check_told(job: LiveJob) -> None:
    """Each picture is told once, and there is one end, at the end."""
    settled = [
        event
        for event in job.lasting
        if isinstance(event, PictureDone | PictureFailed | PictureHeldBack)
    ]
    assert all(count == 1 for count in Counter(event.index for event in settled).values())
    ends = [e for e in job.lasting if isinstance(e, Finished | JobCancelled | Failed)]
    assert len(ends) == (job.end is not None)
    assert not ends or job.lasting[-1] == ends[0]


def some(values: object) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(sorted(values)))  # type: ignore[call-overload]


@settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
class AnyOrder(RuleBasedStateMachine):
    """Submit, stop, continue, work, break, store, fail to store, close and start again in any order."""

    @initialize()
    def begin(self) -> None:
        self.world = World()

    def is_open(self) -> bool:
        return not self.world.machine.closing

    # Visitors

    @precondition(is_open)
    @rule(
        visitor=st.sampled_from(VISITORS),
        models=st.lists(st.sampled_from(sorted(MODELS)), min_size=1, max_size=5),
    )
    def submit(self, visitor: str, models: list[str]) -> None:
        self.world.submit(visitor, tuple(models))

    @precondition(lambda self: self.world.machine.jobs.active)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.world.machine.jobs.active)))
        if name in self.world.machine.stoppable(self.world.stored[name].visitor):
            self.world.say(Stopped(jobs=(name,)))
            assert not self.world.machine.jobs.active[name].wanted

    @precondition(lambda self: self.world.machine.jobs.active)
    @rule(visitor=st.sampled_from(VISITORS))
    def stop_all(self, visitor: str) -> None:
        self.world.say(Stopped(jobs=self.world.machine.stoppable(visitor)))
        assert self.world.machine.stoppable(visitor) == ()

    @precondition(lambda self: self.world.stored and self.is_open())
    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        self.world.resume(data.draw(st.sampled_from(sorted(self.world.stored))))

    @precondition(lambda self: self.world.going_on)
    @rule(data=st.data(), unfit=some(MODELS))
    def go_on(self, data: st.DataObject, unfit: frozenset[str]) -> None:
        self.world.go_on(data.draw(st.sampled_from(sorted(self.world.going_on))), unfit)

    @precondition(lambda self: self.world.made)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.world.change(data.draw(st.sampled_from(self.world.made)), deleted=True)

    @rule(model=st.sampled_from(sorted(MODELS)))
    def want(self, model: str) -> None:
        self.world.say(Wanted(model=model))

    @rule(models=st.sets(st.sampled_from(sorted(MODELS))))
    def ask_to_free(self, models: set[str]) -> None:
        self.world.say(FreeAsked(models=tuple(models)))

    # Workers

    @precondition(lambda self: self.world.freeing)
    @rule()
    def freed(self) -> None:
        self.world.freed(min(self.world.freeing))

    @precondition(lambda self: self.world.warming)
    @rule(data=st.data(), how=st.sampled_from(("loaded", "there already", "failed")))
    def warmed(self, data: st.DataObject, how: str) -> None:
        self.world.warmed(data.draw(st.sampled_from(sorted(self.world.warming))), how)

    @precondition(lambda self: self.world.at)
    @rule(
        data=st.data(),
        what=st.sampled_from(
            ("step", "preview", "decode", "hold", "fail", "load", "loaded", "fitted")
        ),
    )
    def work(self, data: st.DataObject, what: str) -> None:
        world = self.world
        number = data.draw(st.sampled_from(sorted(world.at)))
        running = world.at[number]
        tasks = running.batch.tasks
        task = data.draw(st.sampled_from(tasks))
        model = task.spec.model.id
        world.now += 0.5
        match what:
            case "step":
                step = data.draw(st.integers(1, 4))
                world.say(WorkerSaid(worker=number, event=Stepped(step=step, steps=4)))
            case "preview":
                shown = tuple(one.id for one in tasks if one.job == task.job)
                preview = Preview(
                    tasks=shown, step=1, steps=4, columns=1, width=8, height=8, jpeg=b""
                )
                world.say(WorkerSaid(worker=number, event=preview))
            case "decode":
                world.decode(number, task.id)
            case "hold":
                world.say(WorkerSaid(worker=number, event=HeldBack(task=task.id)))
            case "fail":
                world.say(WorkerSaid(worker=number, event=TaskFailed(task=task.id, message="no")))
            case "load":
                world.say(WorkerSaid(worker=number, event=Loading(model=model)))
            case "loaded":
                loaded = Loaded(model=model, device="d", dtype="f")
                world.say(WorkerSaid(worker=number, event=loaded))
            case "fitted":
                pictures = data.draw(st.integers(1, BATCH))
                fitted = Fitted(model=model, width=64, height=64, pictures=pictures)
                world.say(WorkerSaid(worker=number, event=fitted))

    @precondition(lambda self: self.world.at)
    @rule(data=st.data(), how=st.sampled_from(("silent", "broken", "fault")))
    def leave(self, data: st.DataObject, how: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.world.at)))
        fault = NO_MODEL if how == "fault" else None
        self.world.leave(number, broken=how == "broken", fault=fault)

    @precondition(lambda self: self.world.at)
    @rule(data=st.data())
    def make(self, data: st.DataObject) -> None:
        self.world.make(data.draw(st.sampled_from(sorted(self.world.at))))

    @precondition(lambda self: self.world.at)
    @rule(data=st.data())
    def break_for_good(self, data: st.DataObject) -> None:
        """Whatever this worker begins breaks it, until nothing waits that it may begin."""
        number = data.draw(st.sampled_from(sorted(self.world.at)))
        for _ in range(1000):
            if number not in self.world.at:
                return
            self.world.leave(number, broken=True)
        raise AssertionError("it is begun for ever")

    # The disk

    @precondition(lambda self: self.world.saves)
    @rule(outcome=st.sampled_from(("stored", "later", "refused")))
    def save(self, outcome: str) -> None:
        self.world.save(outcome)

    @precondition(lambda self: self.world.writing)
    @rule(works=st.booleans())
    def write(self, works: bool) -> None:
        self.world.write(works)

    @precondition(lambda self: self.world.alarm is not None)
    @rule(too_early=st.booleans())
    def wake(self, too_early: bool) -> None:
        self.world.wake(too_early=too_early)

    # Life

    @precondition(lambda self: self.world.at and self.is_open())
    @rule()
    def close(self) -> None:
        self.world.say(Closing())

    @precondition(lambda self: self.world.machine.jobs.active or not self.is_open())
    @rule(orderly=st.booleans(), warmed=st.booleans(), unfit=some(MODELS))
    def start_again(self, orderly: bool, warmed: bool, unfit: frozenset[str]) -> None:
        if orderly:
            self.world.say(Closing())
            for number in list(self.world.at):
                self.world.leave(number)
            while self.world.saves:
                self.world.save("stored")
            while self.world.writing:
                self.world.write(True)
        self.world.start(warmed=warmed, unfit=unfit)

    # What holds at any time

    @invariant()
    def nothing_is_told_twice(self) -> None:
        for job in self.world.opened:
            check_told(job)

    @invariant()
    def no_worker_is_idle_while_anything_waits(self) -> None:
        world = self.world
        idle = WORKERS - len(world.busy)
        assert world.machine.closing or not len(world.machine.queue) or not idle

    @invariant()
    def an_end_that_is_not_stored_is_on_its_way(self) -> None:
        world = self.world
        if world.machine.jobs.to_store():
            assert "" in world.writing or world.alarm is not None

    @invariant()
    def a_picture_that_waits_for_the_disk_is_tried_again(self) -> None:
        world = self.world
        for picture in world.machine.unsaved.all():
            assert world.alarm is not None
            assert world.machine.jobs.owner(picture.task) is not None

    @invariant()
    def what_is_still_to_be_made_comes_back_after_a_crash(self) -> None:
        for name, job in self.world.machine.jobs.active.items():
            assert job.outcome is not None or self.world.stored[name].state is JobState.QUEUED

    def teardown(self) -> None:
        """In the end everything is settled and stored: what is asked for is made, stopped or told to have failed."""
        if self.world.machine.closing:
            self.world.start()
        self.world.settle_down()
        assert not self.world.machine.jobs.active
        assert not self.world.machine.jobs.to_store()
        for job in self.world.opened:
            check_told(job)
        for record in self.world.stored.values():
            assert record.state is not JobState.QUEUED
            if record.state is JobState.FINISHED:
                assert not unmade(record)


TestAnyOrder = AnyOrder.TestCase


def test_a_dream_that_does_not_go_on_after_all_has_its_end_stored() -> None:
    world = World()
    world.submit("ann", ("m",))
    world.say(Stopped(jobs=("j0",)))
    world.write(True)  # reads what is to be stored
    world.write(False)
    world.say(Reopening(job="j0"))
    world.wake()
    world.write(True)  # passes over the end of what is about to go on
    assert world.stored["j0"].state is JobState.QUEUED
    world.say(NotReopened(job="j0"))
    world.settle_down()
    assert world.stored["j0"].state is JobState.CANCELLED


def test_an_end_that_could_not_be_stored_is_forgotten_with_the_dream_that_goes_on() -> None:
    world = World()
    world.submit("ann", ("m",))
    world.say(Stopped(jobs=("j0",)))
    world.write(True)
    world.write(False)
    world.resume("j0")
    world.write(True)
    world.go_on("j0")
    world.wake()
    while world.writing:
        world.write(True)
    assert world.stored["j0"].state is JobState.QUEUED
    world.settle_down()
    assert world.stored["j0"].state is JobState.FINISHED


def test_an_old_end_is_not_stored_over_a_dream_that_is_queued_again_and_has_yet_to_go_on() -> None:
    world = World()
    world.submit("ann", ("m",))
    world.say(Stopped(jobs=("j0",)))
    world.write(True)
    world.write(False)
    world.resume("j0")
    world.write(True)
    world.wake()
    while world.writing:
        world.write(True)
    assert world.stored["j0"].state is JobState.QUEUED
    world.go_on("j0")
    world.settle_down()
    assert world.stored["j0"].state is JobState.FINISHED


def test_what_nobody_wants_any_more_is_not_taken_for_the_dream_that_goes_on() -> None:
    world = World()
    world.submit("ann", ("m",))
    world.say(Stopped(jobs=("j0",)))
    world.write(True)
    world.write(True)
    world.resume("j0")
    world.write(True)
    world.go_on("j0")  # and the other worker begins it again, while the first has not left it
    first, second = sorted(world.at)
    world.decode(first, "j0.0")
    assert not world.saves
    world.decode(second, "j0.0")
    assert [one.task for one in world.saves] == ["j0.0"]


def test_a_stop_gives_up_nothing_that_is_made_where_the_disk_refuses_it_for_now() -> None:
    world = World()
    world.submit("ann", ("m", "m"))
    world.decode(next(iter(world.at)), "j0.0")
    world.save("later")
    world.say(Stopped(jobs=("j0",)))
    assert [one.task for one in world.machine.unsaved.all()] == ["j0.0"]
    world.settle_down()
    assert world.stored["j0"].state is JobState.CANCELLED
    assert [task.stored for task in world.stored["j0"].tasks] == [True, False]


def test_what_the_disk_refuses_after_a_stop_is_tried_again_too() -> None:
    world = World()
    world.submit("ann", ("m",))
    world.decode(next(iter(world.at)), "j0.0")
    world.say(Stopped(jobs=("j0",)))
    world.save("later")
    world.settle_down()
    assert world.stored["j0"].state is JobState.FINISHED

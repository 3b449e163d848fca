"""The state machine alone: in whatever order things happen, every picture is settled once and every job ends once."""

from collections import Counter
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
    JobCancelled,
    Loaded,
    Loading,
    PictureDone,
    PictureFailed,
    Preview,
    Stepped,
    TaskFailed,
)
from sdgui.model_info import ModelRef
from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.studio.happenings import (
    Asked,
    BatchOver,
    Begin,
    Closing,
    EndsNotStored,
    EndsStored,
    Happening,
    Opened,
    PictureNotSaved,
    PictureSaved,
    Save,
    Stopped,
    StoreEnds,
    WakeAt,
    Woken,
    WorkerReady,
    WorkerSaid,
)
from sdgui.studio.live_job import LiveJob, unmade
from sdgui.studio.machine import Machine
from sdgui.studio.running_batch import RunningBatch
from tests.studio.test_queue import SPEC

WORKERS = 2
VISITORS = ("ann", "bob", "eve")
MODELS = ("m", "n")
PIXELS = np.zeros((1, 1, 3), np.uint8)
LOCKED = UserError("The disk is full.", "Free some space.")


class World:
    """A machine with what is around it as plain values: a store, workers at their batches, writings under way."""

    def __init__(self) -> None:
        self.stored: dict[str, JobRecord] = {}
        self.opened: list[LiveJob] = []
        self.start()

    def start(self) -> None:
        self.machine = Machine(
            model="m", workers=WORKERS, batch_limit=lambda spec: 3, backoff=lambda tries: 1.0
        )
        self.now = 0.0
        self.at: dict[int, RunningBatch] = {}
        self.saves: list[Decoded] = []
        self.must_store_ends = False
        self.alarm: float | None = None
        for record in list(self.stored.values()):
            if record.state is JobState.QUEUED:
                self.say(Asked(record=record))
        for number in range(WORKERS):
            self.say(WorkerReady(worker=number))

    def say(self, happening: Happening) -> None:
        for effect in self.machine.take(happening, self.now):
            match effect:
                case Begin(worker=number, running=running):
                    assert number not in self.at
                    self.at[number] = running
                case Save(picture=picture):
                    assert picture.task not in [one.task for one in self.saves]
                    self.saves.append(picture)
                case StoreEnds():
                    self.must_store_ends = True
                case Opened(job=job):
                    self.opened.append(job)
                case WakeAt(moment=moment):
                    self.alarm = moment if self.alarm is None else min(self.alarm, moment)

    # What the world does

    def submit(self, visitor: str, models: tuple[str, ...]) -> None:
        name = f"j{len(self.stored)}"
        tasks = tuple(
            TaskRecord(id=f"{name}.{i}", spec=replace(SPEC, model=ModelRef(id=one, hash=one)))
            for i, one in enumerate(models)
        )
        record = JobRecord(id=name, visitor=visitor, created=0, state=JobState.QUEUED, tasks=tasks)
        self.stored[name] = record
        self.say(Asked(record=record))

    def resume(self, name: str) -> None:
        record = self.stored[name]
        if name not in self.machine.jobs.active and unmade(record):
            self.stored[name] = record = replace(record, state=JobState.QUEUED)
            self.say(Asked(record=record))

    def save(self, outcome: str) -> None:
        picture = self.saves.pop(0)
        if outcome != "stored":
            self.say(PictureNotSaved(picture=picture, fault=LOCKED, again=outcome == "later"))
            return
        name = picture.task.split(".")[0]
        record = self.stored[name]
        tasks = tuple(
            replace(task, stored=True) if task.id == picture.task else task for task in record.tasks
        )
        self.stored[name] = replace(record, tasks=tasks)
        self.say(PictureSaved(task=picture.task))

    def store_ends(self, works: bool) -> None:
        self.must_store_ends = False
        ends = self.machine.jobs.to_store()
        names = tuple(end.job for end in ends)
        if not works:
            self.say(EndsNotStored(jobs=names))
            return
        for end in ends:
            self.stored[end.job] = replace(self.stored[end.job], state=end.state)
        self.say(EndsStored(jobs=names))

    def wake(self) -> None:
        assert self.alarm is not None
        self.now, self.alarm = max(self.now, self.alarm), None
        self.say(Woken())

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
            self.decode(number, task.id)
        self.leave(number, broken=False)

    def decode(self, number: int, task: str) -> None:
        if self.at[number].owner(task) is not None:
            self.say(WorkerSaid(worker=number, event=Decoded(task=task, pixels=PIXELS)))

    def leave(self, number: int, *, broken: bool) -> None:
        del self.at[number]
        self.say(BatchOver(worker=number, broken=broken))

    def settle_down(self) -> None:
        """Lets everything that is under way come to its end."""
        for _ in range(1000):
            if self.at:
                self.make(next(iter(self.at)))
            elif self.saves:
                self.save("stored")
            elif self.must_store_ends:
                self.store_ends(True)
            elif self.alarm is not None:
                self.wake()
            else:
                return
        raise AssertionError("it goes on for ever")


def check_told(job: LiveJob) -> None:
    """Each picture is told once, and there is one end, at the end."""
    settled = [event for event in job.lasting if isinstance(event, PictureDone | PictureFailed)]
    assert all(count == 1 for count in Counter(event.index for event in settled).values())
    ends = [e for e in job.lasting if isinstance(e, Finished | JobCancelled | Failed)]
    assert len(ends) == (job.end is not None)
    assert not ends or job.lasting[-1] == ends[0]


@settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
class AnyOrder(RuleBasedStateMachine):
    """Submit, stop, continue, work, break, store, fail to store and start again in any order."""

    @initialize()
    def begin(self) -> None:
        self.world = World()

    @rule(
        visitor=st.sampled_from(VISITORS),
        models=st.lists(st.sampled_from(MODELS), min_size=1, max_size=5),
    )
    def submit(self, visitor: str, models: list[str]) -> None:
        self.world.submit(visitor, tuple(models))

    @precondition(lambda self: self.world.stored)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.world.stored)))
        if name in self.world.machine.stoppable(self.world.stored[name].visitor):
            self.world.say(Stopped(jobs=(name,)))

    @rule(visitor=st.sampled_from(VISITORS))
    def stop_all(self, visitor: str) -> None:
        self.world.say(Stopped(jobs=self.world.machine.stoppable(visitor)))
        assert self.world.machine.stoppable(visitor) == ()

    @precondition(lambda self: self.world.stored)
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        self.world.resume(data.draw(st.sampled_from(sorted(self.world.stored))))

    @precondition(lambda self: self.world.at)
    @rule(data=st.data(), what=st.sampled_from(("step", "preview", "decode", "fail", "load")))
    def work(self, data: st.DataObject, what: str) -> None:
        world = self.world
        number = data.draw(st.sampled_from(sorted(world.at)))
        running = world.at[number]
        tasks = running.batch.tasks
        task = data.draw(st.sampled_from(tasks))
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
            case "fail":
                world.say(WorkerSaid(worker=number, event=TaskFailed(task=task.id, message="no")))
            case "load":
                world.say(WorkerSaid(worker=number, event=Loading(model=task.spec.model.id)))

    @precondition(lambda self: self.world.at)
    @rule(data=st.data(), broken=st.booleans())
    def leave(self, data: st.DataObject, broken: bool) -> None:
        self.world.leave(data.draw(st.sampled_from(sorted(self.world.at))), broken=broken)

    @precondition(lambda self: self.world.at)
    @rule(data=st.data())
    def make(self, data: st.DataObject) -> None:
        self.world.make(data.draw(st.sampled_from(sorted(self.world.at))))

    @precondition(lambda self: self.world.saves)
    @rule(outcome=st.sampled_from(("stored", "later", "refused")))
    def save(self, outcome: str) -> None:
        self.world.save(outcome)

    @precondition(lambda self: self.world.must_store_ends)
    @rule(works=st.booleans())
    def store_ends(self, works: bool) -> None:
        self.world.store_ends(works)

    @precondition(lambda self: self.world.alarm is not None)
    @rule()
    def wake(self) -> None:
        self.world.wake()

    @rule(orderly=st.booleans())
    def start_again(self, orderly: bool) -> None:
        if orderly:
            self.world.say(Closing())
            for number in list(self.world.at):
                self.world.leave(number, broken=False)
            while self.world.saves:
                self.world.save("stored")
            self.world.store_ends(True)
        self.world.start()

    @invariant()
    def nothing_is_told_twice(self) -> None:
        for job in self.world.opened:
            check_told(job)

    @invariant()
    def no_worker_is_idle_while_anything_waits(self) -> None:
        assert not len(self.world.machine.queue) or len(self.world.at) == WORKERS

    def teardown(self) -> None:
        """In the end everything is settled: what is asked for is made, stopped or told to have failed."""
        self.world.settle_down()
        assert not self.world.machine.jobs.active
        for job in self.world.opened:
            check_told(job)
        for record in self.world.stored.values():
            assert record.state is not JobState.QUEUED
            if record.state is JobState.FINISHED:
                assert not unmade(record)


TestAnyOrder = AnyOrder.TestCase

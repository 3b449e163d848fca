"""What jobs are told of the time to come, at a cost that does not grow with what nobody waits behind."""

from collections.abc import Sequence
from dataclasses import replace

from sdgui.events import LiveStrip, Preview, Progress, Queued
from sdgui.model_info import ModelRef
from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.spec import PictureSpec
from sdgui.studio.forecast import look_ahead, tell_progress
from sdgui.studio.live_job import LiveJob, PictureState, unmade
from sdgui.studio.live_jobs import LiveJobs
from sdgui.studio.pace import Pace, Timing
from sdgui.studio.queue import PictureQueue, in_working_order
from sdgui.studio.running_batch import RunningBatch
from tests.studio.test_queue import SPEC

STEP = 0.5
"""Seconds of a step of one picture: SPEC, of 4 steps, takes 2 seconds."""


class Waiting:
    """A queue of batches of `most`, its jobs, and how many batches were thought through."""

    def __init__(self, workers: int = 1, most: int = 1) -> None:
        self.most = most
        self.batches = 0
        self.workers = workers
        self.jobs = LiveJobs()
        self.queue = PictureQueue(self.limit)
        self.pace = Pace()
        self.pace.learn(SPEC, 1, Timing(step=STEP, picture=0.0))
        self.running: list[RunningBatch] = []

    def limit(self, spec: PictureSpec) -> int:
        self.batches += 1
        return self.most

    def add(self, name: str, specs: Sequence[PictureSpec], visitor: str = "ann") -> LiveJob:
        tasks = tuple(TaskRecord(id=f"{name}{i}", spec=spec) for i, spec in enumerate(specs))
        record = JobRecord(id=name, visitor=visitor, created=0, state=JobState.QUEUED, tasks=tasks)
        job = self.jobs.open(record)
        self.queue.put(visitor, in_working_order(unmade(record)))
        return job

    def take(self) -> RunningBatch:
        """Begins the next batch, at 0 seconds."""
        batch = self.queue.take()
        assert batch is not None
        timing = self.pace.timing(batch.tasks[0].spec, 1)
        running = RunningBatch(batch, self.jobs.owners(batch), 0.0, expected=timing)
        for job in running.jobs:
            job.start()
        self.running.append(running)
        return running

    def look(self, now: float = 0.0, *, paused: bool = False) -> int:
        """Looks ahead and tells how things stand; how many batches were thought through."""
        self.batches = 0
        look_ahead(
            self.queue,
            self.jobs,
            self.pace,
            running=self.running,
            workers=self.workers,
            now=now,
            paused=paused,
        )
        for running in self.running:
            tell_progress(running, now)
        return self.batches


def many(count: int) -> list[PictureSpec]:
    return [replace(SPEC, seed=i) for i in range(count)]


def progress(job: LiveJob) -> Progress:
    assert isinstance(job.passing, Progress)
    return job.passing


def test_a_job_behind_others_is_told_how_many_batches_are_ahead_and_their_time() -> None:
    waiting = Waiting()
    waiting.add("big", many(4))
    waiting.take()
    small = waiting.add("small", [SPEC])
    waiting.look(1.0)
    assert small.passing == Queued(place=4, wait=1.0 + 3 * 2.0, dreams=1)


def test_jobs_that_begin_in_one_batch_stand_at_one_place_and_each_is_told_of_the_others() -> None:
    waiting = Waiting(most=2)
    waiting.add("big", [replace(one, steps=8) for one in many(6)])
    waiting.take()
    first, second, third = (waiting.add(name, [SPEC]) for name in "abc")
    waiting.look(0.0)
    told = [job.passing for job in (first, second, third)]
    assert [(one.place, one.dreams, one.beside) for one in told if isinstance(one, Queued)] == [
        (3, 1, 1),
        (3, 1, 1),
        (4, 3, 0),
    ]


def test_while_nothing_begins_the_next_is_next_and_nobody_knows_how_long_it_takes() -> None:
    waiting = Waiting()
    first, second = waiting.add("a", [SPEC]), waiting.add("b", [SPEC])
    waiting.look(paused=True)
    assert (first.passing, second.passing) == (
        Queued(place=0, wait=None),
        Queued(place=1, wait=None, dreams=1),
    )
    waiting.take()
    waiting.look(paused=True)
    assert second.passing == Queued(place=1, wait=None, dreams=1)


def test_a_job_that_has_started_is_told_its_place_while_it_is_the_turn_of_another() -> None:
    waiting = Waiting()
    ann = waiting.add("a", many(3))
    bob = waiting.add("b", many(2), "bob")
    waiting.take()
    ann.settle("a0", PictureState.DONE)
    waiting.running.clear()
    waiting.take()
    waiting.look()
    assert isinstance(bob.passing, Progress)
    assert ann.passing == Queued(place=1, wait=2.0, dreams=1)


def test_a_job_that_has_started_and_is_next_is_told_no_place() -> None:
    waiting = Waiting()
    job = waiting.add("a", many(2))
    waiting.take()
    waiting.look()
    job.settle("a0", PictureState.DONE)
    waiting.running.clear()
    waiting.look()
    assert isinstance(job.passing, Progress)


def test_a_job_whose_pictures_are_all_made_is_told_no_place() -> None:
    waiting = Waiting()
    made = waiting.add("a", [SPEC])
    waiting.take()
    waiting.look()
    made.decoded("a0")
    waiting.running.clear()
    waiting.add("b", many(2))
    waiting.take()
    waiting.look()
    assert isinstance(made.passing, Progress)


def test_the_seconds_left_take_in_the_turns_of_others() -> None:
    waiting = Waiting()
    ann = waiting.add("a", many(3))
    waiting.add("b", many(5), "bob")
    waiting.take()
    waiting.look(0.5)
    assert progress(ann).seconds_left == 1.5 + 4 * 2.0  # b, a, b, a


def test_of_two_workers_each_takes_the_next_batch_when_it_is_free() -> None:
    waiting = Waiting(workers=2)
    ann = waiting.add("a", [replace(SPEC, steps=20), SPEC, SPEC])
    for _ in range(2):
        waiting.take()
    bob = waiting.add("b", [SPEC], "bob")
    cay = waiting.add("c", [SPEC], "cay")
    waiting.look()
    assert bob.passing == Queued(place=1, wait=2.0, dreams=1)
    assert cay.passing == Queued(place=2, wait=4.0, dreams=2)
    assert progress(ann).seconds_left == 10.0


def test_where_all_that_is_wanted_is_being_made_no_batch_is_thought_through() -> None:
    waiting = Waiting()
    waiting.add("small", [SPEC])
    waiting.take()
    assert waiting.look() == 0


def test_batches_are_thought_through_only_as_far_as_a_job_waits_behind_them() -> None:
    waiting = Waiting()
    waiting.add("small", [SPEC])
    waiting.add("big", many(400))
    assert waiting.look() == 2


def test_the_same_place_and_wait_are_no_news() -> None:
    waiting = Waiting()
    job = waiting.add("small", [SPEC])
    waiting.look()
    before = job.changes
    waiting.look()
    assert job.changes == before


def test_the_seconds_left_take_in_what_is_of_another_kind() -> None:
    waiting = Waiting()
    steps = replace(SPEC, steps=8)
    large = replace(SPEC, width=128, height=128)
    job = waiting.add("grid", [SPEC, SPEC, steps, large])
    running = waiting.take()
    running.stepped(1, 4, 0.5)
    running.stepped(2, 4, 1.0)
    waiting.look(1.0)
    of_large = waiting.pace.expect(large)
    assert of_large is not None
    assert progress(job).seconds_left == 1.0 + 2.0 + 4.0 + of_large


def test_the_seconds_left_are_not_told_where_a_model_is_not_known() -> None:
    waiting = Waiting()
    job = waiting.add("grid", [SPEC, replace(SPEC, model=ModelRef(id="other", hash="11"))])
    waiting.take()
    waiting.look()
    assert progress(job).seconds_left is None


def test_a_batch_that_nobody_wants_any_more_holds_up_nobody() -> None:
    waiting = Waiting()
    waiting.add("a", [replace(SPEC, steps=100)])
    waiting.take()
    bob = waiting.add("b", [SPEC], "bob")
    waiting.jobs.settle("a0", PictureState.CANCELLED)
    waiting.look()
    assert bob.passing == Queued(place=1, wait=0.0)


def test_progress_counts_what_is_done_when_it_is_read() -> None:
    waiting = Waiting()
    job = waiting.add("wall", [SPEC, SPEC])
    waiting.take()
    waiting.look()
    job.preview(
        "1",
        Preview(tasks=("wall1",), step=1, steps=4, columns=1, width=8, height=8, jpeg=b"jpeg"),
    )
    job.settle("wall0", PictureState.DONE)
    assert (progress(job).done, progress(job).total) == (1, 2)
    assert progress(job).live == (
        LiveStrip(id="1", revision=1, columns=1, width=8, height=8, pictures=(1,)),
    )

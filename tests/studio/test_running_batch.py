"""What is told and learnt of a batch from its events, at moments that are given."""

import pytest

from sdgui.events import Batch
from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.studio.live_job import LiveJob, PictureState
from sdgui.studio.pace import Timing
from sdgui.studio.running_batch import RunningBatch
from tests.studio.test_queue import tasks

BATCH = Batch(tasks=tasks("a", 2, steps=4))


def begun(expected: Timing | None = None) -> RunningBatch:
    """A batch of two pictures of 4 steps that one job wants, begun at 100 seconds."""
    records = tuple(TaskRecord(id=task.id, spec=task.spec) for task in BATCH.tasks)
    job = LiveJob(JobRecord(id="j", visitor="a", created=0, state=JobState.QUEUED, tasks=records))
    return RunningBatch(BATCH, {task.id: job for task in BATCH.tasks}, 100.0, expected=expected)


def made(moments: list[float], decoded: int = 2) -> RunningBatch:
    """One that has finished a step at each of the moments, and then decoded its pictures."""
    batch = begun()
    for step, moment in enumerate(moments, start=1):
        batch.stepped(step, len(moments), moment)
    batch.decoded = decoded
    return batch


def test_what_is_no_step_is_told_apart_from_the_steps() -> None:
    batch = made([103.0, 104.0, 105.0, 106.0])  # 2 seconds before the first step
    assert batch.took(110.0) == Timing(step=pytest.approx(1.0), picture=pytest.approx(3.0))


def test_a_sampler_that_evaluates_the_model_more_often_has_longer_steps() -> None:
    batch = made([101.0 + i for i in range(7)])  # Heun's 7 evaluations in 4 steps
    assert batch.took(107.0) == Timing(step=pytest.approx(7 / 4), picture=pytest.approx(0.0))


def test_of_one_step_the_time_to_its_end_counts() -> None:
    assert made([103.0]).took(104.0) == Timing(step=pytest.approx(0.75), picture=0.5)


def test_nothing_is_learnt_from_what_was_not_made_to_the_end() -> None:
    unfinished, undecoded = begun(), made([101.0, 102.0], decoded=0)
    unfinished.stepped(1, 4, 101.0)
    assert unfinished.took(102.0) is None
    assert undecoded.took(103.0) is None


def test_before_the_second_step_the_seconds_left_are_as_expected() -> None:
    batch = begun(Timing(step=1.0, picture=0.5))
    assert batch.seconds_left(102.0) == pytest.approx(4.0 + 2 * 0.5 - 2.0)
    assert begun().seconds_left(102.0) is None


def test_from_the_second_step_on_they_are_as_measured_and_decoding_is_expected() -> None:
    batch = begun(Timing(step=1.0, picture=0.5))
    batch.stepped(1, 4, 105.0)
    batch.stepped(2, 4, 107.0)
    assert batch.seconds_left(108.0) == pytest.approx(2 * 2.0 + 2 * 0.5 - 1.0)


def test_while_its_model_loads_nobody_knows_and_then_it_begins() -> None:
    batch = begun(Timing(step=1.0, picture=0.5))
    batch.loading = True
    assert batch.seconds_left(150.0) is None
    batch.loaded(200.0)
    assert batch.seconds_left(200.0) == pytest.approx(5.0)


def test_one_that_nobody_wants_any_more_is_as_good_as_over() -> None:
    batch = begun()
    (job,) = batch.jobs
    for task in job.wanted:
        job.settle(task, PictureState.CANCELLED)
    assert (batch.jobs, batch.seconds_left(101.0)) == ((), 0.0)

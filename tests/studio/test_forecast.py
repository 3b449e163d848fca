"""What jobs are told of the time to come, at a cost that does not grow with what nobody waits behind."""

from collections.abc import Sequence
from dataclasses import replace

from sdgui.events import Progress, Queued
from sdgui.model_info import ModelRef
from sdgui.ports import Store
from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.spec import PictureSpec
from sdgui.studio.forecast import tell_places, tell_progress
from sdgui.studio.job import Fate, Job, unmade
from sdgui.studio.ledger import Ledger
from sdgui.studio.pace import Pace
from sdgui.studio.queue import PictureQueue, in_working_order
from sdgui.studio.running import RunningBatch
from tests.studio.test_queue import SPEC


class NoStore(Store):
    """Is never asked anything."""


class Waiting:
    """A queue of batches of one, a ledger, and how many batches were thought through."""

    def __init__(self) -> None:
        self.batches = 0
        self.ledger = Ledger(NoStore())
        self.queue = PictureQueue(self.limit)
        self.pace = Pace()
        self.pace.learn(SPEC, 1, 2.0)

    def limit(self, spec: PictureSpec) -> int:
        self.batches += 1
        return 1

    def add(self, name: str, specs: Sequence[PictureSpec]) -> Job:
        tasks = tuple(TaskRecord(id=f"{name}{i}", spec=spec) for i, spec in enumerate(specs))
        record = JobRecord(id=name, visitor="ann", created=0, state=JobState.QUEUED, tasks=tasks)
        job = self.ledger.open(record)
        self.queue.put("ann", in_working_order(unmade(record)))
        return job

    def take(self) -> RunningBatch:
        batch = self.queue.take()
        assert batch is not None
        return RunningBatch(batch, self.ledger.jobs_of(batch), 0.0)

    def tell(self) -> int:
        """Tells the places; how many batches that took."""
        self.batches = 0
        tell_places(self.queue, self.ledger, self.pace, running=[5.0], workers=1)
        return self.batches


def test_a_job_behind_others_is_told_how_many_batches_are_ahead_and_their_time() -> None:
    waiting = Waiting()
    waiting.add("big", [replace(SPEC, seed=i) for i in range(3)])
    small = waiting.add("small", [SPEC])
    waiting.tell()
    assert small.passing == Queued(place=4, wait=5.0 + 3 * 2.0)


def test_where_no_job_waits_no_batch_is_thought_through() -> None:
    waiting = Waiting()
    waiting.add("big", [replace(SPEC, seed=i) for i in range(400)]).start()
    assert waiting.tell() == 0


def test_batches_are_thought_through_only_as_far_as_a_job_waits_behind_them() -> None:
    waiting = Waiting()
    waiting.add("small", [SPEC])
    waiting.add("big", [replace(SPEC, seed=i) for i in range(400)])
    assert waiting.tell() == 2


def test_the_same_place_and_wait_are_no_news() -> None:
    waiting = Waiting()
    job = waiting.add("small", [SPEC])
    waiting.tell()
    before = job.changes
    waiting.tell()
    assert job.changes == before


def progress(job: Job) -> Progress:
    assert isinstance(job.passing, Progress)
    return job.passing


def test_the_seconds_left_take_in_what_is_of_another_kind() -> None:
    waiting = Waiting()  # 2 seconds for a picture of 4 steps at 64 × 64
    job = waiting.add(
        "grid", [SPEC, SPEC, replace(SPEC, steps=8), replace(SPEC, width=128, height=128)]
    )
    running = waiting.take()
    running.stepped(1, 4, 0.5)
    running.stepped(2, 4, 1.0)
    tell_progress(running, waiting.pace, 1.0)
    assert progress(job).seconds_left == 1.0 + 2.0 + 4.0 + 8.0
    job.settle("grid1", Fate.CANCELLED)
    tell_progress(running, waiting.pace, 1.0)
    assert progress(job).seconds_left == 1.0 + 4.0 + 8.0


def test_the_seconds_left_are_not_told_where_a_model_is_not_known() -> None:
    waiting = Waiting()
    job = waiting.add("grid", [SPEC, replace(SPEC, model=ModelRef(id="other", hash="11"))])
    running = waiting.take()
    running.stepped(1, 4, 0.5)
    running.stepped(2, 4, 1.0)
    tell_progress(running, waiting.pace, 1.0)
    assert progress(job).seconds_left is None


def test_progress_counts_what_is_done_when_it_is_read() -> None:
    waiting = Waiting()
    job = waiting.add("wall", [SPEC, SPEC])
    tell_progress(waiting.take(), waiting.pace, 0.0)
    job.preview("wall1", b"jpeg")
    job.settle("wall0", Fate.DONE)
    assert (progress(job).done, progress(job).total, progress(job).revisions) == (1, 2, (0, 1))

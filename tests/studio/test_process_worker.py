"""The worker contract, the same in a thread and in a spawned process."""

import atexit
import functools
import os
import pickle
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sdgui.errors import UserError
from sdgui.events import (
    Batch,
    Decoded,
    Finished,
    Loaded,
    Preview,
    Stepped,
    Task,
    TaskFailed,
    WorkerEvent,
)
from sdgui.ports import Engine
from sdgui.spec import DreamRequest
from sdgui.studio.process_worker import ProcessWorker, WorkerBroke, WorkerDied
from tests.fake_engine import (
    PATIENCE,
    BlockedEngine,
    BreakingEngine,
    DyingEngine,
    FakeEngine,
    paint,
)
from tests.people import who
from tests.studio.conftest import House, ends, follow
from tests.studio.test_queue import tasks

BATCH = Batch(tasks=tasks("a", 3))


class RefusingEngine(FakeEngine):
    """Cannot load its model."""

    def __init__(self) -> None:
        super().__init__()
        self.load_fault = UserError("There is no model there.", "Look again.")


MakeWorker = Callable[[Callable[[], Engine]], Engine]


@pytest.fixture(params=["thread", "process"])
def make_worker(request: pytest.FixtureRequest) -> Iterator[MakeWorker]:
    made: list[Engine] = []

    def make(make_engine: Callable[[], Engine]) -> Engine:
        worker = make_engine() if request.param == "thread" else ProcessWorker(make_engine)
        made.append(worker)
        return worker

    yield make
    for worker in made:
        worker.close()


def never(task: str) -> bool:
    return False


def test_a_batch_gives_steps_previews_of_every_task_and_one_picture_each(
    make_worker: MakeWorker,
) -> None:
    events: list[WorkerEvent] = []
    make_worker(FakeEngine).run(BATCH, events.append, never)
    names = [task.id for task in BATCH.tasks]
    assert [e.step for e in events if isinstance(e, Stepped)] == [1, 2, 3, 4]
    assert {e.tasks for e in events if isinstance(e, Preview)} == {tuple(names)}
    done = [e for e in events if isinstance(e, Decoded)]
    assert [e.task for e in done] == names
    for event, task in zip(done, BATCH.tasks, strict=True):
        np.testing.assert_array_equal(event.pixels, paint(task.spec))


def test_warming_tells_that_the_model_is_there(make_worker: MakeWorker) -> None:
    events: list[WorkerEvent] = []
    make_worker(FakeEngine).warm("demo", events.append)
    assert events[-1] == Loaded(model="demo", device="fake", dtype="float32")


def test_a_model_that_is_not_there_is_a_user_error(make_worker: MakeWorker) -> None:
    worker = make_worker(RefusingEngine)
    with pytest.raises(UserError) as fault:
        worker.warm("demo", lambda event: None)
    assert (fault.value.message, fault.value.hint) == ("There is no model there.", "Look again.")


def test_cancelling_every_task_ends_the_batch(make_worker: MakeWorker) -> None:
    events: list[WorkerEvent] = []
    asked: list[str] = []

    def soon(task: str) -> bool:
        asked.append(task)
        return len(asked) > 20

    make_worker(BlockedEngine).run(BATCH, events.append, soon)
    assert not [e for e in events if isinstance(e, Decoded | TaskFailed)]


def test_a_cancelled_member_gets_no_picture(make_worker: MakeWorker) -> None:
    events: list[WorkerEvent] = []
    make_worker(FakeEngine).run(
        Batch(tasks=BATCH.tasks[:2]), events.append, lambda task: task == "a0"
    )
    assert "a1" in [e.task for e in events if isinstance(e, Decoded)]


def test_batches_follow_each_other(make_worker: MakeWorker) -> None:
    worker = make_worker(FakeEngine)
    for count in (1, 2, 3):
        events: list[WorkerEvent] = []
        worker.run(Batch(tasks=tasks("b", count)), events.append, never)
        assert sum(isinstance(e, Decoded) for e in events) == count


def test_what_was_cancelled_is_made_when_it_is_asked_for_again() -> None:
    worker = ProcessWorker(FakeEngine)
    worker.run(Batch(tasks=tasks("b", 1)), lambda event: None, never)
    _, pipe = worker._started()
    pipe.send(("cancel", "a0"))  # a word that came after its batch had ended
    events: list[WorkerEvent] = []
    worker.run(Batch(tasks=tasks("a", 1)), events.append, never)
    worker.close()
    assert [e.task for e in events if isinstance(e, Decoded)] == ["a0"]


def test_a_process_that_is_killed_is_told_and_replaced(tmp_path: Path) -> None:
    mark = tmp_path / "die"
    mark.touch()
    worker = ProcessWorker(functools.partial(DyingEngine, mark))
    with pytest.raises(WorkerDied):
        worker.run(BATCH, lambda event: None, never)
    events: list[WorkerEvent] = []
    worker.run(BATCH, events.append, never)
    worker.close()
    assert sum(isinstance(e, Decoded) for e in events) == 3


def test_an_engine_that_broke_is_not_asked_again_in_the_same_process() -> None:
    worker = ProcessWorker(BreakingEngine)
    with pytest.raises(WorkerBroke, match="the device is lost"):
        worker.run(BATCH, lambda event: None, never)
    assert worker.pid is None


def test_what_a_broken_receiver_left_unheard_does_not_answer_the_next_batch() -> None:
    def refuse(event: WorkerEvent) -> None:
        raise ValueError("the receiver broke")

    worker = ProcessWorker(FakeEngine)
    with pytest.raises(ValueError, match="the receiver broke"):
        worker.run(BATCH, refuse, never)
    events: list[WorkerEvent] = []
    other = Batch(tasks=tasks("b", 2))
    worker.run(other, events.append, never)
    worker.close()
    assert [e.task for e in events if isinstance(e, Decoded)] == [task.id for task in other.tasks]


@pytest.mark.parametrize(
    "value",
    [
        BATCH,
        Task(id="a", spec=BATCH.tasks[0].spec),
        Stepped(step=1, steps=2),
        UserError("It failed.", "Mend it."),
        TaskFailed(task="a", message="no", hint="yes"),
    ],
)
def test_what_crosses_the_border_can_be_pickled(value: object) -> None:
    copy = pickle.loads(pickle.dumps(value))
    assert repr(copy) == repr(value)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to watch a grandchild")
def test_a_worker_ends_with_its_parent_in_the_middle_of_its_work() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.studio.orphaned_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    worker = os.pidfd_open(int(parent.stdout.readline()))
    poll = select.poll()
    poll.register(worker, select.POLLIN)
    parent.kill()
    try:
        assert poll.poll(PATIENCE / 3 * 1000)
    finally:
        os.close(worker)
        parent.stdin.close()
        parent.stdout.close()
        parent.wait()


class LastingEngine(FakeEngine):
    """Notes in a folder that it was closed, and that its interpreter was taken down."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        atexit.register((folder / "taken down").touch)

    def close(self) -> None:
        (self._folder / "closed").touch()


def test_an_idle_worker_closes_its_engine_and_ends_without_taking_down_its_interpreter(
    tmp_path: Path,
) -> None:
    worker = ProcessWorker(functools.partial(LastingEngine, tmp_path))
    worker.warm("demo", lambda event: None)
    worker.close()
    assert [file.name for file in tmp_path.iterdir()] == ["closed"]


def test_two_processes_work_for_one_studio(house: House) -> None:
    workers = ProcessWorker(FakeEngine), ProcessWorker(FakeEngine)
    for worker in workers:
        worker.warm("demo", lambda event: None)
    studio = house.open(*workers, batch_limit=1)
    asked = DreamRequest(prompt="a", count=4, seed=1)
    jobs = [studio.submit(asked, who(name)) for name in ("ann", "bob", "eve")]
    for job in jobs:
        assert ends(follow(studio, job.visitor, job.id)) == [Finished()]
    assert len({worker.pid for worker in workers}) == 2

"""Models leave a worker's memory when their owner asks: between two batches, never in the middle of one."""

from dataclasses import replace

import pytest

from sdgui.events import Finished, Loaded, Measured
from sdgui.studio.happenings import (
    BatchOver,
    Begin,
    Closing,
    Effect,
    Free,
    FreeAsked,
    Happening,
    WorkerReady,
    WorkerSaid,
)
from sdgui.studio.machine import Machine
from sdgui.studio.process_worker import ProcessWorker
from sdgui.studio.worker_face import MEASURE
from sdgui.workers import WorkerInfo
from tests.fake_engine import FakeEngine
from tests.people import who
from tests.studio.conftest import House, ends, follow
from tests.studio.test_studio import BOAT
from tests.studio.test_warming_up import asked

INFO = WorkerInfo(device="d", memory=8, warm=("m", "n"))
FREE_N = Free(worker=0, models=("n",))
MEASURES = Free(worker=0, models=())


class Worker:
    """A machine with one worker that is at nothing and has two models; `orders` are told at a moment in seconds."""

    def __init__(self) -> None:
        self.machine = Machine(model="m", workers=1, batch_limit=lambda spec: 4)
        self.now = 0.0
        loaded = Loaded(model="m", device="d", dtype="f", worker=INFO)
        self.orders(WorkerSaid(worker=0, event=loaded), WorkerReady(worker=0))

    def orders(self, *happenings: Happening) -> list[Effect]:
        effects = [one for each in happenings for one in self.machine.take(each, self.now)]
        return [one for one in effects if isinstance(one, Free | Begin)]


@pytest.fixture
def worker() -> Worker:
    return Worker()


def test_a_worker_at_nothing_frees_at_once_and_goes_on_afterwards(worker: Worker) -> None:
    assert worker.orders(FreeAsked(models=("n", "another"))) == [FREE_N]
    assert worker.orders(asked("m")) == []
    assert [type(one) for one in worker.orders(WorkerReady(worker=0))] == [Begin]


def test_a_worker_in_the_middle_of_a_batch_frees_when_that_is_over_and_before_the_next(
    worker: Worker,
) -> None:
    worker.orders(asked("m"))
    assert worker.orders(FreeAsked(models=("n",)), FreeAsked(models=("m",))) == []
    record = replace(asked("n").record, id="k", tasks=())
    worker.orders(replace(asked("n"), record=replace(record, tasks=asked("n").record.tasks)))
    assert worker.orders(BatchOver(worker=0))[:1] == [Free(worker=0, models=("m", "n"))]


def test_nothing_is_freed_that_is_not_warm(worker: Worker) -> None:
    assert worker.orders(FreeAsked(models=("another",))) == [MEASURES]
    worker.orders(WorkerReady(worker=0), WorkerSaid(worker=0, event=Measured(worker=INFO)))
    assert worker.orders(FreeAsked(models=("another",))) == []


def test_memory_is_measured_no_more_often_than_it_changes_for_a_person(worker: Worker) -> None:
    assert worker.orders(FreeAsked()) == [MEASURES]
    worker.orders(WorkerSaid(worker=0, event=Measured(worker=INFO)), WorkerReady(worker=0))
    worker.now = MEASURE
    assert worker.orders(FreeAsked()) == []
    worker.now = MEASURE + 0.1
    assert worker.orders(FreeAsked()) == [MEASURES]


def test_a_worker_at_a_batch_is_not_asked_to_measure(worker: Worker) -> None:
    """It tells by itself."""
    worker.orders(asked("m"))
    worker.now = 60
    assert worker.orders(FreeAsked(), BatchOver(worker=0)) == []


def test_a_studio_that_closes_frees_nothing(worker: Worker) -> None:
    assert worker.orders(Closing(), FreeAsked(models=("n",))) == []


def test_what_a_worker_tells_is_told_of_it(worker: Worker) -> None:
    worker.orders(WorkerSaid(worker=0, event=Measured(worker=replace(INFO, free=3, process=2))))
    (told,) = worker.machine.status.workers
    assert (told.memory, told.free, told.process, told.warm) == (8, 3, 2, ("m", "n"))


@pytest.mark.parametrize("make", [FakeEngine, lambda: ProcessWorker(FakeEngine)])
def test_a_freed_model_is_loaded_again_for_the_next_dream(house: House, make: type) -> None:
    studio = house.open(make())
    job = studio.submit(BOAT, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [Finished()]
    studio.free(["demo"])
    again = studio.submit(BOAT, who("ann"))
    assert ends(follow(studio, "ann", again.id)) == [Finished()]
    studio.close()
    (told,) = studio.status().workers
    assert (told.title, told.state) == ("CPU, 8 cores", "ready")


def test_what_cannot_be_freed_ends_no_worker(house: House) -> None:
    class Failing(FakeEngine):
        def free(self, models: object, emit: object) -> None:
            raise RuntimeError("broken")

    studio = house.open(Failing())
    follow(studio, "ann", studio.submit(BOAT, who("ann")).id)
    studio.free(["demo"])
    assert ends(follow(studio, "ann", studio.submit(BOAT, who("ann")).id)) == [Finished()]

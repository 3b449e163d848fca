"""A worker tells of its memory: what it has warm after each batch, and meanwhile from a thread of its own."""

import threading
from pathlib import Path

import torch

from sdgui.engine.engine import TorchEngine
from sdgui.engine.gauge import Gauge
from sdgui.events import Decoded, Loaded, Measured, WorkerEvent
from sdgui.workers import WorkerInfo
from tests.engine.conftest import Lab, of_type
from tests.fake_engine import PATIENCE


def test_it_measures_from_another_thread_until_it_is_stopped() -> None:
    told: list[WorkerEvent] = []
    threads: set[int] = set()
    enough = threading.Event()

    def emit(event: WorkerEvent) -> None:
        told.append(event)
        threads.add(threading.get_ident())
        if len(told) == 3:
            enough.set()

    gauge = Gauge(lambda: WorkerInfo(free=1), every=0.001)
    for _ in range(2):
        gauge.start(emit)
        assert enough.wait(PATIENCE)
        gauge.stop()
        enough.clear()
        count = len(told)
        assert set(told) == {Measured(worker=WorkerInfo(free=1))}
        assert threading.get_ident() not in threads
        assert count == len(told)
        told.clear()


def test_a_receiver_that_is_gone_ends_it() -> None:
    asked = threading.Event()

    def emit(_event: WorkerEvent) -> None:
        asked.set()
        raise OSError("gone")

    gauge = Gauge(WorkerInfo, every=0.001)
    gauge.start(emit)
    assert asked.wait(PATIENCE)
    gauge.stop()


def test_what_is_warm_is_told_with_its_memory_and_freed_when_asked(
    tiny_folder: Path, tmp_path: Path
) -> None:
    lab = Lab(tiny_folder, tmp_path)
    events = lab.run(lab.specs())
    (loaded,) = of_type(events, Loaded)
    assert loaded.worker is not None
    last = events[-1]
    assert isinstance(last, Measured)
    (held,) = last.worker.held
    (warm,) = lab.engine._loader._warm.values()
    assert (held.model, held.bytes) == (lab.model, warm.held_by(torch.device("cpu")))
    assert held.bytes > 0 and held.used > 0 and held.seconds > 0
    assert last.worker.warm == (lab.model,)
    assert last.worker.title.startswith("CPU, ")
    assert last.worker.batch == 0

    told: list[WorkerEvent] = []
    lab.engine.free(["another"], told.append)
    lab.engine.free([lab.model], told.append)
    assert [len(one.worker.held) for one in of_type(told, Measured)] == [1, 0]
    assert of_type(lab.run(lab.specs()), Loaded)
    lab.engine.close()


def test_pictures_are_told_before_it(lab: Lab) -> None:
    events = lab.run(lab.specs())
    assert [type(one) for one in events[-2:]] == [Decoded, Measured]


def test_a_worker_without_a_model_has_nothing_warm(tmp_path: Path, tiny_folder: Path) -> None:
    engine = TorchEngine(Lab(tiny_folder, None).catalog, "cpu")
    told: list[WorkerEvent] = []
    engine.free([], told.append)
    (measured,) = of_type(told, Measured)
    assert (measured.worker.device, measured.worker.held) == ("cpu", ())
    engine.close()

"""Two spawned workers, each with an engine of its own, at the dreams of one studio."""

import asyncio
import functools
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.events import Batch, Finished
from sdgui.ports import Emit, Engine, IsCancelled
from sdgui.spec import DreamRequest
from sdgui.storage import DiskStore
from sdgui.studio.process_worker import ProcessWorker
from sdgui.studio.studio import Studio
from tests.people import who
from tests.studio.conftest import ends, watch_to_end

TOGETHER = 300.0
"""Seconds after which a worker that is alone at work has failed the test: importing torch may take long."""


class Meeting:
    """An engine that begins its first batch only when the other worker begins one, and writes down what it makes."""

    def __init__(self, make: Callable[[], Engine], barrier: Any, folder: Path) -> None:
        self._engine = make()
        self._barrier = barrier
        self._record = folder / f"{os.getpid()}.made"
        self._has_met = False

    def warm(self, model: str, emit: Emit) -> None:
        self._engine.warm(model, emit)

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        if not self._has_met:
            self._has_met = True
            try:
                self._barrier.wait(TOGETHER)
            except BrokenBarrierError:
                raise RuntimeError("the other worker never began") from None
        with self._record.open("a") as file:
            file.writelines(f"{task.spec.model.id}\n" for task in batch.tasks)
        self._engine.run(batch, emit, is_cancelled)

    def free(self, models: Sequence[str], emit: Emit) -> None:
        self._engine.free(models, emit)

    def close(self) -> None:
        self._engine.close()


@pytest.fixture
def workers(
    tiny_folder: Path, epsilon_folder: Path, tmp_path: Path
) -> tuple[Catalog, list[ProcessWorker]]:
    catalog = Catalog(str(tiny_folder), others=(str(epsilon_folder),), cache_dir=tmp_path / "cache")
    make = functools.partial(TorchEngine, catalog, "cpu", "auto", tmp_path / "cache")
    barrier = multiprocessing.get_context("spawn").Barrier(2)
    meeting = functools.partial(Meeting, make, barrier, tmp_path)
    return catalog, [ProcessWorker(meeting), ProcessWorker(meeting)]


@pytest.fixture
def studio(workers: tuple[Catalog, list[ProcessWorker]], tmp_path: Path) -> Iterator[Studio]:
    catalog, processes = workers
    studio = Studio(
        models=catalog,
        store=DiskStore(tmp_path / "outputs"),
        workers=processes,
        batch_limit=lambda spec: 1,
    )
    studio.start()
    yield studio
    studio.close()
    studio.store.close()


def dream(studio: Studio, count: int) -> None:
    """Ann asks for pictures of the first model, Bob for ones of the second, and both get them."""
    asked = DreamRequest(prompt="a red cat", width=64, height=64, steps=2, count=count, seed=1)
    jobs = [
        studio.submit(replace(asked, model=model), who(visitor))
        for visitor, model in zip(("ann", "bob"), studio.models.names(), strict=True)
    ]
    for job in jobs:
        watching = watch_to_end(studio, job.visitor, job.id)
        assert ends(asyncio.run(asyncio.wait_for(watching, TOGETHER))) == [Finished()]


def test_two_processes_make_the_dreams_of_one_studio_side_by_side_with_a_model_each(
    studio: Studio, workers: tuple[Catalog, list[ProcessWorker]], tmp_path: Path
) -> None:
    models = studio.models.names()
    dream(studio, 1)
    told = studio.status().workers
    assert [worker.state for worker in told] == ["ready", "ready"]
    assert {worker.warm[-1] for worker in told} == set(models)
    dream(studio, 2)
    made = {int(file.stem): file.read_text().split() for file in tmp_path.glob("*.made")}
    assert made.keys() == {worker.pid for worker in workers[1]}
    assert {lines[0] for lines in made.values()} == set(models)
    assert Counter(model for lines in made.values() for model in lines) == dict.fromkeys(models, 3)

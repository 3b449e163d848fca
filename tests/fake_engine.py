"""A fake behind the engine's interface: paints at once, or waits and fails as a test tells it."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from sdgui.errors import UserError
from sdgui.events import (
    Batch,
    Decoded,
    HeldBack,
    Loaded,
    Loading,
    Measured,
    Pixels,
    Preview,
    Stepped,
    TaskFailed,
    WorkerEvent,
)
from sdgui.ports import Emit, IsCancelled
from sdgui.records import MATCH
from sdgui.spec import PictureSpec
from sdgui.workers import HeldModel, WorkerInfo
from tests.strips import strips_of

PATIENCE = 30.0
"""Seconds after which a test that waits for the fake has failed."""


def paint(spec: PictureSpec) -> Pixels:
    """Pixels that depend on the seed, the variation and the prompt only."""
    varied = () if spec.variation is None else (spec.variation.seed, spec.variation.strength * 1e6)
    rng = np.random.default_rng([spec.seed, *map(int, varied), *spec.prompt.encode()])
    colour = rng.integers(0, 256, size=3, dtype=np.uint8)
    return np.broadcast_to(colour, (spec.height, spec.width, 3)).copy()


def forming(spec: PictureSpec, step: int) -> Pixels:
    """A small picture that differs from step to step."""
    pixels = paint(spec)[:8, :8].astype(np.int32)
    return (pixels * (step + 1) // (spec.steps + 1)).astype(np.uint8)


class HandClock:
    """A clock that goes only where it is put forward; in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeEngine:
    """Implements `ports.Engine`. Clear `go` and a batch waits before each step until it is set.

    `most`, where set, is how many more batches it makes before it waits so. A model is loaded once; `load_fault`
    keeps every model from loading, `unloadable` those with these ids. `match` says how well a picture fits, and
    `holds_back` whether its model's safety checker holds it back. Its `clock` goes on by `step_seconds` of the pictures
    in the batch at each step, and by `decode_seconds` for each picture.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Makes it what it was at first; only while it is at nothing."""
        self.go = threading.Event()
        self.go.set()
        self.most: int | None = None
        self.can_load = threading.Event()
        self.can_load.set()
        self.began = threading.Semaphore(0)
        self.batches: list[Batch] = []
        self.steps_run = 0
        self.breaks: list[Exception] = []
        self.load_fault: UserError | None = None
        self.unloadable: dict[str, UserError] = {}
        self.loaded: set[str] = set()
        self.loads: list[str] = []
        self.frees: list[tuple[str, ...]] = []
        self.match: Callable[[PictureSpec], float] | None = None
        self.holds_back: Callable[[PictureSpec], bool] = lambda spec: False
        self.clock = HandClock()
        self.step_seconds: Callable[[int], float] = lambda pictures: 0.0
        self.decode_seconds = 0.0
        self.used = time.time()
        self.closed = False

    def warm(self, model: str, emit: Emit) -> None:
        self.loads.append(model)
        emit(Loading(model=model, fraction=0.5))
        assert self.can_load.wait(PATIENCE)
        fault = self.unloadable.get(model, self.load_fault)
        if fault is not None:
            raise fault
        self.loaded.add(model)
        emit(Loaded(model=model, device="fake", dtype="float32"))

    @property
    def info(self) -> WorkerInfo:
        """A worker on a CPU of 16 GB, with what is loaded."""
        held = tuple(
            HeldModel(model=model, bytes=42_000_000, used=self.used, seconds=3.6)
            for model in self.loaded
        )
        return WorkerInfo(
            device="cpu",
            dtype="float32",
            title="CPU, 8 cores",
            memory=16_000_000_000,
            free=8_300_000_000,
            process=1_100_000_000,
            warm=tuple(self.loaded),
            held=held,
        )

    def free(self, models: Sequence[str], emit: Emit) -> None:
        self.frees.append(tuple(models))
        self.loaded -= set(models)
        emit(Measured(worker=self.info))

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        self.batches.append(batch)
        self.used = time.time()
        if self.most is not None:
            self.most -= 1
            if self.most < 0:
                self.go.clear()
        self.began.release()
        model = batch.tasks[0].spec.model.id
        if model not in self.loaded:
            try:
                self.warm(model, emit)
            except UserError as fault:
                for task in batch.tasks:
                    if not is_cancelled(task.id):
                        emit(TaskFailed(task=task.id, message=fault.message, hint=fault.hint))
                return
        steps = batch.tasks[0].spec.steps
        for step in range(steps):
            while not self.go.wait(0.005):
                if all(is_cancelled(task.id) for task in batch.tasks):
                    return
            if all(is_cancelled(task.id) for task in batch.tasks):
                return
            if self.breaks:
                raise self.breaks.pop(0)
            self.steps_run += 1
            self.clock.now += self.step_seconds(len(batch.tasks))
            emit(Stepped(step=step + 1, steps=steps))
            shown = {task.id: forming(task.spec, step) for task in batch.tasks}
            for preview in strips_of(batch.tasks, shown, step + 1, steps):
                emit(preview)
        for task in batch.tasks:
            if not is_cancelled(task.id):
                self.clock.now += self.decode_seconds
                if self.holds_back(task.spec):
                    emit(HeldBack(task=task.id))
                    continue
                notes = {"device": "fake"}
                if self.match is not None:
                    notes[MATCH] = str(self.match(task.spec))
                emit(Decoded(task=task.id, pixels=paint(task.spec), notes=notes))

    def close(self) -> None:
        self.closed = True


class DyingEngine(FakeEngine):
    """Kills its own process in the first batch of its life, once for each file given."""

    def __init__(self, mark: Path) -> None:
        super().__init__()
        self._mark = mark

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        if self._mark.exists():
            self._mark.unlink()
            os.kill(os.getpid(), 9)
        super().run(batch, emit, is_cancelled)


class BreakingEngine(FakeEngine):
    """Raises at the end of every batch but leaves its process alive, as a lost device does."""

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        super().run(batch, emit, is_cancelled)
        raise RuntimeError("the device is lost")


class DeafEngine(FakeEngine):
    """Hears of no stop: makes every picture of a batch that it has begun."""

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        super().run(batch, emit, lambda task: False)


class BlockedEngine(FakeEngine):
    """Waits at its first step until its batch is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.go.clear()


class HoldsAfterPreview(FakeEngine):
    """Waits after the next preview, where it `holds`."""

    holds = False

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        def and_hold(event: WorkerEvent) -> None:
            emit(event)
            if self.holds and isinstance(event, Preview):
                self.holds = False
                self.go.clear()

        super().run(batch, and_hold, is_cancelled)


class PoisonedEngine(FakeEngine):
    """Breaks whenever a picture of the prompt "poison" is in its batch."""

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        if any(task.spec.prompt == "poison" for task in batch.tasks):
            self.batches.append(batch)
            raise RuntimeError("the device is lost")
        super().run(batch, emit, is_cancelled)

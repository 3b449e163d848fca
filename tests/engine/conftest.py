"""A tiny model of the real classes, made once, and an engine that keeps it warm."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import pytest
import torch

from sdgui.engine.catalog import Catalog
from sdgui.engine.device import Placement
from sdgui.engine.engine import TorchEngine
from sdgui.engine.preview import Previewer
from sdgui.events import Batch, Decoded, Pixels, Task, WorkerEvent
from sdgui.spec import DreamRequest, PictureSpec
from tests.engine.tiny_model import write_tiny_model


def pytest_configure(config: pytest.Config) -> None:
    """Diffusers' schedulers hand tensors to numpy in a way that numpy will change."""
    config.addinivalue_line("filterwarnings", "ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """The tiny model's operations are too small to share among threads, and waiting for each other is slow."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def epsilon_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "epsilon"
    return write_tiny_model(folder, prediction_type="epsilon", seed=1)


@pytest.fixture(scope="session")
def lab(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Lab"]:
    lab = Lab(tiny_folder, tmp_path_factory.mktemp("cache"))
    yield lab
    lab.engine.close()


@pytest.fixture
def every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps wait until the preview before is out, so that none is dropped for a newer one."""
    offer = Previewer.offer

    def offer_and_settle(previewer: Previewer, *args: object) -> None:
        offer(previewer, *args)  # type: ignore[arg-type]
        previewer.settle()

    monkeypatch.setattr(Previewer, "offer", offer_and_settle)


class Lab:
    """An engine with one model; runs batches and keeps their events."""

    def __init__(
        self,
        folder: Path,
        cache_dir: Path | None,
        embedded: Mapping[str, Path] | None = None,
        models_dirs: tuple[Path, ...] = (),
        placement: Placement | None = None,
    ) -> None:
        self.model = str(folder)
        self.catalog = Catalog(
            self.model, embedded=embedded, cache_dir=cache_dir, models_dirs=models_dirs
        )
        self.sizes = {} if embedded else {"width": 64, "height": 64}
        self.clock = Ticks()
        self.engine = TorchEngine(
            self.catalog,
            "cpu",
            "float32",
            cache_dir=cache_dir,
            clock=self.clock,
            placement=placement,
        )

    def specs(self, **asked: object) -> tuple[PictureSpec, ...]:
        settings: dict[str, object] = {
            "prompt": "a red car",
            "seed": 1,
            "steps": 5,
            **self.sizes,
            **asked,
        }
        request = DreamRequest(**settings)  # type: ignore[arg-type]
        info = self.catalog.describe(self.model)
        return request.resolve(info, lambda: 0, find_adapters=self.catalog.find_adapters)

    def run(
        self,
        specs: tuple[PictureSpec, ...],
        is_cancelled: Callable[[str], bool] = lambda task: False,
        emit: Callable[[WorkerEvent], None] = lambda event: None,
    ) -> list[WorkerEvent]:
        """The events of one batch; its tasks are called 0, 1, …"""
        events: list[WorkerEvent] = []

        def keep(event: WorkerEvent) -> None:
            events.append(event)
            emit(event)

        tasks = tuple(Task(id=str(i), spec=spec) for i, spec in enumerate(specs))
        self.engine.run(Batch(tasks=tasks), keep, is_cancelled)
        return events

    def pictures(self, specs: tuple[PictureSpec, ...]) -> list[Pixels]:
        """The pixels of one batch, in order; every task must end well."""
        events = self.run(specs)
        done = {event.task: event.pixels for event in events if isinstance(event, Decoded)}
        assert set(done) == {str(i) for i in range(len(specs))}, events
        return [done[str(i)] for i in range(len(specs))]


Event = TypeVar("Event")


class Ticks:
    """A clock that goes on by `tick` seconds at each look."""

    def __init__(self) -> None:
        self.now = 0.0
        self.tick = 1.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def of_type(events: list[WorkerEvent], kind: type[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]

"""A studio with a real store and a fake engine."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from sdgui.adapter_info import AdapterInfo
from sdgui.adapters import Adapter
from sdgui.emphasis import PromptLength
from sdgui.errors import UserError
from sdgui.events import End, Failed, Finished, JobCancelled, StudioEvent
from sdgui.inventory import Inventory
from sdgui.model_info import ModelInfo, ModelRef
from sdgui.ports import Engine
from sdgui.spec import no_adapters
from sdgui.storage.disk_store import DiskStore
from sdgui.studio.studio import Studio
from sdgui.studio.unsaved import backoff
from sdgui.vae_info import VaeInfo
from tests.fake_engine import PATIENCE, FakeEngine
from tests.people import who
from tests.samples import DEMO

T = TypeVar("T")


class OneModel:
    """Knows one model."""

    def __init__(self) -> None:
        self.info = replace(DEMO, width=64, height=64, steps=4)

    def describe(self, model: str) -> ModelInfo:
        if model not in self.names():
            raise UserError("There is no such model here.")
        return self.info

    def look(self, model: str) -> ModelInfo:
        """Without its hash, as for a model that was not read yet."""
        info = self.describe(model)
        return replace(info, ref=replace(info.ref, hash=""))

    def names(self) -> tuple[str, ...]:
        return ("demo",)

    def at_hand(self) -> tuple[str, ...]:
        return self.names()

    def inventory(self) -> Inventory:
        return Inventory()

    def count_tokens(self, model: str, prompt: str) -> int:
        return len(prompt.split()) + 2

    def measure_prompt(self, model: str, prompt: str) -> PromptLength:
        words = prompt.split()
        return PromptLength(
            tokens=len(words) - words.count("BREAK"), chunks=1 + words.count("BREAK"), room=75
        )

    def check_loras(self, model: str, prompt: str) -> None:
        no_adapters(self.info, prompt, "")

    def adapters(self) -> tuple[AdapterInfo, ...]:
        return ()

    def find_adapters(
        self, info: ModelInfo, prompt: str, negative_prompt: str
    ) -> tuple[Adapter, ...]:
        return no_adapters(info, prompt, negative_prompt)

    def check_adapters(self, adapters: Sequence[Adapter]) -> None:
        pass

    def vaes(self) -> tuple[VaeInfo, ...]:
        return ()

    def check_vae(self, vae: ModelRef, model: ModelInfo) -> None:
        pass


class ManyModels(OneModel):
    """Knows several models, the one called demo first; those in `gone` cannot be found."""

    def __init__(self, *others: str) -> None:
        super().__init__()
        self.infos = {name: self._named(name) for name in ("demo", *others)}
        self.gone: set[str] = set()

    def _named(self, name: str) -> ModelInfo:
        return replace(self.info, ref=ModelRef(id=name, hash=name.encode().hex()), title=name)

    def change(self, name: str) -> None:
        """The model's files are others from now on."""
        info = self.infos[name]
        self.infos[name] = replace(info, ref=ModelRef(id=name, hash=info.ref.hash + "00"))

    def describe(self, model: str) -> ModelInfo:
        if model in self.gone or model not in self.infos:
            raise UserError(f"There is no model called {model}.", "Choose another.")
        return self.infos[model]

    def names(self) -> tuple[str, ...]:
        return tuple(self.infos)


class House:
    """Makes studios over one output folder and closes what is open at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models: OneModel = OneModel()
        self._open: list[Studio] = []

    def open(
        self,
        *workers: Engine,
        batch_limit: int = 4,
        clock: Callable[[], float] = time.monotonic,
        backoff: Callable[[int], float] = backoff,
        is_owner: Callable[[str], bool] = lambda visitor: False,
        lost: Callable[[str, int], None] = lambda visitor, pictures: None,
        used: Callable[[str, int, float], None] = lambda visitor, pictures, seconds: None,
        guests: Sequence[str] = (),
    ) -> Studio:
        studio = Studio(
            models=self.models,
            store=DiskStore(self.folder),
            workers=workers,
            batch_limit=lambda spec: batch_limit,
            clock=clock,
            backoff=backoff,
            is_owner=is_owner,
            lost=lost,
            used=used,
            guests=guests,
        )
        studio.start()
        self._open.append(studio)
        return studio

    def close(self) -> None:
        while self._open:
            studio = self._open.pop()
            studio.close()
            studio.store.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "outputs")
    yield house
    house.close()


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


async def watch_to_end(studio: Studio, visitor: str, job: str) -> list[StudioEvent]:
    return [event async for _, event in studio.watch(who(visitor), job)]


def follow(studio: Studio, visitor: str, job: str) -> list[StudioEvent]:
    """Every event of a job from now to its end."""
    return run(lambda: watch_to_end(studio, visitor, job))


def run(make: Callable[[], Awaitable[T]]) -> T:
    async def main() -> T:
        return await asyncio.wait_for(make(), PATIENCE)

    return asyncio.run(main())


def ends(events: list[StudioEvent]) -> list[End]:
    return [event for event in events if isinstance(event, Finished | JobCancelled | Failed)]

"""Folders of families to take the rest of a model from, and what a model of a collection dreams."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sdgui.bench.random_models.tiny_families import write_family
from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.events import Batch, Decoded, Task
from sdgui.spec import DreamRequest
from tests.engine.conftest import of_type


@pytest.fixture(scope="session")
def base_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    made: dict[str, Path] = {}

    def get(name: str) -> Path:
        if name not in made:
            made[name] = write_family(name, tmp_path_factory.mktemp("bases") / name)
        return made[name]

    return get


@pytest.fixture
def picture() -> Iterator[Callable[[Catalog, str], Any]]:
    engines: list[TorchEngine] = []

    def make(catalog: Catalog, model: str) -> Any:
        engines.append(TorchEngine(catalog, "cpu", "float32", previews=False))
        return picture_of(engines[-1], catalog, model)

    yield make
    for engine in engines:
        engine.close()


def picture_of(engine: TorchEngine, catalog: Catalog, model: str, prompt: str = "a cat") -> Any:
    """What a model dreams, (height, width, 3), with the LoRAs that the prompt asks for."""
    request = DreamRequest(
        prompt=prompt, seed=1, steps=2, width=64, height=64, emphasis="<" in prompt
    )
    (spec,) = request.resolve(
        catalog.describe(model), lambda: 0, find_adapters=catalog.find_adapters
    )
    events: list[Any] = []
    engine.run(Batch(tasks=(Task(id="0", spec=spec),)), events.append, lambda _: False)
    (done,) = of_type(events, Decoded)
    return done.pixels

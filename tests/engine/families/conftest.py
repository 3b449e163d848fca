"""One engine per tiny model of each family, made when a test first wants it and kept for all that follow."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sdgui.bench.random_models.tiny_families import MODELS, write_family
from sdgui.engine.loader import WarmModel
from tests.engine.conftest import Lab


class FamilyLab(Lab):
    """A lab of one family's model."""

    @property
    def info(self) -> Any:
        return self.catalog.describe(self.model)

    @property
    def warm(self) -> WarmModel:
        return self.engine._load(self.info.ref, lambda event: None)


@pytest.fixture(scope="session")
def lab_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], FamilyLab]]:
    labs: dict[str, FamilyLab] = {}

    def get(name: str) -> FamilyLab:
        if name not in labs:
            folder = write_family(name, tmp_path_factory.mktemp("families") / name)
            labs[name] = FamilyLab(folder, tmp_path_factory.mktemp("cache"))
        return labs[name]

    yield get
    for lab in labs.values():
        assert lab.engine._previewer is not None
        lab.engine._previewer.close()  # the models go with the process, quicker than one by one


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> str:
    """The name of each tiny model."""
    return str(request.param)


@pytest.fixture
def family_lab(model: str, lab_of: Callable[[str], FamilyLab]) -> FamilyLab:
    return lab_of(model)

"""Two spawned workers, each with an engine of its own, at the dreams of one studio."""

import functools
from pathlib import Path

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.events import Finished
from sdgui.spec import DreamRequest
from sdgui.storage import DiskStore
from sdgui.studio.process_worker import ProcessWorker
from sdgui.studio.studio import Studio
from tests.people import who
from tests.studio.conftest import ends, follow


@pytest.fixture
def studio(tiny_folder: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    catalog = Catalog(str(tiny_folder), cache_dir=tmp_path / "cache")
    make = functools.partial(TorchEngine, catalog, "cpu", "auto", tmp_path / "cache")
    studio = Studio(
        models=catalog,
        store=DiskStore(tmp_path / "outputs"),
        workers=[ProcessWorker(make), ProcessWorker(make)],
        batch_limit=lambda spec: 1,
    )
    studio.start()
    yield studio
    studio.close()
    studio.store.close()


def test_two_processes_with_a_model_each_make_everything(studio: Studio) -> None:
    asked = DreamRequest(prompt="a red cat", width=64, height=64, steps=2, count=3, seed=1)
    jobs = [studio.submit(asked, who(name)) for name in ("ann", "bob")]
    for job in jobs:
        assert ends(follow(studio, job.visitor, job.id)) == [Finished()]
    assert all(worker.state in ("ready", "loading") for worker in studio.status().workers)

"""A store in a fresh folder, opened again as often as a test wants."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdgui.records import JobRecord
from sdgui.storage import DiskStore
from tests.storage.samples import pixels


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outputs"


@pytest.fixture
def open_store(folder: Path) -> Iterator[Callable[[], DiskStore]]:
    opened: list[DiskStore] = []

    def open_it() -> DiskStore:
        for store in opened:
            store.close()
        opened.append(DiskStore(folder))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], DiskStore]) -> DiskStore:
    return open_store()


@pytest.fixture
def save(store: DiskStore) -> Callable[[JobRecord], JobRecord]:
    """Adds a job and saves all of its pictures."""

    def save_it(dream: JobRecord) -> JobRecord:
        store.add_job(dream)
        for task in dream.tasks:
            store.save_picture(task.id, pixels(task), {"device": "cpu"})
        return dream

    return save_it

"""Pictures that cannot be saved now, and are when the reason is gone."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sdgui.errors import NotYetSaved
from sdgui.events import PictureUnsaved, StudioEvent
from sdgui.records import JobState
from sdgui.spec import DreamRequest
from sdgui.storage import DiskStore
from sdgui.storage.layout import DATABASE
from sdgui.studio.studio import Studio
from tests.fake_engine import FakeEngine
from tests.people import who
from tests.studio.conftest import OneModel, run


@pytest.fixture
def studio(tmp_path: Path):  # type: ignore[no-untyped-def]
    studio = Studio(
        models=OneModel(),
        store=DiskStore(tmp_path / "outputs"),
        workers=[FakeEngine()],
        batch_limit=lambda spec: 4,
        backoff=lambda tries: 0.01,
    )
    studio.start()
    yield studio
    studio.close()
    studio.store.close()


def dream(studio: Studio, mend: Callable[[], object]) -> list[StudioEvent]:
    """A dream of one picture; `mend` is called when that is told not to be saved."""
    job = studio.submit(DreamRequest(prompt="a", seed=1), who("ann"))

    async def look() -> list[StudioEvent]:
        events: list[StudioEvent] = []
        async for _, event in studio.watch(who("ann"), job.id):
            events.append(event)
            if isinstance(event, PictureUnsaved):
                mend()
        return events

    events = run(look)
    stored = studio.store.job(job.id, "ann")
    assert stored is not None
    assert stored.state is JobState.FINISHED
    file = studio.store.picture_file(job.tasks[0].id, "ann")
    assert file is not None
    return events


def test_a_folder_that_is_moved_away_is_noticed_and_gets_the_picture_when_it_is_back(
    studio: Studio, tmp_path: Path
) -> None:
    outputs, away = tmp_path / "outputs", tmp_path / "away"
    outputs.rename(away)
    events = dream(studio, lambda: away.rename(outputs))
    told = [event for event in events if isinstance(event, PictureUnsaved)]
    assert told[0].message == "The output folder outputs is gone."


def test_nothing_is_written_into_another_folder_of_the_same_name(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "outputs")
    (tmp_path / "outputs").rename(tmp_path / "away")
    (tmp_path / "outputs").mkdir()
    with pytest.raises(NotYetSaved):
        store._folder.check()
    store.close()


def test_a_database_that_another_program_locks_delays_the_picture_and_loses_nothing(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = studio.store
    assert isinstance(store, DiskStore)
    store._database._connection.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(tmp_path / "outputs" / DATABASE, check_same_thread=False)
    save = store.save_picture

    def lock_and_save(*args: object) -> object:
        monkeypatch.setattr(store, "save_picture", save)
        other.execute("BEGIN IMMEDIATE")
        return save(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "save_picture", lock_and_save)
    events = dream(studio, other.rollback)
    other.close()
    told = [event for event in events if isinstance(event, PictureUnsaved)]
    assert len(told) == 1

"""Pictures that cannot be saved now, and are when the reason is gone; what is safe on the disk is told as that."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sdgui.errors import NotYetListed, NotYetSaved
from sdgui.events import PictureFailed, PictureUnsaved, Pixels, StudioEvent
from sdgui.records import JobRecord, JobState, Mark
from sdgui.spec import DreamRequest
from sdgui.storage import DiskStore
from sdgui.storage.layout import DATABASE
from sdgui.studio.studio import Studio
from sdgui.studio.unsaved import Unsaved
from tests.fake_engine import PATIENCE, FakeEngine
from tests.people import who
from tests.storage.samples import ANNA, end, job, pixels
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


def test_nothing_is_written_into_another_folder_of_ours(tmp_path: Path) -> None:
    store, other = DiskStore(tmp_path / "outputs"), DiskStore(tmp_path / "other")
    (tmp_path / "outputs").rename(tmp_path / "away")
    (tmp_path / "other").rename(tmp_path / "outputs")
    with pytest.raises(NotYetSaved):
        store._folder.check()
    store.close()
    other.close()


def test_a_database_that_another_program_locks_delays_the_picture_and_loses_nothing(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = studio.store
    assert isinstance(store, DiskStore)
    other = sqlite3.connect(tmp_path / "outputs" / DATABASE, check_same_thread=False)
    save = store.save_picture

    def lock_and_save(*args: object) -> object:
        store._database.patience = 0  # the sweep of the start writes, too, while the dream is begun
        monkeypatch.setattr(store, "save_picture", save)
        other.execute("BEGIN IMMEDIATE")
        return save(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "save_picture", lock_and_save)
    events = dream(studio, other.rollback)
    other.close()
    told = [event for event in events if isinstance(event, PictureUnsaved)]
    assert len(told) == 1


def test_a_picture_whose_file_is_safe_is_never_told_as_failed_however_many_wait(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = studio.store
    assert isinstance(store, DiskStore)
    other = sqlite3.connect(tmp_path / "outputs" / DATABASE, check_same_thread=False)
    studio._machine.unsaved = Unsaved(lambda tries: 0.01, most_bytes=0)
    save, sizes, looked = store.save_picture, [], threading.Event()

    def lock_and_save(task: str, pixels: Pixels, notes: dict[str, str]) -> object:
        store._database.patience = 0  # the sweep of the start writes, too, while the dream is begun
        sizes.append(pixels.nbytes)
        if looked.is_set() and len(sizes) > 2:
            return save(task, pixels, notes)
        other.execute("BEGIN IMMEDIATE")
        try:
            return save(task, pixels, notes)
        finally:
            other.rollback()

    offered: list[bytes | None] = []
    written: list[bytes] = []

    def look() -> None:
        [job] = studio.active_jobs(who("ann"))
        offered.append(studio.unsaved(job, 0, who("ann")))
        written.extend(file.read_bytes() for file in tmp_path.rglob("*.png"))
        looked.set()

    monkeypatch.setattr(store, "save_picture", lock_and_save)
    events = dream(studio, look)
    other.close()
    assert not [event for event in events if isinstance(event, PictureFailed)]
    assert sizes[0] == 64 * 64 * 3 and set(sizes[1:]) == {0}
    assert offered == written and offered[0] is not None


def test_a_picture_that_was_given_up_while_its_file_was_safe_is_there_when_its_end_is_stored(
    store: DiskStore, folder: Path
) -> None:
    dream = job(2)
    store.add_job(dream)
    store._database.patience = 0
    other = sqlite3.connect(folder / DATABASE)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(NotYetListed):
        store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {"device": "cpu"})
    other.close()
    faults = {task.id: "Given up." for task in dream.tasks}
    end(store, dream.id, JobState.FAILED, "Given up.", "", faults)
    found = store.job(dream.id, ANNA)
    assert found is not None and [task.stored for task in found.tasks] == [True, False]
    assert found.message == "1 of 2 pictures could not be made: Given up."


FAULT = "Another program is using sdgui.db."


def as_failed(store: DiskStore, *, rest: str) -> JobRecord:
    """A dream of three that was told as failed: one is stored, one is whole without a row, one has this fault."""
    dream = job(3)
    store.add_job(dream)
    for task in dream.tasks[:2]:
        store.save_picture(task.id, pixels(task), {"device": "cpu"})
    store._database._connection.execute(
        "UPDATE tasks SET stored = 0, created = NULL, notes = '{}' WHERE id = ?",
        (dream.tasks[1].id,),
    )
    faults = {dream.tasks[1].id: FAULT, **({dream.tasks[2].id: rest} if rest else {})}
    end(
        store,
        dream.id,
        JobState.FAILED,
        f"2 of 3 pictures could not be made: {FAULT}",
        "Close it.",
        faults,
    )
    return dream


@pytest.mark.parametrize(
    ("rest", "state", "message"),
    [
        ("", JobState.CANCELLED, ""),
        ("No memory.", JobState.FAILED, "1 of 3 pictures could not be made: No memory."),
    ],
)
def test_what_is_safe_on_the_disk_is_told_as_failed_no_more_after_a_start(
    open_store: Callable[[], DiskStore], rest: str, state: JobState, message: str
) -> None:
    dream = as_failed(open_store(), rest=rest)
    for _ in range(2):
        store = open_store()
        found = store.job(dream.id, ANNA)
        assert found is not None
        assert [task.stored for task in found.tasks] == [True, True, False]
        assert [task.fault for task in found.tasks] == ["", "", rest]
        assert (found.state, found.message, found.hint) == (state, message, "")
        record = store.picture(dream.tasks[1].id, ANNA)
        assert record is not None and record.notes == {"device": "cpu"}


def test_what_ended_is_looked_for_at_one_start_alone(
    open_store: Callable[[], DiskStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    stopped, queued = job(4), job(2)
    for one in (stopped, queued):
        store.add_job(one)
    end(store, stopped.id, JobState.CANCELLED)
    assert len(store._database.missing()) == 6
    looked_for = open_store()._database.missing()
    assert {row.job for row in looked_for} == {queued.id}


def test_what_goes_on_is_looked_for_again(open_store: Callable[[], DiskStore]) -> None:
    store = open_store()
    stopped = job(2)
    store.add_job(stopped)
    end(store, stopped.id, JobState.CANCELLED)
    store = open_store()
    assert store._database.missing() == ()
    store.reopen_job(stopped.id)
    assert len(store._database.missing()) == 2


def test_who_reads_does_not_wait_for_who_writes(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    with store._database._writing():
        found = store.job(dream.id, ANNA)
    assert found == dream


def test_a_picture_is_stored_in_one_transaction(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    said: list[str] = []
    store._database._connection.set_trace_callback(said.append)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    once = dict.fromkeys(said)  # what triggers do is told as what they follow
    assert [line.split()[0] for line in once] == ["PRAGMA", "BEGIN", "UPDATE", "COMMIT"]


def test_who_waits_behind_another_write_is_refused_after_a_while(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    store._database.patience = 0.01
    faults: list[Exception] = []

    def keep() -> None:
        try:
            store.mark_picture(dream.tasks[0].id, ANNA, Mark.KEPT)
        except NotYetSaved as fault:
            faults.append(fault)

    waiting = threading.Thread(target=keep, daemon=True)
    with store._database._writing():
        waiting.start()
        waiting.join(PATIENCE / 3)
    assert [str(fault) for fault in faults] == [
        "The list of pictures is busy. Try again in a moment."
    ]

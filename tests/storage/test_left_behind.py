"""Every way of leaving rows behind: the folder opens again and again, and tells the same each time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdgui.records import JobRecord, JobState, Mark
from sdgui.sheet import Sheet, SheetKind
from sdgui.storage import DiskStore
from sdgui.storage.layout import thumbnail_path
from tests.storage.samples import ANNA, delete_dream, delete_for_good, end, job, pixels

WALL = Sheet(kind=SheetKind.WALL)


def saved(store: DiskStore, count: int = 2, *, made: int = 2) -> JobRecord:
    """A dream of which so many are made."""
    dream = job(count, sheet=WALL)
    store.add_job(dream)
    for task in dream.tasks[:made]:
        store.save_picture(task.id, pixels(task), {"device": "cpu"})
    return dream


def nothing(store: DiskStore) -> None:
    assert store.jobs(ANNA) == ()


def queued(store: DiskStore) -> None:
    saved(store, made=0)


def queued_and_half_made(store: DiskStore) -> None:
    saved(store, made=1)


def finished(store: DiskStore) -> None:
    end(store, saved(store).id, JobState.FINISHED)


def stopped_before_its_first_picture(store: DiskStore) -> None:
    end(store, saved(store, made=0).id, JobState.CANCELLED)


def stopped_after_its_first_picture(store: DiskStore) -> None:
    end(store, saved(store, made=1).id, JobState.CANCELLED)


def failed(store: DiskStore) -> None:
    dream = saved(store, made=1)
    end(store, dream.id, JobState.FAILED, "No.", "", {dream.tasks[1].id: "No memory."})


def failed_without_a_picture(store: DiskStore) -> None:
    dream = saved(store, made=0)
    faults = {task.id: "No memory." for task in dream.tasks}
    end(store, dream.id, JobState.FAILED, "No.", "", faults)


def removed_bare_after_a_stop(store: DiskStore) -> None:
    dream = saved(store, made=0)
    end(store, dream.id, JobState.CANCELLED)
    assert delete_dream(store, dream.id, ANNA)


def removed_bare_after_a_failure(store: DiskStore) -> None:
    dream = saved(store, made=0)
    end(store, dream.id, JobState.FAILED, "No.", "", {dream.tasks[0].id: "No memory."})
    assert delete_dream(store, dream.id, ANNA)


def one_picture_deleted(store: DiskStore) -> None:
    dream = saved(store)
    end(store, dream.id, JobState.FINISHED)
    assert delete_for_good(store, dream.tasks[0].id, ANNA)


def all_pictures_deleted(store: DiskStore) -> None:
    dream = saved(store)
    end(store, dream.id, JobState.FINISHED)
    for task in dream.tasks:
        assert delete_for_good(store, task.id, ANNA)


def deleted_while_its_dream_is_queued(store: DiskStore) -> None:
    assert delete_for_good(store, saved(store, made=1).tasks[0].id, ANNA)


def deleted_of_a_stopped_dream(store: DiskStore) -> None:
    dream = saved(store, made=1)
    end(store, dream.id, JobState.CANCELLED)
    assert delete_for_good(store, dream.tasks[0].id, ANNA)


def deleted_while_kept(store: DiskStore) -> None:
    dream = saved(store)
    assert store.mark_picture(dream.tasks[0].id, ANNA, Mark.KEPT)
    assert store.mark_picture(dream.tasks[1].id, ANNA, Mark.KEPT)
    assert delete_for_good(store, dream.tasks[0].id, ANNA)


def deleted_and_its_file_cannot_go(store: DiskStore) -> None:
    dream = saved(store)
    file = store.picture_file(dream.tasks[0].id, ANNA)
    assert file is not None
    file.unlink()
    (file / "something").mkdir(parents=True)  # a folder: not even root unlinks it
    delete_for_good(store, dream.tasks[0].id, ANNA)
    assert store.picture(dream.tasks[0].id, ANNA) is None


def gone_on_after_a_stop(store: DiskStore) -> None:
    dream = saved(store, made=1)
    end(store, dream.id, JobState.CANCELLED)
    store.reopen_job(dream.id)


def whole_without_a_row(store: DiskStore) -> None:
    unlist(store, saved(store, made=1))


def whole_without_a_row_or_thumbnail(store: DiskStore) -> None:
    unlist(store, saved(store, made=1)).unlink()


def whole_without_a_row_and_stopped(store: DiskStore) -> None:
    dream = saved(store, made=1)
    unlist(store, dream)
    end(store, dream.id, JobState.CANCELLED)


def whole_without_a_row_and_removed(store: DiskStore) -> None:
    dream = saved(store, made=1)
    unlist(store, dream)
    end(store, dream.id, JobState.CANCELLED)
    assert delete_dream(store, dream.id, ANNA)


def torn_without_a_row(store: DiskStore) -> None:
    dream = saved(store, made=1)
    file = store.picture_file(dream.tasks[0].id, ANNA)
    assert file is not None
    file.write_bytes(file.read_bytes()[:-100])
    unlist(store, dream)


def its_file_taken_away(store: DiskStore) -> None:
    file = store.picture_file(saved(store).tasks[0].id, ANNA)
    assert file is not None
    file.unlink()


def unlist(store: DiskStore, dream: JobRecord) -> Path:
    """As a crash between the first picture's file and its row leaves it; where its thumbnail is."""
    row = store._database.task(dream.tasks[0].id)
    assert row is not None
    store._database._connection.execute(
        "UPDATE tasks SET stored = 0, created = NULL, notes = '{}', bytes = 0, match = NULL WHERE id = ?",
        (row.id,),
    )
    return store._folder.path / thumbnail_path(row.path, row.id)


WAYS = (
    *(nothing, queued, queued_and_half_made, finished),
    *(stopped_before_its_first_picture, stopped_after_its_first_picture),
    *(failed, failed_without_a_picture, removed_bare_after_a_stop, removed_bare_after_a_failure),
    *(one_picture_deleted, all_pictures_deleted, deleted_while_its_dream_is_queued),
    *(deleted_of_a_stopped_dream, deleted_while_kept, deleted_and_its_file_cannot_go),
    *(gone_on_after_a_stop, whole_without_a_row, whole_without_a_row_or_thumbnail),
    *(whole_without_a_row_and_stopped, whole_without_a_row_and_removed),
    *(torn_without_a_row, its_file_taken_away),
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_folder_opens_however_it_was_left(
    open_store: Callable[[], DiskStore], folder: Path, way: Callable[[DiskStore], None]
) -> None:
    way(open_store())
    told = []
    for _ in range(3):
        store = open_store()
        history = store.jobs(ANNA, limit=100)
        pictures = tuple(store.picture(task.id, ANNA) for dream in history for task in dream.tasks)
        told.append((history, store.unfinished_jobs(), store.kept(ANNA), pictures))
        assert store.jobs(ANNA, sheets=True) == history
    assert told[0] == told[1] == told[2]
    assert not list(folder.rglob("*.tmp"))


def test_a_picture_of_a_dream_taken_out_of_the_history_does_not_come_back(
    open_store: Callable[[], DiskStore], folder: Path
) -> None:
    whole_without_a_row_and_removed(open_store())
    for _ in range(3):
        assert open_store().jobs(ANNA) == ()
    assert not [*folder.rglob("*.png"), *folder.rglob("*.jpg")]


@pytest.mark.parametrize("spec", ["{", '{"schema": 99}', "[]"])
@pytest.mark.parametrize("way", [queued, stopped_before_its_first_picture, deleted_while_kept])
def test_a_row_that_cannot_be_read_does_not_keep_the_folder_from_opening(
    open_store: Callable[[], DiskStore], way: Callable[[DiskStore], None], spec: str
) -> None:
    store = open_store()
    way(store)
    with store._database._writing() as connection:
        connection.execute("UPDATE tasks SET spec = ?, path = 'a.png'", (spec,))
    other = job(1)
    store.add_job(other)
    for _ in range(3):
        assert open_store().unfinished_jobs() == (other,)

"""The bin: what is deleted is gone for everybody, comes back exactly as it was, and goes for good after a while."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sdgui.picture_query import PictureQuery
from sdgui.records import BIN_DAYS, Emptied, JobState, Mark
from sdgui.storage import DiskStore, disk_store
from tests.storage.samples import ANNA, BORIS, end, job, pixels
from tests.storage.test_left_behind import saved


def told(store: DiskStore) -> object:
    """All that the visitor can be told."""
    jobs = store.jobs(ANNA, limit=100)
    pictures = store.pictures(ANNA, PictureQuery(), limit=100)
    return jobs, pictures, store.kept(ANNA), store.pictures(ANNA, PictureQuery(text="sketch"))


def test_what_comes_out_of_the_bin_is_exactly_as_it_was(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    dreams = [saved(store, 3, made=2) for _ in range(3)]
    end(store, dreams[1].id, JobState.CANCELLED)
    picture, other = dreams[0].tasks[0].id, dreams[2].tasks[1].id
    assert store.mark_picture(dreams[1].tasks[0].id, ANNA, Mark.KEPT)
    before = told(store)
    done = store.bin(ANNA, pictures=[picture, other], jobs=[dreams[1].id])
    assert done is not None and sum(map(len, done.pictures.values())) == 4
    store = open_store()
    assert store.job(dreams[1].id, ANNA) is None and store.kept(ANNA) == ()
    assert len(store.pictures(ANNA, PictureQuery())) == 2
    assert [store.picture_file(one, ANNA) for one in (picture, other)] == [None, None]
    assert store.restore(ANNA, undo=done.undo) is not None
    assert told(store) == before
    assert store.restore(ANNA, undo=done.undo) is None
    assert all(store.picture_file(one, ANNA) for one in (picture, other))


def test_one_picture_of_a_binned_dream_comes_back_with_its_dream(store: DiskStore) -> None:
    dream = saved(store)
    end(store, dream.id, JobState.FINISHED)
    store.bin(ANNA, jobs=[dream.id])
    assert store.jobs(ANNA) == ()
    assert store.restore(ANNA, pictures=[dream.tasks[1].id]) is not None
    [found] = store.jobs(ANNA)
    assert [task.deleted for task in found.tasks] == [True, False]


@pytest.mark.parametrize("act", ["bin", "restore"])
def test_with_a_picture_of_another_visitor_nothing_changes(store: DiskStore, act: str) -> None:
    mine, foreign = saved(store).tasks[0].id, job(1, visitor=BORIS)
    store.add_job(foreign)
    store.save_picture(foreign.tasks[0].id, pixels(foreign.tasks[0]), {})
    if act == "restore":
        store.bin(ANNA, pictures=[mine])
        store.bin(BORIS, pictures=[foreign.tasks[0].id])
    before = told(store)
    assert getattr(store, act)(ANNA, pictures=[mine, foreign.tasks[0].id]) is None
    assert told(store) == before
    assert store.bin(ANNA, jobs=[foreign.id]) is None


def test_a_picture_made_after_its_dream_was_deleted_is_in_the_bin(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    dream = saved(store, 3, made=1)
    done = store.bin(ANNA, jobs=[dream.id], stopped=[dream.id])
    assert done is not None
    store.save_picture(dream.tasks[1].id, pixels(dream.tasks[1]), {})
    assert store.jobs(ANNA) == () and store.picture(dream.tasks[1].id, ANNA) is None
    store = open_store()  # killed before it was stopped: it does not begin again
    assert store.unfinished_jobs() == ()
    back = store.restore(ANNA, undo=done.undo)
    assert back is not None and back.stopped == (dream.id,)
    assert set(back.pictures[dream.id]) == {task.id for task in dream.tasks[:2]}
    assert [task.unmade for task in store.jobs(ANNA)[0].tasks] == [False, False, True]


def test_a_picture_whose_row_was_lost_in_a_crash_is_found_in_the_bin(
    open_store: Callable[[], DiskStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    dream = saved(store, 2, made=1)
    done = store.bin(ANNA, jobs=[dream.id])
    assert done is not None
    with monkeypatch.context() as patch:
        patch.setattr(store._database, "mark_stored", lambda found: None)
        store.save_picture(dream.tasks[1].id, pixels(dream.tasks[1]), {})
    for _ in range(2):
        store = open_store()
        assert store.picture(dream.tasks[1].id, ANNA) is None
    assert store.restore(ANNA, undo=done.undo) is not None
    assert store.picture_file(dream.tasks[1].id, ANNA) is not None


def test_emptying_the_bin_removes_what_is_in_it_alone(
    open_store: Callable[[], DiskStore], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_store, "_AT_ONCE", 2)
    store = open_store()
    dream, other = saved(store, 5, made=5), saved(store)
    sizes = [store.pictures(ANNA, PictureQuery(), limit=99)[i].bytes for i in range(7)]
    done = store.bin(ANNA, jobs=[dream.id])
    assert store.empty_bin(BORIS) == Emptied()
    emptied = store.empty_bin(ANNA)
    assert (emptied.pictures, emptied.bytes) == (5, sum(sizes[2:]))
    assert done is not None and store.restore(ANNA, undo=done.undo) is None
    assert len([*folder.rglob("*.png")]) == len([*folder.rglob("*.jpg")]) == 2
    assert [one.id for one in open_store().jobs(ANNA)] == [other.id]


def test_the_bin_is_swept_of_what_lay_in_it_for_a_month(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = saved(store).tasks[0].id, saved(store).tasks[0].id
    now = time.time()
    for picture, age in ((old, BIN_DAYS + 0.1), (new, BIN_DAYS - 0.1)):
        monkeypatch.setattr(disk_store.time, "time", lambda age=age: now - age * 86_400)
        store.bin(ANNA, pictures=[picture])
    monkeypatch.setattr(disk_store.time, "time", lambda: now)
    store.sweep_bins()
    assert store.restore(ANNA, pictures=[old]) is None
    assert store.restore(ANNA, pictures=[new]) is not None


def test_a_visitor_with_everything_in_the_bin_is_known(store: DiskStore) -> None:
    assert not store.knows(ANNA)
    store.bin(ANNA, jobs=[saved(store).id])
    assert store.jobs(ANNA) == () and store.knows(ANNA)


def test_a_process_killed_while_the_bin_is_emptied_leaves_no_file(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.storage.saving_process"]
    died = subprocess.run(
        [*command, "die_before_the_files_are_removed", str(folder)], capture_output=True, text=True
    )
    assert died.stdout
    store = DiskStore(folder)
    assert store.picture(died.stdout.strip(), ANNA) is None
    assert not [*folder.rglob("*.png"), *folder.rglob("*.jpg")]
    store.close()

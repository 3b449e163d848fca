"""Jobs whose pictures are compared: their sheets, faults, marks, and a job that goes on."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from sdgui.records import MATCH, JobRecord, JobState, Mark
from sdgui.sheet import Sheet, SheetKind
from sdgui.storage import DiskStore
from sdgui.storage.picture_list import KEPT
from tests.storage.samples import ANNA, BORIS, GRID, NOON, delete_for_good, end, job, pixels

Save = Callable[[JobRecord], JobRecord]
FAULT = "The model could not be loaded. Copy it again."


def found(store: DiskStore, dream: JobRecord) -> JobRecord:
    record = store.job(dream.id, ANNA)
    assert record is not None
    return record


def ids(jobs: tuple[JobRecord, ...]) -> list[str]:
    return [job.id for job in jobs]


@pytest.mark.parametrize("sheet", [GRID, Sheet(kind=SheetKind.WALL)])
def test_a_sheet_comes_back_as_it_was(open_store: Callable[[], DiskStore], sheet: Sheet) -> None:
    dream = job(4, sheet=sheet)
    open_store().add_job(dream)
    assert found(open_store(), dream) == dream


def test_only_sheets_are_listed_where_only_they_are_asked_for(store: DiskStore) -> None:
    dreams = [job(created=NOON + i, sheet=GRID if i % 2 else None) for i in range(6)]
    for dream in dreams:
        store.add_job(dream)
    assert ids(store.jobs(ANNA, sheets=True)) == [dreams[i].id for i in (5, 3, 1)]
    assert ids(store.jobs(ANNA, sheets=True, before=dreams[4].id, limit=1)) == [dreams[3].id]
    assert len(store.jobs(ANNA)) == 6
    assert store.jobs(BORIS, sheets=True) == ()


def test_a_fault_is_kept_with_its_picture(open_store: Callable[[], DiskStore]) -> None:
    dream = job(2, sheet=GRID)
    store = open_store()
    store.add_job(dream)
    end(store, dream.id, JobState.FAILED, "1 of 2.", "", {dream.tasks[1].id: FAULT})
    assert [task.fault for task in found(open_store(), dream).tasks] == ["", FAULT]


def test_the_faults_of_another_job_are_left_alone(store: DiskStore) -> None:
    dream, other = job(), job()
    store.add_job(dream)
    store.add_job(other)
    end(store, dream.id, JobState.FAILED, faults={other.tasks[0].id: FAULT})
    assert found(store, other).tasks[0].fault == ""


def test_a_reopened_job_is_queued_without_faults(open_store: Callable[[], DiskStore]) -> None:
    dream = job(2, sheet=GRID)
    store = open_store()
    store.add_job(dream)
    end(store, dream.id, JobState.FAILED, "No.", "Yes.", {dream.tasks[0].id: FAULT})
    store.reopen_job(dream.id)
    assert open_store().unfinished_jobs() == (dream,)


def test_reopening_an_unknown_job_is_an_error(store: DiskStore) -> None:
    with pytest.raises(KeyError):
        store.reopen_job("f" * 32)


def test_a_picture_that_is_made_after_all_has_no_fault(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    end(store, dream.id, JobState.FAILED, faults={dream.tasks[0].id: FAULT})
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    assert found(store, dream).tasks[0].fault == ""


@pytest.mark.parametrize("mark", list(Mark))
def test_a_mark_is_kept(open_store: Callable[[], DiskStore], save: Save, mark: Mark) -> None:
    dream = save(job())
    picture = dream.tasks[0].id
    store = open_store()
    assert store.mark_picture(picture, ANNA, Mark.KEPT)
    assert store.mark_picture(picture, ANNA, mark)
    again = open_store()
    record = again.picture(picture, ANNA)
    assert record is not None and record.mark is mark
    assert found(again, dream).tasks[0].mark is mark


def test_only_pictures_that_are_there_and_ones_own_can_be_marked(
    store: DiskStore, save: Save
) -> None:
    dream, unmade, gone = save(job()), job(), save(job())
    store.add_job(unmade)
    delete_for_good(store, gone.tasks[0].id, ANNA)
    assert not store.mark_picture(dream.tasks[0].id, BORIS, Mark.KEPT)
    for picture in (unmade.tasks[0].id, gone.tasks[0].id, "f" * 32, "../x"):
        assert not store.mark_picture(picture, ANNA, Mark.KEPT)


def test_kept_pictures_come_in_the_order_in_which_they_were_kept(
    store: DiskStore, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(100))
    pictures = [task.id for task in save(job(4)).tasks]
    monkeypatch.setattr(time, "time", lambda: float(next(clock)))
    for i in (2, 0, 3, 1):
        store.mark_picture(pictures[i], ANNA, Mark.KEPT)
    store.mark_picture(pictures[0], ANNA, Mark.REJECTED)
    store.mark_picture(pictures[2], ANNA, Mark.KEPT)  # again: it stays the first
    store.mark_picture(pictures[0], ANNA, Mark.KEPT)  # anew: it is the last
    delete_for_good(store, pictures[3], ANNA)
    assert [record.id for record in store.kept(ANNA)] == [pictures[i] for i in (2, 1, 0)]
    assert {record.mark for record in store.kept(ANNA)} == {Mark.KEPT}
    assert store.kept(BORIS) == ()


def test_the_kept_pictures_are_read_from_the_index(store: DiskStore) -> None:
    query = f"EXPLAIN QUERY PLAN {KEPT}"
    values = {"visitor": ANNA, "limit": 9}
    plan = [row["detail"] for row in store._database._connection.execute(query, values)]
    assert "USING INDEX tasks_kept (visitor=?)" in plan[0]
    assert not any("TEMP B-TREE" in line for line in plan)


@pytest.mark.parametrize(("note", "match"), [("0.3125", 0.3125), ("a lot", None), (None, None)])
def test_how_well_a_picture_fits_is_read_from_its_notes(
    store: DiskStore, note: str | None, match: float | None
) -> None:
    dream = job()
    store.add_job(dream)
    notes = {} if note is None else {MATCH: note}
    record = store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), notes)
    assert record.match == match
    assert found(store, dream) == replace(
        dream, tasks=(replace(dream.tasks[0], stored=True, match=match),)
    )

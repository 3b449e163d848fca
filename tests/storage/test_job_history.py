import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sdgui.records import JobRecord, JobState
from sdgui.storage import DiskStore, database
from tests.storage.samples import (
    ANNA,
    BORIS,
    GRID,
    NOON,
    delete_dream,
    delete_for_good,
    end,
    job,
    pixels,
)

Save = Callable[[JobRecord], JobRecord]


def ids(jobs: tuple[JobRecord, ...]) -> list[str]:
    return [job.id for job in jobs]


def test_a_job_comes_back_as_it_was(open_store: Callable[[], DiskStore]) -> None:
    dream = job(3, prompt="🦖 <script>")
    open_store().add_job(dream)
    assert open_store().job(dream.id, ANNA) == dream


def test_stored_pictures_are_marked(store: DiskStore) -> None:
    dream = job(2)
    store.add_job(dream)
    store.save_picture(dream.tasks[1].id, pixels(dream.tasks[1]), {})
    found = store.job(dream.id, ANNA)
    assert found is not None and [task.stored for task in found.tasks] == [False, True]


def test_the_end_of_a_job_is_kept(open_store: Callable[[], DiskStore]) -> None:
    dream = job()
    store = open_store()
    store.add_job(dream)
    end(store, dream.id, JobState.FAILED, "No memory.", "Try a smaller size.")
    ended = replace(dream, state=JobState.FAILED, message="No memory.", hint="Try a smaller size.")
    assert open_store().job(dream.id, ANNA) == ended


def test_ending_an_unknown_job_is_an_error(store: DiskStore) -> None:
    with pytest.raises(KeyError):
        end(store, "f" * 32, JobState.FINISHED)


def test_unfinished_jobs_come_oldest_first(open_store: Callable[[], DiskStore]) -> None:
    store = open_store()
    late, early, ended = job(created=NOON + 9), job(created=NOON), job()
    for dream in (late, early, ended):
        store.add_job(dream)
    end(store, ended.id, JobState.CANCELLED)
    assert open_store().unfinished_jobs() == (early, late)


@pytest.mark.parametrize("bad", ["", "f" * 15, "F" * 32, "../" * 8, "0" * 31 + "\n", "0" * 65])
def test_ids_that_could_be_paths_are_refused(store: DiskStore, bad: str) -> None:
    dream = job()
    with pytest.raises(ValueError, match="not an id"):
        store.add_job(replace(dream, id=bad))
    with pytest.raises(ValueError, match="not an id"):
        store.add_job(replace(dream, tasks=(replace(dream.tasks[0], id=bad),)))


@pytest.mark.parametrize("bad", ["", "../../etc/passwd", "\ud800", "\0", "' OR 1=1 --"])
def test_asking_for_nonsense_finds_nothing(store: DiskStore, bad: str) -> None:
    assert store.picture(bad, ANNA) is None
    assert store.picture_file(bad, ANNA) is None
    assert store.thumb_file(bad, ANNA) is None
    assert store.job(bad, ANNA) is None
    assert store.jobs(ANNA, before=bad) == ()
    assert delete_for_good(store, bad, ANNA) is False


def test_pictures_of_another_visitor_do_not_exist(store: DiskStore, save: Save) -> None:
    dream = save(job())
    picture = dream.tasks[0].id
    assert store.picture(picture, BORIS) is None
    assert store.picture_file(picture, BORIS) is None
    assert store.thumb_file(picture, BORIS) is None


def test_jobs_of_another_visitor_do_not_exist(store: DiskStore, save: Save) -> None:
    dream = save(job())
    assert store.job(dream.id, BORIS) is None
    assert store.jobs(BORIS) == ()


def test_a_job_of_another_visitor_is_no_place_to_page_from(store: DiskStore, save: Save) -> None:
    save(job(visitor=BORIS, created=NOON - 9))
    dream = save(job())
    assert store.jobs(BORIS, before=dream.id) == ()


def test_another_visitor_cannot_delete(store: DiskStore, save: Save) -> None:
    dream = save(job())
    assert delete_for_good(store, dream.tasks[0].id, BORIS) is False
    assert store.picture_file(dream.tasks[0].id, ANNA) is not None


def test_deleting_removes_file_and_thumbnail(store: DiskStore, save: Save, folder: Path) -> None:
    dream = save(job())
    assert delete_for_good(store, dream.tasks[0].id, ANNA) is True
    assert not [*folder.rglob("*.png"), *folder.rglob("*.jpg")]


def test_a_deleted_picture_is_gone(open_store: Callable[[], DiskStore], save: Save) -> None:
    dream = save(job())
    store = open_store()
    delete_for_good(store, dream.tasks[0].id, ANNA)
    assert store.picture(dream.tasks[0].id, ANNA) is None
    assert store.thumb_file(dream.tasks[0].id, ANNA) is None
    assert open_store().picture(dream.tasks[0].id, ANNA) is None


def test_deleting_twice_is_false(store: DiskStore, save: Save) -> None:
    dream = save(job())
    delete_for_good(store, dream.tasks[0].id, ANNA)
    assert delete_for_good(store, dream.tasks[0].id, ANNA) is False


def test_of_many_that_delete_at_once_one_does(store: DiskStore, save: Save) -> None:
    picture = save(job()).tasks[0].id
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: delete_for_good(store, picture, ANNA), range(8)))
    assert done.count(True) == 1


def test_a_picture_not_yet_made_cannot_be_deleted(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    assert delete_for_good(store, dream.tasks[0].id, ANNA) is False


def test_a_deleted_picture_stays_marked_in_its_job(store: DiskStore, save: Save) -> None:
    dream = save(job(2))
    delete_for_good(store, dream.tasks[0].id, ANNA)
    found = store.job(dream.id, ANNA)
    assert found is not None and [task.deleted for task in found.tasks] == [True, False]


def test_a_deleted_picture_is_not_saved_again(store: DiskStore, save: Save) -> None:
    dream = save(job())
    delete_for_good(store, dream.tasks[0].id, ANNA)
    with pytest.raises(KeyError):
        store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})


def test_history_is_newest_first(store: DiskStore, save: Save) -> None:
    dreams = [save(job(created=NOON + i)) for i in (1, 3, 2)]
    assert ids(store.jobs(ANNA)) == [dreams[1].id, dreams[2].id, dreams[0].id]


def test_a_queued_job_is_shown(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    assert ids(store.jobs(ANNA)) == [dream.id]


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED])
def test_a_job_that_ended_before_its_first_picture_is_shown(
    store: DiskStore, state: JobState
) -> None:
    dream = job(2)
    store.add_job(dream)
    end(store, dream.id, state)
    assert store.jobs(ANNA) == (replace(dream, state=state),)


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED])
def test_a_sheet_that_ended_before_its_first_picture_is_shown_among_the_sheets(
    store: DiskStore, state: JobState
) -> None:
    dream = job(4, sheet=GRID)
    store.add_job(dream)
    end(store, dream.id, state)
    assert ids(store.jobs(ANNA, sheets=True)) == [dream.id]


def test_a_job_without_a_picture_can_be_taken_out(store: DiskStore, save: Save) -> None:
    stopped, queued, made = job(), job(), save(job())
    for dream in (stopped, queued):
        store.add_job(dream)
    end(store, stopped.id, JobState.CANCELLED)
    end(store, made.id, JobState.CANCELLED)
    assert not delete_dream(store, stopped.id, BORIS)
    assert delete_dream(store, stopped.id, ANNA)
    assert ids(store.jobs(ANNA)) == ids(sorted((queued, made), key=lambda one: one.id)[::-1])
    assert not delete_dream(store, stopped.id, ANNA)


def test_a_stopped_job_goes_with_the_last_of_its_pictures(store: DiskStore) -> None:
    dream = job(4)
    store.add_job(dream)
    for task in dream.tasks[:2]:
        store.save_picture(task.id, pixels(task), {})
    end(store, dream.id, JobState.CANCELLED)
    delete_for_good(store, dream.tasks[0].id, ANNA)
    assert ids(store.jobs(ANNA)) == [dream.id]
    delete_for_good(store, dream.tasks[1].id, ANNA)
    assert store.jobs(ANNA) == ()


def test_a_cancelled_job_with_a_picture_is_shown(store: DiskStore) -> None:
    dream = job(2)
    store.add_job(dream)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    end(store, dream.id, JobState.CANCELLED)
    assert ids(store.jobs(ANNA)) == [dream.id]


def test_a_job_whose_pictures_are_all_deleted_is_not_shown(store: DiskStore, save: Save) -> None:
    dream = save(job(2))
    end(store, dream.id, JobState.FINISHED)
    for task in dream.tasks:
        delete_for_good(store, task.id, ANNA)
    assert store.jobs(ANNA) == ()


def test_pages_join_without_gap_or_double_while_jobs_are_added(store: DiskStore) -> None:
    # every third pair shares its moment, so that the id must decide
    dreams = [job(created=NOON + i // 3) for i in range(20)]
    for dream in dreams:
        store.add_job(dream)
    expected = [d.id for d in sorted(dreams, key=lambda d: (d.created, d.id), reverse=True)]
    seen: list[str] = []
    while page := store.jobs(ANNA, before=seen[-1] if seen else None, limit=3):
        seen += ids(page)
        store.add_job(job(created=NOON + 1000 + len(seen)))
    assert seen == expected


def test_paging_goes_on_from_a_job_that_is_no_longer_shown(store: DiskStore, save: Save) -> None:
    old, new = save(job(created=NOON)), save(job(created=NOON + 1))
    end(store, new.id, JobState.FINISHED)
    delete_for_good(store, new.tasks[0].id, ANNA)
    assert ids(store.jobs(ANNA, before=new.id)) == [old.id]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_page_of_nothing_is_empty(store: DiskStore, limit: int) -> None:
    store.add_job(job())
    assert store.jobs(ANNA, limit=limit) == ()


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize(("sheets", "index"), [(False, "jobs_history"), (True, "jobs_sheets")])
def test_a_page_of_a_thousand_jobs_is_read_from_the_index(
    store: DiskStore, sheets: bool, index: str, before: bool
) -> None:
    connection = store._database._connection
    connection.execute("BEGIN")
    connection.executemany(
        """INSERT INTO jobs (id, visitor, created, state, sheet)
        VALUES (?, ?, ?, 'queued', '{}')""",
        [(f"{i:032x}", (ANNA, BORIS)[i % 2], NOON + i) for i in range(1000)],
    )
    connection.execute("COMMIT")
    query = database.history(sheets=sheets, before=before)
    named = {"visitor": ANNA, "limit": 12, "created": NOON + 500, "id": "f"}
    plan = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", named)]
    assert f"SEARCH jobs USING INDEX {index} (visitor=?" in plan[0]
    assert any("SEARCH tasks USING INDEX tasks_shown (job=?)" in line for line in plan)
    assert any("SEARCH tasks USING INDEX sqlite_autoindex_tasks" in line for line in plan)
    # the few ids of a wall are gone through, and nothing else
    assert not any(
        "TEMP B-TREE" in line or "SCAN" in line for line in plan if "VIRTUAL" not in line
    )


def test_many_threads_save_at_once(store: DiskStore) -> None:
    dream = job(16)
    store.add_job(dream)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda task: store.save_picture(task.id, pixels(task), {}), dream.tasks))
    found = store.job(dream.id, ANNA)
    assert found is not None and all(task.stored for task in found.tasks)


def test_a_migration_that_fails_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    DiskStore(folder).close()
    bad = "CREATE TABLE half (id TEXT); CREATE TABLE jobs (id TEXT);"
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, bad))
    with pytest.raises(sqlite3.OperationalError):
        DiskStore(folder)
    monkeypatch.undo()
    DiskStore(folder).close()


def test_a_migration_is_applied_once(
    open_store: Callable[[], DiskStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    dream = job()
    open_store().add_job(dream)
    added = (*database.MIGRATIONS, "CREATE TABLE stars (id TEXT);")
    monkeypatch.setattr(database, "MIGRATIONS", added)
    open_store()
    assert open_store().job(dream.id, ANNA) == dream


def test_dreams_that_cannot_be_read_hide_no_others(store: DiskStore) -> None:
    dreams = [job(created=NOON + moment) for moment in range(9)]
    for dream in dreams:
        store.add_job(dream)
    spoilt = {dreams[at].id for at in (0, 4, 5, 6, 8)}
    with store._database._writing() as connection:
        for one in spoilt:
            connection.execute("UPDATE tasks SET spec = '{' WHERE job = ?", (one,))
    whole = [dream.id for dream in reversed(dreams) if dream.id not in spoilt]
    first = ids(store.jobs(ANNA, limit=3))
    assert first == whole[:3]
    assert ids(store.jobs(ANNA, before=first[-1], limit=3)) == whole[3:]


def test_words_that_utf8_cannot_hold_keep_no_end_from_being_stored(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    faults = {dream.tasks[0].id: "no \ud800"}
    end(store, dream.id, JobState.FAILED, "half a letter: \ud800", "\udfff", faults)
    ended = store.job(dream.id, ANNA)
    assert ended is not None and ended.state is JobState.FAILED
    assert (ended.message, ended.hint, ended.tasks[0].fault) == ("half a letter: ?", "?", "no ?")

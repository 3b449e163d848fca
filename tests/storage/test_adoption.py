"""What was one visitor's becomes another's, all of it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sdgui.records import Judgement, Mark
from sdgui.storage.database import OF_VISITORS
from sdgui.storage.disk_store import DiskStore
from sdgui.storage.layout import DATABASE
from sdgui.storage.maker_rows import MADE, MAKERS
from sdgui.storage.pictures import read_provenance
from sdgui.storage.place import open_owner
from sdgui.storage.secret import server_secret
from tests.storage.samples import ANNA, BORIS, job, pixels


def test_every_table_that_says_whose_something_is_is_known(tmp_path: Path) -> None:
    DiskStore(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        told = {
            table
            for table in tables
            for column in connection.execute(f"PRAGMA table_info({table})")
            if column[1] == "visitor"
        }
    assert told == set(OF_VISITORS)


def test_pictures_bin_and_marks_are_the_other_s_with_what_they_had_and_nothing_of_a_third_s(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    hers, his, third = job(2), job(visitor=BORIS), job(visitor="carla")
    for one in (hers, his, third):
        store.add_job(one)
        for task in one.tasks:
            store.save_picture(task.id, pixels(task), {})
    kept, gone = (task.id for task in hers.tasks)
    store.mark_picture(kept, ANNA, Mark.KEPT)
    binned = store.bin(ANNA, pictures=[gone])
    assert binned is not None
    assert store.adopt(ANNA, BORIS) == 1
    assert store.adopt(ANNA, BORIS) == 0
    assert not store.knows(ANNA)
    assert [one.id for one in store.kept(BORIS)] == [kept]
    assert store.restore(BORIS, undo=binned.undo) is not None
    for picture in (kept, gone, his.tasks[0].id):
        assert store.picture_file(picture, BORIS) is not None
    assert store.picture(third.tasks[0].id, BORIS) is None
    assert store.picture(third.tasks[0].id, "carla") is not None


def test_whose_pictures_there_are_is_read_along_the_index_and_not_from_picture_to_picture(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    with store._database._searching() as connection:
        for query, values in ((MAKERS, ()), (MADE, (ANNA,))):
            plan = [
                row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)
            ]
            of_tasks = [one for one in plan if "tasks" in one]
            assert of_tasks, plan
            assert all(one.startswith("SEARCH tasks USING COVERING INDEX") for one in of_tasks), (
                plan
            )


def test_makers_are_told_with_what_is_to_be_seen_of_theirs_and_when_they_made_the_last(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    hers, his, third, unmade = job(3), job(2, visitor=BORIS), job(visitor="carla"), job(visitor="d")
    for one in (hers, his, third, unmade):
        store.add_job(one)
    for one in (hers, his, third):
        for task in one.tasks:
            store.save_picture(task.id, pixels(task), {})
    assert store.bin(ANNA, pictures=[hers.tasks[0].id]) is not None
    assert store.judge([hers.tasks[1].id, third.tasks[0].id], Judgement.HIDE)
    assert store.makers() == (ANNA, BORIS)
    told = store.made((ANNA, BORIS, "carla", "d"))
    assert [(one.visitor, one.pictures) for one in told] == [(BORIS, 2), (ANNA, 1)]
    last = store.picture(his.tasks[1].id, BORIS)
    assert last is not None and told[0].last == last.created


def test_what_is_brought_changes_what_both_have_and_neither_mistakes_it_for_what_it_knew(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    for visitor in (ANNA, BORIS):  # as often changed as the other's
        store.add_job(job(visitor=visitor))
    known = {store.revision(ANNA), store.revision(BORIS)}
    assert len(known) == 2
    store.adopt(ANNA, BORIS)
    assert store.revision(BORIS) not in known


def test_what_is_being_made_and_brought_in_meanwhile_is_the_other_s_in_its_files_too(
    open_store: Callable[[], DiskStore], folder: Path, tmp_path: Path
) -> None:
    store = open_store()
    dream = job()
    store.add_job(dream)
    (tmp_path / "elsewhere").mkdir()
    begun = store.imports.begin(tmp_path / "elsewhere", ANNA, copies=True)
    store.adopt(ANNA, BORIS)
    assert [one.id for one in store.imports.of(BORIS)] == [begun.id]
    assert store.imports.of(ANNA) == ()
    saved = store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    assert saved.visitor == BORIS
    file = store.picture_file(saved.id, BORIS)
    assert file is not None
    said = read_provenance(file)
    assert said is not None and said.place is not None
    assert open_owner(server_secret(folder), saved.id, said.place.owner) == BORIS

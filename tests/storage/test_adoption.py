"""What was one visitor's becomes another's, all of it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sdgui.records import Mark
from sdgui.storage.database import OF_VISITORS
from sdgui.storage.disk_store import DiskStore
from sdgui.storage.layout import DATABASE
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

"""History's own queries, and rows that cannot be read."""

from collections.abc import Callable
from datetime import UTC

import pytest

from sdgui.adapters import Lora
from sdgui.model_info import ModelRef
from sdgui.picture_query import Order, PictureQuery
from sdgui.storage import DiskStore, picture_list
from tests.storage.samples import ANNA, NOON, job, pixels
from tests.storage.test_left_behind import saved

INK = Lora(ref=ModelRef(id="ink", hash="ab" * 32), weight=1.0, text_encoder_weight=1.0)


def drawn_with_ink(store: DiskStore) -> str:
    dream = job(1, adapters=(INK,))
    store.add_job(dream)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    return dream.tasks[0].id


def test_pictures_are_found_by_their_lora(store: DiskStore) -> None:
    plain, inked = saved(store), drawn_with_ink(store)
    assert store.picture_ids(ANNA, PictureQuery(lora="ink"), limit=9) == (inked,)
    assert store.facets(ANNA).loras == {"ink": 1}
    assert len(store.picture_ids(ANNA, PictureQuery(), limit=9)) == 1 + len(plain.tasks)


def test_a_folder_of_the_third_version_opens_whole(open_store: Callable[[], DiskStore]) -> None:
    store = open_store()
    dream, inked = saved(store, 3, made=2), drawn_with_ink(store)
    before = store.jobs(ANNA)
    # as that version made its tables
    store._database._connection.executescript(
        """DROP TABLE links; DROP TABLE reports; DROP TABLE choosers; DROP TABLE guests;
        DROP TABLE imports; DROP TABLE imported_files;
        DROP TABLE imported_pictures; DROP INDEX tasks_hidden;
        DROP INDEX jobs_gathered; ALTER TABLE jobs DROP COLUMN shows; ALTER TABLE jobs DROP COLUMN undo;
        DROP INDEX jobs_history; ALTER TABLE jobs DROP COLUMN imported;
        CREATE INDEX jobs_history ON jobs (visitor, created DESC, id DESC);
        ALTER TABLE tasks DROP COLUMN imported; ALTER TABLE tasks DROP COLUMN held_back;
        DROP INDEX tasks_by_date; DROP INDEX tasks_by_match; DROP INDEX tasks_by_rating;
        DROP INDEX tasks_missing; DROP INDEX tasks_leftover; DROP INDEX tasks_binned;
        DROP INDEX tasks_undo; DROP INDEX tasks_by_seed; DROP INDEX tasks_kept_bytes; DROP TABLE loras;
        ALTER TABLE tasks DROP COLUMN rating; ALTER TABLE tasks DROP COLUMN undo;
        ALTER TABLE tasks DROP COLUMN binned; ALTER TABLE tasks DROP COLUMN hidden;
        ALTER TABLE jobs DROP COLUMN binned; ALTER TABLE jobs DROP COLUMN stopped;
        CREATE INDEX tasks_missing ON tasks (job) WHERE NOT stored AND NOT deleted AND NOT settled;
        CREATE INDEX tasks_leftover ON tasks (number) WHERE deleted AND path IS NOT NULL;
        CREATE INDEX tasks_by_date ON tasks (visitor, created, number) WHERE stored AND NOT deleted;
        CREATE INDEX tasks_by_match ON tasks (visitor, ifnull(match, -2.0), number)
            WHERE stored AND NOT deleted;
        PRAGMA user_version = 3;"""
    )
    store = open_store()
    assert store.jobs(ANNA) == before
    assert store.picture_ids(ANNA, PictureQuery(lora="ink"), limit=9) == (inked,)
    assert store.rate_pictures([dream.tasks[0].id], ANNA, 5)
    assert store.picture_ids(ANNA, PictureQuery(rating=5), limit=9) == (dream.tasks[0].id,)


def test_what_cannot_be_read_costs_nothing_else(store: DiskStore) -> None:
    dream, other = saved(store, 5, made=5), saved(store, 1, made=1)
    bad = [dream.tasks[i].id for i in (1, 3)]
    with store._database._writing() as connection:
        connection.execute("UPDATE tasks SET created = ?", (NOON,))
        connection.executemany("UPDATE tasks SET spec = '{' WHERE id = ?", [(one,) for one in bad])
    assert [store.picture(one, ANNA) for one in bad] == [None, None]
    assert store.job(dream.id, ANNA) is None
    found = store.pictures(ANNA, PictureQuery(order=Order.OLDEST), limit=4)
    good = [dream.tasks[i].id for i in (0, 2, 4)] + [other.tasks[0].id]
    assert [one.id for one in found] == good
    part = store.part_of_pictures(ANNA, PictureQuery(order=Order.OLDEST), offset=1, limit=2)
    assert [one if one is None else one.id for one in part] == [None, dream.tasks[2].id]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("binned", [False, True])
def test_a_stretch_holds_what_lies_at_its_place(
    store: DiskStore, order: Order, binned: bool
) -> None:
    pictures = [task.id for i in range(3) for task in saved(store, 4, made=4).tasks]
    for i, picture in enumerate(pictures):
        store.rate_pictures([picture], ANNA, i % 6)
    if binned:
        store.bin(ANNA, pictures=pictures)
    query = PictureQuery(order=order, binned=binned)
    whole = store.picture_ids(ANNA, query, limit=99)
    assert sorted(whole) == sorted(pictures)
    parts = [store.part_of_pictures(ANNA, query, offset=at, limit=5) for at in (0, 5, 10, 15)]
    assert [one.id for part in parts for one in part if one is not None] == list(whole)
    assert sum(store.count_days(ANNA, query, UTC).values()) == 12


@pytest.mark.parametrize("order", list(Order))
def test_what_is_passed_over_is_read_in_the_index_alone(store: DiskStore, order: Order) -> None:
    query = PictureQuery(order=order, model="demo", width=64, rating=2)
    for asked, values in filter(
        None, (picture_list.part_of(query), picture_list.count_of(query, ((0.0, 0.0),)))
    ):
        named = {**values, "visitor": ANNA, "limit": 9, "offset": 9}
        rows = store._database._connection.execute(f"EXPLAIN QUERY PLAN {asked}", named)
        plan = [row["detail"] for row in rows]
        assert any("USING COVERING INDEX tasks_by_" in line for line in plan), plan

"""Pages of pictures: searched as somebody types, filtered, sorted, and joined without gap or double."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdgui.model_info import ModelRef
from sdgui.picture_query import Order, PictureQuery
from sdgui.records import MATCH, JobRecord, Mark, ModelUse
from sdgui.storage import DiskStore, picture_list
from sdgui.storage.database import Found
from sdgui.storage.prompt_search import TOKENIZER, asked_by, words_of
from tests.storage.samples import ANNA, BORIS, NOON, delete_for_good, job

Made = Callable[..., str]


@pytest.fixture
def made(store: DiskStore) -> Made:
    """Lists a picture as stored, without a file; its id."""

    def make(
        prompt: str = "a", *, created: float = NOON, match: float | None = None, **changes: object
    ) -> str:
        dream = job(prompt=prompt, **changes)
        list_all(store, dream, created, match)
        return dream.tasks[0].id

    return make


def list_all(
    store: DiskStore, dream: JobRecord, created: float = NOON, match: float | None = None
) -> None:
    store.add_job(dream)
    notes = {} if match is None else {MATCH: str(match)}
    for task in dream.tasks:
        row = store._database.task(task.id)
        assert row is not None
        store._database.mark_stored(Found(task=row, created=created, notes=notes, size=1))


def found(store: DiskStore, **query: object) -> list[str]:
    pictures = store.pictures(ANNA, PictureQuery(**query))  # type: ignore[arg-type]
    return [record.id for record in pictures]


@pytest.mark.parametrize(
    ("prompt", "typed"),
    [
        ("a red boat at sea", "red"),
        ("a red boat at sea", "BOAT red"),
        ("a red boat at sea", "bo re"),
        ("a red boat at sea", '"red boat"'),
        ("a red boat at sea", '"red bo'),
        ("a well-known street", "well-known"),
        ("a well-known street", "known-str"),
        ("ein grünes Haus", "grunes haus"),
        ("ein grunes Haus", "grünes"),
        ("the café", "cafe\u0301"),
        ("夜の赤い船が港に", "赤い船"),
        ("夜の赤い船が港に", "船"),
        ("夜の赤い船が港に", "港 夜"),
        ("빨간 배가", "배"),
        ("เรือสีแดง", "สีแดง"),
        ("लाल नाव", "नाव"),
        ("a dinosaur🦖🚀 flies", "🦖"),
        ("a dinosaur🦖🚀 flies", "🚀 dino"),
        ("мост ночью", "Мост"),
        ("stay OR go NOT NEAR", "OR NOT near"),
        ("prompt: a* (b)", "prompt:a*"),
        ("model_v2, 8k", "8k model_v2"),
        ("a cat", "cat !!! ?"),
        ("a cat at 100%", "%"),
        ("a cat", "-else"),
        ("a red boat", "boat -green"),
        ("boat red", '-"red boat" red -"some'),
        ("a well-known street", "well -"),
    ],
)
def test_a_prompt_is_found_by_what_is_typed(
    store: DiskStore, made: Made, prompt: str, typed: str
) -> None:
    made("something else")
    picture = made(prompt)
    assert found(store, text=typed) == [picture]


@pytest.mark.parametrize(
    "typed",
    [
        "boat NOT sea green",
        '"boat red"',
        "oat",
        '"re"',
        "!!!",
        '""',
        "船赤",
        "*",
        "🚀",
        "-boa",
        "red -sea",
        '-"red boat"',
        "%",
    ],
)
def test_a_prompt_is_not_found_by_what_is_not_in_it(
    store: DiskStore, made: Made, typed: str
) -> None:
    made("a red boat at sea, 赤船")
    assert found(store, text=typed) == []


@pytest.mark.parametrize("typed", ["", "  ", "\n\t"])
def test_nothing_typed_finds_all(store: DiskStore, made: Made, typed: str) -> None:
    picture = made()
    assert found(store, text=typed) == [picture]


def test_pictures_that_cannot_be_read_hide_no_others(store: DiskStore, made: Made) -> None:
    pictures = [made(created=NOON + moment) for moment in range(3)]
    for picture in pictures:
        assert store.mark_picture(picture, ANNA, Mark.KEPT)
    with store._database._writing() as connection:
        connection.execute("UPDATE tasks SET spec = '{' WHERE id = ?", (pictures[1],))
    whole = [pictures[0], pictures[2]]
    assert [record.id for record in store.kept(ANNA)] == whole
    assert found(store) == whole[::-1]
    assert set(store.find_pictures(pictures, ANNA)) == set(whole)


def test_only_the_prompt_is_searched(store: DiskStore, made: Made) -> None:
    made("a cat", negative_prompt="blurry")
    assert found(store, text="blurry") == []


def test_a_picture_that_is_not_made_deleted_or_of_another_is_not_found(
    store: DiskStore, made: Made
) -> None:
    store.add_job(job(prompt="a boat"))
    list_all(store, job(prompt="a boat", visitor=BORIS))
    delete_for_good(store, made("a boat"), ANNA)
    assert found(store, text="boat") == found(store) == []


_INDEX = sqlite3.connect(":memory:", check_same_thread=False)
_INDEX.execute(
    f"CREATE VIRTUAL TABLE prompts USING fts5(prompt, content='', tokenize=\"{TOKENIZER}\")"
)
_OPERATORS = ("AND", "OR", "NOT", "NEAR(", "^", '"', "'", "*", "(", ")", "{", ":", "+", "-", "\0")


@given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(_OPERATORS)), max_size=12))
def test_nothing_that_is_typed_raises(parts: list[str]) -> None:
    typed = " ".join(parts)
    asked = asked_by(typed)
    for search in filter(None, (asked.wanted, asked.unwanted)):
        _INDEX.execute("SELECT rowid FROM prompts WHERE prompts MATCH ?", (search,)).fetchall()


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=30))
def test_a_prompt_is_found_by_itself(prompt: str) -> None:
    search = asked_by(re.sub(r'"|(?<!\S)-+', " ", prompt)).wanted
    _INDEX.execute("BEGIN")
    _INDEX.execute("INSERT INTO prompts (rowid, prompt) VALUES (1, ?)", (words_of(prompt),))
    hits = (
        []
        if search is None
        else _INDEX.execute("SELECT rowid FROM prompts WHERE prompts MATCH ?", (search,)).fetchall()
    )
    _INDEX.execute("ROLLBACK")
    assert hits == ([] if search is None else [(1,)])


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"model": "other"}, 1),
        ({"sampler": "DPM++ 2M Karras"}, 2),
        ({"width": 128}, 3),
        ({"width": 64, "height": 48, "model": "demo", "sampler": "Euler a"}, 0),
        ({"since": NOON + 3}, [4, 3]),
        ({"until": NOON + 1}, [0]),
        ({"since": NOON + 1, "until": NOON + 3}, [2, 1]),
        ({"mark": Mark.KEPT}, 4),
        ({"mark": Mark.NONE, "since": NOON + 3}, 3),
        ({"text": "cat", "model": "other"}, []),
    ],
)
def test_pictures_are_filtered(
    store: DiskStore, made: Made, query: dict[str, object], wanted: int | list[int]
) -> None:
    pictures = [
        made("a cat", created=NOON),
        made("a dog", created=NOON + 1, model=ModelRef(id="other", hash="0"), height=64),
        made("a cat", created=NOON + 2, sampler="DPM++ 2M", schedule="Karras", height=64),
        made("a cat", created=NOON + 3, width=128),
        made("a cat", created=NOON + 4, height=64),
    ]
    store.mark_picture(pictures[4], ANNA, Mark.KEPT)
    expected = [pictures[i] for i in ([wanted] if isinstance(wanted, int) else wanted)]
    assert found(store, **query) == expected


def test_pictures_are_sorted_by_date_and_by_match(store: DiskStore, made: Made) -> None:
    a = made(created=NOON + 1, match=0.2)
    b = made(created=NOON + 3, match=0.3)
    c = made(created=NOON + 2)
    assert found(store) == [b, c, a]
    assert found(store, order=Order.OLDEST) == [a, c, b]
    assert found(store, order=Order.MATCH) == [b, a, c]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("text", ["", "cat"])
def test_pages_join_without_gap_or_double(
    store: DiskStore, made: Made, order: Order, text: str
) -> None:
    # many share their moment and their match, so that the order of asking must decide
    for i in range(20):
        made("a cat", created=NOON + i // 3, match=(None, 0.1, 0.2)[i % 3])
    query = PictureQuery(order=order, text=text)
    whole = [record.id for record in store.pictures(ANNA, query)]
    seen: list[str] = []
    while page := store.pictures(ANNA, query, before=seen[-1] if seen else None, limit=3):
        seen += [record.id for record in page]
        if len(seen) == 6:  # the place of one that is gone is still a place
            delete_for_good(store, seen[-1], ANNA)
    assert len(whole) == 20 and seen == whole


@pytest.mark.parametrize("before", ["f" * 32, "../x", ""])
def test_there_is_nothing_before_an_unknown_picture(
    store: DiskStore, made: Made, before: str
) -> None:
    made()
    assert store.pictures(ANNA, PictureQuery(), before=before) == ()


def test_a_picture_of_another_or_not_made_is_no_place_to_page_from(
    store: DiskStore, made: Made
) -> None:
    mine, theirs, unmade = made(), job(visitor=BORIS), job()
    list_all(store, theirs, NOON + 9)
    store.add_job(unmade)
    for one in (theirs, unmade):
        assert store.pictures(ANNA, PictureQuery(), before=one.tasks[0].id) == ()
    assert found(store) == [mine]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("text", ["", "cat", "500"])
def test_a_page_is_read_from_the_index(
    store: DiskStore, order: Order, before: bool, text: str
) -> None:
    page = picture_list.page_of(PictureQuery(order=order, text=text), before=before)
    assert page is not None
    asked, values = page
    named = {**values, "visitor": ANNA, "limit": 9, "key": NOON, "number": 5}
    rows = store._database._connection.execute(f"EXPLAIN QUERY PLAN {asked}", named)
    plan = [row["detail"] for row in rows]
    other = {Order.MATCH: "tasks_by_match", Order.RATING: "tasks_by_rating"}
    index = other.get(order, "tasks_by_date")
    assert f"SEARCH tasks USING INDEX {index} (visitor=?" in plan[0]
    if before:
        assert plan[0].rstrip(")").endswith(("<?", ">?"))
    assert not any("TEMP B-TREE" in line or "SCAN tasks" in line for line in plan)


def test_what_an_empty_start_looks_through_is_read_from_the_index(store: DiskStore) -> None:
    rows = store._database._connection.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM tasks WHERE NOT stored AND NOT deleted AND NOT settled"
    )
    assert "USING INDEX tasks_missing" in rows.fetchone()["detail"]


def test_many_are_found_at_once_and_only_ones_own(store: DiskStore, made: Made) -> None:
    mine = [made() for _ in range(3)]
    theirs, unmade, gone = job(visitor=BORIS), job(), made()
    list_all(store, theirs)
    store.add_job(unmade)
    delete_for_good(store, gone, ANNA)
    asked = [*mine, mine[0], theirs.tasks[0].id, unmade.tasks[0].id, gone, "f" * 32, "../x", "'"]
    assert store.find_pictures(asked, ANNA) == {one: store.picture(one, ANNA) for one in mine}
    assert store.find_pictures([], ANNA) == {}


def test_the_files_of_many_are_found_at_once(
    store: DiskStore, save: Callable[[JobRecord], JobRecord]
) -> None:
    pictures = [task.id for task in save(job(3)).tasks]
    taken = store.picture_file(pictures[1], ANNA)
    assert taken is not None
    taken.unlink()
    left = {one: store.picture_file(one, ANNA) for one in (pictures[0], pictures[2])}
    assert store.find_files(pictures, ANNA) == left
    assert store.find_files(pictures, BORIS) == {}


def test_of_many_kept_pictures_the_last_are_told(
    store: DiskStore, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = [made() for _ in range(5)]
    clock = iter(range(100))
    monkeypatch.setattr("sdgui.storage.disk_store.time.time", lambda: float(next(clock)))
    for one in pictures:
        store.mark_picture(one, ANNA, Mark.KEPT)
    assert [record.id for record in store.kept(ANNA, limit=3)] == pictures[2:]


def test_a_row_says_what_its_spec_says(store: DiskStore) -> None:
    dream = job(prompt="a", negative_prompt="b", sampler="DPM++ 2M", schedule="Karras", steps=3)
    dream = replace(dream, visitor=ANNA)
    store.add_job(dream)
    [row] = store._database._connection.execute("SELECT * FROM tasks").fetchall()
    names = ("visitor", "prompt", "negative_prompt", "model", "sampler", "steps", "seed", "width")
    assert [row[name] for name in names] == [ANNA, "a", "b", "demo", "DPM++ 2M Karras", 3, 0, 64]
    assert PurePosixPath(row["path"]).suffix == ".png"


def test_models_are_told_with_their_pictures_and_when_they_were_used_last(
    store: DiskStore, made: Made
) -> None:
    boat, car = (ModelRef(id=name, hash="h") for name in ("boat", "car"))
    made(model=boat, created=NOON)
    gone = made(model=car, created=NOON + 3)
    made(model=boat, created=NOON + 2)
    store.add_job(job(model=ModelRef(id="asked for", hash="h")))
    delete_for_good(store, gone, ANNA)
    assert store.models_used() == {"boat": ModelUse(pictures=2, last=NOON + 2)}

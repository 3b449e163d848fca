"""What the owner of the machine hides and deletes of others' pictures, and what strangers report of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdgui.picture_query import PictureQuery
from sdgui.records import Hiding, JobState, Judgement, Mark
from sdgui.storage import DiskStore, report_rows
from sdgui.storage.judged_rows import BYTES_KEPT
from sdgui.storage.layout import DATABASE
from sdgui.storage.rebuilding import rebuild
from tests.storage.samples import ANNA, BORIS, end, job, pixels
from tests.storage.test_bin import told
from tests.storage.test_left_behind import saved

CARLA = "visitor-carla"


def made_by(store: DiskStore, visitor: str, count: int = 1) -> tuple[str, ...]:
    """The ids of pictures of a visitor."""
    dream = job(count, visitor=visitor)
    store.add_job(dream)
    for task in dream.tasks:
        store.save_picture(task.id, pixels(task), {})
    end(store, dream.id, JobState.FINISHED)
    return tuple(task.id for task in dream.tasks)


def test_what_is_hidden_is_nowhere_and_comes_back_exactly_as_it_was(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    dream = saved(store)
    picture, other = (task.id for task in dream.tasks)
    end(store, dream.id, JobState.FINISHED)
    assert store.mark_picture(picture, ANNA, Mark.KEPT)
    before, facets, room = told(store), store.facets(ANNA), store.bytes_of(ANNA)
    [done] = store.judge([picture], Judgement.HIDE)
    assert (done.visitor, done.job, done.pictures) == (ANNA, dream.id, (picture,))
    store = open_store()
    assert store.picture(picture, ANNA) is None and store.picture_file(picture, ANNA) is None
    assert store.thumb_file(picture, ANNA) is None and store.kept(ANNA) == ()
    assert [one.id for one in store.pictures(ANNA, PictureQuery())] == [other]
    assert store.find_pictures([picture], ANNA) == {} == store.find_files([picture], ANNA)
    assert store.bin(ANNA, pictures=[picture]) is None
    assert not any(store.mark_picture(picture, ANNA, mark) for mark in Mark)
    assert store.hiding(picture, ANNA) is Hiding.HIDDEN and store.count_hidden(ANNA) == 1
    assert store.hiding(picture, BORIS) is Hiding.NONE
    assert [task.hiding for task in store.jobs(ANNA)[0].tasks] == [Hiding.HIDDEN, Hiding.NONE]
    assert store.bytes_of(ANNA) < room
    assert store.judge([picture], Judgement.HIDE) == ()
    assert store.judge([picture], Judgement.SHOW) == (done,)
    assert (told(store), store.facets(ANNA), store.bytes_of(ANNA)) == (before, facets, room)


def test_a_dream_of_which_all_is_hidden_still_says_so_and_can_be_deleted(store: DiskStore) -> None:
    dream = saved(store, 1, made=1)
    end(store, dream.id, JobState.FINISHED)
    [picture] = (task.id for task in dream.tasks)
    store.judge([picture], Judgement.HIDE)
    assert [one.id for one in store.jobs(ANNA)] == [dream.id]
    done = store.bin(ANNA, jobs=[dream.id])
    assert done is not None and done.dreams == {dream.id} and store.jobs(ANNA) == ()
    store.judge([picture], Judgement.SHOW)
    assert store.picture(picture, ANNA) is None  # its maker deleted it meanwhile
    assert store.restore(ANNA, undo=done.undo) is not None
    assert store.picture(picture, ANNA) is not None


@pytest.mark.parametrize("was_hidden", [False, True])
def test_what_the_owner_deletes_only_they_bring_back(store: DiskStore, was_hidden: bool) -> None:
    dream = saved(store)
    picture = dream.tasks[0].id
    if was_hidden:
        store.judge([picture], Judgement.HIDE)
    store.judge([picture], Judgement.DELETE)
    assert store.hiding(picture, ANNA) is Hiding.DELETED
    assert store.pictures(ANNA, PictureQuery(binned=True)) == ()
    assert store.facets(ANNA).binned == 0
    assert store.binned_thumb_file(picture, ANNA) is None
    assert store.restore(ANNA, pictures=[picture]) is None
    assert store.empty_bin(ANNA).pictures == 0
    file = store.anybodys_file(picture)
    assert file is not None and file.is_file()
    assert store.judge([picture], Judgement.RESTORE)
    assert store.hiding(picture, ANNA) is (Hiding.HIDDEN if was_hidden else Hiding.NONE)
    assert (store.picture(picture, ANNA) is None) == was_hidden


def test_what_the_owner_deleted_goes_for_good_after_a_month(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted, hidden = saved(store).tasks[0].id, saved(store).tasks[0].id
    store.judge([deleted], Judgement.DELETE)
    store.judge([hidden], Judgement.HIDE)
    file = store.anybodys_file(deleted)
    monkeypatch.setattr("sdgui.storage.disk_store.BIN_DAYS", -1)
    store.sweep_bins()
    assert file is not None and not file.exists()
    assert store.anybodys(deleted) is None and store.count_hidden(ANNA) == 1
    assert store.judge([deleted], Judgement.RESTORE) == ()
    assert store.anybodys_file(hidden) is not None


def test_files_of_hidden_pictures_stay_at_the_next_start(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    picture = saved(store).tasks[0].id
    store.judge([picture], Judgement.HIDE)
    file = open_store().anybodys_file(picture)
    assert file is not None and file.is_file()


def test_the_owner_looks_through_the_pictures_of_these_guests_newest_first(
    store: DiskStore,
) -> None:
    anna, boris, clara = (made_by(store, one, 2) for one in (ANNA, BORIS, "clara"))
    store.judge([anna[0], clara[1]], Judgement.HIDE)
    store.bin(BORIS, pictures=[boris[0]])  # its maker's own deed is nobody else's
    seen = [one.id for one in store.pictures_of_all([ANNA, BORIS])]
    assert seen == [boris[1], anna[1], anna[0]]
    first = store.pictures_of_all([ANNA, BORIS], limit=2)
    rest = store.pictures_of_all([ANNA, BORIS], before=first[-1].id, limit=2)
    assert [one.id for one in (*first, *rest)] == seen
    every = store.pictures_of_all([ANNA], hidden=True)
    assert [one.id for one in every] == [clara[1], anna[1], anna[0]]
    assert store.pictures_of_all([ANNA], before="nothing") == ()
    assert store.anybodys(boris[0]) is None and store.anybodys_thumb(boris[0]) is None


def test_reports_of_one_picture_are_counted_with_the_last_reasons(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    [picture] = made_by(store, ANNA)
    for reason in ("", "a", "b", "a", *"cdef"):
        assert store.add_report(picture, "/d/one", reason)
    store = open_store()
    [report] = store.reports()
    assert (report.count, report.place, report.picture.id) == (8, "/d/one", picture)
    assert report.reasons == ("a", *"cdef")
    store.judge([picture], Judgement.HIDE)
    assert store.reports() == () and store.is_reported(picture)
    store.judge([picture], Judgement.SHOW)
    assert len(store.reports()) == 1
    assert store.dismiss_report(picture) and not store.dismiss_report(picture)
    assert store.reports() == ()


def test_a_flood_of_reports_takes_no_more_room_and_hides_no_other_s(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_rows, "MOST_OF_ONE", 3)
    monkeypatch.setattr(report_rows, "MOST", 4)
    anna, boris, clara = (made_by(store, one, 5) for one in (ANNA, BORIS, "clara"))
    assert [store.add_report(one, "/d/a") for one in anna] == [True] * 3 + [False] * 2
    assert store.add_report(boris[0], "/d/b") and not store.add_report(clara[0], "/d/c")
    assert store.add_report(anna[0], "/d/a")  # what is known is counted on
    store.judge(anna[:1], Judgement.DELETE)  # and what is dealt with makes room
    assert store.add_report(clara[0], "/d/c")
    assert len(store.reports()) == 4


def test_hidden_pictures_and_reports_outlive_a_rebuilding_of_the_list(
    open_store: Callable[[], DiskStore], folder: Path
) -> None:
    store = open_store()
    hidden, deleted, shown = (made_by(store, ANNA)[0] for _ in range(3))
    store.judge([hidden], Judgement.HIDE)
    store.judge([deleted], Judgement.DELETE)
    store.add_report(shown, "/d/one", "why")
    store.close()
    (folder / DATABASE).unlink()
    rebuild(folder, lambda line: None)
    store = open_store()
    assert [store.hiding(one, ANNA) for one in (hidden, deleted, shown)] == [
        Hiding.HIDDEN,
        Hiding.DELETED,
        Hiding.NONE,
    ]
    [report] = store.reports()
    assert (report.picture.id, report.reasons) == (shown, ("why",))


def test_the_oldest_of_all_guests_make_room_but_kept_ones_and_those_of_running_dreams(
    store: DiskStore,
) -> None:
    anna, boris = made_by(store, ANNA, 2), made_by(store, BORIS, 1)
    running = job(1, visitor=BORIS)
    store.add_job(running)
    store.save_picture(running.tasks[0].id, pixels(running.tasks[0]), {})
    owners = made_by(store, "owner")
    assert store.mark_picture(anna[0], ANNA, Mark.KEPT)
    guests = [ANNA, BORIS]
    one = store.bytes_of_all(guests) // 4
    assert store.bytes_of_all(guests) == store.bytes_of(ANNA) + store.bytes_of(BORIS)
    assert store.oldest_unkept(guests, 1) == {ANNA: (anna[1],)}
    found = store.oldest_unkept(guests, 10 * one, sparing=[running.id])
    assert found == {ANNA: (anna[1],), BORIS: boris}
    assert owners[0] not in str(store.oldest_unkept(guests, 10 * one))


@settings(max_examples=4)
@given(
    deeds=st.lists(
        st.tuples(
            st.sampled_from(["keep", "unkeep", "bin", "undo", "empty", *Judgement, "move", "open"]),
            st.integers(0, 5),
        ),
        min_size=12,
        max_size=24,
    )
)
def test_what_guests_keep_is_summed_as_it_is_whatever_was_done(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    store = DiskStore(folder)
    pictures = [*made_by(store, ANNA, 2), *made_by(store, BORIS, 2), *made_by(store, CARLA, 2)]
    for one in pictures[::2]:
        mark(store, one, Mark.KEPT)
    for deed, number in deeds:
        whose, one = (ANNA, BORIS, CARLA)[number % 3], pictures[number]
        match deed:
            case "keep" | "unkeep":
                mark(store, one, Mark.KEPT if deed == "keep" else Mark.NONE)
            case "bin":
                store.bin(whose, pictures=[one])
            case "undo":
                store.restore(whose, pictures=[one])
            case "empty":
                store.empty_bin(whose)
            case "move":
                store.adopt(ANNA, BORIS)
            case "open":
                store.close()
                store = DiskStore(folder)
            case _:
                store.judge([one], Judgement(deed))
        for some in ((ANNA,), (ANNA, BORIS), (ANNA, BORIS, CARLA)):
            kept = [one for visitor in some for one in store.kept(visitor)]
            assert store.bytes_of_all(some, kept=True) == sum(one.bytes for one in kept)
            assert sum(store.bytes_of(one, kept=True) for one in some) == sum(
                one.bytes for one in kept
            )
    store.close()


def mark(store: DiskStore, picture: str, mark: Mark) -> None:
    """Whosever it is."""
    for visitor in (ANNA, BORIS, CARLA):
        store.mark_picture(picture, visitor, mark)


def test_what_guests_keep_is_summed_without_reading_what_others_do(store: DiskStore) -> None:
    """It is with each dream of a guest."""
    rows = store._database._connection.execute(f"EXPLAIN QUERY PLAN {BYTES_KEPT}", ("[]",))
    plan = [row["detail"] for row in rows]
    [tasks] = [one for one in plan if "tasks" in one]
    assert "SEARCH tasks USING COVERING INDEX tasks_kept_bytes (visitor=?)" in tasks

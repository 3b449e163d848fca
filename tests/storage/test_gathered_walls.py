"""Walls of stored pictures: they last, go and come back alone, and their pictures stay those of their dreams."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sdgui.errors import UserError
from sdgui.picture_query import PictureQuery
from sdgui.records import JobRecord, JobState
from sdgui.storage import DiskStore, wall_rows
from sdgui.storage.layout import DATABASE
from sdgui.storage.rebuilding import rebuild
from tests.storage.samples import ANNA, BORIS, end, job, pixels
from tests.storage.test_left_behind import saved

pytestmark = pytest.mark.quick


def dreamt(store: DiskStore) -> list[str]:
    """Pictures of two dreams, one of each."""
    dreams = [saved(store), saved(store)]
    for one in dreams:
        end(store, one.id, JobState.FINISHED)
    return [one.tasks[0].id for one in dreams]


def walled(store: DiskStore, pictures: list[str]) -> JobRecord:
    wall = store.gather(pictures, ANNA)
    assert wall is not None
    return wall


def walls(store: DiskStore) -> tuple[JobRecord, ...]:
    return tuple(one for one in store.jobs(ANNA, sheets=True) if one.is_gathered)


def shown(store: DiskStore) -> list[list[str]]:
    """The pictures of each wall."""
    found = walls(store)
    return [[task.id for task in wall.tasks if not task.deleted] for wall in found]


def test_a_wall_lasts_and_is_one_however_often_it_is_asked_for(
    open_store: Callable[[], DiskStore],
) -> None:
    store = open_store()
    pictures = dreamt(store)
    wall = walled(store, pictures)
    assert walled(store, pictures[::-1]) == wall
    store = open_store()
    assert walls(store) == (wall,) and shown(store) == [pictures]
    assert wall.is_gathered and wall.id not in [one.id for one in store.jobs(ANNA)]
    assert len(store.pictures(ANNA, PictureQuery())) == 4


def test_a_wall_goes_without_its_pictures_and_comes_back(store: DiskStore) -> None:
    pictures = dreamt(store)
    wall = walled(store, pictures)
    done = store.bin(ANNA, jobs=[wall.id])
    assert done is not None and done.pictures == {wall.id: ()} and done.dreams == {wall.id}
    assert store.job(wall.id, ANNA) is None and shown(store) == []
    assert len(store.pictures(ANNA, PictureQuery())) == 4
    back = store.restore(ANNA, undo=done.undo)
    assert back is not None and back.pictures == {wall.id: ()}
    assert shown(store) == [pictures]
    store.bin(ANNA, jobs=[wall.id])
    assert store.empty_bin(ANNA).pictures == 0
    assert store.restore(ANNA, undo=done.undo) is None
    assert walled(store, pictures).id == wall.id and shown(store) == [pictures]


def test_a_picture_that_is_deleted_is_gone_from_its_walls_until_it_comes_back(
    store: DiskStore,
) -> None:
    pictures = dreamt(store)
    wall = walled(store, pictures)
    store.bin(ANNA, pictures=pictures[:1])
    assert shown(store) == [pictures[1:]]
    store.bin(ANNA, pictures=pictures[1:])
    assert shown(store) == []
    back = store.restore(ANNA, pictures=pictures)
    assert back is not None and back.pictures[wall.id] == () and len(back.pictures) == 3
    assert shown(store) == [pictures]


def test_nobody_puts_what_is_not_theirs_onto_a_wall(store: DiskStore) -> None:
    [mine, other] = dreamt(store)
    foreign = job(1, visitor=BORIS)
    store.add_job(foreign)
    store.save_picture(foreign.tasks[0].id, pixels(foreign.tasks[0]), {})
    assert store.gather([mine, foreign.tasks[0].id], ANNA) is None
    store.bin(ANNA, pictures=[other])
    assert store.gather([mine, other], ANNA) is None and store.gather(["../x"], ANNA) is None
    assert shown(store) == []


def test_nobody_fills_the_list_with_walls(
    store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = dreamt(store)
    wall = walled(store, [first, second])
    monkeypatch.setattr(wall_rows, "MOST", 1)
    other = saved(store).tasks[0].id
    with pytest.raises(UserError, match="1 walls of stored pictures already"):
        store.gather([first, other], ANNA)
    assert walled(store, [second, first]) == wall


def test_a_wall_is_there_again_after_a_rebuild(
    open_store: Callable[[], DiskStore], folder: Path
) -> None:
    store = open_store()
    pictures = dreamt(store)
    wall = walled(store, pictures)
    store.close()
    for file in folder.glob(f"{DATABASE}*"):
        file.unlink()
    rebuild(folder, lambda line: None)
    store = open_store()
    assert walls(store) == (wall,) and shown(store) == [pictures]

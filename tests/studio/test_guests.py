"""Whose dreams are a guest's, when nothing but their pictures remembers them."""

from pathlib import Path

import pytest

from sdgui.people import Allowance, Policy, Role, Who
from sdgui.spec import DreamRequest
from sdgui.storage.whole_file import write_whole
from sdgui.studio import guest_book
from sdgui.studio.guest_book import GuestBook
from tests.fake_engine import FakeEngine
from tests.people import who
from tests.studio.conftest import House, follow

ASKED = DreamRequest(prompt="a", steps=1, seed=3)


def test_pictures_of_guests_whom_the_book_forgot_count_and_make_room_and_the_owner_s_never(
    house: House, engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guest_book, "_MOST_PEOPLE", 3)
    book = GuestBook(tmp_path, write_whole)
    studio = house.open(engine, is_owner=book.is_owner)
    owner, ann = who("owner"), who("ann", Role.GUEST)
    jobs = []
    for one in (owner, ann):
        book.saw(one)
        jobs.append(studio.submit(ASKED, one))
        follow(studio, one.visitor, jobs[-1].id)
    for number in range(5):
        book.saw(Who(visitor=f"made up {number}", role=Role.GUEST))
    assert book.person("ann") is None and book.person("owner") is None
    house.close()

    studio = house.open(FakeEngine(), is_owner=book.is_owner)
    assert studio.guests.all() == {"ann"}
    room = studio.store.bytes_of("ann") + 100
    studio.policy = Policy(guest=Allowance(), guests_disk=room)
    last = studio.submit(ASKED, who("bob", Role.GUEST))
    follow(studio, "bob", last.id)
    studio.close()  # what follows a picture is over by then
    left = [studio.store.picture(job.tasks[0].id, job.visitor) is not None for job in jobs]
    assert left == [True, False]
    assert studio.store.picture(last.tasks[0].id, "bob") is not None


def test_who_comes_back_as_the_owner_is_no_guest_any_more(
    house: House, engine: FakeEngine, tmp_path: Path
) -> None:
    book = GuestBook(tmp_path, write_whole)
    studio = house.open(engine, is_owner=book.is_owner)
    job = studio.submit(ASKED, who("ann", Role.GUEST))
    follow(studio, "ann", job.id)
    assert "ann" in studio.guests
    book.saw(who("ann"))
    assert "ann" not in studio.guests and not studio.guests.all()
    job = studio.submit(ASKED, who("ann"))  # and is none where the book is lost
    follow(studio, "ann", job.id)
    assert not studio.store.guests()


def test_guests_of_whom_the_book_alone_tells_are_recalled_once(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    job = studio.submit(ASKED, who("ann"))
    follow(studio, "ann", job.id)
    studio.guests.recall(["ann", "never dreamt"])
    house.close()
    assert house.open(FakeEngine()).guests.all() == {"ann"}


def test_the_bins_of_those_alone_are_emptied_who_have_something_there(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine)
    store = studio.store
    for name in ("ann", "bob", "cy"):
        job = studio.submit(ASKED, who(name, Role.GUEST))
        follow(studio, name, job.id)
        if name == "ann":
            studio.bin(who(name), pictures=[task.id for task in job.tasks])
    emptied, empty = [], store.empty_bin

    def noted(visitor: str) -> object:
        emptied.append(visitor)
        return empty(visitor)

    monkeypatch.setattr(store, "empty_bin", noted)
    room = store.bytes_of_all(("bob", "cy")) + store.bytes_of("cy") // 2
    studio.policy = Policy(guest=Allowance(), guests_disk=room)
    last = studio.submit(ASKED, who("dan", Role.GUEST))
    follow(studio, "dan", last.id)
    studio.close()  # what follows a picture is over by then
    assert emptied == ["ann", "bob"]  # and the oldest of another's, which goes there first


def test_what_becomes_a_guest_s_counts_among_what_all_guests_may_have_together(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    guest = who("ann", Role.GUEST)
    brought = studio.submit(ASKED, who("chrome"))
    follow(studio, "chrome", brought.id)
    room = 7 * studio.store.bytes_of("chrome") // 2
    studio.policy = Policy(guest=Allowance(), guests_disk=room)
    for number in range(3):
        if number == 2:
            assert studio.adopt("chrome", guest) == 1
        follow(studio, "ann", studio.submit(ASKED, guest).id)
    studio.close()  # what follows a picture is over by then
    assert studio.store.picture(brought.tasks[0].id, "ann") is None
    assert studio.store.bytes_of("ann") <= room

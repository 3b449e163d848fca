"""Who may have what they ask for."""

from dataclasses import replace

import pytest

from sdgui.errors import TooSoon, UserError
from sdgui.people import Allowance, Policy, Role, Who
from sdgui.records import JobRecord, Mark
from sdgui.spec import DreamRequest
from sdgui.studio.admission import admit, admit_words
from sdgui.studio.barred_words import barred_word
from sdgui.studio.studio import Studio
from tests.fake_engine import FakeEngine, HandClock
from tests.people import who
from tests.studio.conftest import House, follow
from tests.studio.test_queue import SPEC


@pytest.mark.parametrize(
    ("allowance", "said"),
    [
        (Allowance(dreams=False), "not dream"),
        (Allowance(waiting=3), "2 of your pictures are waiting"),
        (Allowance(pictures=1), "1 picture at once, and these are 2"),
        (Allowance(pixels=64 * 32), "as large as this"),
        (Allowance(only=("other",)), "not dream with this model. Choose other instead"),
        (Allowance(words=("cat",)), "say “cat”"),
        (Allowance(a_minute=2), "2 dreams a minute. Come again in 31 seconds"),
        (Allowance(steps=3), "3 steps, and these are"),
    ],
)
def test_what_is_not_allowed_is_refused_in_a_sentence(allowance: Allowance, said: str) -> None:
    specs = [replace(SPEC, prompt="a (cat:1.2)")] * 2
    with pytest.raises(UserError, match=said):
        admit_words(allowance, specs)
        admit(allowance, specs, waiting=2, begun=[90, 29.5, 1])


def test_without_limits_everything_is_admitted() -> None:
    admit(Allowance(), [replace(SPEC, width=4096, steps=150)] * 400, waiting=0, begun=[1.0] * 99)


@pytest.mark.parametrize(
    ("said", "is_barred"),
    [
        ("a naked tree", True),
        ("A NAKED tree", True),
        ("a (na)ked tree", True),
        ("ｎａｋｅｄ", True),
        ("nake\u0301d", True),
        ("na\u200bked", True),
        ("my, (street:1.3)", True),
        ("my_street", True),
        ("snaked", False),
        ("my own street", False),
        ("<lora:naked:1> a tree", False),
    ],
)
def test_words_are_barred_however_they_are_written(said: str, is_barred: bool) -> None:
    assert (barred_word(said, ["naked", "my street"]) is not None) is is_barred


def test_a_model_that_guests_may_not_have_is_not_even_read_for_them(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine)
    studio.policy = Policy(guest=Allowance(only=()))
    described: list[str] = []
    monkeypatch.setattr(house.models, "describe", described.append)
    with pytest.raises(UserError, match="not dream with this model"):
        studio.submit(DreamRequest(prompt="a"), who("ann", Role.GUEST))
    with pytest.raises(UserError, match="not dream with this model"):
        studio.warm_up("demo", who("ann", Role.GUEST))
    assert described == []


def test_dreams_a_minute_are_counted_for_each_guest_and_forgiven_after_it(house: House) -> None:
    clock = HandClock()
    studio = house.open(FakeEngine(), clock=clock)
    studio.policy = Policy(guest=Allowance(a_minute=1))
    asked = DreamRequest(prompt="a", steps=1)
    studio.submit(asked, who("ann", Role.GUEST))
    studio.submit(asked, who("bob", Role.GUEST))
    with pytest.raises(TooSoon, match="Come again in 60 seconds") as refused:
        studio.submit(asked, who("ann", Role.GUEST))
    assert refused.value.seconds == 60
    clock.now += 60
    assert studio.submit(asked, who("ann", Role.GUEST))


def dreamt(studio: Studio, asked: DreamRequest, visitor: Who) -> JobRecord:
    """A dream that has ended: of what is under way at once nobody can say which picture is the oldest."""
    job = studio.submit(asked, visitor)
    follow(studio, job.visitor, job.id)
    return job


def test_a_guest_s_oldest_unkept_pictures_make_room_and_the_owner_s_never(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    asked = DreamRequest(prompt="a", steps=1, seed=3)
    guest = who("ann", Role.GUEST)
    jobs = [dreamt(studio, asked, one) for one in (guest, guest, guest, who("owner"))]
    kept, oldest, newer, owners = (job.tasks[0].id for job in jobs)
    studio.store.mark_picture(kept, "ann", Mark.KEPT)
    room = studio.store.bytes_of("ann") + 100  # files of one kind differ by a few bytes
    studio.policy = Policy(guest=Allowance(disk=room))
    last = studio.submit(asked, who("ann", Role.GUEST))
    follow(studio, "ann", last.id)
    studio.close()  # what follows a picture is over by then
    left = [studio.store.picture(one, "ann") is not None for one in (kept, oldest, newer)]
    assert left == [True, False, True]
    assert studio.store.picture(last.tasks[0].id, "ann") is not None
    assert studio.store.picture(owners, "owner") is not None
    assert studio.store.bytes_of("ann") <= room


def test_the_oldest_unkept_of_all_guests_make_room_and_their_makers_are_told(
    house: House, engine: FakeEngine
) -> None:
    lost: list[tuple[str, int]] = []
    studio = house.open(engine, lost=lambda visitor, pictures: lost.append((visitor, pictures)))
    asked = DreamRequest(prompt="a", steps=1, seed=3)
    guests = (who(one, Role.GUEST) for one in ("ann", "bob", "ann", "bob"))
    jobs = [dreamt(studio, asked, one) for one in (who("owner"), *guests)]
    studio.store.mark_picture(jobs[1].tasks[0].id, "ann", Mark.KEPT)
    room = studio.store.bytes_of_all(("ann", "bob")) + 100
    studio.policy = Policy(guest=Allowance(), guests_disk=room)
    # both of one dream that is still shown, and only what is older goes
    last = studio.submit(replace(asked, count=2), who("ann", Role.GUEST))
    follow(studio, "ann", last.id)
    studio.close()  # what follows a picture is over by then
    left = [studio.store.picture(job.tasks[0].id, job.visitor) is not None for job in jobs]
    assert left == [True, True, False, False, True]
    assert all(studio.store.picture(task.id, "ann") for task in last.tasks)
    assert sorted(lost) == [("ann", 1), ("bob", 1)]


def test_a_guest_who_keeps_all_that_there_is_room_for_is_told_so(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    asked = DreamRequest(prompt="a", steps=1)
    job = studio.submit(asked, who("ann", Role.GUEST))
    follow(studio, "ann", job.id)
    studio.store.mark_picture(job.tasks[0].id, "ann", Mark.KEPT)
    studio.policy = Policy(guest=Allowance(disk=studio.store.bytes_of("ann")))
    with pytest.raises(UserError, match="that you keep take the"):
        studio.submit(asked, who("ann", Role.GUEST))
    assert studio.store.picture(job.tasks[0].id, "ann") is not None


def test_guests_who_keep_all_that_there_is_room_for_together_are_told_so(
    house: House, engine: FakeEngine
) -> None:
    """Else as many as one makes up would fill the disk with what they keep, which makes no room."""
    studio = house.open(engine)
    asked = DreamRequest(prompt="a", steps=1)
    for one in ("ann", "bob"):
        job = studio.submit(asked, who(one, Role.GUEST))
        follow(studio, one, job.id)
        studio.store.mark_picture(job.tasks[0].id, one, Mark.KEPT)
    kept = studio.store.bytes_of_all(("ann", "bob"))
    studio.policy = Policy(guest=Allowance(), guests_disk=kept + 1)
    follow(studio, "dan", studio.submit(asked, who("dan", Role.GUEST)).id)
    studio.policy = Policy(guest=Allowance(), guests_disk=kept)
    with pytest.raises(UserError, match="guests keep here takes"):
        studio.submit(asked, who("dan", Role.GUEST))
    follow(studio, "owner", studio.submit(asked, who("owner")).id)
    studio.store.mark_picture(job.tasks[0].id, "bob", Mark.NONE)
    follow(studio, "dan", studio.submit(asked, who("dan", Role.GUEST)).id)


def test_a_guest_has_an_allowance_of_their_own(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    studio.policy = Policy(guest=Allowance(pictures=1))
    asked = DreamRequest(prompt="a", count=2)
    with pytest.raises(UserError):
        studio.submit(asked, who("ann", Role.GUEST))
    assert studio.submit(asked, who("ann", Role.OWNER))

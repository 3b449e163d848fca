"""What the owner decided about guests, and who was here, over restarts."""

import logging
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sdgui.errors import UserError
from sdgui.people import Policy, Role, Who
from sdgui.storage.whole_file import write_whole
from sdgui.studio.guest_book import FILE, SENT_AWAY, GuestBook, Terms
from tests.fake_engine import HandClock

ANN = Who(visitor="ann", role=Role.GUEST)


def book_in(folder: Path, clock: HandClock | None = None, **said: object) -> GuestBook:
    return GuestBook(folder, write_whole, said=said, clock=HandClock() if clock is None else clock)


def test_what_was_decided_and_used_is_known_after_a_restart(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    told: list[Policy] = []
    book.changed = told.append
    book.decide(steps=7, models=("demo",), owner_first=True)
    book.bar(["gore"])
    invitation = book.invite("for ann")
    book.saw(ANN, invitation.id)
    book.used("ann", 2, 3.5)
    book.used("nobody", 1, 1.0)
    book.close()
    again = book_in(tmp_path)
    assert again.terms == Terms(steps=7, models=("demo",), owner_first=True)
    assert again.policy == told[-1]
    assert told[-1].guest.steps == 7 and told[-1].guest.words == ("gore",)
    assert again.invitations() == (invitation,)
    [ann] = again.people()
    assert (ann.pictures, ann.seconds, ann.number, ann.invitation) == (2, 3.5, 1, invitation.id)
    assert again.saw(Who(visitor="bob", role=Role.GUEST)).number == 2


def test_whose_browsers_are_the_owner_in_person_is_known_after_a_restart_until_they_sign_out(
    tmp_path: Path,
) -> None:
    book = book_in(tmp_path)
    book.join(("chrome", "firefox"))
    again = book_in(tmp_path)
    assert again.joined() == ("chrome", "firefox")
    again.part("chrome")
    again.part("nobody")
    assert book_in(tmp_path).joined() == ("firefox",)
    assert not again.has_joined("chrome") and not again.is_owner("firefox")
    again.join(f"made up {i}" for i in range(1000))
    assert len(book_in(tmp_path).joined()) == 1000


def test_what_is_said_at_the_start_goes_before_what_was_decided(tmp_path: Path) -> None:
    book_in(tmp_path).decide(steps=7, pictures=3)
    said = book_in(tmp_path, steps=9)
    assert (said.terms.steps, said.terms.pictures) == (9, 3)
    said.decide(pictures=4)
    assert (said.terms.steps, said.terms.pictures) == (9, 4)
    assert book_in(tmp_path).terms.steps == 7  # it was said for that run alone
    said.decide(steps=8)
    assert said.terms.steps == book_in(tmp_path, pictures=1).terms.steps == 8


def test_as_long_as_nobody_else_can_come_nothing_is_kept(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    book.used("me", 1, 1.0)
    book.close()
    assert not (tmp_path / FILE).exists()


def test_who_is_sent_away_may_come_again_in_time_and_who_is_blocked_never(tmp_path: Path) -> None:
    clock = HandClock()
    book = book_in(tmp_path, clock)
    book.saw(ANN)
    assert book.refused("ann") is None
    assert book.refuse("ann", SENT_AWAY)
    assert book.refused("ann") == SENT_AWAY
    clock.now += SENT_AWAY
    assert book.refused("ann") is None
    assert book.refuse("ann", math.inf)
    clock.now += 10 * SENT_AWAY
    assert book_in(tmp_path, clock).refused("ann") == math.inf  # after a restart, too
    assert book.refuse("ann", 0) and book.refused("ann") is None
    book.saw(Who(visitor="me", role=Role.OWNER))
    assert not book.refuse("me", math.inf) and not book.refuse("nobody", 1)


def test_an_invitation_ends_when_it_is_said_to_and_tells_who_came_with_it(tmp_path: Path) -> None:
    clock = HandClock()
    book = book_in(tmp_path, clock)
    short, long = book.invite("a", 10), book.invite("b")
    book.saw(ANN, long.id)
    book.saw(ANN)  # without its cookie
    assert book.is_invited(short.id) and book.is_invited(long.id)
    clock.now = 10
    assert not book.is_invited(short.id)
    assert [one.id for one in book.invitations()] == [long.id]
    assert book.withdraw(long.id) == ("ann",)
    assert book.withdraw(long.id) is None and not book.is_invited(long.id)


def test_a_crowd_neither_fills_the_book_nor_pushes_out_who_is_blocked(tmp_path: Path) -> None:
    clock = HandClock()
    book = book_in(tmp_path, clock)
    book.saw(ANN)
    book.refuse("ann", math.inf)
    book.saw(Who(visitor="bob", role=Role.GUEST))
    book.used("bob", 1, 1.0)
    for i in range(2500):
        book.saw(Who(visitor=f"made up {i}", role=Role.GUEST))
    assert len(book.people()) == 2000
    assert book.refused("ann") == math.inf
    assert book.person("bob") is not None
    book.keep()
    assert {one.visitor for one in book_in(tmp_path).people()} == {"ann", "bob"}


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"terms": {"steps": 1}}'])
def test_a_damaged_file_is_begun_anew_and_said(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_bytes(content)
    with caplog.at_level(logging.WARNING):
        book = book_in(tmp_path)
    assert book.terms == Terms() and book.people() == () and book.invitations() == ()
    assert "begun anew" in caplog.text
    assert (tmp_path / f"{FILE}.damaged").read_bytes() == content


def test_nobody_who_asks_waits_for_the_disk(tmp_path: Path) -> None:
    seen: list[int] = []

    def write(file: Path, content: bytes) -> None:
        with ThreadPoolExecutor(1) as other:  # whoever asks meanwhile
            seen.append(other.submit(book.saw, ANN).result(timeout=30).number)

    book = GuestBook(tmp_path, write)
    book.decide(steps=3)
    assert seen == [1]


def test_what_cannot_be_kept_now_is_kept_later(tmp_path: Path) -> None:
    written: list[bytes] = []
    is_full = True

    def write(file: Path, content: bytes) -> None:
        if is_full:
            raise OSError("no room")
        written.append(content)

    book = GuestBook(tmp_path, write)
    book.decide(steps=3)
    assert book.terms.steps == 3 and written == []
    is_full = False
    book.close()
    assert len(written) == 1


def test_only_so_many_words_are_barred(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        book_in(tmp_path).bar(str(i) for i in range(501))
    with pytest.raises(UserError):
        book_in(tmp_path).bar(["x" * 81])


def test_a_guest_s_number_is_nobody_else_s_after_a_restart(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    assert book.saw(ANN).number == 1  # who made nothing, and is not remembered
    book.close()
    again = book_in(tmp_path)
    assert again.saw(Who(visitor="bob", role=Role.GUEST)).number == 2


def test_who_was_a_guest_and_is_the_owner_stays_it_after_a_restart(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    for one in (ANN, Who(visitor="bob", role=Role.GUEST), Who(visitor="cy", role=Role.GUEST)):
        book.saw(one)
        book.used(one.visitor, 1, 1.0)
    book.keep()
    book.own("ann")  # while nobody else could come
    book.own("nobody")
    book.keep()
    assert book_in(tmp_path).guests() == ("bob", "cy")
    book.saw(Who(visitor="bob", role=Role.OWNER))
    book.close()
    assert book_in(tmp_path).guests() == ("cy",)


def test_whoever_came_by_an_invitation_is_told_of_once_when_it_has_run_out(tmp_path: Path) -> None:
    clock, told = HandClock(), list[str]()
    book = book_in(tmp_path, clock)
    short, long = book.invite("a", 10), book.invite("b", 20)
    book.saw(ANN, short.id)
    book.saw(Who(visitor="bob", role=Role.GUEST), long.id)
    book.close()
    book = book_in(tmp_path, clock)  # also where it ran out while nothing was served
    book.ended = told.append
    book.end_invitations()
    assert told == [] and not book.is_out("ann")
    clock.now = 10
    book.invite("c")
    assert book.is_out("ann") and not book.is_out("bob") and not book.is_out("nobody")
    for _ in range(2):
        book.end_invitations()
    assert told == ["ann"]
    book.saw(Who(visitor="cy", role=Role.GUEST, name="cy"), long.id)
    book.close()
    named = GuestBook(tmp_path, write_whole, asks_names=True, clock=clock)
    named.ended = told.append
    named.decide(invited_only=True)
    named.saw(Who(visitor="dan", role=Role.GUEST))
    clock.now = 20
    assert named.is_out("bob")
    assert not named.is_out("cy") and not named.is_out("dan")  # a name and a password are enough
    named.end_invitations()
    assert told == ["ann", "bob"]


def test_who_came_without_an_invitation_is_out_once_it_is_asked_for(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    book.saw(ANN)
    book.saw(Who(visitor="me", role=Role.OWNER))
    assert not book.is_out("ann")
    book.decide(invited_only=True)
    assert book.uninvited() == ("ann",)
    assert book.is_out("ann") and not book.is_out("me")


def test_a_queue_that_the_owner_holds_is_held_after_a_restart(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    assert not book.is_held
    book.hold(True)
    assert book_in(tmp_path).is_held
    book.hold(False)
    assert not book_in(tmp_path).is_held

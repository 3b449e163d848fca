"""Visitors that are made up to get round limits."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from sdgui.people import Role, Who
from sdgui.storage.disk_store import DATABASE
from sdgui.studio import guest_book
from sdgui.studio.guest_book import GuestBook
from sdgui.web.doors.cookies import Cookies
from sdgui.web.doors.gate import NEWCOMERS, Newcomers
from tests.web.conftest import BROWSER, Site

PATH = "/gradio_api/call/v2/dream"
ONE = {"prompt": "a boat", "steps": 2}


@pytest.fixture
def site(open_anew: Site) -> Site:
    return open_anew


def newcomer(site: Site) -> httpx.Response:
    with site.client(headers=BROWSER) as client:
        return client.get("/me")


def written(site: Site) -> int:
    """Pages of the database, and bytes of what is written of guests."""
    folder: Path = site.store._folder.path
    book = folder / guest_book.FILE
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        pages, *_ = database.execute("PRAGMA page_count").fetchone()
    return int(pages) + (book.stat().st_size if book.exists() else 0)


def test_new_visitors_are_limited_and_leave_nothing_behind(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = site.visitor()
    site.app.state.gate.book.keep()
    before = written(site)
    answers = [newcomer(site) for _ in range(NEWCOMERS + 10)]
    assert [one.status_code for one in answers].count(200) in (NEWCOMERS - 1, NEWCOMERS)
    assert answers[-1].status_code == 429
    assert "come in at once" in answers[-1].text
    assert "set-cookie" not in answers[-1].headers
    assert known.get("/me").status_code == 200
    assert site.owner().get("/share").status_code == 200
    site.app.state.gate.book.keep()
    assert written(site) <= before + len("99")  # a number that is larger, and nobody's
    monkeypatch.setattr(Newcomers, "admit", lambda self, *place: True)
    assert {newcomer(site).status_code for _ in range(NEWCOMERS + 10)} == {200}


def test_a_cookie_that_was_made_up_makes_nobody(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = site.visitor()
    [(name, value)] = known.cookies.items()
    number = known.get("/me").json()["number"]

    def number_with(cookie: str) -> int:
        with site.client(headers={"cookie": f"{name}={cookie}"}) as program:
            found: int = program.get("/me").json()["number"]
            return found

    nobody = number_with("")
    assert number_with(value) == number != nobody
    token, _, signature = value.partition(".")
    made_up = [f"{i:0>43}.{signature}" for i in range(20)]
    assert {number_with(one) for one in (*made_up, token, f"{value}x")} == {nobody}

    def credulous(self: Cookies, cookies: str | None) -> tuple[str, bool]:
        return re.sub("[^0-9]", "", str(cookies)), False

    monkeypatch.setattr(Cookies, "read", credulous)
    assert len({number_with(one) for one in made_up}) == 20


def test_ten_thousand_visitors_take_no_more_room_than_two_thousand(tmp_path: Path) -> None:
    written: list[bytes] = []
    book = GuestBook(tmp_path, lambda file, content: written.append(content))
    owner = Who(visitor="owner")
    regular = Who(visitor="regular", role=Role.GUEST)
    book.saw(owner)
    book.saw(regular)
    book.used(regular.visitor, 1, 1.0)
    newcomers = Newcomers(lambda: 0.0)
    for i in range(10_000):
        book.saw(Who(visitor=f"made up {i}", role=Role.GUEST))
        newcomers.admit(f"203.0.{i // 250}.{i % 250}")
    assert len(book.people()) == guest_book._MOST_PEOPLE
    assert book.person(regular.visitor) is not None
    book.keep()
    assert written[-1].count(b'"visitor"') == 1  # who made something
    assert len(newcomers._places) == 1000


def test_all_guests_together_have_so_many_pictures_waiting_and_the_owner_a_place_of_their_own(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = site.owner()
    assert owner.put("/share/limits", json={"waiting_all": 20}).json()["waiting_all"] == 20
    site.engine.go.clear()
    blocking = owner.post(PATH, json=ONE)
    assert blocking.status_code == 200
    assert site.engine.began.acquire(timeout=30)  # what is under way does not wait

    def ask(client: httpx.Client, count: int = 8) -> httpx.Response:
        return client.post(PATH, json={**ONE, "count": count})

    guests = [site.visitor() for _ in range(5)]
    assert [ask(one).status_code for one in guests[:2]] == [200, 200]
    refused = ask(guests[2])
    assert refused.status_code == 422
    assert refused.json()["detail"] == (
        "16 pictures of guests are waiting here already, and 20 may. "
        "Come again when 4 of them are made."
    )
    assert ask(guests[3], 4).status_code == 200
    assert ask(guests[4], 1).status_code == 422
    assert ask(owner).status_code == 200
    monkeypatch.setattr("sdgui.studio.studio.admit_among_guests", lambda *told: None)
    assert ask(guests[4]).status_code == 200
    owner.put("/share/limits", json={"waiting_all": None}).raise_for_status()
    assert owner.get("/share").json()["limits"]["waiting_all"] is None

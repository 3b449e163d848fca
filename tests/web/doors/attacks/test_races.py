"""What is done in the moment in which something else is decided."""

import io
import json
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from sdgui.records import JobRecord
from sdgui.web.doors.gate import NEWCOMERS, Newcomers
from sdgui.web.doors.visitors import Visitors
from sdgui.web.links import pages as link_pages
from sdgui.web.links import routes as link_routes
from sdgui.web.links.choosing.gatherings import Gatherings
from tests.fake_engine import PATIENCE
from tests.people import who
from tests.web.conftest import BROWSER, Site
from tests.web.doors.attacks.wire import Heard, cookies_of, wire_to

DREAM = "/gradio_api/call/v2/dream"
ONE = {"prompt": "a boat", "steps": 2}


@pytest.fixture
def site(open_anew: Site) -> Site:
    return open_anew


@pytest.fixture(scope="module")
def owner(open_to_others: Site) -> httpx.Client:
    return open_to_others.owner()


def said_slowly(
    site: Site, client: httpx.Client, path: str, body: Any, meanwhile: Callable[[], object]
) -> Heard:
    """What is answered to a request whose body comes when something was done, after its head was let in."""
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookies_of(client)}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\n"
        "expect: 100-continue\r\nconnection: close\r\n\r\n"
    )
    with wire_to(site) as wire:
        wire.say(head)
        # Said once the body is wanted, which every door has let in by then.
        assert wire.sock.recv(1024).startswith(b"HTTP/1.1 100")
        meanwhile()
        wire.say(content)
        return wire.hear("POST")


def invited(site: Site, owner: httpx.Client) -> tuple[httpx.Client, str]:
    made = owner.post("/share/invitations", json={"note": "x"}).json()
    guest = site.client(headers=BROWSER, follow_redirects=True)
    guest.get(f"/?{made['link'].partition('?')[2]}").raise_for_status()
    return guest, made["id"]


def dreams_of(site: Site, client: httpx.Client) -> list[str]:
    visitor = site.visitor_of(client)
    return [one.job for one in site.studio.queue() if one.visitor == visitor]


@pytest.mark.parametrize("ending", ["send-away", "block", "withdraw", "invited-only"])
def test_what_is_on_its_way_when_a_guest_is_turned_out_is_not_dreamt(
    site: Site, owner: httpx.Client, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.engine.go.clear()

    def come() -> tuple[httpx.Client, str]:
        owner.put("/share/limits", json={"invited_only": False}).raise_for_status()
        return (site.visitor(), "") if ending == "invited-only" else invited(site, owner)

    guest, invitation = come()
    visitor = site.visitor_of(guest)

    def turn_out() -> None:
        if ending == "invited-only":
            owner.put("/share/limits", json={"invited_only": True}).raise_for_status()
        elif ending == "withdraw":
            owner.delete(f"/share/invitations/{invitation}").raise_for_status()
        else:
            owner.post(f"/share/people/{visitor}", json={"do": ending}).raise_for_status()

    assert said_slowly(site, guest, DREAM, ONE, lambda: None).status == 200
    assert len(dreams_of(site, guest)) == 1
    refused = said_slowly(site, guest, DREAM, ONE, turn_out)
    assert refused.status == 403
    assert dreams_of(site, guest) == []
    # Nobody looks again.
    monkeypatch.setattr(Visitors, "_turned_out", lambda self, scope: None)
    monkeypatch.setattr(site.studio, "_is_out", lambda visitor: False)
    guest, invitation = come()
    visitor = site.visitor_of(guest)
    assert said_slowly(site, guest, DREAM, ONE, turn_out).status == 200
    assert len(dreams_of(site, guest)) == 1
    owner.put("/share/limits", json={"invited_only": False}).raise_for_status()


@pytest.mark.parametrize("ending", ["block", "withdraw"])
def test_a_dream_that_is_being_stored_when_its_guest_is_turned_out_is_not_dreamt(
    site: Site, owner: httpx.Client, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is neither among those that are stopped nor asked before they are."""
    site.engine.go.clear()
    add_job = site.store.add_job

    def block_while(job: JobRecord) -> None:
        add_job(job)
        if job.visitor == visitor and ending == "block":
            done = owner.post(f"/share/people/{visitor}", json={"do": "block"})
            assert done.json() == {"stopped": 0}
        elif job.visitor == visitor:
            done = owner.delete(f"/share/invitations/{invitation}")
            assert done.json() == {"stopped": 0}

    guest, invitation = invited(site, owner)
    visitor = site.visitor_of(guest)
    assert guest.post(DREAM, json=ONE).status_code == 200
    assert len(dreams_of(site, guest)) == 1
    site.studio.cancel_all(who(visitor))
    monkeypatch.setattr(site.store, "add_job", block_while)
    refused = guest.post(DREAM, json=ONE)
    assert refused.status_code == 422 and "does not let you in" in refused.text
    assert dreams_of(site, guest) == []
    monkeypatch.setattr(site.studio, "_is_out", lambda visitor: False)
    guest, invitation = invited(site, owner)
    visitor = site.visitor_of(guest)
    assert guest.post(DREAM, json=ONE).status_code == 200
    assert len(dreams_of(site, guest)) == 1


MANY = 30


def at_once(acts: Sequence[Callable[[], httpx.Response]]) -> list[int]:
    """What is answered to requests that are sent in the same moment."""
    start = threading.Barrier(len(acts))

    def act(one: Callable[[], httpx.Response]) -> int:
        start.wait(PATIENCE)
        return one().status_code

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def many(client: httpx.Client, method: str, path: str, **sent: Any) -> list[int]:
    return at_once([lambda: client.request(method, path, **sent)] * MANY)


class Together:
    """Has all who come wait for each other, so that each decides by what was before any of them."""

    def __init__(self, act: Callable[..., Any], count: int) -> None:
        self.act = act
        self.there = threading.Barrier(count)

    def __call__(self, *given: Any, **how: Any) -> Any:
        found = self.act(*given, **how)
        self.there.wait(PATIENCE)
        return found


def test_who_asks_for_many_dreams_at_once_gets_as_many_as_one_after_the_other(
    site: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.engine.go.clear()
    blocking = owner.post(DREAM, json=ONE)
    assert blocking.status_code == 200 and site.engine.began.acquire(timeout=PATIENCE)
    guest = site.visitor()
    answers = many(guest, "POST", DREAM, json=ONE)
    assert sorted(answers) == [200] * 6 + [429] * (MANY - 6)  # in one minute
    owner.put("/share/limits", json={"dreams_a_minute": None}).raise_for_status()
    try:
        guest = site.visitor()
        answers = many(guest, "POST", DREAM, json=ONE)
        assert sorted(answers) == [200] * 16 + [422] * (MANY - 16)  # that wait
        assert len(dreams_of(site, guest)) == 16
        # As if what is on its way to the disk did not wait.
        monkeypatch.setattr(site.studio, "_arriving", _NeverThere())
        monkeypatch.setattr(site.store, "add_job", Together(site.store.add_job, MANY))
        guest = site.visitor()
        assert many(guest, "POST", DREAM, json=ONE) == [200] * MANY
    finally:
        owner.put("/share/limits", json={"dreams_a_minute": 6}).raise_for_status()


class _NeverThere(Counter[str]):
    """Counts nothing."""

    def __setitem__(self, name: str, count: int) -> None:
        super().__setitem__(name, 0)


def test_who_makes_many_links_at_once_has_no_more_than_there_may_be(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_routes, "_MOST_LINKS", 5)
    guest = site.visitor()
    picture = site.dream(guest).tasks[0].id
    asked = {"kind": "picture", "pictures": [picture]}
    answers = many(guest, "POST", "/links", json=asked)
    assert sorted(answers) == [200] * 5 + [409] * (MANY - 5)
    assert len(guest.get("/links").json()["links"]) == 5
    for one in guest.get("/links").json()["links"]:
        guest.delete(f"/links/{one['id']}").raise_for_status()
    # Counted before, as it was, and not together with the adding.
    add = site.store.add_link
    counted = Together(lambda link: len(site.store.links(link.visitor)), MANY)
    monkeypatch.setattr(
        site.store, "add_link", lambda link, most: counted(link) < most and add(link)
    )
    assert many(guest, "POST", "/links", json=asked) == [200] * MANY


def test_no_mark_of_somebody_who_chooses_is_lost_among_their_others(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = site.visitor()
    made = site.dream(guest, count=8)
    asked = {"kind": "choice", "pictures": [task.id for task in made.tasks]}
    first, change = site.store.choosers, Gatherings.change
    together = Together(first, 8)

    def marks_of_one() -> int:
        link = guest.post("/links", json=asked).json()["id"]
        with site.client(headers={"accept": "application/json"}) as stranger:
            stranger.post(f"/d/{link}/marks", data={"picture": "0", "mark": ""}).raise_for_status()
            told = [{"picture": str(number), "mark": "kept"} for number in range(8)]
            acts = [lambda one=one: stranger.post(f"/d/{link}/marks", data=one) for one in told]
            assert at_once(acts) == [200] * 8
        [chooser] = first(link)
        return len(chooser.marks)

    def read(link: str) -> Any:
        return together(link) if first(link) else first(link)

    assert marks_of_one() == 8
    with monkeypatch.context() as off:

        def unlocked(self: Gatherings, *given: Any) -> Any:
            off.setattr(self, "_lock", nullcontext())
            return change(self, *given)

        off.setattr(Gatherings, "change", unlocked)
        off.setattr(site.store, "choosers", read)
        assert marks_of_one() < 8


def test_no_more_new_visitors_come_in_at_once_than_one_after_the_other(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def come() -> httpx.Response:
        with site.client(headers=BROWSER) as client:
            return client.get("/me")

    site.app.state.gate.newcomers = Newcomers(lambda: 0.0)
    answers = at_once([come] * (NEWCOMERS + 10))
    assert sorted(answers) == [200] * NEWCOMERS + [429] * 10
    monkeypatch.setattr(Newcomers, "admit", lambda self, *place: True)
    assert at_once([come] * (NEWCOMERS + 10)) == [200] * (NEWCOMERS + 10)


def test_an_invitation_brings_in_each_who_has_it_and_nobody_as_another(
    site: Site, owner: httpx.Client
) -> None:
    """It is for several browsers of one person, or a team; who they are is said by cookies of their own."""
    made = owner.post("/share/invitations", json={"note": "x"}).json()
    query = made["link"].partition("?")[2]
    guests = [site.client(headers=BROWSER, follow_redirects=True) for _ in range(8)]
    assert at_once([lambda one=one: one.get(f"/?{query}") for one in guests]) == [200] * 8
    assert len({one.get("/me").json()["number"] for one in guests}) == 8
    acts: list[Callable[[], httpx.Response]] = [lambda one=one: one.get("/me") for one in guests]
    answers = at_once([*acts, lambda: owner.delete(f"/share/invitations/{made['id']}")])
    assert set(answers) <= {200, 403}
    assert {one.get("/me").status_code for one in guests} == {403}
    for one in guests:
        one.close()


def test_what_is_deleted_while_it_is_shown_is_gone_and_no_fault(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    guest = site.visitor()
    made = site.dream(guest, count=3)
    pictures = [task.id for task in made.tasks]
    link = guest.post("/links", json={"kind": "wall", "pictures": pictures}).json()["id"]
    address = guest.post("/history/zip", json={"pictures": pictures}).json()["zip"]
    with site.client() as stranger:
        ways = ("0.png", "0.jpg", "preview.jpg")
        assert {stranger.get(f"/d/{link}/{way}").status_code for way in ways} == {200}
        assert len(zipfile.ZipFile(io.BytesIO(guest.get(address).content)).namelist()) == 3
        # As long as they are listed, though their files have just gone.
        folder = Path(site.store._folder.path)
        for picture in pictures[:1]:
            for file in (*folder.rglob(f"*{picture}.png"), *folder.rglob(f"*{picture}.jpg")):
                file.unlink()
        site.app.state.gate.newcomers = Newcomers()
        real = site.store.find_files(pictures, site.visitor_of(guest))
        lost = dict.fromkeys(pictures, folder / "gone.png")
        assert pictures[0] not in real
        with pytest.MonkeyPatch.context() as stale:
            stale.setattr(site.store, "find_files", lambda wanted, visitor: lost)
            stale.setattr(site.store, "picture_file", lambda picture, visitor: folder / "gone.png")
            stale.setattr(site.store, "thumb_file", lambda picture, visitor: folder / "gone.jpg")
            stale.setattr(link_pages._Cards, "get", lambda self, key, make: make())
            assert {stranger.get(f"/d/{link}/{way}").status_code for way in ways} == {410}
            assert zipfile.ZipFile(io.BytesIO(guest.get(address).content)).namelist() == []
        assert len(zipfile.ZipFile(io.BytesIO(guest.get(address).content)).namelist()) == 2
    assert "a request failed" not in caplog.text

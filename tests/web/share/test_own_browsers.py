"""The owner's other browsers: offered with what they made, and brought together when asked."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client

from sdgui.people import NOBODY, Role, Who
from sdgui.records import Judgement, Mark
from sdgui.spec import DreamRequest
from sdgui.storage.layout import DATABASE
from sdgui.storage.secret import server_secret
from sdgui.studio.guest_book import FILE
from sdgui.web.doors.keys import OWNER
from sdgui.web.doors.visitors import visitor_named
from tests.fake_engine import PATIENCE
from tests.people import who
from tests.web.conftest import BROWSER, Site, open_site, visitor_in, wait_until_told

DREAM = "/gradio_api/call/v2/dream"
CAT = {"prompt": "a cat", "negative_prompt": "", "count": 1}


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Site]:
    """A site that nobody else can come to, and to which nobody has come."""
    with open_site(tmp_path) as site:
        yield site


def again(client: httpx.Client, site: Site) -> httpx.Client:
    """The same browser at a site of later."""
    return site.client(cookies=dict(client.cookies), headers=BROWSER)


def offered(client: httpx.Client) -> list[dict[str, Any]]:
    told = client.get("/me/browsers").json()
    rows: list[dict[str, Any]] = told["browsers"]
    assert told["pictures"] == sum(one["pictures"] for one in rows)
    assert client.get("/me").json()["others"] is bool(rows)
    return rows


def bring(client: httpx.Client, *browsers: str) -> Any:
    return client.post("/me/browsers", json={"browsers": browsers})


def owner_of(site: Site) -> str:
    return visitor_named(OWNER, server_secret(site.store._folder.path))


def pictures_of(client: httpx.Client) -> int:
    dreams = client.get("/dreams").json()["dreams"]
    return sum(len(one["tiles"]) for one in dreams)


def test_each_browser_and_program_is_offered_to_the_others_with_what_it_made_and_three_thumbnails(
    alone: Site,
) -> None:
    chrome, firefox, fresh, program = (*(alone.visitor() for _ in range(3)), alone.client())
    first = alone.dream(chrome, count=5)
    event = program.post(DREAM, json={"prompt": "a cat", "steps": 1}).json()["event_id"]
    assert "event: complete" in program.get(f"{DREAM}/{event}").text
    alone.dream(firefox)
    rows = offered(fresh)
    assert [(one["kind"], one["pictures"], one["thumbs"]) for one in rows] == [
        ("browser", 1, 1),
        ("program", 1, 1),
        ("browser", 5, 3),
    ]
    assert rows[2]["id"] == visitor_in(chrome.cookies)
    newest = alone.store.picture(first.tasks[4].id, first.visitor)
    assert newest is not None and rows[2]["last"] == newest.created
    assert [one["kind"] for one in offered(chrome)] == ["browser", "program"]
    place = f"/me/browsers/{rows[2]['id']}"
    shown = [fresh.get(f"{place}/{i}") for i in range(4)]
    assert [one.status_code for one in shown] == [200, 200, 200, 422]
    assert shown[0].headers["content-type"] == "image/jpeg"
    assert shown[0].headers["cache-control"] == "private, no-store"
    assert fresh.get(f"{place}/0").content != fresh.get(f"{place}/1").content
    for one in (fresh, firefox):  # nothing is anybody else's before one asks
        assert one.get(f"/thumb/{first.tasks[0].id}").status_code == 404
    assert pictures_of(fresh) == 0


def test_what_is_brought_is_both_browsers_over_a_restart_a_new_link_and_sharing(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path) as alone:
        chrome, firefox, third = (alone.visitor() for _ in range(3))
        hers, his = alone.dream(chrome, count=2), alone.dream(firefox)
        other = alone.dream(third)
        kept, binned = (task.id for task in hers.tasks)
        assert alone.store.mark_pictures([kept], hers.visitor, Mark.KEPT)
        assert alone.store.bin(hers.visitor, pictures=[binned]) is not None
        assert bring(firefox, hers.visitor).json() == {"pictures": 1}
        for browser in (chrome, firefox):
            assert pictures_of(browser) == 2
            assert browser.get(f"/picture/{kept}").status_code == 200
            assert browser.get(f"/picture/{other.tasks[0].id}").status_code == 404
            assert [one["id"] for one in offered(browser)] == [other.visitor]
            assert not browser.get("/me").json()["bring"]
        assert [one.id for one in alone.store.kept(owner_of(alone))] == [kept]
        assert bring(third, hers.visitor).status_code == 404  # they are the owner's now
        assert {one["kind"] for one in offered(third)} == {"link"}
        new = chrome.post("/dreams", json={"values": CAT}).json()
        assert firefox.get(f"/dreams/{new['job']}").status_code == 200
        alone.gate.share()
        for browser in (chrome, firefox):
            assert browser.get("/me").json()["role"] == "owner"
            assert browser.get(f"/dreams/{his.id}").status_code == 200
        assert alone.owner().get(f"/dreams/{hers.id}").status_code == 200
    assert firefox.cookies
    with open_site(tmp_path, share=True) as shared:
        assert again(firefox, shared).get(f"/dreams/{hers.id}").status_code == 200  # by its cookie
    with open_site(tmp_path) as once_more:
        for browser in (chrome, firefox):
            plain = {k: v for k, v in browser.cookies.items() if "owner" not in k}
            assert once_more.client(cookies=plain).get(f"/dreams/{hers.id}").status_code == 200


def test_a_dream_that_runs_in_the_other_browser_goes_on_and_its_page_hears_of_it_to_the_end(
    alone: Site,
) -> None:
    chrome, firefox = alone.visitor(), alone.visitor()
    alone.dream(chrome)
    alone.engine.go.clear()
    running = alone.begin(chrome, "a slow boat", steps=2)
    assert alone.engine.began.acquire(timeout=PATIENCE)
    with chrome.stream("GET", "/watch") as stream:
        lines = (json.loads(one[6:]) for one in stream.iter_lines() if one.startswith("data: "))
        assert next(lines) == {"type": "attached", "active": [running.id]}
        assert bring(firefox, visitor_in(chrome.cookies)).status_code == 200
        for browser in (chrome, firefox):
            [dream] = [
                one for one in browser.get("/dreams").json()["dreams"] if one["id"] == running.id
            ]
            assert dream["state"] == "active"
        alone.engine.go.set()
        kinds = [(one["type"], one.get("job")) for one in lines]
    assert ("picture", running.id) in kinds and kinds[-1][0] == "idle"
    assert firefox.get(f"/picture/{running.tasks[0].id}").status_code == 200


def test_a_program_whose_call_runs_while_it_is_brought_gets_its_files(alone: Site) -> None:
    program, browser = alone.client(), alone.visitor()
    first = program.post(DREAM, json={"prompt": "a cat", "steps": 1}).json()["event_id"]
    assert "event: complete" in program.get(f"{DREAM}/{first}").text
    alone.engine.go.clear()
    event = program.post(DREAM, json={"prompt": "a boat", "steps": 1}).json()["event_id"]
    with program.stream("GET", f"{DREAM}/{event}") as stream:
        lines = stream.iter_lines()
        while "data:" not in next(lines):
            pass
        [row] = offered(browser)
        assert row["kind"] == "program"
        assert bring(browser, row["id"]).status_code == 200
        alone.engine.go.set()
        told = "\n".join(lines)
    assert "event: complete" in told and "/picture/" in told
    assert browser.get(f"/dreams/{event}").status_code == 200


def test_what_a_client_asks_in_a_session_that_was_open_when_it_was_brought_is_told_in_it(
    alone: Site,
) -> None:
    client, browser = Client(alone.url, verbose=False), alone.visitor()
    client.predict("a cat", steps=1, api_name="/dream")
    alone.engine.go.clear()
    first = client.submit("a boat", steps=1, api_name="/dream")
    wait_until_told(first)
    [row] = offered(browser)
    assert bring(browser, row["id"]).status_code == 200
    second = client.submit("a tree", steps=1, api_name="/dream")
    alone.engine.go.set()
    assert [one.result(timeout=PATIENCE)[2]["state"] for one in (first, second)] == ["done"] * 2
    assert pictures_of(browser) == 3


def test_neither_guests_nor_what_is_hidden_or_nobody_s_is_offered_and_nothing_of_it_comes(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path, share=True) as shared:
        guest = shared.visitor()
        shared.wait(shared.studio.submit(DreamRequest(prompt="a"), _guest(guest)))
    with open_site(tmp_path) as alone:
        chrome, firefox = alone.visitor(), alone.visitor()
        for visitor in (NOBODY, visitor_in(chrome.cookies)):
            hidden = alone.studio.submit(DreamRequest(prompt="a"), who(visitor))
            alone.wait(hidden)
        alone.studio.judge([hidden.tasks[0].id], Judgement.HIDE)
        assert offered(firefox) == []
        for visitor in (_guest(guest).visitor, visitor_in(chrome.cookies), NOBODY):
            assert bring(firefox, visitor).status_code == 404
            assert firefox.get(f"/me/browsers/{visitor}/0").status_code == 404
        assert alone.gate.book.joined() == ()
        # Here they are the owner like everybody, and yet what they made as a guest is not offered.
        again(guest, alone).get("/me").raise_for_status()
        assert offered(firefox) == []


def test_while_others_can_come_only_the_owner_in_person_is_offered_anything(
    tmp_path: Path,
) -> None:
    with open_site(tmp_path) as site:
        chrome, firefox = site.visitor(), site.visitor()
        for browser in (chrome, firefox):
            site.dream(browser)
            assert browser.get("/me").json()["others"] is (browser is firefox)
        site.gate.share()
        told = chrome.get("/me").json()
        assert (told["role"], told["others"]) == ("owner", False)
        assert chrome.get("/me/browsers").status_code == 403
        assert bring(chrome, visitor_in(firefox.cookies)).status_code == 403
        owner = site.owner()
        assert len(offered(owner)) == 2
        assert bring(owner, visitor_in(firefox.cookies)).json() == {"pictures": 1}
        assert pictures_of(firefox) == pictures_of(owner) == 1
        assert len(offered(firefox)) == 1  # the owner in person now, too


def test_bringing_that_could_not_be_stored_is_ended_by_bringing_again(alone: Site) -> None:
    chrome, firefox = alone.visitor(), alone.visitor()
    hers, his = alone.dream(chrome), alone.dream(firefox)
    alone.store._database.patience = 0.01
    other = sqlite3.connect(alone.store._folder.path / DATABASE, isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        assert bring(firefox, hers.visitor).status_code == 503
        other.execute("ROLLBACK")
    assert bring(firefox, hers.visitor, hers.visitor).json() == {"pictures": 1}
    for browser in (chrome, firefox):
        assert [browser.get(f"/dreams/{one.id}").status_code for one in (hers, his)] == [200, 200]


def test_bringing_that_broke_off_is_ended_with_the_next_start(tmp_path: Path) -> None:
    with open_site(tmp_path) as alone:
        chrome = alone.visitor()
        job = alone.dream(chrome)
        alone.gate.book.join((job.visitor,))
        assert chrome.get(f"/dreams/{job.id}").status_code == 404
        assert json.loads((tmp_path / FILE).read_bytes())["joined"] == [job.visitor]
    with open_site(tmp_path) as later:
        assert again(chrome, later).get(f"/dreams/{job.id}").status_code == 200


def _guest(client: httpx.Client) -> Who:
    return Who(visitor=visitor_in(client.cookies), role=Role.GUEST)

"""What is done in the moment in which something else is decided."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sdgui.records import JobRecord
from sdgui.web.doors.gate import Newcomers
from sdgui.web.doors.visitors import Visitors
from tests.people import who
from tests.web.conftest import BROWSER, Site, open_site
from tests.web.doors.attacks.wire import Heard, cookies_of, wire_to

DREAM = "/gradio_api/call/v2/dream"
ONE = {"prompt": "a boat", "steps": 2}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("races"), share=True) as site:
        yield site


@pytest.fixture
def site(opened: Site) -> Iterator[Site]:
    opened.app.state.gate.newcomers = Newcomers()
    yield opened
    opened.settle()


@pytest.fixture(scope="module")
def owner(opened: Site) -> httpx.Client:
    client = opened.client(headers=BROWSER, follow_redirects=True)
    client.get(f"/?token={opened.app.state.gate.keys.token}").raise_for_status()
    return client


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


@pytest.mark.parametrize("ending", ["send-away", "block", "withdraw"])
def test_what_is_on_its_way_when_a_guest_is_turned_out_is_not_dreamt(
    site: Site, owner: httpx.Client, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.engine.go.clear()
    guest, invitation = invited(site, owner)
    visitor = site.visitor_of(guest)

    def turn_out() -> None:
        if ending == "withdraw":
            owner.delete(f"/share/invitations/{invitation}").raise_for_status()
        else:
            owner.post(f"/share/people/{visitor}", json={"do": ending}).raise_for_status()

    assert said_slowly(site, guest, DREAM, ONE, lambda: None).status == 200
    assert len(dreams_of(site, guest)) == 1
    refused = said_slowly(site, guest, DREAM, ONE, turn_out)
    assert refused.status == 403
    assert dreams_of(site, guest) == []
    # Nobody looks again.
    monkeypatch.setattr(Visitors, "_turned_out", lambda self, scope: "")
    monkeypatch.setattr(site.studio, "_is_out", lambda visitor: False)
    guest, invitation = invited(site, owner)
    visitor = site.visitor_of(guest)
    assert said_slowly(site, guest, DREAM, ONE, turn_out).status == 200
    assert len(dreams_of(site, guest)) == 1


def test_a_dream_that_is_being_stored_when_its_guest_is_blocked_is_not_dreamt(
    site: Site, owner: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is neither among those that are stopped nor asked before they are."""
    site.engine.go.clear()
    add_job = site.store.add_job

    def block_while(job: JobRecord) -> None:
        add_job(job)
        if job.visitor == visitor:
            done = owner.post(f"/share/people/{visitor}", json={"do": "block"})
            assert done.json() == {"stopped": 0}

    guest = site.visitor()
    visitor = site.visitor_of(guest)
    assert guest.post(DREAM, json=ONE).status_code == 200
    assert len(dreams_of(site, guest)) == 1
    site.studio.cancel_all(who(visitor))
    monkeypatch.setattr(site.store, "add_job", block_while)
    refused = guest.post(DREAM, json=ONE)
    assert refused.status_code == 422 and "does not let you in" in refused.text
    assert dreams_of(site, guest) == []
    monkeypatch.setattr(site.studio, "_is_out", lambda visitor: False)
    guest = site.visitor()
    visitor = site.visitor_of(guest)
    assert guest.post(DREAM, json=ONE).status_code == 200
    assert len(dreams_of(site, guest)) == 1

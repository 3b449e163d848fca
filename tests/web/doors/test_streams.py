"""What somebody listens to ends with what let them in, and everybody else's goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import httpx
import pytest

from sdgui.web.doors.gate import Gate
from sdgui.web.doors.streams import StreamLimit
from tests.fake_engine import PATIENCE
from tests.web.conftest import BROWSER, Site

HEARTBEAT = "/gradio_api/heartbeat/one"


@contextmanager
def listening(client: httpx.Client, path: str = HEARTBEAT) -> Iterator[Iterator[str]]:
    """The lines of a stream that has begun."""
    with client.stream("GET", path, timeout=PATIENCE) as reply:
        reply.raise_for_status()
        lines = reply.iter_lines()
        next(lines)
        yield lines


def ends(lines: Iterator[str]) -> bool:
    """Whether a stream does, and not go on with another beat and another."""
    return sum(1 for _ in islice(lines, 4)) < 4


def test_signing_out_ends_what_the_browser_listens_to_and_a_copy_of_its_cookie_and_nothing_else(
    open_anew: Site,
) -> None:
    here, there = open_anew.owner(), open_anew.owner()
    thief = open_anew.client(headers=BROWSER)
    [name] = [one for one in here.cookies if one.startswith("sdgui_owner")]
    thief.cookies.set(name, here.cookies[name])
    guest = open_anew.visitor()
    open_anew.engine.go.clear()
    for client in (there, guest):
        open_anew.begin(client)
    with (
        listening(here) as mine,
        listening(thief) as stolen,
        listening(there, "/watch") as elsewhere,
        listening(guest, "/watch") as others,
    ):
        here.post("/me/sign-out").raise_for_status()
        assert ends(mine) and ends(stolen)
        open_anew.engine.go.set()
        for lines in (elsewhere, others):
            assert '"idle"' in [line for line in lines if line][-1]
    assert here.get("/share").status_code == 403


@pytest.mark.parametrize("how", ["send-away", "block", "withdraw", "invited-only", "run-out"])
def test_who_is_turned_out_hears_so_where_the_page_listens_and_nothing_more_anywhere(
    open_anew: Site, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    owner, other = open_anew.owner(), open_anew.owner()
    book = open_anew.gate.book
    invitation = ""
    if how in ("withdraw", "run-out"):
        made = owner.post("/share/invitations", json={"note": "x", "hours": 1}).json()
        invitation = made["id"]
        guest = open_anew.client(headers=BROWSER, follow_redirects=True)
        guest.get(f"/?{made['link'].partition('?')[2]}").raise_for_status()
    else:
        guest = open_anew.visitor()
    open_anew.engine.go.clear()
    open_anew.begin(guest)
    visitor = open_anew.visitor_of(guest)
    with (
        listening(guest) as beats,
        listening(guest, "/watch") as news,
        listening(other),
    ):
        match how:
            case "withdraw":
                owner.delete(f"/share/invitations/{invitation}").raise_for_status()
            case "run-out":
                now = book.now()
                monkeypatch.setattr(book, "_clock", lambda: now + 2 * 3600)
                book.end_invitations()
            case "invited-only":
                owner.put("/share/limits", json={"invited_only": True}).raise_for_status()
            case _:
                owner.post(f"/share/people/{visitor}", json={"do": how}).raise_for_status()
        assert ends(beats)
        told = [line for line in news if line]
        assert any('"not-let-in"' in line for line in told) and '"idle"' in told[-1]
        assert guest.get(HEARTBEAT).status_code == 403
        still = [one for one in open_anew.app.state.streams._open if not one.is_guest]
        assert len(still) == 1 and not still[0].over.is_set()
    owner.put("/share/limits", json={"invited_only": False}).raise_for_status()


def test_a_stream_that_is_about_to_begin_when_its_listener_is_turned_out_does_not(
    open_anew: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, guest = open_anew.owner(), open_anew.visitor()
    visitor = open_anew.visitor_of(guest)
    before = Gate.is_over

    def is_over(gate: Gate, scope: dict[str, object]) -> bool:
        gate.book.refuse(visitor, float("inf"))
        return before(gate, scope)

    limit = open_anew.app.middleware_stack
    while not isinstance(limit, StreamLimit):
        limit = limit.app  # type: ignore[union-attr]
    monkeypatch.setattr(limit, "is_over", lambda scope: is_over(open_anew.gate, scope))
    with guest.stream("GET", HEARTBEAT) as reply:
        assert reply.status_code == 403
    assert visitor not in [one.visitor for one in open_anew.app.state.streams._open]
    owner.post(f"/share/people/{visitor}", json={"do": "unblock"}).raise_for_status()

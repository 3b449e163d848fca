"""What one person made, wanted by another, and by another site in its maker's browser.

Of each route: its maker is given it; others, and other sites, are not; and they are where nobody is told apart, and
where nobody asks what sent a request.
"""

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from starlette.middleware.cors import CORSMiddleware

from sdgui.web.doors import auth, visitors
from tests.web.conftest import BROWSER, Site
from tests.web.doors.belongings import (
    Belongings,
    belongings_of,
    stands_for,
    stands_for_nobodys,
)
from tests.web.doors.every_route import EVERYBODYS, MAKERS, Reply, Route, Way, ask, filled

ELSEWHERE = (
    {"sec_fetch_site": "cross-site", "sec_fetch_mode": "cors", "sec_fetch_dest": "empty"},
    {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"},
    {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
)
"""What browsers say of what other sites' pages do: fetch and event streams, pictures, frames; and older browsers."""


@pytest.fixture
def maker(open_anew: Site) -> Iterator[Belongings]:
    with belongings_of(open_anew, open_anew.visitor()) as theirs:
        yield theirs


@pytest.fixture
def other(shared: Site, maker: Belongings) -> httpx.Client:
    return shared.visitor()


def wanted(
    client: httpx.Client, route: Route, way: Way, theirs: Belongings, **sent: str
) -> tuple[Reply, bool]:
    """What comes back, and whether that gives what is theirs."""
    method, path = route
    stands = stands_for(theirs, way.job)
    ids = f"{theirs.picture} {theirs.job} {theirs.link}"
    if "session" in way.query:
        theirs.join()
    if path == "/watch":
        ids = stands("running")
    if path == "/cancel":
        stands("running")
    if path == "/bin/empty":
        stands("undo")
    if path == "/links/news":
        stands("choice")
    if path == "/kept":
        theirs.client.put(f"/picture/{theirs.picture}/mark", json={"mark": "kept"})
    if path == "/sheets":
        ids = theirs.site.wall(theirs.client, count=4).id
    body = filled(way.body, stands)
    reply = ask(client, method, filled(path + way.query, stands), body, **sent)
    if way.is_silent:
        return reply, reply.status == 200 and theirs.running not in active(theirs)
    return reply, way.given(reply, ids)


def told_of(reply: Reply) -> dict[str, str]:
    """The headers of an answer, but for the moment of it."""
    return {name: value for name, value in reply.headers.items() if name != "date"}


def active(theirs: Belongings) -> tuple[str, ...]:
    return tuple(theirs.site.studio._machine.jobs.active)


@pytest.mark.parametrize("route", MAKERS, ids=" ".join)
def test_only_its_maker_is_given_it(
    shared: Site,
    maker: Belongings,
    other: httpx.Client,
    route: Route,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    way = MAKERS[route]
    refused, is_given = wanted(other, route, way, maker)
    assert not is_given, refused.text
    if way.is_named:
        stands = stands_for_nobodys(maker)
        method, path = route
        unknown = ask(other, method, filled(path + way.query, stands), filled(way.body, stands))
        assert (unknown.status, unknown.text) == (refused.status, refused.text)
        assert told_of(unknown) == told_of(refused)
    for sent in ELSEWHERE:
        reply, is_given = wanted(maker.client, route, way, maker, **sent)
        assert reply.status == 403 and "another site" in reply.text
        assert not is_given
    reply, is_given = wanted(maker.client, route, way, maker)
    assert is_given, reply.text

    with again(maker, route) as theirs, monkeypatch.context() as off:
        off.setattr(visitors, "visitor_id", lambda token: theirs.visitor)
        reply, is_given = wanted(other, route, way, theirs)
        assert is_given, reply.text
    with again(maker, route) as theirs:
        monkeypatch.setattr(auth, "_from_here", lambda scope: True)
        reply, is_given = wanted(theirs.client, route, way, theirs, **ELSEWHERE[0])
        assert is_given, reply.text


@contextmanager
def again(maker: Belongings, route: Route) -> Iterator[Belongings]:
    """What can be wanted once more: other belongings where what was done is not to be done twice."""
    if route[0] == "GET":
        yield maker
        return
    maker.settle()
    with belongings_of(maker.site, maker.site.visitor()) as others:
        yield others


@pytest.mark.parametrize("route", EVERYBODYS, ids=" ".join)
def test_what_is_everybody_s_is_no_other_site_s(
    shared: Site, maker: Belongings, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = EVERYBODYS[route]
    reply, is_given = wanted(maker.client, route, way, maker)
    assert is_given, reply.text
    for sent in ELSEWHERE:
        reply, is_given = wanted(maker.client, route, way, maker, **sent)
        assert reply.status == 403 and not is_given
    monkeypatch.setattr(auth, "_from_here", lambda scope: True)
    for sent in ELSEWHERE:
        reply, is_given = wanted(maker.client, route, way, maker, **sent)
        assert is_given, reply.text


def test_another_site_may_lead_here_and_no_more(shared: Site, maker: Belongings) -> None:
    leads = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    document = leads | {"sec_fetch_dest": "document"}
    assert ask(maker.client, "GET", "/", **document).status == 200
    assert ask(maker.client, "POST", "/cancel", **document).status == 403
    for dest in ("iframe", "frame", "object", "embed", "image"):
        assert ask(maker.client, "GET", "/", **leads, sec_fetch_dest=dest).status == 403


PREFLIGHT = {"access_control_request_method": "POST", "origin": "https://elsewhere.example"}


def test_a_preflight_of_another_site_is_told_that_it_may_do_nothing(
    shared: Site, maker: Belongings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two guards: other sites are refused, and nothing here answers a preflight."""
    paths = ("/cancel", "/dreams", "/share/link", "/gradio_api/queue/join", "/")
    for path in paths:
        reply = ask(maker.client, "OPTIONS", path, **PREFLIGHT)
        assert reply.status >= 400
        assert not [name for name in reply.headers if name.startswith("access-control")]
    assert ask(maker.client, "POST", "/cancel").status == 200
    monkeypatch.setattr(auth, "_from_here", lambda scope: True)
    for path in paths:
        reply = ask(maker.client, "OPTIONS", path, **PREFLIGHT)
        assert reply.status in (404, 405)
        assert not [name for name in reply.headers if name.startswith("access-control")]
    inside = auth.SameOrigin.__call__

    async def obliging(self: auth.SameOrigin, *asked: Any) -> None:
        answering = CORSMiddleware(
            functools.partial(inside, self),
            allow_origins=["*"],
            allow_methods=["*"],
            allow_credentials=True,
        )
        await answering(*asked)

    monkeypatch.setattr(auth.SameOrigin, "__call__", obliging)
    for path in paths:
        reply = ask(maker.client, "OPTIONS", path, **PREFLIGHT)
        assert reply.status == 200
        assert reply.headers["access-control-allow-origin"] == PREFLIGHT["origin"]
    sent = {"origin": PREFLIGHT["origin"], "sec_fetch_site": "cross-site"}
    assert ask(maker.client, "POST", "/cancel", **sent).status == 200


def test_a_form_of_another_site_can_send_nothing_as_plain_text(
    shared: Site, maker: Belongings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form needs no preflight, and what it sends may read as JSON."""
    form = {"content-type": "text/plain", "origin": "https://elsewhere.example", **BROWSER}
    form["sec-fetch-site"] = "cross-site"
    content = json.dumps({"data": maker.data, "x": "="})
    call = "/gradio_api/call/dream"
    own = {**form, "sec-fetch-site": "same-origin", "origin": shared.url}
    assert maker.client.post(call, content=content, headers=own).status_code == 200
    assert maker.client.post(call, content=content, headers=form).status_code == 403
    monkeypatch.setattr(auth, "_from_here", lambda scope: True)
    assert maker.client.post(call, content=content, headers=form).status_code == 200

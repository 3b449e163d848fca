"""Every route there is, asked by a guest and by the owner."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.routing import Mount

from sdgui.web.doors.gate import Gate, Newcomers
from tests.people import who
from tests.web.conftest import BROWSER, Site, open_site

MODEL = {"model": "demo"}
OWNERS: dict[tuple[str, str], Any] = {
    ("GET", "/models"): None,
    ("PUT", "/models/default"): MODEL,
    ("POST", "/models/corrected"): MODEL,
    ("PUT", "/models/corrected"): MODEL,
    ("POST", "/models/remove"): MODEL,
    ("POST", "/models/look-up"): {"text": "someone/model"},
    ("GET", "/models/downloads"): None,
    ("POST", "/models/downloads"): MODEL,
    ("POST", "/models/downloads/pause"): MODEL,
    ("POST", "/models/downloads/cancel"): MODEL,
    ("PUT", "/models/token"): {"token": ""},
    ("POST", "/memory/free"): {"models": ["demo"]},
    ("GET", "/share"): None,
    ("GET", "/share/qr"): None,
    ("PUT", "/share/limits"): {},
    ("PUT", "/share/words"): {"words": []},
    ("POST", "/share/link"): {"on": False},
    ("POST", "/share/queue"): {"paused": False},
    ("DELETE", "/share/queue/{job}"): None,
    ("POST", "/share/people/{person}"): {"do": "unblock"},
    ("POST", "/share/invitations"): {"note": "for ann"},
    ("DELETE", "/share/invitations/{invitation}"): None,
}
"""The owner's, with a request that the owner may make."""
EVERYBODY_S = {("GET", "/models/choices"), ("POST", "/models/switch")}
"""Below the owner's addresses what is not theirs alone."""
OWNERS_PLACES = ("/models", "/memory/free", "/share", "/import")


def routes_of(routes: Any) -> Iterator[tuple[str, str]]:
    """Method and path of every route of ours; Gradio's own have a test that names those that are open."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)
        elif not isinstance(route, Mount):
            yield from ((method, route.path) for method in route.methods)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("open"), share=True) as site:
        gate: Gate = site.app.state.gate
        gate.newcomers = Newcomers()
        yield site


def owner_of(site: Site) -> httpx.Client:
    client = site.client(headers=BROWSER, follow_redirects=True)
    client.get(f"/?token={site.app.state.gate.keys.token}").raise_for_status()
    return client


def ask(client: httpx.Client, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """The status, and what is said but by streams."""
    with client.stream(method, path, json=body) as reply:
        is_stream = reply.headers.get("content-type", "").startswith("text/event-stream")
        return reply.status_code, "" if is_stream else reply.read().decode("utf-8", "replace")


def filled(path: str, **parts: str) -> str:
    for name in ("picture", "job", "event", "strip", "index", "endpoint", "name"):
        path = path.replace(f"{{{name}}}", parts.get(name, "0"))
    return path.replace("{person}", "nobody").replace("{invitation}", "nothing")


def test_the_owner_s_routes_are_all_known(site: Site) -> None:
    there = set(routes_of(site.app.routes))
    assert len(there) > 60
    owners = {one for one in there if one[1].startswith(OWNERS_PLACES)} - EVERYBODY_S
    assert owners == set(OWNERS)


@pytest.mark.parametrize(("method", "path"), OWNERS)
def test_what_is_the_owner_s_is_refused_to_guests_and_done_for_the_owner(
    site: Site, method: str, path: str
) -> None:
    body = OWNERS[method, path]
    for guest in (site.client(), site.visitor()):
        status, said = ask(guest, method, filled(path), body)
        assert status == 403
        assert "Only the owner of this place" in said
    status, said = ask(owner_of(site), method, filled(path), body)
    if path.endswith(("{person}", "{invitation}")):
        assert status == 404  # there is none: the doors let it through
    else:
        assert status < 300 or status == 422, said  # the library refuses in words of its own


def test_no_route_lets_a_guest_at_what_is_another_s(site: Site) -> None:
    owner, guest = owner_of(site), site.visitor()
    job = site.dream(owner, "a secret boat", count=2)
    site.engine.go.clear()
    running = site.begin(owner, "a secret cat")
    assert site.engine.began.acquire(timeout=30)
    picture = job.tasks[0].id
    before = owner.get(f"/dreams/{job.id}").text
    ids = {"pictures": [picture], "dreams": [job.id], "picture": picture, "job": job.id}
    named = {"event": running.id, "endpoint": "dream", "picture": picture}
    leaked = []
    for method, path in sorted(routes_of(site.app.routes)):
        if path.startswith("/read-picture"):
            continue  # it reads what is sent with it
        for one in (job.id, running.id):
            for body in (None,) if method == "GET" else (ids, {"pictures": [picture]}, {}):
                status, said = ask(guest, method, filled(path, job=one, **named), body)
                is_known = status < 500 and "secret" not in said
                if not is_known or (method == "GET" and "{picture}" in path and status == 200):
                    leaked.append((method, path, status))
    assert leaked == []
    assert owner.get(f"/dreams/{job.id}").text == before
    assert site.studio.active_jobs(who(running.visitor)) == (running.id,)
    owner.post("/cancel")

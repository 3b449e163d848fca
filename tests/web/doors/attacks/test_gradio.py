"""What Gradio would do for anybody: not for guests, not for nobody, and not by another's session."""

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.routing import Mount

from sdgui.web.doors import gradio_door
from sdgui.web.doors.auth import BasicAuth
from sdgui.web.programs.calls import Call, Sessions
from tests.web.conftest import Site
from tests.web.doors.belongings import Belongings, belongings_of
from tests.web.doors.every_route import STRANGERS, filled, routes_of
from tests.web.doors.test_gradio_door import NOTHING, OPEN, gradios_routes

FILE = {"files": ("x.html", io.BytesIO(b"<script>alert(1)</script>"), "text/html")}
CALL = {"data": [], "fn_index": 0, "session_hash": "x"}
COMPONENT = {"data": [], "component_id": 1, "fn_name": "x", "session_hash": "x"}
CLOSED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("POST", "/gradio_api/upload", {"files": FILE}),
    ("GET", "/gradio_api/upload_progress?upload_id=x", {}),
    ("GET", "/gradio_api/file=/etc/passwd", {}),
    ("GET", "/gradio_api/proxy=http://127.0.0.1:9/x", {}),
    ("POST", "/gradio_api/component_server", {"json": COMPONENT}),
    ("POST", "/gradio_api/run/predict", {"json": CALL}),
    ("POST", "/gradio_api/run/dream/", {"json": CALL}),
    ("POST", "/gradio_api/api/predict", {"json": CALL}),
    ("GET", "/gradio_api/queue/status", {}),
    ("GET", "/gradio_api/openapi.json", {}),
    ("GET", "/gradio_api/startup-events", {}),
    ("GET", "/gradio_api/app_id", {}),
    ("GET", "/gradio_api/token", {}),
    ("GET", "/gradio_api/user", {}),
    ("GET", "/gradio_api/login_check", {}),
    ("POST", "/gradio_api/stream/x", {}),
    ("GET", "/gradio_api/runs", {}),
    ("GET", "/monitoring", {}),
    ("GET", "/monitoring/summary", {}),
    ("POST", "/login", {"data": {"username": "ann", "password": "x"}}),
    ("GET", "/login_check", {}),
    ("GET", "/logout", {}),
    ("GET", "/robots.txt", {}),
    ("GET", "/pwa_icon", {}),
)
DOCUMENTS = ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect", "/gradio_api/docs")


@pytest.fixture
def maker(shared: Site) -> Iterator[Belongings]:
    with belongings_of(shared, shared.visitor()) as theirs:
        yield theirs


@pytest.fixture
def guest(shared: Site, maker: Belongings) -> httpx.Client:
    return shared.visitor()


def test_what_is_closed_is_not_there_until_the_door_stands_open(
    shared: Site, guest: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guest.get("/config").status_code == 200
    for method, path, sent in CLOSED:
        reply = guest.request(method, path, **sent)
        assert (reply.status_code, reply.text) == (404, NOTHING), path
    monkeypatch.setattr(gradio_door, "is_open", lambda method, path: True)
    reached = [
        path
        for method, path, sent in CLOSED
        if "progress" not in path and guest.request(method, path, **sent).text != NOTHING
    ]
    assert len(reached) == len(CLOSED) - 1
    uploaded = guest.post("/gradio_api/upload", files=FILE)
    assert uploaded.status_code in (200, 413)
    assert guest.get("/gradio_api/openapi.json").status_code == 200


@pytest.mark.filterwarnings("ignore:Duplicate Operation ID")
def test_there_are_no_documents_of_the_api_unless_they_are_asked_for(
    shared: Site, guest: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in DOCUMENTS:
        reply = guest.get(path)
        assert (reply.status_code, reply.text) == (404, NOTHING)
    router = shared.app.router
    before = list(router.routes)
    try:
        monkeypatch.setattr(shared.app, "openapi_url", "/openapi.json")
        monkeypatch.setattr(shared.app, "docs_url", "/docs")
        shared.app.setup()
        router.routes[:] = [*router.routes[len(before) :], *before]
        assert guest.get("/docs").status_code == 200
        assert "/picture/{picture}" in guest.get("/openapi.json").json()["paths"]
    finally:
        router.routes[:] = before


def test_no_function_is_called_by_its_number_but_our_endpoints(
    shared: Site, maker: Belongings, guest: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own functions are scripts; where Gradio is asked itself, it takes any of them."""
    numbers = [one["id"] for one in guest.get("/config").json()["dependencies"]]
    others = sorted({*numbers, -1, 10**9} - _endpoints(guest))
    assert len(others) > 10
    asked = {"data": maker.data, "session_hash": "x"}
    own = guest.post("/gradio_api/queue/join", json=asked | {"fn_index": maker.fn_index})
    assert own.status_code == 200
    for number in (*others, True, "0", None, [0], 0.5, {"a": 1}):
        reply = guest.post("/gradio_api/queue/join", json=asked | {"fn_index": number})
        assert reply.status_code == 404, number
        assert reply.json() == {"detail": "There is no such endpoint here."}
    monkeypatch.setattr(gradio_door, "is_open", lambda method, path: True)
    monkeypatch.setattr(shared.app.router, "routes", shared.app.router.routes[-1:])
    reply = guest.post("/gradio_api/queue/join", json=asked | {"fn_index": others[1]})
    assert reply.json() != {"detail": "There is no such endpoint here."}


def _endpoints(client: httpx.Client) -> set[int]:
    declared = client.get("/config").json()["dependencies"]
    return {one["id"] for one in declared if one["api_visibility"] == "public"}


def test_a_session_s_name_alone_opens_nothing(
    shared: Site, maker: Belongings, guest: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever knows it hears nothing of its calls, and what they do under its name is their own."""
    maker.join()
    [theirs] = shared.studio._machine.jobs.active
    address = f"/gradio_api/queue/data?session_hash={maker.session}"
    with maker.client.stream("GET", address) as stream:
        assert stream.status_code == 200
    assert guest.get(address).status_code == 404
    told = {"data": maker.data, "fn_index": maker.fn_index, "session_hash": maker.session}
    own = guest.post("/gradio_api/queue/join", json=told).json()["event_id"]
    maker.site.engine.go.set()
    heard = guest.get(address).text
    assert own in heard and theirs not in heard
    heard = maker.client.get(address).text
    assert theirs in heard and own not in heard
    assert maker.client.get(f"/dreams/{own}").status_code == 404

    listen, add = Sessions.listen, Sessions.add  # by their names alone
    monkeypatch.setattr(Sessions, "of", lambda calls, key: _all_of(calls, key[1]))
    monkeypatch.setattr(Sessions, "add", lambda calls, key, call: add(calls, ("", key[1]), call))
    monkeypatch.setattr(Sessions, "listen", lambda calls, key: listen(calls, ("", key[1])))
    maker.site.engine.go.clear()
    theirs = maker.client.post("/gradio_api/queue/join", json=told).json()["event_id"]
    own = guest.post("/gradio_api/queue/join", json=told).json()["event_id"]
    maker.site.engine.go.set()
    heard = guest.get(address).text
    assert theirs in heard and own in heard


def _all_of(calls: Sessions, session: str) -> list[Call]:
    return [call for (_, name), call in calls._calls.values() if name == session]


@pytest.mark.parametrize(
    "body",
    [
        {"session_hash": "theirs", "fn_index": 0},
        {"event_id": "{running}", "session_hash": "theirs"},
        {"event_id": "{running}", "fn_index": 0, "session_hash": "theirs"},
    ],
)
def test_reset_cancel_and_heartbeat_touch_nobody_s_dream(
    shared: Site,
    maker: Belongings,
    guest: httpx.Client,
    body: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maker.join()
    [running] = shared.studio._machine.jobs.active
    asked = filled(body, lambda name: running)
    assert guest.post("/gradio_api/reset", json=asked).json() == {"success": True}
    assert guest.post("/gradio_api/cancel", json=asked).json() == {"success": True}
    with guest.stream("GET", f"/gradio_api/heartbeat/{maker.session}") as beat:
        assert beat.status_code == 200
    assert running in shared.studio._machine.jobs.active
    assert maker.client.post("/gradio_api/reset", json=asked).json() == {"success": True}
    assert running in shared.studio._machine.jobs.active  # nor its maker's
    if "event_id" not in body:
        assert maker.client.post("/gradio_api/cancel", json={"event_id": running}).is_success
    else:
        stoppable = shared.studio._machine.stoppable
        monkeypatch.setattr(  # whoever asks
            shared.studio._machine, "stoppable", lambda visitor: stoppable(maker.visitor)
        )
        assert guest.post("/gradio_api/cancel", json=asked).json() == {"success": True}
    assert running not in shared.studio._machine.jobs.active


def test_nobody_is_answered_where_names_are_asked_but_by_links(
    guarded_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = guarded_site.client()
    routes = {*routes_of(guarded_site.app.routes), *gradios_routes(guarded_site)}
    routes |= {("GET", path) for path in DOCUMENTS} | {("GET", "/sdgui/main.js")}
    shown = set(STRANGERS)
    asked = sorted((m, p) for m, p in routes if p not in shown)
    assert len(asked) > 120

    def statuses() -> dict[tuple[str, str], int]:
        found = {}
        for method, path in asked:
            with nobody.stream(method, filled(path.replace(":path", ""), lambda name: "0")) as one:
                found[method, path] = one.status_code
        return found

    assert set(statuses().values()) == {401}
    for path in shown - {"/oembed"}:
        assert nobody.get(filled(path, lambda name: "0")).status_code == 404
    monkeypatch.setattr(BasicAuth, "_name_of", lambda self, given: "ann")
    nobody.auth = ("ann", "wrong")
    opened = statuses()
    assert 401 not in opened.values()
    assert {opened[route] for route in OPEN if "{" not in route[1]} == {200}


def test_gradio_stands_behind_one_mount(shared: Site) -> None:
    """What a later version brings is behind the door, too."""
    assert isinstance(shared.app.routes[-1], Mount)
    assert len(gradios_routes(shared)) > 60

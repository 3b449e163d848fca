"""Of Gradio's routes only those answer that our page and its clients need."""

import asyncio
import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from gradio_client import Client
from starlette.routing import Mount, Route

from sdgui.web.doors.gradio_door import GradioDoor, is_open
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site, wait_until_told

NOTHING = "There is nothing at this address."

OPEN = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/theme.css"),
    ("GET", "/favicon.ico"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/static/{path:path}"),
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
}
"""Whoever adds to these has read what the route does, for whom, and with whose address."""


OURS = {
    ("GET", "/manifest.json"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/call/{endpoint}"),
    ("POST", "/gradio_api/call/{endpoint}/"),
    ("POST", "/gradio_api/call/v2/{endpoint}"),
    ("POST", "/gradio_api/call/v2/{endpoint}/"),
    ("GET", "/gradio_api/call/{endpoint}/{event}"),
    ("GET", "/gradio_api/call/v2/{endpoint}/{event}"),
}
"""Routes of our own in place of Gradio's."""


def routes_of(app: Any) -> Iterator[tuple[str, str]]:
    """Every method and path, recursively; AssertionError for a kind of route that this does not know."""
    for route in app.routes:
        if isinstance(route, Mount):
            if route.path:  # ours: files by name, which have tests of their own
                assert route.path == "/sdgui"
            else:
                yield from routes_of(route)
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router)
        else:
            assert isinstance(route, APIRoute | Route), route
            for method in route.methods or ():
                yield method, route.path


def gradios_routes(site: Site) -> set[tuple[str, str]]:
    mount = site.app.routes[-1]
    assert isinstance(mount, Mount) and mount.path == ""
    return set(routes_of(mount))


def filled(template: str) -> str:
    """A path that fits a route, as harmless as can be."""
    return re.sub(r"\{[^}]*\}", "x", template)


def test_gradio_has_its_door_and_nothing_of_it_stands_beside_the_mount(site: Site) -> None:
    mount = site.app.routes[-1]
    assert isinstance(mount, Mount) and isinstance(mount.app, GradioDoor)
    ours = set(routes_of(SimpleNamespace(routes=site.app.routes[:-1])))
    assert {(m, path) for m, path in ours if path.startswith("/gradio")} == {
        (m, path) for m, path in OURS if path.startswith("/gradio")
    }
    assert ("GET", "/status") in ours


def test_no_route_of_gradio_is_open_but_these(site: Site) -> None:
    routes = gradios_routes(site)
    assert {(m, path) for m, path in routes if is_open(m, filled(path))} == OPEN
    assert len(routes) > 2 * len(OPEN)  # the walk went to the end


def test_every_other_route_answers_that_there_is_nothing(site: Site) -> None:
    client = site.visitor()
    ours = {(method, filled(path)) for method, path in OURS}
    for method, path in sorted(gradios_routes(site) - OPEN):
        if (method, filled(path)) in ours:
            continue
        reply = client.request(method, filled(path))
        assert reply.status_code == 404, (method, path)
        assert method == "HEAD" or reply.text == NOTHING, (method, path)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_no_other_method_is_let_through(site: Site, method: str) -> None:
    client = site.visitor()
    for only, path in OPEN:
        if (method, path) not in OPEN and not (only == "GET" and "{" in path):
            assert client.request(method, filled(path)).status_code == 404, path


def test_a_websocket_is_not_let_through() -> None:
    async def forbidden(*_: object) -> None:
        raise AssertionError("the app was reached")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/gradio_api/queue/join", "headers": []}
    asyncio.run(GradioDoor(forbidden)(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


DANGEROUS = (
    "/gradio_api/file=http://127.0.0.1:9/x.png",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/proxy=http://127.0.0.1:9/x.png",
    "/pwa_icon/8192",
    "/gradio_api/component_server",
    "/gradio_api/runs",
    "/gradio_api/dev/reload",
    "/gradio_api/openapi.json",
    "/gradio_api/deep_link",
    "/monitoring/summary",
    "/login",
)


def spelt(path: str) -> Iterator[str]:
    """The ways in which somebody may write a path to get round a list."""
    rest = path.lstrip("/")
    first, _, others = rest.partition("/")
    yield path
    yield f"{path}/"
    yield f"/{path}"
    yield f"//{path}"
    yield f"/.{path}"
    yield f"/%2e{path}"
    yield f"/x/..{path}"
    yield f"/x/%2e%2e{path}"
    yield f"/assets/..{path}"
    yield f"/assets/..%2f{rest}"
    yield f"/assets/%252e%252e%252f{rest}"
    yield f"/static/..;{path}"
    yield f"/;{path}"
    yield f"/;/{rest}"
    yield f"{path};x"
    yield f"{path}%00"
    yield f"{path}%0a"
    yield f"{path}%20"
    yield f"{path}%3f"
    yield f"/%{ord(rest[0]):02x}{rest[1:]}"
    yield f"/%25{ord(rest[0]):02x}{rest[1:]}"
    yield f"/{first}%2f{others}"
    yield f"/{first}%252f{others}"
    yield f"/{first}//{others}"
    yield f"/{first}\\{others}"
    yield f"/{first.upper()}/{others}"
    yield f"/config/..{path}"
    yield f"/sdgui/..{path}"
    yield f"http://127.0.0.1{path}"
    yield f"http://elsewhere.example{path}"


@pytest.mark.parametrize("path", DANGEROUS)
def test_no_spelling_of_a_closed_route_reaches_it(site: Site, path: str) -> None:
    address = urlsplit(site.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE)
    for method in ("GET", "POST", "HEAD", "OPTIONS"):
        for written in spelt(path):
            # as it stands: a client that tidies up would ask for something else
            connection.putrequest(method, written, skip_host=True, skip_accept_encoding=True)
            connection.putheader("host", "localhost")
            connection.putheader("content-length", "0")
            connection.endheaders()
            reply = connection.getresponse()
            reply.read()
            # our own files answer themselves that they are only read
            told = (400, 404, 405) if written.startswith("/sdgui/") else (400, 404)
            assert reply.status in told, (method, written)
    connection.close()


@pytest.mark.parametrize(
    "path", ["/CONFIG", "/config/", "//config", "/config;x", "/%2563onfig", "/theme.css/", "/x/../"]
)
def test_what_is_open_is_so_in_one_spelling(site: Site, path: str) -> None:
    address = urlsplit(site.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=PATIENCE)
    connection.putrequest("GET", path)
    connection.endheaders()
    reply = connection.getresponse()
    assert (reply.status, reply.read().decode()) == (404, NOTHING)
    connection.close()


def test_the_page_finds_all_that_it_names(site: Site) -> None:
    client = site.visitor()
    page = client.get("/")
    assert page.status_code == 200 and client.head("/").status_code == 200
    named = re.findall(r"(?:src|href)=\"\.?(/[^/\"][^\"]*)\"", page.text)
    [script] = [path for path in named if path.endswith(".js")]
    parts = set(re.findall(r"\"\./([\w.-]+\.(?:js|css))\"", client.get(script).text))
    assert len(parts) > 10
    more = ("/theme.css", "/favicon.ico", "/static/js/iframeResizer.contentWindow.min.js")
    for path in (*named, *more, *(f"/assets/{part}" for part in parts)):
        assert client.get(path).status_code == 200, path


def test_no_other_site_is_told_that_it_may_read(site: Site) -> None:
    for origin in ("https://elsewhere.example", "http://localhost:3000", "null"):
        reply = site.client().get("/config", headers={"origin": origin})
        assert "access-control-allow-origin" not in reply.headers
        assert "access-control-allow-credentials" not in reply.headers


@pytest.mark.parametrize("place", ["http://192.0.2.1/x.png", "/etc/passwd"])
def test_what_a_call_names_is_not_fetched(
    site: Site, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    file = {"path": place, "url": place, "meta": {"_type": "gradio.FileData"}}
    reply = site.visitor().post("/gradio_api/call/v2/dream", json={"prompt": file})
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("The prompt must be text.")
    assert capfd.readouterr() == ("", "")


def test_a_program_can_do_all_that_it_needs(site: Site, downloads: Path) -> None:
    client = Client(site.url, verbose=False, download_files=downloads)
    assert "/dream" in client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    files, seeds, _ = client.predict("a cat", seed=5, steps=2, api_name="/dream")
    assert seeds == [5] and Path(files[0]).is_file()
    site.engine.go.clear()
    job = client.submit("a cat", api_name="/dream")
    wait_until_told(job)
    assert job.cancel()
    site.engine.go.set()

"""Files of this machine, wanted through whatever route has a part of its path, or of its query, open."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import APIRoute
from starlette.routing import Mount

from sdgui.web import rooms
from sdgui.web.doors import gradio_door
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site
from tests.web.doors.belongings import Belongings, belongings_of, stands_for
from tests.web.doors.every_route import EVERYBODYS, MAKERS, OWNERS, STRANGERS, filled

SECRET = "not for the web"

GRADIOS = (
    *("/assets/{x}", "/static/{x}", "/svelte/{x}", "/theme.css/{x}", "/pwa_icon/{x}"),
    *("/gradio_api/file={x}", "/gradio_api/file/{x}", "/gradio_api/proxy={x}"),
    *("/gradio_api/custom_component/{x}/client/component/style.css", "/gradio_api/stream/{x}"),
    *("/gradio_api/custom_component/x/client/component/{x}", "/gradio_api/upload_progress/{x}"),
    "/gradio_api/heartbeat/{x}",
)
OURS = ("/sdgui/{x}", "/sdgui/shared/{x}", "/{x}")


def spelt(target: str) -> Iterator[str]:
    """The ways to write the path of a file from the top, into a part of an address."""
    up = f"{'../' * 12}{target.lstrip('/')}"
    yield from (target, f"/{target}", f"//{target}", f"file://{target}")
    yield from (up, f"x/{up}", f"./{up}", f"....//{up}", f"..;/{up}")
    yield quote(target, safe="")
    yield quote(up, safe="")
    yield up.replace(".", "%2e")
    yield up.replace(".", "%2e").replace("/", "%2f")
    yield quote(quote(up, safe=""), safe="")
    yield up.replace("../", "%252e%252e%252f")
    yield up.replace("/", "\\")
    yield up.replace("/", "%5c")
    yield up.replace("../", "%c0%ae%c0%ae%c0%af")
    yield up.replace("../", "%ef%bc%8e%ef%bc%8e%ef%bc%8f")  # full-width dots and slashes
    yield up.replace("../", "%e2%80%a5%e2%88%95")  # ‥ and ∕
    yield f"{up}%00.png"
    yield f"%00{up}"
    yield f"{up}%0a"
    yield f"C:{up}".replace("/", "\\")
    yield f"~{up}"


@pytest.fixture
def secret(shared: Site) -> Path:
    """A file that somebody keeps beside their pictures."""
    file = Path(shared.store._folder.path) / "secret.txt"
    file.write_text(SECRET, encoding="utf-8")
    return file


@pytest.fixture
def theirs(shared: Site) -> Iterator[Belongings]:
    client = shared.client(headers={"sec-fetch-site": "same-origin"})
    client.get(f"/?token={shared.app.state.gate.keys.token}")
    client.get("/status")
    with belongings_of(shared, client) as theirs:
        yield theirs


class Raw:
    """Asks for an address as it stands: a client that tidies up would ask for something else."""

    def __init__(self, site: Site, cookies: httpx.Cookies) -> None:
        address = urlsplit(site.url)
        self._host = f"{address.hostname}:{address.port}"
        self._connection = http.client.HTTPConnection(self._host, timeout=PATIENCE)
        self._cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str) -> tuple[int, str]:
        self._connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        self._connection.putheader("host", self._host)
        self._connection.putheader("cookie", self._cookie)
        self._connection.endheaders()
        reply = self._connection.getresponse()
        if (reply.getheader("content-type") or "").startswith("text/event-stream"):
            self._connection.close()
            return reply.status, ""
        return reply.status, reply.read().decode("utf-8", "replace")


@pytest.fixture
def raw(shared: Site, theirs: Belongings) -> Raw:
    return Raw(shared, theirs.client.cookies)


def open_parts(theirs: Belongings) -> Iterator[str]:
    """The address of every route that reads, with {x} for one open part of it and the others as they should be."""
    stands = stands_for(theirs)
    rows = {path: way.query for (method, path), way in MAKERS.items() if method == "GET"}
    rows |= {path: way.query for (method, path), way in EVERYBODYS.items() if method == "GET"}
    rows |= {path: way.query for path, way in STRANGERS.items()}
    rows |= {path: "" for method, path in OWNERS if method == "GET"}
    for path, query in rows.items():
        address = path + query
        for name in re.findall(r"{(\w+)}", address):
            parts = re.split(rf"{{{name}}}", address, maxsplit=1)
            yield "{x}".join(filled(one, stands) for one in parts)
        for told in re.findall(r"[?&]\w+=([^{&]+)", query):
            yield address.replace(told, "{x}")
    yield "/share/qr?invitation={x}"
    yield "/tokens?model={x}&prompt=x"
    yield "/?deep_link={x}"
    yield from (*GRADIOS, *OURS)


@pytest.mark.usefixtures("nobody_waits")  # links that never were are asked for
def test_no_file_is_given_through_any_route(
    shared: Site,
    theirs: Belongings,
    raw: Raw,
    secret: Path,
) -> None:
    addresses = list(open_parts(theirs))
    assert len(addresses) > 40
    given = []
    for address in addresses:
        for written in spelt(str(secret)):
            status, text = raw.get(address.replace("{x}", written.replace(" ", "%20")))
            if SECRET in text or status >= 500:
                given.append((address, written, status))
    assert given == []


def test_every_spelling_that_names_the_file_is_given_by_a_route_that_takes_paths(
    shared: Site, raw: Raw, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the spellings above are attacks: nothing on the way to a route turns them away."""

    async def careless(request: Request) -> Response:
        file = Path("/", request.path_params["path"])
        return PlainTextResponse(file.read_text() if file.is_file() else "")

    route = APIRoute("/careless/{path:path}", careless)
    monkeypatch.setattr(shared.app.router, "routes", [route, *shared.app.router.routes])
    reached = [
        written
        for written in spelt(str(secret))
        if "\x00" not in written and "%00" not in written
        if SECRET in raw.get(f"/careless/{written}")[1]
    ]
    assert len(reached) >= 8
    assert any("%2e" in one for one in reached) and any("%2f" in one.lower() for one in reached)


def test_our_own_files_are_given_by_name_and_others_only_without_the_list_of_names(
    raw: Raw, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = quote("../" * 20 + str(secret).lstrip("/"), safe="")
    assert raw.get("/sdgui/main.js")[0] == 200
    assert raw.get(f"/sdgui/{up}")[0] == 404
    assert raw.get("/sdgui/server.py")[0] == 404

    def careless(self: object, path: str) -> tuple[str, object]:
        file = rooms.ROOT / path
        return str(file), file.stat()

    monkeypatch.setattr(rooms.Rooms, "lookup_path", careless)
    assert SECRET in raw.get(f"/sdgui/{up}")[1]
    assert "make_app" in raw.get("/sdgui/server.py")[1]


def test_gradio_gives_files_once_its_door_and_its_list_of_folders_are_open(
    shared: Site, raw: Raw, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/gradio_api/file={secret}"
    assert raw.get("/theme.css")[0] == 200
    assert raw.get(address)[0] == 404
    monkeypatch.setattr(gradio_door, "is_open", lambda method, path: True)
    assert raw.get(address)[0] == 403
    mount = shared.app.routes[-1]
    assert isinstance(mount, Mount)
    inner = mount.app
    while not hasattr(inner, "get_blocks"):
        inner = inner.app  # type: ignore[attr-defined]
    monkeypatch.setattr(inner.get_blocks(), "allowed_paths", [str(secret.parent)])
    assert raw.get(address) == (200, SECRET)


@pytest.mark.parametrize("name", ["picture", "thumb"])
def test_a_picture_s_id_is_no_path(
    shared: Site,
    theirs: Belongings,
    raw: Raw,
    secret: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two guards: the form of an id, which holds no dot and no slash, and the list in which it is looked up."""
    assert raw.get(f"/{name}/{theirs.picture}")[0] == 200
    within = secret.with_name("secret")
    within.write_text(SECRET, encoding="utf-8")
    assert raw.get(f"/{name}/secret")[0] == 404
    record = shared.store.picture(theirs.picture, theirs.visitor)
    monkeypatch.setattr(shared.store, "picture", lambda picture, visitor: record)
    for find in ("picture_file", "thumb_file"):
        monkeypatch.setattr(shared.store, find, lambda picture, visitor: secret.parent / picture)
    assert raw.get(f"/{name}/secret") == (200, SECRET)
    assert raw.get(f"/{name}/secret.txt")[0] == 422
    assert raw.get(f"/{name}/..%2fsecret")[0] in (404, 422)

"""Who may ask."""

import asyncio
import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from gradio_client import Client

from sdgui.storage.pictures import read_spec
from sdgui.web.doors.auth import BasicAuth, Failures
from tests.web.conftest import BROWSER, Site

RIGHT = ("ann", "öpen: sesame")
GRADIO = [
    ("GET", "/"),
    ("GET", "/config"),
    ("GET", "/theme.css"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/queue/data?session_hash=x"),
    ("GET", "/gradio_api/heartbeat/x"),
    ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/gradio_api/startup-events"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/call/dream"),
    ("GET", "/manifest.json"),
    ("GET", "/nothing"),
]
OURS = [
    ("GET", "/dreams"),
    ("GET", "/dreams/x"),
    ("GET", "/revision"),
    ("GET", "/watch"),
    ("GET", "/status"),
    ("GET", "/tokens?prompt=x"),
    ("POST", "/cancel"),
    ("POST", "/jobs/x/cancel"),
    ("GET", "/picture/x"),
    ("DELETE", "/picture/x"),
    ("GET", "/thumb/x"),
    ("GET", "/live/x/0"),
    ("GET", "/unsaved/x/0"),
    ("GET", "/picture/x/y.png"),
    ("GET", "/sdgui/main.js"),
    ("OPTIONS", "/dreams"),
    ("HEAD", "/"),
]


def test_every_route_of_ours_is_tried(guarded_site: Site) -> None:
    from sdgui.web.dream.routes import dream_routes
    from sdgui.web.shared.gallery.pictures import picture_routes

    routers = (
        dream_routes(guarded_site.studio, guarded_site.store),
        picture_routes(guarded_site.studio, guarded_site.store),
    )
    templates = {
        r.path.split("/")[1] for router in routers for r in router.routes if isinstance(r, APIRoute)
    }
    assert templates <= {path.split("/")[1].split("?")[0] for _, path in OURS}


@pytest.mark.parametrize(("method", "path"), [*OURS, *GRADIO])
def test_nothing_answers_without_the_password(guarded_site: Site, method: str, path: str) -> None:
    reply = guarded_site.client().request(method, path)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith('Basic realm="sdgui"')
    assert "set-cookie" not in reply.headers


def test_the_right_name_and_password_open(guarded_site: Site) -> None:
    client = guarded_site.client(auth=httpx.BasicAuth(*RIGHT))
    assert client.get("/").status_code == 200
    assert client.get("/dreams").status_code == 200


def test_a_program_that_says_who_asks_gets_its_files(guarded_site: Site, downloads: Path) -> None:
    client = Client(
        guarded_site.url, httpx_kwargs={"auth": RIGHT}, verbose=False, download_files=downloads
    )
    files, seeds, _ = client.predict("a cat", seed=7, steps=1, api_name="/dream")
    assert seeds == [7]
    assert read_spec(Path(files[0])) is not None


@pytest.mark.parametrize(
    "given",
    ["Basic", "Basic !!!", "Bearer x", "Basic " + base64.b64encode(b"ann").decode(), "x" * 5000],
)
def test_odd_credentials_are_no_fault(guarded_site: Site, given: str) -> None:
    headers = {"authorization": given}
    assert guarded_site.client().get("/status", headers=headers).status_code == 401


def ask(guard: BasicAuth, name: str, password: str) -> int:
    """The status of a request with a name and a password."""
    told = base64.b64encode(f"{name}:{password}".encode())
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "client": ("127.0.0.1", 1),
        "headers": [(b"authorization", b"Basic " + told)],
    }
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    asyncio.run(guard(scope, receive, send))
    status: int = sent[0]["status"]
    return status


async def inside(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def guard_of(waits: list[float]) -> BasicAuth:
    async def wait(seconds: float) -> None:
        waits.append(seconds)

    return BasicAuth(inside, dict([RIGHT]), wait=wait)


def test_wrong_ones_wait_ever_longer_and_the_right_one_never() -> None:
    waits: list[float] = []
    guard = guard_of(waits)
    for i in range(10):
        assert ask(guard, "ann", f"wrong {i}") == 401
    assert waits == []
    for i in range(50):
        assert ask(guard, "ann", f"wrong {i}") == 401
        assert ask(guard, *RIGHT) == 200
    assert len(waits) == 50
    assert waits == sorted(waits) and waits[-1] == 10 and 0 < waits[0] < 1


def test_who_tries_one_name_slows_no_other() -> None:
    waits: list[float] = []
    guard = guard_of(waits)
    for _ in range(30):
        ask(guard, "bob", "wrong")
    before = len(waits)
    assert before == 20
    assert ask(guard, "ann", "wrong") == 401
    assert len(waits) == before


def test_failures_are_forgiven_in_time_and_take_no_more_room() -> None:
    failures = Failures()
    size = len(failures._levels)
    name = hashlib.sha256(b"ann").digest()
    assert [failures.add(name, 0.0) for _ in range(11)][-1] > 0
    assert failures.add(name, 120.0) == 0
    for i in range(20_000):
        failures.add(hashlib.sha256(str(i).encode()).digest(), 0.0)
    assert len(failures._levels) == len(failures._moments) == size


def test_a_crowd_of_wrong_ones_that_wait_lets_the_right_one_in(guarded_site: Site) -> None:
    guesser = guarded_site.client()

    def guess(_: int) -> int:
        return guarded_site.client().get("/status", auth=("ann", "x")).status_code

    for i in range(10):
        assert guesser.get("/status", auth=("ann", f"{i}")).status_code == 401
    with ThreadPoolExecutor(2) as crowd:
        wrong = crowd.map(guess, range(2))
        for _ in range(3):  # from the same address, and nobody whom anyone knows
            newcomer = guarded_site.client(auth=httpx.BasicAuth(*RIGHT))
            assert newcomer.get("/status").status_code == 200
        assert set(wrong) == {401}


def test_only_so_many_wrong_ones_are_kept_waiting() -> None:
    statuses: list[int] = []

    async def crowd() -> None:
        never = asyncio.Event()

        async def wait(seconds: float) -> None:
            await never.wait()

        guard = BasicAuth(inside, dict([RIGHT]), wait=wait)
        told = base64.b64encode(b"ann:wrong")
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "headers": [(b"authorization", b"Basic " + told)],
        }

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        async def receive() -> Any:
            return {"type": "http.disconnect"}

        tries = [asyncio.create_task(guard(scope, receive, send)) for _ in range(130)]
        await asyncio.sleep(0)
        assert statuses == [401] * 10 + [429] * 20
        never.set()
        await asyncio.gather(*tries)

    asyncio.run(crowd())
    assert statuses == [401] * 10 + [429] * 20 + [401] * 100


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ],
)
def test_another_site_can_change_nothing(site: Site, headers: dict[str, str]) -> None:
    client = site.visitor(headers=headers)
    for method, path in (
        ("POST", "/cancel"),
        ("DELETE", "/picture/x"),
        ("POST", "/gradio_api/queue/join"),
    ):
        reply = client.request(method, path)
        assert reply.status_code == 403, path
        assert "another site" in reply.text


def test_the_page_itself_and_programs_may(site: Site) -> None:
    client = site.visitor()
    assert client.post("/cancel").status_code == 200
    assert client.post("/cancel", headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert client.post("/cancel", headers={"origin": site.url}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "", "192.168.1.7", "[oops"])
def test_a_rebound_name_is_turned_away(site: Site, host: str) -> None:
    reply = site.client().get("/status", headers={"host": host})
    assert reply.status_code in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:7860", "[::1]:7860"])
def test_this_machines_names_are_let_in(site: Site, host: str) -> None:
    assert site.client().get("/status", headers={"host": host}).status_code == 200


def test_a_browser_is_made_to_forget_a_name_and_a_password_and_nobody_learns_of_them(
    guarded_site: Site,
) -> None:
    ann = httpx.BasicAuth("ann", "öpen: sesame")
    signed_in = guarded_site.client(auth=ann, headers=BROWSER)
    assert signed_in.get("/me").json()["signed_in"] == "name"
    assert signed_in.post("/me/sign-out").json() == {"leave": "/signed-out"}
    owner = guarded_site.owner()

    def stands() -> tuple[str, bool]:
        people = owner.get("/share").json()["people"]
        [found] = [one for one in people if one["name"] == "ann"]
        return found["state"], found["signed_out"]

    assert stands() == ("away", True)
    assert signed_in.get("/me").json()["name"] == "ann" and stands() == ("here", False)

    def ask(auth: httpx.BasicAuth | None, **headers: str) -> tuple[int, bool]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = guarded_site.client(auth=auth, headers=BROWSER | sent).get("/signed-out")
        return reply.status_code, "signed out" in reply.text

    assert ask(None) == ask(ann) == ask(httpx.BasicAuth("ann", "wrong")) == (401, True)
    assert ask(httpx.BasicAuth("signed out", "x")) == (200, True)
    assert ask(None, sec_fetch_mode="navigate") == (200, True)
    elsewhere = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert ask(ann, **elsewhere, sec_fetch_dest="document") == (404, False)

"""Connections that nobody can use up."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from sdgui.settings import Settings
from sdgui.web.doors.asgi import BodyLimit
from sdgui.web.doors.connections import (
    Connections,
    CountedProtocol,
    Limits,
    limits_here,
    place_of,
)
from sdgui.web.doors.listen import listen
from sdgui.web.server import make_server
from tests.fake_engine import PATIENCE
from tests.web.conftest import open_site

SILENT = b""
ASKED = b"GET /status HTTP/1.1\r\nhost: localhost\r\n\r\n"
SLOW_HEAD = b"GET /status HTTP/1.1\r\nhost: local"
SLOW_BODY = b"POST /dreams HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{"
NEVER = Limits(head=PATIENCE, body=PATIENCE, taking=PATIENCE)
SOON = Limits(head=0.2, body=0.2)
LARGE = b"x" * 2**25
"""More than the system takes off a server's hands."""


def connect(url: str, said: bytes) -> socket.socket:
    address = urlsplit(url)
    sock = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
    sock.sendall(said)
    return sock


def is_hung_up(sock: socket.socket) -> bool:
    """Waits until the other side ends the connection."""
    try:
        while sock.recv(4096):
            pass
    except ConnectionError:
        pass
    return True


class Small:
    """A server with one page and one stream, which ends when it is told to."""

    def __init__(self, url: str, end: threading.Event) -> None:
        self.url = url
        self.end = end

    @contextmanager
    def stream(self) -> Iterator[Iterator[str]]:
        """A stream that has begun."""
        with httpx.stream("GET", f"{self.url}/stream", trust_env=False, timeout=PATIENCE) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "first"
            yield lines

    def ends_well(self, lines: Iterator[str]) -> bool:
        self.end.set()
        return list(lines) == ["last"]


@contextmanager
def small(limits: Limits) -> Iterator[Small]:
    app = FastAPI()
    app.add_middleware(BodyLimit, limit=10_000)
    app.state.stopping = asyncio.Event()
    end, ended = threading.Event(), threading.Event()

    @app.get("/status")
    def status() -> str:
        return "here"

    @app.get("/large")
    def large() -> Response:
        return Response(LARGE)

    @app.post("/dreams")
    async def dreams(request: Request) -> int:
        return len(await request.body())

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            yield "first\n"
            while not end.is_set():
                await asyncio.sleep(0.01)
            yield "last\n"

        return StreamingResponse(lines())

    @app.get("/endless")
    async def endless() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            try:
                while True:
                    yield b"x" * 2**16
                    await asyncio.sleep(0)  # sees that the client has left
            finally:
                end.set()

        return StreamingResponse(pieces())

    sock = listen(Settings(port=0))
    server = make_server(app, ended.set, limits)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    assert ended.wait(PATIENCE)
    try:
        yield Small(f"http://127.0.0.1:{sock.getsockname()[1]}", end)
    finally:
        end.set()
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_crowd_that_never_asks_shuts_nobody_out(tmp_path: Path) -> None:
    limits = Limits(most=20, head=NEVER.head, body=NEVER.body)
    with open_site(tmp_path, limits=limits) as site, ExitStack() as crowd:
        site.engine.go.clear()
        client = site.visitor()
        site.begin(client)
        stream = crowd.enter_context(client.stream("GET", "/watch"))
        news = stream.iter_lines()
        assert "attached" in next(news)
        for said in (SILENT, SLOW_HEAD, SLOW_BODY):
            for _ in range(2 * limits.most):
                crowd.enter_context(connect(site.url, said))
            assert site.client().get("/status").status_code == 200
        site.engine.go.set()
        assert '"idle"' in [line for line in news if line][-1]


def test_who_takes_too_long_to_ask_is_hung_up_on_and_no_stream_is() -> None:
    with small(SOON) as server, server.stream() as lines:
        for said in (SILENT, SLOW_HEAD, SLOW_BODY):
            with connect(server.url, said) as slow:
                assert is_hung_up(slow)
        assert server.ends_well(lines)


def test_who_asked_before_may_not_take_longer_for_the_next() -> None:
    with small(SOON) as server, connect(server.url, ASKED + SLOW_HEAD) as slow:
        assert is_hung_up(slow)


def test_a_trickle_is_not_asking() -> None:
    with small(SOON) as server, connect(server.url, SLOW_HEAD) as slow:
        ended = threading.Event()

        def trickle() -> None:
            while not ended.wait(0.01):
                try:
                    slow.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        assert is_hung_up(slow)
        ended.set()
        thread.join(PATIENCE)


def test_a_body_that_was_refused_is_not_listened_to_for_ever() -> None:
    head = b"POST /dreams HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999999\r\n\r\n"
    with small(SOON) as server, connect(server.url, head) as slow:
        assert slow.recv(4096).startswith(b"HTTP/1.1 413")
        assert is_hung_up(slow)


def test_an_answer_that_nobody_takes_ends() -> None:
    asked = b"GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n"
    with small(Limits(taking=0.2)) as server, connect(server.url, asked):
        assert server.end.wait(PATIENCE)


def test_an_answer_of_which_nobody_takes_the_rest_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ended, hang_up = threading.Event(), CountedProtocol.hang_up

    def told(self: CountedProtocol) -> None:
        hang_up(self)
        ended.set()

    monkeypatch.setattr(CountedProtocol, "hang_up", told)
    asked = b"GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n"
    limits = Limits(head=0.2, taking=2 * PATIENCE)
    with small(limits) as server, connect(server.url, asked) as idle:
        assert idle.recv(15) == b"HTTP/1.1 200 OK"
        assert ended.wait(PATIENCE)


def test_where_all_are_being_answered_the_next_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    with small(Limits(most=1)) as server, server.stream() as lines:
        reply = httpx.get(f"{server.url}/status", trust_env=False)
        assert reply.status_code == 503
        assert "as many connections as it can hold" in reply.text
        assert server.ends_well(lines)
    assert "a connection was refused" in caplog.text


class Fake:
    """A connection that only remembers that it was ended."""

    def __init__(self, place: str | None = None) -> None:
        self.place = place
        self.is_over = False

    def hang_up(self) -> None:
        self.is_over = True


def test_one_address_gives_way_to_itself_alone() -> None:
    connections = Connections(Limits(most=100, most_of_one=10))
    other, here = Fake("198.51.100.1"), Fake()
    assert connections.admit(other) and connections.admit(here)
    theirs = [Fake("203.0.113.5") for _ in range(500)]
    assert all(connections.admit(one) for one in theirs)
    assert [one.is_over for one in theirs] == [True] * 490 + [False] * 10
    assert not other.is_over and not here.is_over
    assert len(connections) == 12


def test_who_is_being_answered_gives_way_to_nobody() -> None:
    connections = Connections(Limits(most=3, most_of_one=2))
    first, second, third = Fake("203.0.113.5"), Fake("203.0.113.5"), Fake()
    for one in (first, second, third):
        assert connections.admit(one)
        connections.is_answered(one)
    assert not connections.admit(Fake("203.0.113.5"))
    assert not connections.admit(Fake())
    connections.waits(second)
    assert connections.admit(Fake("203.0.113.5"))
    assert [one.is_over for one in (first, second, third)] == [False, True, False]
    for one in (first, second, third):
        connections.leave(one)
        connections.leave(one)
    assert len(connections) == 1


def test_nothing_is_remembered_of_who_has_left() -> None:
    connections = Connections(Limits())
    for i in range(1000):
        one = Fake(f"203.0.113.{i % 250}")
        assert connections.admit(one)
        connections.is_answered(one)
        connections.waits(one)
        connections.leave(one)
        connections.waits(one)  # too late
    assert (len(connections), len(connections._waiting), len(connections._places)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("127.0.0.1", None),
        ("127.9.9.9", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a socket", "a socket"),
    ],
)
def test_addresses_of_one_network_are_one_place(address: str, place: str | None) -> None:
    assert place_of(address) == place


def test_there_are_always_descriptors_for_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    for allowed, most in ((256, 128), (1024, 512), (2**20, 512), (resource.RLIM_INFINITY, 512)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, allowed=allowed: (allowed, allowed))
        limits = limits_here()
        assert limits.most == most
        assert allowed < 0 or limits.most + limits.backlog <= allowed * 0.75

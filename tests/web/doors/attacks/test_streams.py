"""Streams that are opened to keep others out, and who sends slowly to the same end."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from sdgui.web.doors.connections import Connections, Limits
from sdgui.web.doors.gate import Newcomers
from sdgui.web.doors.streams import Room, Stream, StreamLimit, Streams
from tests.fake_engine import PATIENCE
from tests.web.conftest import BROWSER, Site, open_site

CONNECTIONS = 24
LIMITS = Limits(most=CONNECTIONS, head=PATIENCE, body=PATIENCE, taking=PATIENCE)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("streams"), share=True, limits=LIMITS) as site:
        site.app.state.streams.room = Room.within(CONNECTIONS)
        yield site


@pytest.fixture
def site(opened: Site) -> Iterator[Site]:
    """Where everybody has a dream that goes on until the test is over, so that streams stay open."""
    opened.app.state.gate.newcomers = Newcomers()
    opened.engine.go.clear()
    yield opened
    opened.settle()


class Crowd:
    """People whose streams stay open."""

    def __init__(self, site: Site, stack: ExitStack) -> None:
        self.site = site
        self.stack = stack
        self.news: dict[httpx.Response, Iterator[str]] = {}

    def guest(self) -> httpx.Client:
        return self.dreaming(self.site.client(headers=BROWSER))

    def owner(self) -> httpx.Client:
        client = self.site.client(headers=BROWSER, follow_redirects=True)
        client.get(f"/?token={self.site.app.state.gate.keys.token}").raise_for_status()
        return self.dreaming(client)

    def dreaming(self, client: httpx.Client) -> httpx.Client:
        self.stack.callback(client.close)
        client.get("/status").raise_for_status()
        self.site.begin(client)
        return client

    def watch(self, client: httpx.Client) -> httpx.Response:
        """A stream that has begun, or its refusal."""
        reply = self.stack.enter_context(client.stream("GET", "/watch"))
        if reply.status_code == 200:
            self.news[reply] = reply.iter_lines()  # without it the stream would be closed
            assert "attached" in next(self.news[reply])
        else:
            reply.read()
        return reply


@contextmanager
def crowd_of(site: Site) -> Iterator[Crowd]:
    with ExitStack() as stack:
        yield Crowd(site, stack)


def test_nobody_holds_more_streams_than_their_share(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = site.app.state.streams.room.of_guest
    with crowd_of(site) as crowd:
        greedy, other = crowd.guest(), crowd.guest()
        assert [crowd.watch(greedy).status_code for _ in range(share)] == [200] * share
        refused = crowd.watch(greedy)
        assert refused.status_code == 429
        assert refused.text.startswith(f"You watch {share} times here already")
        assert crowd.watch(other).status_code == 200
        monkeypatch.setattr(Streams, "open", lambda self, new: "")
        assert crowd.watch(greedy).status_code == 200


def test_programs_without_cookies_are_one_person(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = site.app.state.streams.room.of_guest
    with crowd_of(site) as crowd:
        programs = [site.client() for _ in range(share + 1)]
        for one in programs:
            crowd.stack.callback(one.close)
        named = {"prompt": "a boat", "steps": 2}
        call = programs[0].post("/gradio_api/call/v2/dream", json=named).json()["event_id"]

        def follow(client: httpx.Client) -> int:
            address = f"/gradio_api/call/dream/{call}"
            return crowd.stack.enter_context(client.stream("GET", address)).status_code

        assert [follow(one) for one in programs] == [200] * share + [429]
        monkeypatch.setattr(Streams, "open", lambda self, new: "")
        assert follow(programs[-1]) == 200


def test_a_crowd_of_streams_shuts_neither_the_owner_nor_another_guest_out(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with crowd_of(site) as crowd:
        owner = crowd.owner()
        assert crowd.watch(owner).status_code == 200
        for guest in [crowd.guest() for _ in range(10)]:
            for _ in range(4):
                crowd.watch(guest)
        streams = site.app.state.streams
        assert len(streams) <= streams.room.streams < CONNECTIONS
        late = crowd.guest()
        assert crowd.watch(late).status_code == 200
        assert late.get("/dreams").status_code == 200
        assert crowd.watch(owner).status_code == 200
        assert owner.get("/share").status_code == 200
    assert "ASGI callable" not in caplog.text
    # Without the limit as many streams as there are connections are all that is served.
    monkeypatch.setattr(StreamLimit, "__call__", lambda self, *asked: self.app(*asked))
    with crowd_of(site) as crowd:
        late, greedy = crowd.guest(), crowd.guest()
        late.close()
        held = [crowd.watch(greedy).status_code for _ in range(CONNECTIONS + 1)]
        assert held[-1] == 503
        assert site.client(headers=BROWSER).get("/status").status_code == 503


def test_who_has_most_gives_up_the_oldest_stream_which_ends_well(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    room = site.app.state.streams.room
    with crowd_of(site) as crowd:
        single = crowd.watch(crowd.guest())
        greedy = [crowd.guest() for _ in range((room.of_guests - 1) // room.of_guest)]
        held = [crowd.watch(guest) for guest in greedy for _ in range(room.of_guest)]
        late = [crowd.watch(crowd.guest()) for _ in range(2)]
        assert [one.status_code for one in (single, *held, *late)] == [200] * (len(held) + 3)
        assert all('"idle"' not in line for line in crowd.news[held[0]])  # ended, and whole
        site.engine.go.set()
        for one in (single, held[1], *late):
            assert '"idle"' in [line for line in crowd.news[one] if line][-1]
    assert "ASGI callable" not in caplog.text


def test_answers_that_one_guest_never_takes_leave_room_for_others(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with crowd_of(site) as crowd:
        greedy, other = crowd.guest(), crowd.guest()
        streams: Streams = site.app.state.streams
        with ExitStack() as held:
            visitor = site.app.state.gate.book.people()[1].visitor
            for _ in range(streams.room.answers):
                assert held.enter_context(streams.answering(visitor))
            assert greedy.get("/status").status_code == 429
            assert other.get("/status").status_code == 200
            assert crowd.owner().get("/status").status_code == 200
            monkeypatch.setattr(streams, "room", Room(answers=100))
            assert greedy.get("/status").status_code == 200
        assert greedy.get("/status").status_code == 200
        assert streams._answers.total() <= 1  # the last one may be under way for a moment yet


def test_slow_senders_give_way(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    address = urlsplit(site.url)
    head = b"POST /dreams HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{"

    def slow() -> socket.socket:
        sock = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
        sock.sendall(head)
        return sock

    with crowd_of(site) as crowd:
        guest = crowd.guest()
        watching = crowd.watch(guest)
        for _ in range(50):
            crowd.stack.enter_context(slow())
        assert site.client(headers=BROWSER).get("/status").status_code == 200
        site.engine.go.set()
        assert '"idle"' in [line for line in crowd.news[watching] if line][-1]
        monkeypatch.setattr(Connections, "_give_way", lambda self, one: False)
        for _ in range(CONNECTIONS):
            crowd.stack.enter_context(slow())
        assert site.client(headers=BROWSER).get("/status").status_code == 503


def test_a_server_that_stops_ends_its_streams_and_takes_it_for_no_fault(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_site(tmp_path) as site:
        site.engine.go.clear()
        client = site.visitor()
        site.begin(client)
        with client.stream("GET", "/watch") as reply:
            lines = reply.iter_lines()
            assert "attached" in next(lines)
            site.app.state.stopping.set()
            assert [line for line in lines if line.startswith("event:")] == []
        client.close()
    assert caplog.text == ""


def test_a_place_has_its_share_and_nothing_is_remembered_of_who_has_left() -> None:
    streams = Streams(Room(of_place=4, of_guest=3))
    here = [Stream(visitor=f"guest {i}", place="203.0.113.5") for i in range(4)]
    assert [streams.open(one) for one in here] == [""] * 4
    assert streams.open(Stream(visitor="a fifth", place="203.0.113.5"))
    assert streams.open(Stream(visitor="elsewhere", place="198.51.100.1")) == ""
    for one in list(streams._open):
        streams.close(one)
        streams.close(one)
    assert (len(streams), len(streams._answers)) == (0, 0)

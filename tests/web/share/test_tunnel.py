"""The public link, or why there is none."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio import networking

from sdgui.settings import Settings
from sdgui.web.doors.gate import Gate
from sdgui.web.share import tunnel
from sdgui.web.share.told import told_of_link
from sdgui.web.share.tunnel import LIFE_HOURS, LinkState, PublicLink, Tunnel, no_link
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site, open_site


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("shared")) as site:
        yield site


class Service:
    """A stand-in for the service that gives links: the address, and whether the way to it is still there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[tuple[str, int]] = []
        self.alive: list[bool] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, host: str, port: int) -> Tunnel:
        number = len(self.asked)
        self.asked.append((host, port))
        assert self.go.wait(PATIENCE)
        self.alive.append(True)

        def end() -> None:
            self.alive[number] = False

        return Tunnel(address=self.address, is_alive=lambda: self.alive[number], end=end)


def opened(link: PublicLink) -> LinkState:
    thread = link.start()
    assert thread is not None
    thread.join(PATIENCE)
    return link.state()


def link_of(site: Site, **others: object) -> PublicLink:
    gate: Gate = site.app.state.gate
    return PublicLink(Settings(port=7860), gate, **others)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "_BETWEEN", 0.0)


def test_without_the_tunnel_it_says_so_in_one_sentence_and_is_tried_again_when_asked(
    monkeypatch: pytest.MonkeyPatch, shared: Site
) -> None:
    def fails(**_: object) -> str:
        raise RuntimeError("Could not get share link from Gradio API Server.")

    monkeypatch.setattr(networking, "setup_tunnel", fails)
    told: list[str] = []
    link = link_of(shared, tell=lambda state: told.append(told_of_link(state)))
    state = opened(link)
    assert (state.state, state.sentence, state.address) == ("failed", no_link("127.0.0.1"), "")
    monkeypatch.setattr(networking, "setup_tunnel", lambda **_: shared.url)
    assert opened(link).state == "on"
    assert told[0] == no_link("127.0.0.1") and shared.url in told[1]


def test_a_link_that_never_came_makes_nobody_a_guest_and_one_that_did_does_until_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(host: str, port: int) -> Tunnel:
        raise RuntimeError("unreachable")

    with open_site(tmp_path, root_path="/sd") as site:
        gate: Gate = site.app.state.gate
        link: PublicLink = site.app.state.link
        monkeypatch.setattr(tunnel, "_tunnel", fails)
        assert opened(link).state == "failed"
        assert not gate.is_open and not gate.is_shared
        assert site.app.state.public_link() is None
        service = Service(site.url)
        monkeypatch.setattr(tunnel, "_tunnel", service)
        assert opened(link).state == "on"
        assert site.app.state.public_link() == f"{site.url}/sd"
        assert f"{site.url}/sd for" in link.state().sentence
        link.end()
        assert site.app.state.public_link() is None
        monkeypatch.setattr(tunnel, "_tunnel", fails)
        assert opened(link).state == "failed"
        assert gate.is_open  # who came meanwhile may still be there


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_without_a_link_a_server_on_loopback_goes_on_for_this_machine(host: str) -> None:
    assert no_link(host).endswith("sdgui goes on for this machine only.")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2"])
def test_without_a_link_a_server_on_the_network_goes_on_there(host: str) -> None:
    assert no_link(host).endswith("who can reach this machine in its network.")


def test_a_link_that_leads_here_is_told_with_its_life_and_a_code(
    monkeypatch: pytest.MonkeyPatch, shared: Site
) -> None:
    service = Service(shared.url)
    monkeypatch.setattr(tunnel, "_tunnel", service)
    now = [1000.0]
    link = link_of(shared, clock=lambda: now[0])
    assert link.state().state == "off"
    state = opened(link)
    assert (state.state, state.address, state.since) == ("on", shared.url, 1000.0)
    assert state.ends == 1000.0 + LIFE_HOURS * 3600
    assert service.asked == [("127.0.0.1", 7860)]
    assert shared.url in told_of_link(state) and "▄" in told_of_link(state)
    assert told_of_link(state, token="abc").endswith(f"owner opens {shared.url}/?token=abc once.")
    assert all(
        "\x1b[97;40m" in line for line in told_of_link(state, coloured=True).splitlines()[1:]
    )
    assert link.start() is None  # it is there
    now[0] += LIFE_HOURS * 3600
    assert link.state().state == "failed" and "ended" in link.state().sentence


def test_a_link_that_leads_elsewhere_is_not_told_and_its_tunnel_ends(
    monkeypatch: pytest.MonkeyPatch, shared: Site, tmp_path: Path
) -> None:
    with open_site(tmp_path) as other:
        service = Service(other.url)
        monkeypatch.setattr(tunnel, "_tunnel", service)
        state = opened(link_of(shared))
    assert state.state == "failed" and "does not lead here" in state.sentence
    assert service.alive == [False]


def test_a_link_can_be_ended_begun_again_and_is_said_to_be_gone_when_its_tunnel_is(
    monkeypatch: pytest.MonkeyPatch, shared: Site
) -> None:
    service = Service(shared.url)
    monkeypatch.setattr(tunnel, "_tunnel", service)
    link = link_of(shared)
    opened(link)
    link.end()
    assert link.state() == LinkState(state="off", sentence="There is no public link.")
    assert service.alive == [False]
    assert opened(link).state == "on"
    service.alive[1] = False  # its process died
    assert link.state().state == "failed"
    assert opened(link).state == "on"


def test_a_link_that_is_ended_while_it_is_opened_never_comes(
    monkeypatch: pytest.MonkeyPatch, shared: Site
) -> None:
    service = Service(shared.url)
    service.go.clear()
    monkeypatch.setattr(tunnel, "_tunnel", service)
    told: list[LinkState] = []
    link = link_of(shared, tell=told.append)
    thread = link.start()
    assert thread is not None and link.state().state == "opening"
    link.end()
    service.go.set()
    thread.join(PATIENCE)
    assert link.state().state == "off" and service.alive == [False] and told == []


def test_what_proves_that_a_link_leads_here_is_told_to_nobody(
    shared: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate: Gate = shared.app.state.gate

    def proof(told: str) -> int:
        return shared.client().get(f"/share/here/{told}").status_code

    assert proof(gate.proof) == 200
    assert proof("") == proof(gate.proof[:-1]) == proof("x" * 32) == 404

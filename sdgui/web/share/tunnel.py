"""The public link: Gradio's tunnel to this server, checked before it is told to anyone."""

import logging
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from sdgui.settings import Settings, is_loopback
from sdgui.web.doors.gate import PROOF, Gate

log = logging.getLogger(__name__)

_NO_LINK = "There is no public link, because the service for it could not be reached."
_NO_ANSWER = "There is no public link, because what was given as one does not lead here."
_GONE = "The public link has ended; whoever opens it finds nothing. Start it again for a new one."
LIFE_HOURS = 72
"""Hours that the service lets a link live."""
_PATIENCE = 20.0
_TRIES = 5
_BETWEEN = 1.0
_ANY = ("0.0.0.0", "::", "localhost")

State = Literal["off", "opening", "on", "failed"]


@dataclass(frozen=True, kw_only=True)
class Tunnel:
    """A way from a public address to this server."""

    address: str
    is_alive: Callable[[], bool] = lambda: True
    end: Callable[[], None] = lambda: None


@dataclass(frozen=True, kw_only=True)
class LinkState:
    """How the link stands, in a sentence, too; `since` and `ends` in seconds since the epoch, while it is on."""

    state: State
    sentence: str = ""
    address: str = ""
    since: float | None = None
    ends: float | None = None


class PublicLink:
    """The link of one server: started, ended and started again, by whoever asks; safe to call from any thread.

    `tell` is told each sentence, for the terminal.
    """

    def __init__(
        self,
        settings: Settings,
        gate: Gate,
        *,
        port: int | None = None,
        tell: Callable[[LinkState], None] = lambda state: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.port = settings.port if port is None else port
        self.tell = tell
        self._host = settings.host
        self._root = settings.root_path
        self._gate = gate
        self._clock = clock
        self._lock = threading.Lock()
        self._tries = 0
        self._tunnel: Tunnel | None = None
        self._state = LinkState(state="off")
        self._ending = threading.Event()
        self._was_there = settings.share

    def start(self) -> threading.Thread | None:
        """Opens the link in the background, unless it is open or about to be; others can come from now on."""
        with self._lock:
            self._look()
            if self._state.state in ("opening", "on"):
                return None
            self._tries += 1
            self._gate.share()
            self._state = LinkState(state="opening", sentence="The public link is being opened.")
            self._ending = threading.Event()
            thread = threading.Thread(
                target=self._open, args=(self._tries, self._ending), name="sdgui-share", daemon=True
            )
        thread.start()
        return thread

    def end(self) -> None:
        """Ends the link, also one that is about to be."""
        with self._lock:
            self._tries += 1
            self._ending.set()
            tunnel, self._tunnel = self._tunnel, None
            self._lead(None)
            self._state = LinkState(state="off", sentence="There is no public link.")
        if tunnel is not None:
            tunnel.end()

    def state(self) -> LinkState:
        """How it stands now."""
        with self._lock:
            self._look()
            return self._state

    def _look(self) -> None:
        """Sees whether it still lives."""
        if self._state.state != "on":
            return
        is_over = self._state.ends is not None and self._clock() >= self._state.ends
        if is_over or self._tunnel is None or not self._tunnel.is_alive():
            self._tunnel = None
            self._lead(None)
            self._state = LinkState(state="failed", sentence=_GONE)

    def _lead(self, address: str | None) -> None:
        self._gate.link_host = "" if address is None else urlsplit(address).netloc

    def _open(self, number: int, ending: threading.Event) -> None:
        tunnel = None
        try:
            tunnel = _tunnel("127.0.0.1" if self._host in _ANY else self._host, self.port)
            check(tunnel.address, self._gate.proof, ending)
        except Exception as error:  # whatever a tunnel of others' making may raise: go on locally
            log.info("no public link: %s", error, exc_info=log.isEnabledFor(logging.DEBUG))
            told = LinkState(
                state="failed",
                sentence=no_link(self._host, _NO_LINK if tunnel is None else _NO_ANSWER),
            )
        else:
            now = self._clock()
            address = f"{tunnel.address.rstrip('/')}{self._root}"
            told = LinkState(
                state="on",
                address=address,
                since=now,
                ends=now + LIFE_HOURS * 3600,
                sentence=f"The public link is {address} for {LIFE_HOURS} hours at most; "
                "whoever opens it is a guest.",
            )
        with self._lock:
            is_wanted = number == self._tries
            self._was_there |= tunnel is not None
            if is_wanted:
                self._state = told
                if not self._was_there:
                    self._gate.share_no_more()
                if tunnel is not None and told.state == "on":
                    self._tunnel = tunnel
                    self._lead(tunnel.address)
        if tunnel is not None and not (is_wanted and told.state == "on"):
            tunnel.end()
        if is_wanted:
            self.tell(told)


def no_link(host: str, why: str = _NO_LINK) -> str:
    """That there is no public link, and who can still reach a server that listens on `host`."""
    if is_loopback(host):
        return f"{why} sdgui goes on for this machine only."
    return f"{why} sdgui goes on for all who can reach this machine in its network."


def check(address: str, proof: str, ending: threading.Event) -> None:
    """ConnectionError, or what urllib raises, unless the address leads to the process that has this proof."""
    for left in reversed(range(_TRIES)):
        try:
            with urllib.request.urlopen(f"{address}{PROOF}{proof}", timeout=_PATIENCE) as reply:
                if reply.read(100) == b"sdgui":
                    return
                raise ConnectionError("something else answers at the link")
        except (OSError, urllib.error.URLError):
            if not left or ending.wait(_BETWEEN):
                raise


def _tunnel(host: str, port: int) -> Tunnel:
    from gradio import networking, tunneling

    address = networking.setup_tunnel(
        local_host=host,
        local_port=port,
        share_token=secrets.token_urlsafe(32),
        share_server_address=None,
        share_server_tls_certificate=None,
    )
    process = next(
        (one.proc for one in tunneling.CURRENT_TUNNELS if one.url == address and one.proc), None
    )
    if process is None:
        return Tunnel(address=address)
    return Tunnel(address=address, is_alive=lambda: process.poll() is None, end=process.terminate)

"""Connections that nobody can use up: how many there may be, and how long each may take for what it has to say.

Uvicorn has patience without end with whoever has not sent a whole request, and answers nobody once the system has no
descriptors left.
"""

import asyncio
import logging
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Any, Protocol

from uvicorn.protocols.http.h11_impl import H11Protocol

from sdgui.settings import is_loopback
from sdgui.web.doors.addresses import network_of

log = logging.getLogger(__name__)

_UNHEARD = 2**26
"""Bytes that are passed over of a body that was refused, as most clients take no answer before they have sent all:
whoever sends more is not read any more."""
_LINGER = 1.0
"""Seconds to take the answer that says so."""
_FULL = "This server has as many connections as it can hold. Try again in a moment."
_REFUSAL = (
    "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n"
    f"content-length: {len(_FULL)}\r\nretry-after: 5\r\nconnection: close\r\n\r\n{_FULL}"
).encode()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many connections there may be, in all and from one address, and the seconds for a request's head, for its
    body, and for taking anything of an answer that is ready."""

    most: int = 512
    most_of_one: int = 100
    head: float = 15.0
    body: float = 30.0
    taking: float = 60.0

    @property
    def backlog(self) -> int:
        """Connections that the system may hold before they are taken: they come all at once."""
        return max(64, min(128, self.most // 4))


def limits_here() -> Limits:
    """The limits that leave descriptors for all else, as many as this process may have."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return Limits()
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if allowed == resource.RLIM_INFINITY:
        return Limits()
    return Limits(most=max(16, min(Limits.most, allowed // 2)))


def place_of(address: str) -> str | None:
    """Whose connections are counted together; None for this machine, where the public link's tunnel ends, too."""
    place = network_of(address)
    return None if is_loopback(place) else place


class Connection(Protocol):
    """What is counted."""

    place: str | None

    def hang_up(self) -> None:
        """Ends it at once."""


class Connections:
    """All connections of a server. Where there are too many, the one gives way that has waited longest for a request;
    those that are being answered never do. All in one event loop."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._all: set[Connection] = set()
        self._waiting: OrderedDict[Connection, None] = OrderedDict()
        self._places: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, new: Connection) -> bool:
        """Counts a new connection; False when there is no room for it."""
        if new.place is not None and self._places[new.place] >= self.limits.most_of_one:
            theirs = (one for one in self._waiting if one.place == new.place)
            if not self._give_way(next(theirs, None)):
                return False
        if len(self._all) >= self.limits.most and not self._give_way(
            next(iter(self._waiting), None)
        ):
            return False
        self._all.add(new)
        if new.place is not None:
            self._places[new.place] += 1
        self.waits(new)
        return True

    def waits(self, one: Connection) -> None:
        """The server waits for a request of it, or for the rest of one, from now on."""
        if one in self._all:
            self._waiting[one] = None
            self._waiting.move_to_end(one)

    def is_answered(self, one: Connection) -> None:
        """It has asked, and is to be answered."""
        self._waiting.pop(one, None)

    def leave(self, one: Connection) -> None:
        """It is no more; more than once is fine."""
        if one not in self._all:
            return
        self._all.remove(one)
        self._waiting.pop(one, None)
        if one.place is not None:
            self._places[one.place] -= 1
            if not self._places[one.place]:
                del self._places[one.place]

    def _give_way(self, one: Connection | None) -> bool:
        if one is None:
            return False
        self.leave(one)
        one.hang_up()
        return True


class CountedProtocol(H11Protocol):
    """Uvicorn's HTTP with these limits: a connection is closed that takes too long to ask, or to take its answer.

    A stream of events may last as long as somebody listens to it.
    """

    def __init__(self, *args: Any, connections: Connections, **others: Any) -> None:
        super().__init__(*args, **others)
        self.place: str | None = None
        self._counted = connections
        self._stage = ""
        self._deadline: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None
        self._left_to_take = 0
        self._linger: asyncio.TimerHandle | None = None
        self._unheard = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        peer = transport.get_extra_info("peername")
        self.place = place_of(str(peer[0])) if peer else None
        if not self._counted.admit(self):
            log.warning("a connection was refused: there are %d", len(self._counted))
            self.transport = transport
            transport.write(_REFUSAL)
            transport.close()
            return
        super().connection_made(transport)
        self._notice()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._notice()
        if self._is_refused():
            self._unheard += len(data)
            if self._unheard > _UNHEARD and self._linger is None:
                self.flow.pause_reading()
                self._linger = self.loop.call_later(_LINGER, self.hang_up)
        else:
            self._unheard = 0

    def on_response_complete(self) -> None:
        self._stage = ""
        super().on_response_complete()
        self._notice()

    def connection_lost(self, exc: Exception | None) -> None:
        self._counted.leave(self)
        _cancel(self._deadline, self._taking, self._linger)
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        _cancel(self._taking)
        self._taking = self.loop.call_later(self._counted.limits.taking, self.hang_up)

    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._taking)

    def hang_up(self) -> None:
        """Ends the connection at once; who is being answered is told that the client has left."""
        self.transport.abort()

    def _is_refused(self) -> bool:
        """Whether it still sends what was answered before it was heard."""
        is_answered = self.cycle is not None and self.cycle.response_complete
        return is_answered and repr(self.conn.their_state) == "SEND_BODY"

    def _notice(self) -> None:
        """Sees how far the request is, and gives the next part its time."""
        if self.cycle is None or self.cycle.response_complete:
            stage, seconds = "head", self._counted.limits.head
        elif self.cycle.more_body:
            stage, seconds = "body", self._counted.limits.body
        else:
            stage, seconds = "answer", None
        if stage == self._stage:
            return
        self._stage = stage
        _cancel(self._deadline)
        if seconds is None:
            self._counted.is_answered(self)
        else:
            self._counted.waits(self)
            self._left_to_take = 0
            self._deadline = self.loop.call_later(seconds, self._too_late, seconds)

    def _too_late(self, seconds: float) -> None:
        """Nothing came in time; who still takes the last answer, however slowly, may go on."""
        left = self.transport.get_write_buffer_size()
        if left and left != self._left_to_take:
            self._left_to_take = left
            self._deadline = self.loop.call_later(seconds, self._too_late, seconds)
        else:
            self.hang_up()


def _cancel(*timers: asyncio.TimerHandle | None) -> None:
    for timer in timers:
        if timer is not None:
            timer.cancel()

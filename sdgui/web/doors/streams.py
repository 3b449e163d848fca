"""Streams of news that nobody can use up: so many for each, and room left for all others.

A stream holds its connection for as long as somebody listens, and gives way to nobody by itself. It ends with what let
its listener in: who is turned out or signs out hears nothing more.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.people import Role, Who
from sdgui.web.doors.addresses import network_of
from sdgui.web.doors.asgi import answer, is_event_stream, until
from sdgui.web.doors.connections import place_of

_RETRY = (b"retry-after", b"10")
_FULL = "As many people watch here as there is room for. Try again in a moment."
_BUSY = "As much is being asked here as there is room for. Try again in a moment."
_OVER = "You are not let in here any more, or have signed out."
TELLS_ITSELF = "tells_itself"
"""In a request's state: its stream tells who is turned out so, and ends by itself."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many streams there may be: of all, of all guests, of one address, of one guest and of one owner's browser;
    and how many answers at once of one guest, and of all guests."""

    streams: int = 448
    of_guests: int = 384
    of_place: int = 64
    of_guest: int = 16
    of_owner: int = 128
    answers: int = 64
    answers_of_guests: int = 448

    @classmethod
    def within(cls, connections: int) -> "Room":
        """The shares of so many connections: an eighth is for what is answered at once, and the owner has another."""
        eighth = max(2, connections // 8)
        return cls(
            streams=7 * eighth,
            of_guests=6 * eighth,
            of_place=eighth,
            of_guest=max(2, eighth // 4),
            of_owner=2 * eighth,
            answers=max(8, eighth),
            answers_of_guests=7 * eighth,
        )


@dataclass(eq=False, kw_only=True)
class Stream:
    """One that is open, or is to be; it ends with `over`. `place` as `place_of` tells it; `session` is what the owner's
    cookie said with which it was asked for, `browser` the visitor that its browser is to itself."""

    visitor: str
    place: str | None = None
    is_guest: bool = True
    session: str | None = None
    browser: str | None = None
    tells_itself: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Streams:
    """All streams of a server, oldest first, and how many answers of guests are under way. All in one event loop, but
    for what ends them."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._open: dict[Stream, None] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answers: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def open(self, new: Stream) -> str:
        """Counts a new stream; a sentence where there is no room for it.

        Nobody has more than their share. Where all have no room left, whoever has most gives up their oldest for
        somebody who has less.
        """
        most = self.room.of_guest if new.is_guest else self.room.of_owner
        if sum(one.visitor == new.visitor for one in self._open) >= most:
            return f"You watch {most} times here already, and nobody may more often. Close a page that you do not need."
        room = self.room
        if new.place is not None:
            near = [one for one in self._open if one.place == new.place]
            if not self._has_room(new, near, room.of_place):
                return _FULL
        guests = [one for one in self._open if one.is_guest]
        if new.is_guest and not self._has_room(new, guests, room.of_guests):
            return _FULL
        # The owner need not have less.
        among = list(self._open) if new.is_guest else guests or list(self._open)
        if len(self._open) >= room.streams and not self._gives_way(new, among):
            return _FULL
        with suppress(RuntimeError):  # outside of a server
            self._loop = asyncio.get_running_loop()
        self._open[new] = None
        return ""

    def end_of_visitor(self, visitor: str) -> None:
        """Somebody is not let in any more; from any thread."""
        self._end(lambda one: one.visitor == visitor and not one.tells_itself)

    def end_of_session(self, session: str | None, browser: str | None) -> None:
        """A browser has signed out: what it listens to ends, and what others do with a copy of its cookie; from any
        thread."""
        self._end(
            lambda one: (
                (session is not None and one.session == session)
                or (browser is not None and one.browser == browser)
            )
        )

    def _end(self, is_meant: Callable[[Stream], bool]) -> None:
        def end() -> None:
            for one in filter(is_meant, self._open):
                one.over.set()

        if self._loop is not None:  # else none was ever open
            with suppress(RuntimeError):  # the loop is closed: none is any more
                self._loop.call_soon_threadsafe(end)

    def close(self, one: Stream) -> None:
        """It is no more, if it ever was."""
        self._open.pop(one, None)

    @contextmanager
    def answering(self, visitor: str) -> Iterator[bool]:
        """Whether there is room for another answer to a guest, which is then under way."""
        room, answers = self.room, self._answers
        has_room = answers[visitor] < room.answers and answers.total() < room.answers_of_guests
        answers[visitor] += has_room
        try:
            yield has_room
        finally:
            answers[visitor] -= has_room
            if not answers[visitor]:
                del answers[visitor]

    def _has_room(self, new: Stream, there: list[Stream], most: int) -> bool:
        return len(there) < most or self._gives_way(new, there)

    def _gives_way(self, new: Stream, among: list[Stream]) -> bool:
        """Ends the oldest stream of whoever has most of these; False where that is not more than the new one's."""
        counts = Counter(one.visitor for one in among)
        [(greediest, count)] = counts.most_common(1)
        if new.is_guest and count <= counts[new.visitor] + 1:
            return False
        oldest = next(one for one in among if one.visitor == greediest)
        self.close(oldest)
        oldest.over.set()
        return True


class StreamLimit:
    """Middleware inside of the doors that know who asks: refuses streams of which somebody has too many. Strangers are
    who `known` says that they are, by what nobody makes up, else all that come from one place. `is_over` says whether
    who asked was turned out, or signed out, since they were let in."""

    def __init__(
        self,
        app: ASGIApp,
        streams: Streams,
        known: Callable[[Scope], str | None] = lambda scope: None,
        is_over: Callable[[Scope], bool] = lambda scope: False,
    ) -> None:
        self.app = app
        self.streams = streams
        self.is_over = is_over
        self.known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and counts its answer if that is a stream of events."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.get("state", {})
        who: Who | None = state.get("who")
        client = scope.get("client")
        address = client[0] if client else None
        if who is None:
            name = self.known(scope)
            visitor = f"stranger {network_of(address)}" if name is None else f"chooser {name}"
        else:
            visitor = who.visitor
        new = Stream(
            visitor=visitor,
            place=None if address is None else place_of(address),
            is_guest=who is None or who.role is Role.GUEST,
            session=state.get("owners_cookie"),
            browser=None if who is None else state.get("browser", who.visitor),
        )
        if not new.is_guest:
            await self._answer(new, scope, receive, send)
            return
        with self.streams.answering(new.visitor) as has_room:
            if has_room:
                await self._answer(new, scope, receive, send)
            else:
                await answer(scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS, _BUSY, _RETRY)

    async def _answer(self, new: Stream, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        refusal, status = "", HTTPStatus.TOO_MANY_REQUESTS

        async def send_counted(message: Message) -> None:
            nonlocal refusal, status
            if refusal:
                return
            if message["type"] == "http.response.start" and is_event_stream(message):
                new.tells_itself = scope.get("state", {}).get(TELLS_ITSELF, False)
                refusal = self.streams.open(new)
                if self.is_over(
                    scope
                ):  # only now: who is turned out from here on finds it among the open ones
                    refusal, status = _OVER, HTTPStatus.FORBIDDEN
            if not refusal:
                await send(message)
                return
            self.streams.close(new)
            new.over.set()
            await answer(scope, receive, send, status, refusal, _RETRY)

        try:
            await until(new.over, self.app, scope, receive, send_counted)
        finally:
            self.streams.close(new)

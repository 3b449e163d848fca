"""The little that our middleware shares: header look-up, a plain answer, and the end of long streams."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from starlette._utils import get_route_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.web.doors.refusal_page import policy_of_refusal, refusal_page

Header = tuple[bytes, bytes]
Refusal = tuple[HTTPStatus, str] | tuple[HTTPStatus, str, Header]


def header(scope: Scope, name: bytes) -> str | None:
    """The first request header of that name (lower case), or None."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return None


def path_of(scope: Scope) -> str:
    """The path that is asked for, behind the root path."""
    return get_route_path(scope)


async def answer(
    scope: Scope, receive: Receive, send: Send, status: HTTPStatus, text: str, *extra: Header
) -> None:
    """Sends one sentence instead of what was asked for: as plain text, or on a page where somebody opens an address."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    is_opened = scope["method"] == "GET" and header(scope, b"sec-fetch-dest") == "document"
    is_read = is_opened and status >= HTTPStatus.BAD_REQUEST
    wait = next((int(value) for name, value in extra if name == b"retry-after"), 0)
    body = (refusal_page(text, wait) if is_read else text).encode()
    headers: Sequence[Header] = (
        (b"content-type", f"text/{'html' if is_read else 'plain'}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *((policy_of_refusal(text, wait),) if is_read else ()),
        *extra,
    )
    await send({"type": "http.response.start", "status": int(status), "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


async def pass_on(
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
    refused: Callable[[Message], Refusal | None],
) -> None:
    """Has an app answer what is sent, part by part, as long as no part of it is `refused`: then that is the answer
    instead, where none has begun, and the app is told that the client has left."""
    has_started = is_refused = False

    async def receive_unless_refused() -> Message:
        nonlocal is_refused
        if is_refused:
            return {"type": "http.disconnect"}
        message = await receive()
        refusal = refused(message) if message["type"] == "http.request" else None
        if refusal is None:
            return message
        if not has_started:
            is_refused = True
            await answer(scope, receive, send, *refusal)
        return {"type": "http.disconnect"}

    async def send_unless_refused(message: Message) -> None:
        nonlocal has_started
        if not is_refused:
            has_started = True
            await send(message)

    try:
        await app(scope, receive_unless_refused, send_unless_refused)
    except Exception:
        if not is_refused:  # else it misses only what it was refused
            raise


class Hangup:
    """Tells every open request that its client has left, once the server is to stop: no stream may hold it up."""

    def __init__(self, app: ASGIApp, stopping: asyncio.Event) -> None:
        self.app = app
        self.stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; only GET requests are cut short, what changes something is let through to its end."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
        else:
            await until(self.stopping, self.app, scope, receive, send)


async def until(
    over: asyncio.Event, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Has an app answer a GET request, and tells it that the client has left once it is `over`.

    A stream of events that ends so is ended for its client, too: uvicorn takes what is left in the middle for a fault.
    """
    is_open = has_left = False

    async def receive_or_end() -> Message:
        nonlocal has_left
        if over.is_set():
            return {"type": "http.disconnect"}
        message = asyncio.ensure_future(receive())
        ended = asyncio.ensure_future(over.wait())
        try:
            await asyncio.wait((message, ended), return_when=asyncio.FIRST_COMPLETED)
            if not message.done():
                return {"type": "http.disconnect"}
            has_left = message.result()["type"] == "http.disconnect"
            return message.result()
        finally:
            message.cancel()
            ended.cancel()

    async def send_noting(message: Message) -> None:
        nonlocal is_open
        if message["type"] == "http.response.start":
            is_open = is_event_stream(message)
        elif not message.get("more_body", False):
            is_open = False
        await send(message)

    await app(scope, receive_or_end, send_noting)
    if is_open and over.is_set() and not has_left:
        await send({"type": "http.response.body", "body": b""})


def is_event_stream(start: Message) -> bool:
    """Whether an answer that begins so goes on for as long as somebody listens."""
    told = (value for name, value in start.get("headers", ()) if name.lower() == b"content-type")
    return any(value.startswith(b"text/event-stream") for value in told)


Largest = Callable[[Scope], int]
"""The bytes of a file that whoever asks may send."""
_FILES_OF_ONE = 2
_FILES = 8


class BodyLimit:
    """Middleware: refuses bodies larger than anything that this page or its programs send; some paths take files, which
    are `larger`, but few at once."""

    def __init__(
        self, app: ASGIApp, limit: int, larger: Mapping[str, Largest] | None = None
    ) -> None:
        self.app = app
        self.limit = limit
        self.larger = {} if larger is None else larger
        self._files: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses by the announced length, or as soon as a body has grown beyond the limit unannounced."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        largest = self.larger.get(path_of(scope))
        if largest is None:
            await self._within(self.limit, _TOO_MUCH, scope, receive, send)
            return
        limit = largest(scope)
        text = f"That file is larger than the {limit / 1e6:,.0f} MB that you may send here. Choose a smaller one."
        visitor = str(scope.get("state", {}).get("visitor", ""))
        if self._files[visitor] >= _FILES_OF_ONE or self._files.total() >= _FILES:
            busy = "Other files are still being read. Try again in a moment."
            retry = (b"retry-after", b"5")
            await answer(scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS, busy, retry)
            return
        self._files[visitor] += 1
        try:
            await self._within(limit, text, scope, receive, send)
        finally:
            self._files[visitor] -= 1
            if not self._files[visitor]:
                del self._files[visitor]

    async def _within(
        self, limit: int, text: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        announced = header(scope, b"content-length")
        if announced is not None and (not announced.isdigit() or int(announced) > limit):
            await answer(scope, receive, send, *_too_large(text))
            return
        taken = 0

        def grown(message: Message) -> Refusal | None:
            nonlocal taken
            taken += len(message.get("body", b""))
            return _too_large(text) if taken > limit else None

        await pass_on(self.app, scope, receive, send, grown)


_TOO_MUCH = "That is more than this server takes in one request."


def _too_large(text: str) -> Refusal:
    return (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)

"""The little that our middleware shares: header look-up, a plain answer, and the end of long streams."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]


def header(scope: Scope, name: bytes) -> str | None:
    """The first request header of that name (lower case), or None."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return None


async def answer(
    scope: Scope, receive: Receive, send: Send, status: HTTPStatus, text: str, *extra: Header
) -> None:
    """Sends one sentence as plain text instead of what was asked for."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    body = text.encode()
    headers: Sequence[Header] = (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *extra,
    )
    await send({"type": "http.response.start", "status": int(status), "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


class Hangup:
    """Tells every open request that its client has left, once the server is to stop: no stream may hold it up."""

    def __init__(self, app: ASGIApp, stopping: asyncio.Event) -> None:
        self.app = app
        self.stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; only GET requests are cut short, what changes something is let through to its end."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return

        async def receive_or_stop() -> Message:
            if self.stopping.is_set():
                return {"type": "http.disconnect"}
            message = asyncio.ensure_future(receive())
            stopped = asyncio.ensure_future(self.stopping.wait())
            try:
                await asyncio.wait((message, stopped), return_when=asyncio.FIRST_COMPLETED)
                return message.result() if message.done() else {"type": "http.disconnect"}
            finally:
                message.cancel()
                stopped.cancel()

        await self.app(scope, receive_or_stop, send)


class BodyLimit:
    """Middleware: refuses bodies larger than anything that this page or its programs send; some paths take `larger`."""

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.limit = limit
        self.larger = {} if larger is None else larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses by the announced length, or as soon as a body has grown beyond the limit unannounced."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.larger.get(scope["path"], self.limit)
        announced = header(scope, b"content-length")
        if announced is not None and (not announced.isdigit() or int(announced) > limit):
            await _refuse_body(scope, receive, send)
            return
        taken = 0
        has_started = is_refused = False

        async def receive_within_limit() -> Message:
            nonlocal taken, is_refused
            if is_refused:
                return {"type": "http.disconnect"}
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > limit:
                    if not has_started:
                        is_refused = True
                        await _refuse_body(scope, receive, send)
                    return {"type": "http.disconnect"}
            return message

        async def send_unless_refused(message: Message) -> None:
            nonlocal has_started
            if not is_refused:
                has_started = True
                await send(message)

        try:
            await self.app(scope, receive_within_limit, send_unless_refused)
        except Exception:
            if not is_refused:  # else it misses only what it was refused
                raise


async def _refuse_body(scope: Scope, receive: Receive, send: Send) -> None:
    text = "That is more than this server takes in one request."
    await answer(scope, receive, send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)

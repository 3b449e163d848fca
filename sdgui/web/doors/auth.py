"""Who may ask: name and password, requests from this page only, and headers that keep a browser careful."""

import base64
import binascii
import hmac
import time
from collections import OrderedDict
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.settings import is_loopback
from sdgui.web.doors.asgi import answer, header

_Value = TypeVar("_Value")

_FAILURES = 10
_WINDOW = 60.0  # seconds in which that many failures are borne
_REMEMBERED = 10_000

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (
        b"content-security-policy",
        b"frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'",
    ),
)


class CarefulHeaders:
    """Middleware: adds to every answer what keeps a browser from guessing types, framing and leaking addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and completes the headers of its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class OwnHost:
    """Middleware for a server on loopback: refuses other host names, which only a rebound DNS name would bring."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets localhost, 127.0.0.0/8 and [::1] through, on any port."""
        if scope["type"] in ("http", "websocket"):
            try:
                name = urlsplit(f"//{header(scope, b'host') or ''}").hostname
            except ValueError:
                name = None
            if name is None or not is_loopback(name):
                text = "This server answers only to its own machine, as localhost."
                await answer(scope, receive, send, HTTPStatus.FORBIDDEN, text)
                return
        await self.app(scope, receive, send)


class SameOrigin:
    """Middleware: what changes something must come from this page or from a program, not from another site."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses cross-site requests other than plain reading."""
        changes = scope["type"] == "websocket" or (
            scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS")
        )
        if changes and not _from_here(scope):
            text = "This was sent by another site, and only sdgui's own page may do that."
            await answer(scope, receive, send, HTTPStatus.FORBIDDEN, text)
            return
        await self.app(scope, receive, send)


def _from_here(scope: Scope) -> bool:
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = header(scope, b"origin")
    return origin is None or origin.partition("://")[2] == header(scope, b"host")


class BasicAuth:
    """Middleware: asks for name and password on every route; a client that fails too often waits a minute.

    A visitor who was let in before (by cookie) is not held up by others' failures: behind the public link all
    clients have one address.
    """

    def __init__(self, app: ASGIApp, user: str, password: str) -> None:
        self.app = app
        self.expected = f"{user}:{password}".encode()
        self.failures: OrderedDict[str, list[float]] = OrderedDict()
        self.known: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request with the right name and password through."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else "unknown"
        visitor = scope["state"]["visitor"]
        given = _credentials(header(scope, b"authorization"))
        if given is not None and visitor not in self.known and self._blocked(client):
            text = "Too many wrong passwords. Try again in a minute."
            retry = (b"retry-after", str(int(_WINDOW)).encode())
            await answer(scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS, text, retry)
            return
        if given is not None and hmac.compare_digest(given, self.expected):
            _remember(self.known, visitor, None)
            await self.app(scope, receive, send)
            return
        if given is not None:
            _remember(self.failures, client, [*self._recent(client), time.monotonic()])
        ask = (b"www-authenticate", b'Basic realm="sdgui", charset="UTF-8"')
        text = "This sdgui asks for a name and a password."
        await answer(scope, receive, send, HTTPStatus.UNAUTHORIZED, text, ask)

    def _recent(self, client: str) -> list[float]:
        since = time.monotonic() - _WINDOW
        return [moment for moment in self.failures.get(client, ()) if moment > since]

    def _blocked(self, client: str) -> bool:
        return len(self._recent(client)) >= _FAILURES


def _remember(memory: OrderedDict[str, _Value], key: str, value: _Value) -> None:
    """Keeps the newest few thousand entries, so that nobody can fill the memory."""
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)


def _credentials(authorization: str | None) -> bytes | None:
    """What `Authorization: Basic …` holds, as `name:password` bytes; None when it is something else."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""

"""Who is asking: one HttpOnly cookie per browser, and the visitor's id that is made from it.

A browser gets its cookie with the page, and so does gradio_client with what it reads first. Whoever asks without one
is known by their address: else a program without a memory for cookies would be somebody else with each call, and find
nothing of what it asked for.
"""

import hashlib
import re
import secrets

import gradio as gr
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.people import Who
from sdgui.web.doors.addresses import visitor_at
from sdgui.web.doors.asgi import header

COOKIE = "sdgui_visitor"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
_MAX_AGE = 400 * 24 * 3600  # the longest that browsers keep a cookie
_BEGINNINGS = ("/", "/config")
"""What browsers and gradio_client ask first."""


def visitor_id(token: str) -> str:
    """The id under which a visitor's dreams are stored: a hash, so that what is stored opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def visitor_of(request: Request | gr.Request) -> str:
    """The visitor's id of a request to our own routes or to a Gradio handler."""
    inner = request.request if isinstance(request, gr.Request) else request
    visitor: str = inner.state.visitor
    return visitor


def who_of(request: Request | gr.Request) -> Who:
    """Who asks: today everybody who comes in is the owner."""
    return Who(visitor=visitor_of(request))


class Visitors:
    """Middleware: knows the visitor of every request, and gives a new browser a cookie with the first answer.

    `name` is the one with which everybody comes in, where one is asked.
    """

    def __init__(self, app: ASGIApp, secret: bytes, name: str | None = None) -> None:
        self.app = app
        self.secret = secret
        self.name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Puts the visitor's id into the request's state, and whether it is that of a cookie."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        token = _token(header(scope, b"cookie"))
        is_new = token is None and _begins(scope)
        if is_new:
            token = secrets.token_urlsafe(32)
        state = scope.setdefault("state", {})
        state["has_cookie"] = token is not None
        state["visitor"] = self._at(scope) if token is None else visitor_id(token)

        async def send_with_cookie(message: Message) -> None:
            if is_new and message["type"] == "http.response.start":
                cookie = f"{COOKIE}={token}; Path=/; Max-Age={_MAX_AGE}; HttpOnly; SameSite=Lax"
                if header(scope, b"x-forwarded-proto") == "https":
                    cookie += "; Secure"
                # An answer that sets a cookie is one person's: no cache may hand it to another.
                headers = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"private, no-cache"))
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _at(self, scope: Scope) -> str:
        client = scope.get("client")
        return visitor_at(client[0] if client else None, self.name, self.secret)


def _begins(scope: Scope) -> bool:
    """Whether a browser asks this, which keeps a cookie (only browsers say from where they ask), or a first visit."""
    is_browser = header(scope, b"sec-fetch-site") is not None
    is_first = scope.get("method") in ("GET", "HEAD") and scope["path"] in _BEGINNINGS
    return is_browser or is_first


def _token(cookies: str | None) -> str | None:
    """The visitor's token among the request's cookies, if it is one that we could have made.

    Not by SimpleCookie, which gives up at what it does not understand: all programs on localhost share their cookies,
    whatever the port, and some write JSON.
    """
    for cookie in (cookies or "").split(";"):
        name, _, value = cookie.partition("=")
        if name.strip() == COOKIE and _TOKEN.fullmatch(value.strip()):
            return value.strip()
    return None

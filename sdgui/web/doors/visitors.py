"""Who is asking: one HttpOnly cookie per browser, and the visitor's id that is made from it.

A browser gets its cookie with the page, and so does gradio_client with what it reads first. Whoever asks without one
is known by their address: else a program without a memory for cookies would be somebody else with each call, and find
nothing of what it asked for.
"""

import hashlib
from collections.abc import Callable, Sequence
from http import HTTPStatus

import gradio as gr
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.errors import OutOfOrder
from sdgui.people import Who
from sdgui.web.doors.addresses import visitor_at
from sdgui.web.doors.asgi import Header, answer, header
from sdgui.web.doors.cookies import Cookies
from sdgui.web.doors.strangers import ForStrangers, nothing_for_strangers

_BEGINNINGS = ("/", "/config")
"""What browsers and gradio_client ask first."""

Knows = Callable[[str], bool]
"""Whether the store knows anything of the visitor with this id."""


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
    """Middleware: knows the visitor of every request, gives a new browser a cookie with the first answer, and renews
    it as long as it is used.

    A cookie that was not signed here is taken, and signed, only where `knows` says that the store has something of
    its visitor: pictures of the former version, or of before the secret was lost, keep their owner. `name` is the one
    with which everybody comes in, where one is asked. Who asks for what `is_for_strangers` is nobody.
    """

    def __init__(
        self,
        app: ASGIApp,
        secret: bytes,
        knows: Knows,
        name: str | None = None,
        is_for_strangers: ForStrangers = nothing_for_strangers,
    ) -> None:
        self.app = app
        self.is_for_strangers = is_for_strangers
        self.secret = secret
        self.knows = knows
        self.name = name
        self.cookies = Cookies(secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Puts the visitor's id into the request's state."""
        if scope["type"] not in ("http", "websocket") or self.is_for_strangers(scope):
            await self.app(scope, receive, send)
            return
        try:
            token, is_due = await self._token(scope)
        except OutOfOrder as fault:  # whoever it is must not be made somebody else meanwhile
            await answer(scope, receive, send, HTTPStatus.SERVICE_UNAVAILABLE, str(fault))
            return
        state = scope.setdefault("state", {})
        state["visitor"] = self._at(scope) if token is None else visitor_id(token)

        async def send_with_cookie(message: Message) -> None:
            if token is not None and message["type"] == "http.response.start":
                secure = header(scope, b"x-forwarded-proto") == "https"
                cookie = (b"set-cookie", self.cookies.made_for(token, secure=secure).encode())
                message = {**message, "headers": [*_private(message.get("headers", ())), cookie]}
            await send(message)

        await self.app(scope, receive, send_with_cookie if is_due else send)

    async def _token(self, scope: Scope) -> tuple[str | None, bool]:
        """The visitor's token, None for one without, and whether their browser is to be given it."""
        sent = header(scope, b"cookie")
        if (signed := self.cookies.read(sent)) is not None:
            return signed
        for token in self.cookies.others(sent):
            if await run_in_threadpool(self.knows, visitor_id(token)):
                return token, True
        return (self.cookies.new_token(), True) if _begins(scope) else (None, False)

    def _at(self, scope: Scope) -> str:
        client = scope.get("client")
        return visitor_at(client[0] if client else None, self.name, self.secret)


def _begins(scope: Scope) -> bool:
    """Whether a browser asks this, which keeps a cookie (only browsers say from where they ask), or a first visit."""
    is_browser = header(scope, b"sec-fetch-site") is not None
    is_first = scope.get("method") in ("GET", "HEAD") and scope["path"] in _BEGINNINGS
    return is_browser or is_first


def _private(headers: Sequence[Header]) -> list[Header]:
    """The headers of an answer that sets a cookie, which is one person's: no cache may hand it to another."""
    kept = [(name, value) for name, value in headers if name.lower() != b"cache-control"]
    told = [value for name, value in headers if name.lower() == b"cache-control"]
    if any(b"private" in value or b"no-store" in value for value in told):
        return list(headers)
    return [*kept, (b"cache-control", b"private, no-cache")]

"""Who is asking: one HttpOnly cookie per browser, and the visitor's id that is made from it.

A browser gets its cookie with the page, and so does gradio_client with what it reads first. Whoever asks without one
is known by their address: else a program without a memory for cookies would be somebody else with each call, and find
nothing of what it asked for.
"""

import hashlib
import hmac
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus

import gradio as gr
from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.errors import OutOfOrder, come_again
from sdgui.people import Role, Who
from sdgui.web.doors.addresses import visitor_at
from sdgui.web.doors.asgi import Header, Refusal, answer, header, pass_on, path_of
from sdgui.web.doors.cookies import Cookies
from sdgui.web.doors.gate import Gate
from sdgui.web.doors.keys import OWNER
from sdgui.web.doors.strangers import ForStrangers, nothing_for_strangers

_BEGINNINGS = ("/", "/config")
"""What browsers and gradio_client ask first."""

_WITHOUT_BODY = ("GET", "HEAD")

BY_INVITATION = (
    "Guests come in here by an invitation. Ask whoever runs this program for a link of your own."
)
NO_INVITATION = "This invitation was withdrawn, or is over. Ask whoever sent it for another."
ONLY_THE_OWNER = "Only the owner of this place may do that."


Knows = Callable[[str], bool]
"""Whether the store knows anything of the visitor with this id."""


def visitor_id(token: str) -> str:
    """The id under which a visitor's dreams are stored: a hash, so that what is stored opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def visitor_named(name: str, secret: bytes) -> str:
    """The visitor's id of whoever signed in by this name, on whatever device."""
    return hmac.new(secret, f"person {name}".encode(), hashlib.sha256).hexdigest()


def visitor_of(request: Request | gr.Request) -> str:
    """The visitor's id of a request to our own routes or to a Gradio handler."""
    inner = request.request if isinstance(request, gr.Request) else request
    visitor: str = inner.state.visitor
    return visitor


def who_of(request: Request | gr.Request) -> Who:
    """Who asks, as the doors found."""
    inner = request.request if isinstance(request, gr.Request) else request
    who: Who = inner.state.who
    return who


def check_owner(request: Request, sentence: str = ONLY_THE_OWNER) -> Who:
    """The owner; 403 with a sentence for anybody else."""
    who = who_of(request)
    if who.role is not Role.OWNER:
        raise HTTPException(HTTPStatus.FORBIDDEN, sentence)
    return who


class Visitors:
    """Middleware: knows the visitor of every request, gives a new browser a cookie with the first answer, and renews
    it as long as it is used.

    Who signed in by name is the same visitor on each device, and so is the owner who came by their link. A cookie that
    was not signed here is taken, and signed, only where `knows` says that the store has something of its visitor:
    pictures of the former version, or of before the secret was lost, keep their owner. Where the `gate` is open,
    those guests are turned away who were sent away, and new ones who are too many. Who asks for what
    `is_for_strangers` is nobody.
    """

    def __init__(
        self,
        app: ASGIApp,
        secret: bytes,
        knows: Knows,
        gate: Gate | None = None,
        is_for_strangers: ForStrangers = nothing_for_strangers,
        claim: Callable[[str], None] = lambda visitor: None,
    ) -> None:
        """`claim` is called once, with the visitor that the owner is whose browser comes back first."""
        self.app = app
        self.claim = claim
        self._is_claimed = False
        self.is_for_strangers = is_for_strangers
        self.secret = secret
        self.knows = knows
        self.gate = gate
        self.cookies = Cookies(secret, path="/" if gate is None else gate.path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Puts the visitor's id into the request's state."""
        if scope["type"] not in ("http", "websocket") or self.is_for_strangers(scope):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        name = state.get("name", "")
        role = state.get("role")
        if role is None:
            role = Role.GUEST if self.gate is not None and self.gate.is_open else Role.OWNER
        token, is_due, is_new = None, False, False
        try:
            if name:
                state["browser"] = self._browser(scope)
            else:
                token, is_due, is_new = await self._token(scope)
        except OutOfOrder as fault:  # whoever it is must not be made somebody else meanwhile
            await answer(scope, receive, send, HTTPStatus.SERVICE_UNAVAILABLE, str(fault))
            return
        if name:
            visitor = visitor_named(name, self.secret)
        elif state.get("is_owner_in_person"):
            visitor = visitor_named(OWNER, self.secret)
            state["browser"] = self._browser(scope)
        elif token is not None:
            visitor = visitor_id(token)
        else:
            visitor = self._at(scope, role)
        if not name and self._has_joined(visitor, role):
            state["browser"], visitor = visitor, visitor_named(OWNER, self.secret)
        who = Who(visitor=visitor, role=role, name=name)
        state["visitor"], state["who"] = visitor, who
        refusal = self._refusal(scope, who, is_new=is_new)
        if refusal is not None:
            status, text, *extra = refusal
            await answer(scope, receive, send, status, text, *extra)
            return
        if self.gate is not None and not self.gate.is_open and token is not None and not is_new:
            self.gate.note_owner(visitor_id(token))

        if not self._is_claimed and role is Role.OWNER and not is_new and _keeps_cookies(scope):
            with suppress(OutOfOrder):  # the next time
                await run_in_threadpool(self.claim, visitor)
                self._is_claimed = True

        async def send_with_cookie(message: Message) -> None:
            if token is not None and message["type"] == "http.response.start":
                made = self.cookies.made_for(token, secure=self._is_secure(scope)).encode()
                headers = [*_private(message.get("headers", ())), (b"set-cookie", made)]
                message = {**message, "headers": headers}
            await send(message)

        sending = send_with_cookie if is_due else send
        if (
            role is Role.GUEST
            and self.gate is not None
            and scope.get("method") not in _WITHOUT_BODY
        ):
            # a body may take half a minute to come, and nothing of it counts whose sender was turned out meanwhile
            await pass_on(self.app, scope, receive, sending, lambda _: self._turned_out(scope))
        else:
            await self.app(scope, receive, sending)

    def _turned_out(self, scope: Scope) -> Refusal | None:
        """What a guest is told who was let in with this request's head, and is not any more."""
        assert self.gate is not None
        state, book = scope["state"], self.gate.book
        left = book.refused(state["visitor"])
        if left is not None:
            return (HTTPStatus.FORBIDDEN, sent_away(left))
        if book.is_uninvited(state["visitor"]):
            text = NO_INVITATION if state.get("invitation") else BY_INVITATION
            return (HTTPStatus.FORBIDDEN, text)
        return None

    def _has_joined(self, visitor: str, role: Role) -> bool:
        """Whether whoever came as the owner is the owner in person, as they asked to be; nobody becomes it so."""
        return role is Role.OWNER and self.gate is not None and self.gate.book.has_joined(visitor)

    def _browser(self, scope: Scope) -> str | None:
        """The visitor that a browser was before its person signed in by name, as far as its cookie tells."""
        sent = header(scope, b"cookie")
        if (signed := self.cookies.read(sent)) is not None:
            return visitor_id(signed[0])
        return next(map(visitor_id, self.cookies.others(sent)), None)

    async def _token(self, scope: Scope) -> tuple[str | None, bool, bool]:
        """The visitor's token, None for one without, whether their browser is to be given it, and whether it is new."""
        sent = header(scope, b"cookie")
        if (signed := self.cookies.read(sent)) is not None:
            return *signed, False
        for token in self.cookies.others(sent):
            if await run_in_threadpool(self.knows, visitor_id(token)):
                return token, True, False
        if _begins(scope):
            return self.cookies.new_token(), True, True
        return None, False, False

    def _refusal(self, scope: Scope, who: Who, *, is_new: bool) -> Refusal | None:
        """What a guest is told who is not let in; who is let in is written down."""
        gate = self.gate
        if gate is None:
            return None
        if not gate.is_open:
            gate.book.own(who.visitor)
            return None
        if who.role is Role.GUEST:
            left = gate.book.refused(who.visitor)
            if left is not None:
                return (HTTPStatus.FORBIDDEN, sent_away(left))
            client = scope.get("client")
            place = (client[0] if client else None, scope["state"].get("invitation", ""))
            if is_new and not gate.newcomers.admit(*place):
                wait = max(1, gate.newcomers.wait(*place))
                text = f"Too many people come in at once. {come_again(wait)}"
                return (HTTPStatus.TOO_MANY_REQUESTS, text, (b"retry-after", str(wait).encode()))
        gate.book.saw(who, scope["state"].get("invitation", ""))
        return None

    def _is_secure(self, scope: Scope) -> bool:
        if self.gate is not None:
            return self.gate.is_secure(scope)
        return bool(scope.get("scheme") == "https")

    def _at(self, scope: Scope, role: Role) -> str:
        """Whoever has no cookie: guests are not who the owner's programs are, though they have one address."""
        client = scope.get("client")
        name = "guest" if role is Role.GUEST else None
        return visitor_at(client[0] if client else None, name, self.secret)


def sent_away(left: float) -> str:
    """What somebody is told who is not let in for so many seconds, or without end."""
    if math.isinf(left):
        return "Whoever runs this program does not let you in any more."
    minutes = math.ceil(left / 60)
    return (
        "Whoever runs this program has sent you away. "
        f"Come again in {'a minute' if minutes == 1 else f'{minutes} minutes'}."
    )


def _keeps_cookies(scope: Scope) -> bool:
    """Whether a browser asks, and no program that may be somebody else the next time."""
    return (header(scope, b"user-agent") or "").startswith("Mozilla/")


def _begins(scope: Scope) -> bool:
    """Whether a browser asks this, which keeps a cookie (only browsers say from where they ask), or a first visit."""
    is_browser = header(scope, b"sec-fetch-site") is not None
    is_first = scope.get("method") in ("GET", "HEAD") and path_of(scope) in _BEGINNINGS
    return is_browser or is_first


def _private(headers: Sequence[Header]) -> list[Header]:
    """The headers of an answer that sets a cookie, which is one person's: no cache may hand it to another."""
    kept = [(name, value) for name, value in headers if name.lower() != b"cache-control"]
    told = [value for name, value in headers if name.lower() == b"cache-control"]
    if any(b"private" in value or b"no-store" in value for value in told):
        return list(headers)
    return [*kept, (b"cache-control", b"private, no-cache")]

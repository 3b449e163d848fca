"""The first door: who comes with the owner's link, with an invitation, or with nothing.

A link's token is exchanged for a cookie at once and leaves the address. Behind the public link every client has this
machine's address, so an address proves nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.people import Role
from sdgui.web.doors.asgi import answer, header, path_of
from sdgui.web.doors.auth import Patience
from sdgui.web.doors.cookies import Cookies
from sdgui.web.doors.gate import Gate
from sdgui.web.doors.keys import OWNER, is_former, kind_of
from sdgui.web.doors.strangers import ForStrangers, nothing_for_strangers
from sdgui.web.doors.visitors import BY_INVITATION, NO_INVITATION, visitor_id

TOKEN = "token"
INVITATION = "i"
_LINK = "link"
"""By what failures to guess the address of a link are counted."""

_NOT_THE_OWNERS = "This is not the owner’s link, or no longer. The terminal of this program has it."


class Roles:
    """Middleware: puts the role of whoever it can tell it of into the request's state, and exchanges the tokens of
    links for cookies. Wrong ones are answered the slower the more often they were tried; `wait` is given seconds. What
    `is_for_strangers` is shown to all."""

    def __init__(
        self,
        app: ASGIApp,
        gate: Gate,
        secret: bytes,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        is_for_strangers: ForStrangers = nothing_for_strangers,
    ) -> None:
        self.app = app
        self.is_for_strangers = is_for_strangers
        self.gate = gate
        self.cookies = Cookies(secret, path=gate.path)
        self.patience = Patience(wait)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on that somebody may make who is known, or where everybody may come."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if self.is_for_strangers(scope):
            await self._show(scope, receive, send)
            return
        gate = self.gate
        if gate.is_proof(path_of(scope)):
            await answer(scope, receive, send, HTTPStatus.OK, "sdgui")
            return
        if scope.get("method") == "GET" and path_of(scope) == "/":
            asked = parse_qsl(scope.get("query_string", b"").decode("latin-1"), True)
            if any(name in (TOKEN, INVITATION) for name, _ in asked):
                await self._exchange(asked, scope, receive, send)
                return
        sent = header(scope, b"cookie")
        owners = gate.keys.owners(sent)
        state = scope.setdefault("state", {})
        # By the link it is the owner in person, who finds their own on each device.
        state["is_owner_in_person"] = kind_of(owners) == OWNER
        state["owners_cookie"] = owners
        secure = gate.is_secure(scope)
        gives = b""
        if owners is not None and is_former(owners) and scope.get("method") == "GET":
            # of its own: signing out elsewhere ends it no more
            gives = gate.keys.owners_cookie(owners, secure=secure, former=True)
        if not gate.is_open:
            await self._pass(scope, receive, send, role=Role.OWNER, gives=gives)
            return
        scheme, _, bearer = (header(scope, b"authorization") or "").partition(" ")
        if owners is not None:
            await self._pass(scope, receive, send, role=Role.OWNER, gives=gives)
        elif scheme.lower() == "bearer":
            if gate.keys.is_owners(bearer):
                await self._pass(scope, receive, send, role=Role.OWNER)
            else:
                unknown = HTTPStatus.UNAUTHORIZED
                await self._refuse(TOKEN, _NOT_THE_OWNERS, scope, receive, send, unknown)
        elif (signed := self.cookies.read(sent)) and gate.was_owner(
            visitor := visitor_id(signed[0])
        ):
            gives = gate.keys.browsers_cookie(visitor, secure=secure)
            await self._pass(scope, receive, send, role=Role.OWNER, gives=gives)
        elif (invitation := gate.keys.invited.read(sent)) is not None:
            if gate.book.is_invited(invitation):
                await self._pass(scope, receive, send, role=Role.GUEST, invitation=invitation)
            elif (
                gate.asks_names
            ):  # who has a name and a password needs none, whoever gave it to them
                await self._pass(scope, receive, send, role=None)
            else:
                await answer(scope, receive, send, HTTPStatus.FORBIDDEN, NO_INVITATION)
        elif gate.book.terms.invited_only and not gate.asks_names:
            await answer(scope, receive, send, HTTPStatus.FORBIDDEN, BY_INVITATION)
        else:
            await self._pass(scope, receive, send, role=None)

    async def _pass(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        role: Role | None,
        invitation: str = "",
        gives: bytes = b"",
    ) -> None:
        """Passes a request on; an owner is given the cookie that tells so later by the header's value `gives`, where
        there is one."""
        state = scope.setdefault("state", {})
        state["role"], state["invitation"] = role, invitation

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"set-cookie", gives)]
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_with_cookie if gives else send)

    async def _exchange(
        self, asked: list[tuple[str, str]], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Gives a browser the cookie for a link's token, and the address without it."""
        keys, said = self.gate.keys, dict(asked)
        secure = self.gate.is_secure(scope)
        if TOKEN in said:
            if not keys.is_owners(said[TOKEN]):
                await self._refuse(TOKEN, _NOT_THE_OWNERS, scope, receive, send)
                return
            cookie = keys.owners_cookie(OWNER, secure=secure)
        else:
            invitation = keys.invitation_of(said[INVITATION])
            if invitation is None:
                await self._refuse(INVITATION, NO_INVITATION, scope, receive, send)
                return
            if not self.gate.book.is_invited(invitation):
                await answer(scope, receive, send, HTTPStatus.GONE, NO_INVITATION)
                return
            cookie = keys.invited.made_for(invitation, secure=secure)
        rest = urlencode([(k, v) for k, v in asked if k not in (TOKEN, INVITATION)])
        place = (b"location", f"./{'?' if rest else ''}{rest}".encode())
        text = "Go on without the token."
        await answer(
            scope, receive, send, HTTPStatus.SEE_OTHER, text, place, (b"set-cookie", cookie)
        )

    async def _show(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Shows what strangers may see; who asks for what never was waits like all who guess."""
        is_turned_away = False

        async def send_patiently(message: Message) -> None:
            nonlocal is_turned_away
            if is_turned_away:
                return
            is_start = message["type"] == "http.response.start"
            if is_start and message["status"] == HTTPStatus.NOT_FOUND:
                is_turned_away = not await self.patience.has_waited(_LINK.encode())
            if is_turned_away:
                await self.patience.turn_away(scope, receive, send)
            else:
                await send(message)

        await self.app(scope, receive, send_patiently)

    async def _refuse(
        self,
        name: str,
        text: str,
        scope: Scope,
        receive: Receive,
        send: Send,
        status: HTTPStatus = HTTPStatus.FORBIDDEN,
    ) -> None:
        """Whoever tries tokens waits, by what they try and not by their address; who has the right one never does."""
        if await self.patience.has_waited(name.encode()):
            await answer(scope, receive, send, status, text)
        else:
            await self.patience.turn_away(scope, receive, send)

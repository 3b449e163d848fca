"""Who may ask: name and password, and requests from this page only."""

import asyncio
import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from sdgui.people import Role
from sdgui.settings import is_loopback
from sdgui.web.doors.asgi import answer, header
from sdgui.web.doors.keys import OWNER
from sdgui.web.doors.signed_out import is_signing_out, signed_out
from sdgui.web.doors.strangers import ForStrangers, nothing_for_strangers

_BORNE = 10
"""Failures of one name within `_WINDOW` seconds that are answered at once."""
_WINDOW = 60.0
_EACH = 0.5
"""Seconds that each further one adds to the wait for the answer, up to `_LONGEST`."""
_LONGEST = 10.0
_PLACES = 4096
_MOST_WAITING = 100


class OwnHost:
    """Middleware for a server on loopback: refuses other host names, which only a rebound DNS name would bring. Once
    there is a public link (`is_shared`) its name comes, too, and a rebound one brings guests only."""

    def __init__(self, app: ASGIApp, is_shared: Callable[[], bool] = lambda: False) -> None:
        self.app = app
        self.is_shared = is_shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets localhost, 127.0.0.0/8 and [::1] through, on any port."""
        is_forwarded = scope.get("state", {}).get("is_forwarded", False)
        if scope["type"] in ("http", "websocket") and not (self.is_shared() or is_forwarded):
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
    """Middleware: what is asked must come from this page or from a program, not from another site.

    Another site may only lead here: its visitor opens an address, and sees the answer alone. What `is_for_strangers`
    may be shown anywhere.
    """

    def __init__(
        self, app: ASGIApp, is_for_strangers: ForStrangers = nothing_for_strangers
    ) -> None:
        self.app = app
        self.is_for_strangers = is_for_strangers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses what another site's page does here, its reading, its frames and its event streams too."""
        is_asked = scope["type"] in ("http", "websocket")
        if is_asked and not (_from_here(scope) or _opens(scope) or self.is_for_strangers(scope)):
            text = "This was sent by another site, and only sdgui's own page may do that."
            await answer(scope, receive, send, HTTPStatus.FORBIDDEN, text)
            return
        await self.app(scope, receive, send)


def _opens(scope: Scope) -> bool:
    """Whether a browser opens an address in a page of its own (https://www.w3.org/TR/fetch-metadata/)."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and header(scope, b"sec-fetch-mode") == "navigate"
        and header(scope, b"sec-fetch-dest") == "document"
    )


def _from_here(scope: Scope) -> bool:
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = header(scope, b"origin")
    return origin is None or origin.partition("://")[2] == header(scope, b"host")


class Patience:
    """Answers what is wrong the slower the more often it was tried, whatever the address: behind the public link all
    clients have one. The right is never kept waiting, so that nobody can be locked out."""

    def __init__(self, wait: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.wait = wait
        self.failures = Failures()
        self.waiting = 0
        self._key = secrets.token_bytes(32)

    def digest(self, told: bytes) -> bytes:
        """What is compared instead of what was told: of equal length, so that comparing tells nothing of it."""
        return hmac.digest(self._key, told, "sha256")

    async def has_waited(self, name: bytes) -> bool:
        """Counts a failure of this name, and waits; False where no more can wait: each that does holds a connection."""
        delay = self.failures.add(self.digest(name), time.monotonic())
        if not delay:
            return True
        if self.waiting >= _MOST_WAITING:
            return False
        self.waiting += 1
        try:
            await self.wait(delay)
        finally:
            self.waiting -= 1
        return True

    async def turn_away(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers somebody who could not even wait."""
        text = "Too much is being guessed here. Whoever has the right password or link is let in at any time."
        retry = (b"retry-after", str(int(_LONGEST)).encode())
        await answer(scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS, text, retry)


class BasicAuth:
    """Middleware: asks for name and password on every route, and answers the slower the more often they were wrong.

    The right password is let in at once, whoever failed before and from wherever. Wrong ones are counted by the name
    that was tried, in a table of fixed size. Who comes with the owner's link or an invitation is not asked, and what
    `is_for_strangers` is shown to all. `people` are the passwords by name; `wait` is given the seconds that a wrong one
    has to wait for its answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        people: Mapping[str, str],
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        is_for_strangers: ForStrangers = nothing_for_strangers,
    ) -> None:
        self.app = app
        self.is_for_strangers = is_for_strangers
        self.patience = Patience(wait)
        self._people = {
            self.patience.digest(f"{name}:{password}".encode()): name
            for name, password in people.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request with a right name and password through, and says in its state whose they are."""
        if scope["type"] not in ("http", "websocket") or self.is_for_strangers(scope):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        given = _credentials(header(scope, b"authorization"))
        name = None if given is None else self._name_of(given)
        ask = (b"www-authenticate", b'Basic realm="sdgui", charset="UTF-8"')
        if is_signing_out(scope):
            await answer(scope, receive, send, *signed_out(scope, given, name), ask)
            return
        if name is not None:
            state["name"] = name
            if name == OWNER:
                state["role"] = Role.OWNER
        if name is not None or state.get("role") is not None:
            await self.app(scope, receive, send)
            return
        if given is not None and not await self.patience.has_waited(given.partition(b":")[0]):
            await self.patience.turn_away(scope, receive, send)
            return
        text = "This sdgui asks for a name and a password."
        await answer(scope, receive, send, HTTPStatus.UNAUTHORIZED, text, ask)

    def _name_of(self, given: bytes) -> str | None:
        """Whose name and password these are; all are compared, so that the time tells nothing."""
        told, found = self.patience.digest(given), None
        for right, name in self._people.items():
            if hmac.compare_digest(told, right):
                found = name
        return found


class Failures:
    """How often names were tried in vain, in a table whose size nobody can change; ten a minute are forgiven."""

    def __init__(self) -> None:
        self._levels = [0.0] * _PLACES
        self._moments = [0.0] * _PLACES

    def add(self, digest: bytes, now: float) -> float:
        """Another failure of a name with this digest; the seconds that its answer is to wait. `now` in seconds."""
        place = int.from_bytes(digest[:4], "big") % _PLACES
        forgiven = (now - self._moments[place]) * _BORNE / _WINDOW
        self._levels[place] = max(0.0, self._levels[place] - forgiven) + 1
        self._moments[place] = now
        return min(_LONGEST, max(0.0, self._levels[place] - _BORNE) * _EACH)


def _credentials(authorization: str | None) -> bytes | None:
    """What `Authorization: Basic …` holds, as `name:password` bytes; None when it is something else."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""

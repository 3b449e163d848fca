"""The visitor's cookie: signed, so that nobody makes up visitors, with the time of its making, so that it can be
renewed.

Its name is that of the output folder's secret: all programs on localhost share their cookies, whatever the port, and
two sdguis must not take each other's for a forgery and replace it.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable

from itsdangerous import BadSignature, TimestampSigner

from sdgui.web.doors.signed_cookie import HOSTS, pairs, set_cookie, values_of

COOKIE = "sdgui_visitor"
"""How the name of every cookie of a visitor begins; the former version's was this alone, and its value the token."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
_FRESH = 24 * 3600
"""Seconds for which a cookie is not made anew."""
_MOST_OTHERS = 8


class Cookies:
    """Makes and reads the cookies of one output folder; `clock` gives seconds since the epoch."""

    def __init__(
        self, secret: bytes, clock: Callable[[], float] = time.time, path: str = "/"
    ) -> None:
        self.path = path
        self.name = f"{COOKIE}_{hmac.new(secret, b'name', hashlib.sha256).hexdigest()[:8]}"
        self._signer = _Signer(secret, clock)
        self._clock = clock

    def new_token(self) -> str:
        """What a new visitor is known by: 256 random bits."""
        return secrets.token_urlsafe(32)

    def made_for(self, token: str, *, secure: bool) -> str:
        """The header's value that gives a visitor their cookie, for 400 days from now."""
        signed = self._signer.sign(token).decode()
        return set_cookie(self.name, signed, path=self.path, secure=secure)

    def read(self, cookies: str | None) -> tuple[str, bool] | None:
        """The token among a request's cookies that was signed here, and whether it is time to renew it; None for
        none."""
        for value in values_of(cookies, self.name):
            try:
                signed, made = self._signer.unsign(value, return_timestamp=True)
            except BadSignature:
                continue
            age = abs(self._clock() - made.timestamp())
            return signed.decode(), age > _FRESH
        return None

    def others(self, cookies: str | None) -> list[str]:
        """The tokens of cookies that were not signed here: the former version's, those of another sdgui on this
        machine, and our own where the secret was lost. Each is a visitor only if the store knows it as one. What has
        the name that this secret gives, and not its signature, is a forgery."""
        found = (
            token_of(value)
            for name, value in ((one.removeprefix(HOSTS), said) for one, said in pairs(cookies))
            if name == COOKIE or (name.startswith(f"{COOKIE}_") and name != self.name)
        )
        return [token for token in dict.fromkeys(found) if _TOKEN.fullmatch(token)][:_MOST_OTHERS]


def token_of(value: str) -> str:
    """The token in a cookie, signed or not."""
    return value.partition(".")[0]


class _Signer(TimestampSigner):
    def __init__(self, secret: bytes, clock: Callable[[], float]) -> None:
        super().__init__(secret, salt="sdgui visitor", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())

"""A cookie that says one thing, signed, so that nobody makes it up; named after the output folder's secret.

Where the site is encrypted and at the root its name begins with `__Host-`: no other site of the same domain can plant
one (https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis, 4.1.3.2). One that was given before is taken
as well, and only where there is none of the other name.
"""

import hashlib
import hmac
from collections.abc import Iterator
from itertools import chain

from itsdangerous import BadSignature, Signer

_MAX_AGE = 400 * 24 * 3600  # the longest that browsers keep a cookie


class SignedCookie:
    """The cookies of one kind, sent with what is asked below `path`; what one of them says is letters, digits and
    hyphens."""

    def __init__(self, kind: str, secret: bytes, path: str = "/") -> None:
        named = hmac.new(secret, b"name", hashlib.sha256).hexdigest()[:8]
        self.path = path
        self.name = f"sdgui_{kind}_{named}"
        self._signer = Signer(secret, salt=f"sdgui {kind}", digest_method=hashlib.sha256)

    def made_for(self, said: str, *, secure: bool, path: str | None = None) -> bytes:
        """The header's value that gives a browser this cookie, for all that lies below a path, or its own."""
        signed = self._signer.sign(said).decode()
        below = self.path if path is None else path
        return set_cookie(self.name, signed, path=below, secure=secure).encode()

    def ended(self) -> list[bytes]:
        """The headers' values that make a browser forget this cookie."""
        plain = set_cookie(self.name, "", path=self.path, secure=False, seconds=0)
        hosts = set_cookie(self.name, "", path=self.path, secure=True, seconds=0)
        return [plain.encode(), hosts.encode()]

    def read(self, cookies: str | None) -> str | None:
        """What the cookie among a request's says; None where there is none that was signed here."""
        for value in values_of(cookies, self.name):
            try:
                return self._signer.unsign(value).decode()
            except BadSignature:
                continue
        return None


HOSTS = "__Host-"


def set_cookie(name: str, value: str, *, path: str, secure: bool, seconds: int = _MAX_AGE) -> str:
    """A header's value that gives a browser a cookie for so many seconds, sent with what is asked below `path`."""
    prefix = HOSTS if secure and path == "/" else ""
    cookie = f"{prefix}{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax"
    return f"{cookie}; Secure" if secure else cookie


def values_of(cookies: str | None, name: str) -> Iterator[str]:
    """The values of a request's cookies of this name, those first that nobody else can have planted."""
    told = list(pairs(cookies))
    hosts = (value for known, value in told if known == f"{HOSTS}{name}")
    return chain(hosts, (value for known, value in told if known == name))


def pairs(cookies: str | None) -> Iterator[tuple[str, str]]:
    """Names and values of a request's cookies.

    Not by SimpleCookie, which gives up at what it does not understand, and some programs write JSON.
    """
    for cookie in (cookies or "").split(";"):
        name, _, value = cookie.partition("=")
        yield name.strip(), value.strip()

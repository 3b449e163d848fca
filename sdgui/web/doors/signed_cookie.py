"""A cookie that says one thing, signed, so that nobody makes it up; named after the output folder's secret."""

import hashlib
import hmac
from collections.abc import Iterator

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
        told = f"Path={self.path if path is None else path}; Max-Age={_MAX_AGE}"
        cookie = f"{self.name}={signed}; {told}; HttpOnly; SameSite=Lax"
        return (f"{cookie}; Secure" if secure else cookie).encode()

    def read(self, cookies: str | None) -> str | None:
        """What the cookie among a request's says; None where there is none that was signed here."""
        for name, value in pairs(cookies):
            if name == self.name:
                try:
                    return self._signer.unsign(value).decode()
                except BadSignature:
                    continue
        return None


def pairs(cookies: str | None) -> Iterator[tuple[str, str]]:
    """Names and values of a request's cookies.

    Not by SimpleCookie, which gives up at what it does not understand, and some programs write JSON.
    """
    for cookie in (cookies or "").split(";"):
        name, _, value = cookie.partition("=")
        yield name.strip(), value.strip()

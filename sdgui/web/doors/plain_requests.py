"""What can be read in two ways is not read at all: a proxy in front of us may have read it in the other."""

from collections import Counter
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from sdgui.web.doors.addresses import HOST
from sdgui.web.doors.asgi import answer, header

_SAID_ONCE = (
    *(b"host", b"origin", b"authorization", b"content-length", b"transfer-encoding"),
    *(b"sec-fetch-site", b"sec-fetch-mode", b"sec-fetch-dest"),
)
"""Of these the doors read the first; who sends another means somebody who reads the last."""
_CLOSE = (b"connection", b"close")
_TWICE = "This request can be read in two ways."
_NO_PATH = "This request asks for nothing that begins with a slash."
_ODD_HOST = "This request names a host that no browser can ask for."


class PlainRequests:
    """Middleware before all doors: refuses what names something twice that is said once, has two ends of its body
    (RFC 9112, 6.3: how a second request is hidden in the first), asks for no path of this server, or a host that no
    browser can ask. A host with an empty port is the same as without one (RFC 3986, 6.2.3)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what has one meaning; after anything else the connection is closed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fault = _fault_of(scope)
        if fault:
            await answer(scope, receive, send, HTTPStatus.BAD_REQUEST, fault, _CLOSE)
            return
        await self.app(_with_plain_host(scope), receive, send)


def _fault_of(scope: Scope) -> str:
    """Why a request is not read; "" where it is."""
    told = Counter(name for name, _ in scope["headers"])
    has_two_ends = told[b"content-length"] and told[b"transfer-encoding"]
    if has_two_ends or any(told[name] > 1 for name in _SAID_ONCE):
        return _TWICE
    host = header(scope, b"host")
    if host is not None and HOST.fullmatch(host) is None:
        return _ODD_HOST
    return "" if scope["path"].startswith("/") else _NO_PATH


def _with_plain_host(scope: Scope) -> Scope:
    """The request with its host without an empty port: it is compared with others, which have none."""
    headers = [
        (name, value.removesuffix(b":") if name == b"host" else value)
        for name, value in scope["headers"]
    ]
    return {**scope, "headers": headers}

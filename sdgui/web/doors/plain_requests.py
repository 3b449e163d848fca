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
_AMBIGUOUS = "This request can be read in two ways."


class PlainRequests:
    """Middleware before all doors: refuses what names something twice that is said once, has two ends of its body
    (RFC 9112, 6.3: how a second request is hidden in the first), asks for no path of this server, or a host that no
    browser can ask."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what has one meaning; after anything else the connection is closed."""
        if scope["type"] == "http" and not _has_one_meaning(scope):
            await answer(scope, receive, send, HTTPStatus.BAD_REQUEST, _AMBIGUOUS, _CLOSE)
            return
        await self.app(scope, receive, send)


def _has_one_meaning(scope: Scope) -> bool:
    told = Counter(name for name, _ in scope["headers"])
    host = header(scope, b"host")
    return (
        scope["path"].startswith("/")
        and all(told[name] <= 1 for name in _SAID_ONCE)
        and (host is None or HOST.fullmatch(host) is not None)
        and not (told[b"content-length"] and told[b"transfer-encoding"])
    )

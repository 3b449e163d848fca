"""What every answer tells a browser to be careful with: types, frames, other sites, addresses and caches."""

import re
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.settings import is_loopback
from sdgui.web.doors.addresses import name_in
from sdgui.web.doors.asgi import Header, header, path_of
from sdgui.web.doors.strangers import ForStrangers, nothing_for_strangers

_NEVER_USED = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media"),
    *("geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment"),
    *("publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
_FIXED: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", ", ".join(f"{one}=()" for one in _NEVER_USED).encode()),
)
_OPENER = (b"cross-origin-opener-policy", b"same-origin")
_REFERRER = (b"referrer-policy", b"same-origin")
_OF_ITSELF = b"cross-origin-resource-policy"
_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    b"frame-ancestors 'none'; sandbox",
)
"""Of whatever is no page: nothing in it runs or is fetched. Browsers show a picture alone with a style of their own."""

PRIVATE = b"private, no-store"
_PUBLIC = re.compile(r"/(?:sdgui|assets|static)/.+|/theme\.css|/favicon\.ico|/manifest\.json")
"""The program's own files, which are the same for everybody."""
_PAGE = "/"


class CarefulHeaders:
    """Middleware: adds to every answer what keeps a browser from guessing types, running what is no script, framing,
    embedding elsewhere, leaking addresses, and keeping what is private.

    An answer that has such a header keeps its own. What an answer of ours lets one browser keep (`private`) is kept by
    none while `is_open`: others come then, and a browser may be shared. What `is_for_strangers` may be embedded
    elsewhere.

    Our own: kept middleware for this writes fixed headers, and these differ by what is answered, and to whom.
    """

    def __init__(
        self,
        app: ASGIApp,
        is_open: Callable[[], bool] = lambda: False,
        is_for_strangers: ForStrangers = nothing_for_strangers,
    ) -> None:
        self.app = app
        self.is_open = is_open
        self.is_for_strangers = is_for_strangers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and completes the headers of its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._completed(scope, message)}
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    def _completed(self, scope: Scope, message: Message) -> list[Header]:
        headers = [(bytes(name).lower(), value) for name, value in message.get("headers", ())]
        shown = self.is_for_strangers(scope)
        theirs = b"cross-origin" if shown else b"same-origin"
        completed = [*_FIXED, _REFERRER, _POLICY, (_OF_ITSELF, theirs)]
        if _is_trusted(scope):
            completed.append(_OPENER)
        path = path_of(scope)
        if self.is_open() and not shown:
            headers = [
                (name, PRIVATE if name == b"cache-control" and b"immutable" in value else value)
                for name, value in headers
            ]
        if path == _PAGE:
            completed.append((b"cache-control", b"private, no-cache"))
        elif not (_PUBLIC.fullmatch(path) and message["status"] < 400):
            completed.append((b"cache-control", PRIVATE))
        told = {name for name, _ in headers}
        return [*headers, *(one for one in completed if one[0] not in told)]


def _is_trusted(scope: Scope) -> bool:
    """Whether the browser trusts where the answer comes from: it heeds who opened a page there alone, and complains in
    its console elsewhere. What it says of fetches it says to nobody else (https://w3c.github.io/webappsec-fetch-metadata/),
    also where a proxy that is not known takes what is encrypted."""
    if scope.get("scheme") == "https" or header(scope, b"sec-fetch-dest") is not None:
        return True
    host = name_in(header(scope, b"host") or "")
    return is_loopback(host) or host.endswith(".localhost")

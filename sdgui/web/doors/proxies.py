"""What proxies tell of who asks: believed of those that the owner named, and of nobody else; and the root path.

A header proves nothing by itself: whoever can connect can send it.
"""

import ipaddress
import re
from collections.abc import Sequence
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from sdgui.web.doors.addresses import HOST, network_of
from sdgui.web.doors.asgi import answer, header
from sdgui.web.doors.gate import Gate

_TOLD = re.compile(rb"x-forwarded-.*|forwarded|x-real-ip|via")
_OLD = ("0.9", "1.0")
"""What no browser has spoken for decades, and nginx speaks where it was told nothing else."""
_UNNAMED = (
    "This came through a proxy that sdgui was not told of. Start it with --trusted-proxy and the proxy’s address: "
    "then whoever comes through it is a guest, and you are the owner by the link in the terminal."
)


class Proxies:
    """Middleware before all doors: what a named proxy tells becomes what all others see of a request (the client, the
    scheme, the host), and is taken off the headers of every request. `trusted` are addresses and networks."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str], gate: Gate) -> None:
        self.app = app
        self.gate = gate
        self._networks = [ipaddress.ip_network(one) for one in trusted]
        self._believe = ProxyHeadersMiddleware(self._pass, list(trusted))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; where only this machine's people may come, not one that came through a proxy."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        is_forwarded = any(_TOLD.fullmatch(name) for name, _ in scope["headers"])
        is_forwarded = is_forwarded or _is_older_than_its_browser(scope)
        is_by_link = bool(self.gate.link_host) and header(scope, b"host") == self.gate.link_host
        if is_by_link:  # the tunnel's own end takes what is encrypted
            scope = {**scope, "scheme": "https"}
        elif self._is_trusted(scope):
            if is_forwarded:
                scope = _with_host(scope)
                scope.setdefault("state", {})["is_forwarded"] = True
            await self._believe(scope, receive, send)  # type: ignore[arg-type]
            return
        elif is_forwarded and not self.gate.is_open:
            await answer(scope, receive, send, HTTPStatus.FORBIDDEN, _UNNAMED)
            return
        await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if not _TOLD.fullmatch(name)]
        await self.app({**scope, "headers": headers}, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        client = scope.get("client")
        try:
            address = ipaddress.ip_address(
                network_of(client[0] if client else None).partition("/")[0]
            )
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _is_older_than_its_browser(scope: Scope) -> bool:
    """Whether a browser's request came in a form in which browsers send none: something between them wrote it anew."""
    is_browser = header(scope, b"sec-fetch-mode") is not None or (
        header(scope, b"user-agent") or ""
    ).startswith("Mozilla/")
    return is_browser and scope.get("http_version") in _OLD


def _with_host(scope: Scope) -> Scope:
    """The request with the host that the browser asked, as the nearest proxy tells."""
    told = [value for name, value in scope["headers"] if name == b"x-forwarded-host"]
    host = told[-1].decode("latin-1").rpartition(",")[2].strip() if told else ""
    if not HOST.fullmatch(host):
        return {**scope}
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "headers": [(b"host", host.removesuffix(":").encode()), *others]}


class RootPath:
    """Middleware before all doors: every path begins with the root path, whether a proxy took it off or left it."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self.app = app
        self.root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Puts the root path where ASGI has it (https://asgi.readthedocs.io/en/latest/specs/www.html)."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        root, path = self.root, scope["path"]
        if path == root:
            query = scope.get("query_string", b"")
            place = f"{root}/".encode() + (b"?" + query if query else b"")
            permanent = HTTPStatus.PERMANENT_REDIRECT
            await answer(
                scope, receive, send, permanent, f"It is at {root}/.", (b"location", place)
            )
            return
        if not path.startswith(f"{root}/"):
            raw = root.encode() + scope.get("raw_path", path.encode())
            scope = {**scope, "path": f"{root}{path}", "raw_path": raw}
        await self.app({**scope, "root_path": root}, receive, send)

"""Requests as bytes: what no client that minds the rules would send."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse
from urllib.parse import urlsplit

import httpx

from tests.fake_engine import PATIENCE
from tests.web.conftest import Site


@dataclass(frozen=True, kw_only=True)
class Heard:
    """An answer; of a stream nothing but its head."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Wire:
    """A connection on which anything may be said."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def say(self, told: str | bytes) -> None:
        self.sock.sendall(told if isinstance(told, bytes) else told.encode("latin-1"))

    def hear(self, method: str = "GET") -> Heard:
        reply = HTTPResponse(self.sock, method=method)
        reply.begin()
        kind = reply.headers.get("content-type", "")
        body = b"" if kind.startswith("text/event-stream") else reply.read()
        return Heard(status=reply.status, headers=reply.headers, body=body)

    def is_over(self) -> bool:
        """Whether the server has said all that it will, and hung up."""
        return self.sock.recv(1) == b""


@contextmanager
def wire_to(site: Site) -> Iterator[Wire]:
    address = urlsplit(site.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as sock:
        yield Wire(sock)


def ask_raw(site: Site, told: str | bytes, method: str = "GET") -> Heard:
    """What is answered to one request, on a connection of its own."""
    with wire_to(site) as wire:
        wire.say(told)
        return wire.hear(method)


def cookies_of(client: httpx.Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def request(
    target: str = "/me",
    *,
    method: str = "GET",
    version: str = "1.1",
    host: str | None = "localhost",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    """A request that is well formed as far as these parts are."""
    lines = [f"{method} {target} HTTP/{version}"]
    lines += [] if host is None else [f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join((*lines, "connection: close", "", "")).encode("latin-1") + body

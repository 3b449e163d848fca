"""One of many people who use a running app at once: asks for pictures and follows them as the page does.

Plain HTTP over asyncio's own connections, one for each request: what the clients of a bench cost is taken from the same
processor that makes the pictures.
"""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sdgui.bench.viewers import PACE

HOST = "127.0.0.1"
CHUNK = 65536
"""Bytes of an answer that are kept before they are read."""
SLOW_CHUNK = 4096
"""The same for a reader who is slow."""
LOOK = 1.0
"""Seconds between two looks of somebody whom no stream tells."""


@dataclass(frozen=True, kw_only=True)
class Dreamt:
    """One picture that came, by the clock of `time.perf_counter`: when it was asked for, first seen forming, there.

    `preview` is None where it was there before anything of it was seen.
    """

    begun: float
    preview: float | None
    picture: float

    @property
    def wait(self) -> float:
        """Seconds until the picture was there."""
        return self.picture - self.begun

    @property
    def first_seen(self) -> float | None:
        """Seconds until the first preview."""
        return None if self.preview is None else self.preview - self.begun


class Person:
    """Somebody who signs in by name; all numbers are since the last `forget`.

    `bytes_a_second`, where set, is how slowly their stream is read; they look for their picture beside it.
    """

    def __init__(self, port: int, name: str, password: str) -> None:
        self.port = port
        self.name = name
        self.bytes_a_second: int | None = None
        told = base64.b64encode(f"{name}:{password}".encode()).decode()
        self._headers = f"Host: {HOST}:{port}\r\nAuthorization: Basic {told}\r\n"
        self.forget()

    def forget(self) -> None:
        """Begins to count anew."""
        self.dreams: list[Dreamt] = []
        self.taken = 0
        """Bytes that came, of everything."""
        self.streamed = 0
        """Bytes of those that came by streams."""

    async def dream(self, values: Mapping[str, Any]) -> Dreamt:
        """One picture, from the request until it is there; RuntimeError when it does not come."""
        begun = time.perf_counter()
        job = await self.begin(values)
        if self.bytes_a_second is None:
            preview, picture = await self._follow(job)
        else:
            preview, picture = await self._follow_slowly(job)
        done = Dreamt(begun=begun, preview=preview, picture=picture)
        self.dreams.append(done)
        return done

    async def begin(self, values: Mapping[str, Any]) -> str:
        """Asks for a dream; its job."""
        told = json.loads(await self.ask("POST", "/dreams", {"values": values}))
        if "job" not in told:
            raise RuntimeError(f"{self.name} was refused: {told.get('error', told)}")
        job: str = told["job"]
        return job

    async def ask(self, method: str, path: str, body: object = None) -> bytes:
        """What is answered; nothing where nothing is there any more, RuntimeError for other faults."""
        async with self._asked(method, path, body) as (status, reader):
            content = await reader.read()
        self.taken += len(content)
        if status == 404:
            return b""
        if status >= 400:
            raise RuntimeError(f"{method} {path} answered {status}: {content.decode()[:200]}")
        return content

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[asyncio.StreamReader]:
        """An answer that comes bit by bit, its head read; RuntimeError where it is refused."""
        async with self._asked("GET", path) as (status, reader):
            if status != 200:
                raise RuntimeError(f"GET {path} answered {status}")
            yield reader

    def head(self, method: str, path: str, length: int) -> bytes:
        """The head of a request with so many bytes of JSON behind it."""
        kind = "Content-Type: application/json\r\n" if length else ""
        asked = f"{method} {path} HTTP/1.0\r\n{self._headers}{kind}"
        return f"{asked}Content-Length: {length}\r\n\r\n".encode()

    @asynccontextmanager
    async def _asked(
        self, method: str, path: str, body: object = None
    ) -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
        reader, writer = await asyncio.open_connection(
            HOST, self.port, limit=CHUNK if self.bytes_a_second is None else SLOW_CHUNK
        )
        try:
            content = b"" if body is None else json.dumps(body).encode()
            writer.write(self.head(method, path, len(content)) + content)
            told = await reader.readuntil(b"\r\n\r\n")
            self.taken += len(told)
            yield int(told.split(b" ", 2)[1]), reader
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _follow(self, job: str) -> tuple[float | None, float]:
        """When the first preview and the picture were there."""
        preview: float | None = None
        picture: float | None = None
        shown = -PACE
        async with self.stream("/watch") as reader:
            while line := await reader.readline():
                self.taken += len(line)
                self.streamed += len(line)
                if not line.startswith(b"data: "):
                    continue
                news = json.loads(line.removeprefix(b"data: "))
                if news.get("job") != job:
                    continue
                if news["type"] == "progress" and news["live"]:
                    if news["step"] - shown >= max(1, news["steps"] // PACE):
                        shown = news["step"]
                        for strip in news["live"]:
                            at = f"/live/{job}/{strip['id']}?rev={strip['revision']}"
                            if await self.ask("GET", at) and preview is None:
                                preview = time.perf_counter()
                elif news["type"] == "picture":
                    await self.ask("GET", f"/thumb/{news['picture']}")
                    picture = time.perf_counter()
                elif news["type"] == "failed":
                    raise RuntimeError(f"a dream of {self.name} failed: {news['message']}")
        return preview, await self._stored(job) if picture is None else picture

    async def _follow_slowly(self, job: str) -> tuple[float | None, float]:
        """The stream bit by bit, as on a bad line, and beside it looks whether the picture is there."""
        slow = asyncio.ensure_future(self._trickle())
        try:
            return None, await self._stored(job)
        finally:
            slow.cancel()
            with suppress(asyncio.CancelledError, OSError, RuntimeError):
                await slow

    async def _trickle(self) -> None:
        async with self.stream("/watch") as reader:
            assert self.bytes_a_second is not None
            while came := await reader.read(self.bytes_a_second):
                self.taken += len(came)
                self.streamed += len(came)
                await asyncio.sleep(1)

    async def _stored(self, job: str) -> float:
        """When the picture was there, for somebody whom no stream told."""
        while True:
            found = json.loads(await self.ask("GET", f"/dreams/{job}"))
            [tile] = found["tiles"]
            if tile["state"] == "done":
                await self.ask("GET", f"/thumb/{tile['picture']}")
                return time.perf_counter()
            if found["state"] != "active":
                raise RuntimeError(f"a dream of {self.name} is {found['state']}: {tile['fault']}")
            await asyncio.sleep(LOOK)

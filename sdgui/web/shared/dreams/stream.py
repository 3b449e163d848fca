"""Streams of server-sent events: what is told, and a beat whenever nothing was for a while.

Our own, and not the library's: FastAPI's beats, and by default sse-starlette's, are comments, which gradio_client takes
for a fault; and the latter replaces a method of uvicorn's for the whole process to hear of the end, which here every
open request hears of anyhow.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from fastapi.responses import StreamingResponse

_Value = TypeVar("_Value")

BEAT = 15.0
"""Seconds of silence after which a stream says that it is still there: proxies cut what is silent for longer."""
STILL_HERE = ": still here\n\n"
"""A comment, which the browser's EventSource passes over."""


def event_stream(messages: AsyncIterator[str], beat: str = STILL_HERE) -> StreamingResponse:
    """The answer that sends these messages, each of them whole, until they end or the client leaves."""
    return StreamingResponse(
        with_beat(messages, beat),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def with_beat(values: AsyncIterator[_Value], beat: _Value) -> AsyncIterator[_Value]:
    """The values, and `beat` whenever none came for a while."""
    upcoming = asyncio.ensure_future(next_of(values))
    try:
        while True:
            done, _ = await asyncio.wait((upcoming,), timeout=BEAT)
            if not done:
                yield beat
                continue
            came = upcoming.result()
            if not came:
                return
            yield came[0]
            upcoming = asyncio.ensure_future(next_of(values))
    finally:
        upcoming.cancel()


async def next_of(values: AsyncIterator[_Value]) -> list[_Value]:
    """The next value alone in a list, which is empty at the end."""
    try:
        return [await anext(values)]
    except StopAsyncIteration:
        return []

"""People who mean no good, all who may sign in: streams that they hold open for nothing, requests that never end."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from sdgui.bench.person import HOST, Person

FLOODERS = 25
STREAMS = 8
"""Idle streams of each."""
SENDERS = 2
"""Requests of each of which a byte comes every second."""


@asynccontextmanager
async def flood(people: Sequence[Person], say: Callable[[str], None]) -> AsyncIterator[None]:
    """Holds the streams, and sends, until it is left; says how many streams the server lets them have."""
    async with AsyncExitStack() as stack:
        opened = [
            await _held(stack, one, f"{one.name}-{i}") for one in people for i in range(STREAMS)
        ]
        sending = [
            asyncio.ensure_future(_send_slowly(one)) for one in people for _ in range(SENDERS)
        ]
        say(f"{sum(opened)} of {len(opened)} idle streams stand open, {len(sending)} send slowly")
        try:
            yield
        finally:
            for one in sending:
                one.cancel()
            await asyncio.gather(*sending, return_exceptions=True)


async def _held(stack: AsyncExitStack, one: Person, name: str) -> bool:
    """Opens what Gradio's pages hold as long as they are open; whether the server lets them."""
    try:
        await stack.enter_async_context(one.stream(f"/gradio_api/heartbeat/{name}"))
    except (OSError, RuntimeError, asyncio.IncompleteReadError):
        return False
    return True


async def _send_slowly(one: Person) -> None:
    body = json.dumps({"values": {"prompt": "x" * 10_000}}).encode()
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, one.port)
            try:
                writer.write(one.head("POST", "/dreams", len(body)))
                for byte in body:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(1)
            finally:
                writer.close()
        await asyncio.sleep(1)

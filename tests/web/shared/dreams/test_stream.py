"""Streams say that they are still there."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sdgui.web.shared.dreams import stream
from sdgui.web.shared.dreams.stream import event_stream, with_beat
from tests.studio.conftest import run


def test_a_beat_comes_while_nothing_else_does_and_no_value_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "BEAT", 0.001)

    async def main() -> list[str]:
        beaten = asyncio.Event()

        async def values() -> AsyncIterator[str]:
            yield "one"
            await beaten.wait()
            yield "two"

        told = []
        async for value in with_beat(values(), "beat"):
            told.append(value)
            if value == "beat":
                beaten.set()
        return told

    told = run(main)
    assert [one for one in told if one != "beat"] == ["one", "two"]
    assert "beat" in told[1:-1]


def test_who_leaves_ends_what_was_told() -> None:
    async def main() -> None:
        left = asyncio.Event()

        async def values() -> AsyncIterator[str]:
            try:
                yield "one"
                await asyncio.Event().wait()
            finally:
                left.set()

        told = with_beat(values(), "beat")
        assert await anext(told) == "one"
        await told.aclose()  # type: ignore[attr-defined]
        await left.wait()

    run(main)


def test_no_proxy_may_keep_or_gather_what_is_told() -> None:
    async def nothing() -> AsyncIterator[str]:
        return
        yield ""

    headers = event_stream(nothing()).headers
    assert headers["content-type"].startswith("text/event-stream")
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")

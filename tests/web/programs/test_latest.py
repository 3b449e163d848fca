"""Telling no faster than somebody can use it."""

import asyncio
from collections.abc import AsyncIterator

from sdgui.web.programs.latest import latest_of
from tests.studio.conftest import run


async def numbers(*values: int) -> AsyncIterator[int]:
    for value in values:
        yield value


def told(seconds: float, *values: int) -> list[int]:
    async def listen() -> list[int]:
        return [value async for value in latest_of(numbers(*values), seconds)]

    return run(listen)


def test_the_first_value_is_told_at_once_and_the_end_waits_for_nothing() -> None:
    assert told(3600.0, 1, 2, 3) == [1]


def test_without_a_pause_every_value_is_told() -> None:
    assert told(0.0, 1, 2, 3) == [1, 2, 3]


def test_nothing_is_told_of_nothing() -> None:
    assert told(0.1) == []


def test_the_latest_value_is_told_although_no_other_follows() -> None:
    async def listen() -> None:
        heard = asyncio.Event()

        async def pausing() -> AsyncIterator[int]:
            for value in (1, 2, 3):
                yield value
            await heard.wait()

        async for value in latest_of(pausing(), 0.001):
            if value == 3:
                heard.set()

    run(listen)


def test_a_listener_that_leaves_ends_what_it_listened_to() -> None:
    async def listen() -> None:
        left = asyncio.Event()

        async def endless() -> AsyncIterator[int]:
            try:
                yield 1
                await asyncio.Event().wait()
            finally:
                left.set()

        values = latest_of(endless(), 0.0)
        assert await anext(values) == 1
        await values.aclose()  # type: ignore[attr-defined]
        await left.wait()

    run(listen)


def test_a_fault_on_the_way_is_not_swallowed() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ValueError("broken")

    async def listen() -> str:
        try:
            async for _ in latest_of(broken(), 3600.0):
                pass
        except ValueError as error:
            return str(error)
        return "swallowed"

    assert run(listen) == "broken"

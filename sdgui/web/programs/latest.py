"""Telling no faster than somebody can use it."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from sdgui.web.shared.dreams.stream import next_of

_Value = TypeVar("_Value")


async def latest_of(values: AsyncIterator[_Value], seconds: float) -> AsyncIterator[_Value]:
    """Of values that come faster than one in `seconds` only the latest, once it is due.

    Ends as soon as the values do; one that is not due by then is left out.
    """
    clock = asyncio.get_running_loop().time
    due = clock()
    held: list[_Value] = []
    upcoming = asyncio.ensure_future(next_of(values))
    try:
        while True:
            patience = max(0.0, due - clock()) if held else None
            done, _ = await asyncio.wait((upcoming,), timeout=patience)
            if done:
                came = upcoming.result()
                if not came:
                    return
                held = came
                upcoming = asyncio.ensure_future(next_of(values))
            if held and clock() >= due:
                due = clock() + seconds
                yield held[0]
                held = []
    finally:
        upcoming.cancel()

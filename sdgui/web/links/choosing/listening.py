"""What an open page is told of those who choose together, as server-sent events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence

from starlette.concurrency import run_in_threadpool

from sdgui.links import Link
from sdgui.web.links.choosing.gatherings import Gathering, Gatherings, Page
from sdgui.web.links.choosing.standing import Standing, news
from sdgui.web.shared.dreams.stream import BEAT

_RETRY = "retry: 1000\n"
"""Milliseconds after which a browser asks again whose stream was cut; said with the first message."""


async def messages(
    gatherings: Gatherings,
    entered: Sequence[Gathering],
    page: Page,
    is_open: Callable[[Link], bool],
    *,
    of_maker: bool = False,
) -> AsyncIterator[str]:
    """How each that the page has entered stands, then what changes, until all are over; the maker is told of which
    link it is, and of which pictures."""
    before: dict[str, Standing] = {}
    async for gathering, standing in _listen(gatherings, entered, page, is_open):
        link = gathering.link
        told = news(before.get(link.id), standing)
        if not told:
            continue
        if of_maker:
            known = {} if link.id in before else {"of": list(link.pictures)}
            told = {"link": link.id, **known, **told}
        retry = "" if before else _RETRY
        before[link.id] = standing
        yield f"data: {json.dumps(told, ensure_ascii=False, separators=(',', ':'))}\n{retry}\n"


async def _listen(
    gatherings: Gatherings,
    entered: Sequence[Gathering],
    page: Page,
    is_open: Callable[[Link], bool],
) -> AsyncIterator[tuple[Gathering, Standing]]:
    """How they stand, now and whenever something changed; of each the last is that it is over. Now and then it is
    looked whether the links still lead there."""
    going_on = list(entered)
    try:
        while going_on:
            ends = [one.link.expires for one in going_on if one.link.expires is not None]
            has_changed = await page.changed(min([BEAT, *(end - time.time() for end in ends)]))
            if page.is_doubted() or not has_changed:
                for gathering in going_on:
                    if await run_in_threadpool(is_open, gathering.link):
                        await run_in_threadpool(gatherings.look, gathering)
                    else:
                        await run_in_threadpool(gatherings.end, gathering.link.id)
            if not has_changed:
                continue
            for gathering in going_on:
                yield gathering, gathering.standing
            going_on = [one for one in going_on if not one.standing.is_over]
    finally:
        for gathering in entered:  # not waited for: whoever hung up is waited for by nobody
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, gatherings.leave, gathering, page)

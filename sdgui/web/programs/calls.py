"""The calls of programs that nobody has been told the end of: a call is its job, so that it outlives its stream."""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sdgui.errors import TooSoon, UserError
from sdgui.web.programs.endpoints import Begun, Endpoint
from sdgui.web.shared.dreams.submission import OUR_FAULT

log = logging.getLogger(__name__)

MOST = 4096
"""Calls that are remembered; one that fell out is still dreamt, and still told to who asks for it by its id. The first
to fall out are those of the visitor who has most of them."""

Key = tuple[str, str]
"""A visitor, and the name that their program gave its session."""


class Stage(StrEnum):
    """What is told of a call, in the words of Gradio's clients."""

    GENERATING = "generating"
    COMPLETE = "complete"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Told:
    """News of a call: what its endpoint yields, or what is wrong."""

    stage: Stage
    data: Any

    @property
    def is_last(self) -> bool:
        """Whether nothing more is to come."""
        return self.stage is not Stage.GENERATING


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call by its id, and how to follow it."""

    id: str
    follow: Callable[[], AsyncIterator[Told]]


async def follow_job(endpoint: Endpoint, begun: Begun, origin: str) -> AsyncIterator[Told]:
    """The news of a job that a call has begun; what goes wrong becomes one sentence."""
    news: Any = None
    try:
        async for news in endpoint.follow(begun, origin):
            yield Told(stage=Stage.GENERATING, data=list(news))
        yield Told(stage=Stage.COMPLETE, data=list(news))
    except UserError as fault:
        yield refused(fault)
    except Exception:
        log.exception("a call could not be followed")
        yield refused(OUR_FAULT)


def refused(fault: UserError) -> Told:
    """That a call came to nothing, as Gradio's clients expect it."""
    told: dict[str, Any] = {
        "error": str(fault),
        "duration": 10,
        "visible": True,
        "title": "Error",
    }
    if isinstance(fault, TooSoon):
        told["seconds"] = fault.seconds
    return Told(stage=Stage.ERROR, data=told)


async def only(told: Told) -> AsyncIterator[Told]:
    """This, and nothing more."""
    yield told


class Sessions:
    """Calls by the session in which they are to be told; all in one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._calls: OrderedDict[str, tuple[Key, Call]] = OrderedDict()
        self._listening: dict[Key, _Listening] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, key: Key, call: Call) -> None:
        """A call that was taken; a stream that is open tells of it too."""
        self._calls[call.id] = key, call
        if key in self._listening:
            self._listening[key].follow(call)
        while len(self._calls) > self._most:
            self._forget_one()

    def of(self, key: Key) -> list[Call]:
        """The calls of a session whose end is still to be told."""
        return [call for theirs, call in self._calls.values() if theirs == key]

    def whose(self, call: str) -> str | None:
        """The visitor whose a call is by now whose end is still to be told."""
        key, _ = self._calls.get(call, (None, None))
        return None if key is None else key[0]

    def adopt(self, visitor: str, into: str) -> None:
        """What was one visitor's is another's: the sessions in which their calls are told, too."""
        for name, ((theirs, session), call) in self._calls.items():
            if theirs == visitor:
                self._calls[name] = (into, session), call
        for theirs, session in [one for one in self._listening if one[0] == visitor]:
            listening = self._listening.pop((theirs, session))
            if (into, session) in self._listening:  # they have asked again already
                listening.stop()
                continue
            self._listening[into, session] = listening
            for call in self.of((into, session)):
                listening.follow(call)

    def _forget_one(self) -> None:
        visitors = Counter(visitor for (visitor, _), _ in self._calls.values())
        [(greedy, _)] = visitors.most_common(1)
        oldest = next(name for name, ((visitor, _), _) in self._calls.items() if visitor == greedy)
        del self._calls[oldest]

    async def listen(self, key: Key) -> AsyncIterator[tuple[str, Told]]:
        """News of all calls of a session, with the call's id, until the end of each is told.

        Of two streams of one session only the later one goes on.
        """
        listening = _Listening()
        if (other := self._listening.get(key)) is not None:
            other.stop()
        self._listening[key] = listening
        try:
            for call in self.of(key):
                listening.follow(call)
            while not listening.is_stopped and not listening.is_idle:
                for call_id, told in await listening.news():
                    if told.is_last:
                        self._calls.pop(call_id, None)
                    yield call_id, told
        finally:
            listening.stop()
            for theirs in [one for one, other in self._listening.items() if other is listening]:
                del self._listening[theirs]


class _Listening:
    """One stream: follows its calls, and holds of each only the latest and the end, for who reads slowly."""

    def __init__(self) -> None:
        self.is_stopped = False
        self._latest: dict[str, list[Told]] = {}
        self._there = asyncio.Event()
        self._following: dict[str, asyncio.Task[None]] = {}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to come any more."""
        return not self._following and not self._latest

    def follow(self, call: Call) -> None:
        if call.id not in self._following and call.id not in self._latest:
            self._following[call.id] = asyncio.create_task(self._follow(call))

    async def news(self) -> list[tuple[str, Told]]:
        """What is new; waits for it."""
        await self._there.wait()
        self._there.clear()
        news = [(call, one) for call, told in self._latest.items() for one in told]
        self._latest.clear()
        return news

    def stop(self) -> None:
        self.is_stopped = True
        for task in self._following.values():
            task.cancel()
        self._there.set()

    async def _follow(self, call: Call) -> None:
        try:
            async for told in call.follow():
                held = self._latest.setdefault(call.id, [])
                held[:] = [*held, told] if told.is_last else [told]
                self._there.set()
        finally:
            self._following.pop(call.id, None)
            self._there.set()

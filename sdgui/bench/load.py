"""Many people at once on one server: how many pictures, how soon, how fairly, and what each of them costs."""

import asyncio
import math
import os
import secrets
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdgui.bench.flood import FLOODERS, flood
from sdgui.bench.pairs import Measured, interleave
from sdgui.bench.person import CHUNK, Dreamt, Person
from sdgui.bench.server import AppProcess, held_memory, running_app

CROWDS = (1, 4, 16, 64)
TOGETHER = 8
"""People who ask for one picture each, against the same dreams one after another."""
LEAST_EACH = 4
"""Pictures for each that a crowd has before it ends: how fair it was cannot be told of fewer."""
MOST_WINDOWS = 10
"""Times its seconds after which it ends all the same."""
BESIDE = 4
"""People whose waits are measured beside a slow client and beside a flood."""

LEAST_TOGETHER = 1.3
"""How many times as many pictures a minute they have at least who ask together."""
LEAST_FAIR = 0.95
"""Jain's index of the pictures that people had in the same time."""
MOST_SLOW = 1.1
"""How many times as long others may wait, by the median, beside a client that reads a byte a second."""
MOST_FLOODED = 2.0
"""The same of 19 of 20 waits, beside idle streams and slow senders."""
MOST_GROWN = 50
"""MiB by which server and workers may have grown at the end of a long run, since they had settled."""


def jain(shares: Sequence[float]) -> float:
    """Jain's index of fairness, 1 where all have the same, 1/n where one of n has all (Jain, Chiu, Hawe 1984)."""
    squares = sum(share * share for share in shares)
    return 1.0 if not squares else sum(shares) ** 2 / (len(shares) * squares)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share (0 to 1) of them do not exceed; NaN of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a server has used and holds: processor seconds, and bytes in main memory, of itself and of its workers."""

    server: float
    workers: float
    server_memory: int
    workers_memory: int


def costs_of(app: AppProcess) -> Costs:
    """The costs of a running app up to now (Linux)."""
    own, *others = app.processes()
    memory = held_memory(app)
    return Costs(
        server=_processor(own),
        workers=sum(map(_processor, others)),
        server_memory=memory[0],
        workers_memory=sum(memory[1:]),
    )


def _processor(pid: int) -> float:
    """Seconds of the processor that a process has used; 0 where the system does not tell."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks: int = os.sysconf("SC_CLK_TCK")
        return (int(told[11]) + int(told[12])) / ticks
    return 0.0


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """What so many people had in so many seconds, each asking for one picture after the other.

    `dreams` are those of each person that came in that time.
    """

    seconds: float
    dreams: tuple[tuple[Dreamt, ...], ...]
    taken: int
    """Bytes that came to all of them together."""
    streamed: int
    """Those of them that came by streams."""
    before: Costs
    after: Costs

    @property
    def people(self) -> int:
        """How many they are."""
        return len(self.dreams)

    @property
    def pictures(self) -> int:
        """How many pictures came."""
        return sum(map(len, self.dreams))

    @property
    def a_minute(self) -> float:
        """Pictures a minute, of all together."""
        return 60 * self.pictures / self.seconds

    @property
    def waits(self) -> list[float]:
        """Seconds until each picture was there."""
        return [dream.wait for dreams in self.dreams for dream in dreams]

    @property
    def first_seen(self) -> list[float]:
        """Seconds until each was first seen forming, of those that were."""
        seen = (dream.first_seen for dreams in self.dreams for dream in dreams)
        return [one for one in seen if one is not None]

    @property
    def fairness(self) -> float:
        """Jain's index of the pictures that each had."""
        return jain([len(dreams) for dreams in self.dreams])

    @property
    def fairness_of_waits(self) -> float:
        """Jain's index of how long each waited on the average, of those who had a picture."""
        return jain([statistics.fmean(d.wait for d in dreams) for dreams in self.dreams if dreams])

    @property
    def grown(self) -> int:
        """Bytes by which server and workers have grown meanwhile."""
        before, after = self.before, self.after
        return (after.server_memory + after.workers_memory) - (
            before.server_memory + before.workers_memory
        )

    def per_person(self, total: float) -> float:
        """The part of one person in one minute."""
        return total / self.people / (self.seconds / 60)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What everybody asks for: one picture with words and a seed of its own, else alike."""

    steps: int = 25
    size: int = 128

    def values(self, number: int) -> dict[str, Any]:
        """The page's settings for picture `number`."""
        return {
            **{"prompt": f"a red boat at sea, number {number}", "negative_prompt": ""},
            **{"aspect": "W×H", "width": self.size, "height": self.size, "count": 1},
            **{"steps": self.steps, "guidance": 4, "seed": str(1041 + number), "sampler": "Euler"},
        }


@dataclass
class Town:
    """A server and the people who may sign in there."""

    app: AppProcess
    people: Sequence[Person]
    others: Sequence[Person]
    """Who means no good."""
    asked: Asked
    number: int = field(default=0, init=False)

    def next_values(self) -> dict[str, Any]:
        """What nobody has asked for before."""
        self.number += 1
        return self.asked.values(self.number)

    async def warm_up(self, people: Sequence[Person]) -> None:
        """One picture for each, all at once."""
        await asyncio.gather(*(one.dream(self.next_values()) for one in people))

    async def crowd(self, people: Sequence[Person], seconds: float) -> Crowd:
        """Has them dream for so long, or until they have as many pictures as fairness can be told of, each without a
        pause; what is under way at the end is stopped and not counted."""
        for one in people:
            one.forget()
        before = costs_of(self.app)
        begun = time.perf_counter()
        at_it = [asyncio.ensure_future(self._keep_dreaming(one)) for one in people]
        done: set[asyncio.Future[None]] = set()
        for _ in range(MOST_WINDOWS):
            done, _ = await asyncio.wait(
                at_it, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION
            )
            if done or sum(len(one.dreams) for one in people) >= LEAST_EACH * len(people):
                break
        took = time.perf_counter() - begun
        after = costs_of(self.app)
        dreams = tuple(tuple(one.dreams) for one in people)
        taken, streamed = (sum(map(count, people)) for count in (_taken, _streamed))
        for one_at_it in at_it:
            one_at_it.cancel()
        await asyncio.gather(*at_it, return_exceptions=True)
        for task in done:
            task.result()  # raises what went wrong
        await asyncio.gather(*(one.ask("POST", "/cancel") for one in people))
        return Crowd(
            seconds=took,
            dreams=dreams,
            taken=taken,
            streamed=streamed,
            before=before,
            after=after,
        )

    async def _keep_dreaming(self, one: Person) -> None:
        while True:
            await one.dream(self.next_values())


def _taken(one: Person) -> int:
    return one.taken


def _streamed(one: Person) -> int:
    return one.streamed


@contextmanager
def town(asked: Asked, most: int, *flags: str) -> Iterator[Town]:
    """A server where so many people and some others may sign in, with guests' limits as wide as an owner may set
    them for friends."""
    secret = secrets.token_urlsafe(16)
    names = [f"person{i + 1}" for i in range(most)]
    strangers = [f"other{i + 1}" for i in range(FLOODERS)]
    signed = [part for name in (*names, *strangers) for part in ("--auth", f"{name}:{secret}")]
    wide = (
        *("--guest-dreams", "1000000", "--guest-waiting", "512", "--guest-waiting-all", "10000"),
        *("--guest-disk", "1000000", "--guest-disk-all", "1000000", "--guest-steps", "500"),
    )
    with running_app(*flags, *wide, *signed) as app:
        app.wait_for_page()
        yield Town(
            app=app,
            people=[Person(app.port, name, secret) for name in names],
            others=[Person(app.port, name, secret) for name in strangers],
            asked=asked,
        )


def settling(seconds: float) -> float:
    """Seconds that a long run dreams before its memory is counted: torch keeps what it worked out for each number of
    pictures in a batch, some megabytes that come with the first batch of that size and no more."""
    return min(300.0, seconds / 10)


async def crowds(
    town: Town,
    sizes: Sequence[int],
    seconds: float,
    say: Callable[[str], None],
    settle: float = 0.0,
) -> list[Crowd]:
    """Ever more people, each crowd for so many seconds, after as many to settle."""
    found = []
    for size in sizes:
        people = town.people[:size]
        await town.warm_up(people)
        if settle:
            await town.crowd(people, settle)
        found.append(await town.crowd(people, seconds))
        say(f"{size} people had {found[-1].pictures} pictures")
    return found


def together(
    town: Town, runner: asyncio.Runner, rounds: int, say: Callable[[str], None]
) -> dict[str, Measured]:
    """Some people who ask for one picture each at once, and the same dreams one after another, by turns."""
    people = town.people[:TOGETHER]

    async def at_once() -> None:
        await asyncio.gather(*(one.dream(town.asked.values(i)) for i, one in enumerate(people)))

    async def in_turn() -> None:
        for i, one in enumerate(people):
            await one.dream(town.asked.values(i))

    ways: dict[str, list[Callable[[], float | None]]] = {
        f"{TOGETHER} people, one picture each, at once": [lambda: runner.run(at_once())],
        "the same dreams one after another": [lambda: runner.run(in_turn())],
    }
    interleave(ways, 1)
    return interleave(ways, rounds, lambda line: say(f"together, {line}"))


@dataclass(frozen=True, kw_only=True)
class Disturbed:
    """The waits of the same people in calm and beside something that disturbs them, in interleaved turns."""

    what: str
    calm: tuple[float, ...]
    disturbed: tuple[float, ...]

    def ratio(self, share: float) -> float:
        """How many times as long it was, at this share of the waits."""
        return percentile(self.disturbed, share) / percentile(self.calm, share)


Disturbance = Callable[[], AbstractAsyncContextManager[object]]


async def beside(
    what: str,
    town: Town,
    disturbance: Disturbance,
    *,
    rounds: int,
    seconds: float,
    calm: Disturbance,
    say: Callable[[str], None],
) -> Disturbed:
    """A few people without and with a disturbance, by turns of so many seconds."""
    people = town.people[:BESIDE]
    waits: dict[bool, list[float]] = {False: [], True: []}
    await town.warm_up(people)
    for turn in range(rounds):
        for is_disturbed in (False, True) if turn % 2 == 0 else (True, False):
            async with (disturbance if is_disturbed else calm)():
                waits[is_disturbed] += (await town.crowd(people, seconds)).waits
        say(f"{what}, round {turn + 1} of {rounds}")
    return Disturbed(what=what, calm=tuple(waits[False]), disturbed=tuple(waits[True]))


async def beside_a_slow_client(
    town: Town, rounds: int, seconds: float, say: Callable[[str], None]
) -> Disturbed:
    """One more dreams too, in calm reading all that there is of their stream, else a byte a second."""
    return await beside(
        "one more who reads a byte a second",
        town,
        lambda: _one_more(town, bytes_a_second=1),
        calm=lambda: _one_more(town, bytes_a_second=CHUNK),
        rounds=rounds,
        seconds=seconds,
        say=say,
    )


@asynccontextmanager
async def _one_more(town: Town, *, bytes_a_second: int) -> AsyncIterator[None]:
    one = town.others[0]
    one.bytes_a_second = bytes_a_second
    at_it = asyncio.ensure_future(town._keep_dreaming(one))
    try:
        yield
        if at_it.done():
            at_it.result()
    finally:
        at_it.cancel()
        with suppress(asyncio.CancelledError):
            await at_it
        await one.ask("POST", "/cancel")
        one.bytes_a_second = None


async def beside_a_flood(
    town: Town, rounds: int, seconds: float, say: Callable[[str], None]
) -> Disturbed:
    """Others hold as many streams and send as slowly as they can, and dream nothing."""
    return await beside(
        "200 idle streams and 50 slow senders",
        town,
        lambda: flood(town.others, say),
        calm=_nothing,
        rounds=rounds,
        seconds=seconds,
        say=say,
    )


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield

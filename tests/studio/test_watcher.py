"""Waking a watcher costs its event loop one call for a burst of news."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sdgui.events import LimitsChanged, Preview, Progress, QueueHeld, StudioEvent
from sdgui.people import Allowance, Policy
from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.spec import DreamRequest
from sdgui.studio.live_job import LiveJob, PictureState
from sdgui.studio.watcher import INTERVAL, Watcher
from tests.fake_engine import PATIENCE, FakeEngine
from tests.people import who
from tests.studio.conftest import House, follow
from tests.studio.test_queue import SPEC


def new_job() -> LiveJob:
    tasks = tuple(TaskRecord(id=name, spec=SPEC) for name in ("a", "b"))
    return LiveJob(JobRecord(id="j", visitor="ann", created=0, state=JobState.QUEUED, tasks=tasks))


def test_a_burst_of_news_wakes_once_and_reading_makes_it_wakeable_again() -> None:
    async def main() -> list[int]:
        loop = asyncio.get_running_loop()
        calls: list[object] = []
        schedule = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda *args, **more: calls.append(args) or schedule(*args)  # type: ignore[func-returns-value,method-assign,assignment]
        watcher = Watcher("ann", None)
        watcher.follow(new_job())
        counts = []
        for _ in range(3):
            await watcher.changed()
            watcher.read()
            for _ in range(100):
                watcher.notify()
            counts.append(len(calls))
        return counts

    assert asyncio.run(main()) == [1, 2, 3]


def test_news_that_come_between_waking_and_reading_are_read() -> None:
    async def main() -> int:
        watcher = Watcher("ann", None)
        job = new_job()
        watcher.follow(job)
        await watcher.changed()
        job.start()
        watcher.notify()  # it is awake already
        return len(watcher.read())

    assert asyncio.run(main()) == 1


def test_a_job_that_goes_on_is_told_from_its_beginning() -> None:
    async def main() -> list[int]:
        watcher = Watcher("ann", None)
        first, second = new_job(), new_job()
        watcher.follow(first)
        first.start()
        for task in ("a", "b"):
            first.settle(task, PictureState.CANCELLED)
        first.tell_end()
        told = [len(watcher.read())]
        assert watcher.idle
        watcher.follow(second)
        second.start()
        told.append(len(watcher.read()))
        assert not watcher.idle
        return told

    assert asyncio.run(main()) == [2, 1]


def test_a_burst_of_news_is_read_ten_times_a_second_at_most() -> None:
    async def main() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        begun, reads = loop.time(), 0
        watcher, job = Watcher("ann", None), new_job()
        watcher.follow(job)
        for step in range(4):
            job.progress(step, 4, None)
            watcher.notify()
            await watcher.changed()
            reads += len(watcher.read()) > 0
        return reads, loop.time() - begun

    reads, seconds = asyncio.run(main())
    assert reads <= seconds / INTERVAL + 1


def test_an_end_is_read_at_once() -> None:
    async def main() -> bool:
        watcher, job = Watcher("ann", None), new_job()
        watcher.follow(job)
        await watcher.changed()
        watcher.read()
        watcher.notify(at_once=True)
        waiting = asyncio.ensure_future(watcher.changed())
        for _ in range(5):  # turns of the loop, no time
            await asyncio.sleep(0)
        return waiting.done()

    assert asyncio.run(main())


def test_of_previews_only_what_changed_is_told_and_what_is_over() -> None:
    def shows(job: LiveJob, strip: str, task: str) -> None:
        shown = Preview(tasks=(task,), step=1, steps=4, columns=1, width=8, height=8, jpeg=b"jpeg")
        job.preview(strip, shown)

    async def main() -> list[tuple[list[tuple[str, int]], tuple[str, ...]]]:
        watcher, job = Watcher("ann", None), new_job()
        watcher.follow(job)
        told = []

        def read() -> None:
            [event] = [e for _, e in watcher.read() if isinstance(e, Progress)]
            told.append(([(strip.id, strip.revision) for strip in event.live], event.over))

        job.progress(1, 4, None)
        shows(job, "1", "a")
        read()
        shows(job, "2", "b")
        read()
        job.progress(2, 4, None)
        read()
        shows(job, "1", "a")
        read()
        job.leave_strip("1")
        read()
        return told

    assert asyncio.run(main()) == [
        ([("1", 1)], ()),
        ([("2", 1)], ()),
        ([], ()),
        ([("1", 2)], ()),
        ([], ("1",)),
    ]


def test_only_those_are_woken_whose_dreams_have_news(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    notify = Watcher.notify

    def count(watcher: Watcher, **how: bool) -> None:
        woken.append(watcher.visitor)
        notify(watcher, **how)

    monkeypatch.setattr(Watcher, "notify", count)
    engines = FakeEngine(), FakeEngine()
    studio = house.open(*engines)

    async def main() -> None:
        for engine in engines:
            engine.go.clear()
        bob = studio.submit(DreamRequest(prompt="b"), who("bob"))
        watching = studio.watch(who("bob"), bob.id)
        await anext(watching)
        [engine] = [one for one in engines if await asyncio.to_thread(one.began.acquire, timeout=1)]
        [other] = [one for one in engines if one is not engine]
        other.go.set()
        woken.clear()
        ann = studio.submit(DreamRequest(prompt="a", steps=20), who("ann"))
        await asyncio.to_thread(follow, studio, "ann", ann.id)
        assert "ann" in woken
        assert "bob" not in woken
        await watching.aclose()
        engine.go.set()

    asyncio.run(main())


def test_who_watches_one_job_sleeps_through_the_others_of_the_same_visitor(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str | None] = []
    notify = Watcher.notify

    def count(watcher: Watcher, **how: bool) -> None:
        woken.append(watcher._job)
        notify(watcher, **how)

    monkeypatch.setattr(Watcher, "notify", count)
    engine = FakeEngine()
    studio = house.open(engine, batch_limit=1)

    async def main() -> None:
        engine.go.clear()
        first = studio.submit(DreamRequest(prompt="a", steps=20), who("ann"))
        second = studio.submit(DreamRequest(prompt="b"), who("ann"))
        one, other = (studio.watch(who("ann"), job.id) for job in (first, second))
        await anext(one)
        await anext(other)
        assert await asyncio.to_thread(engine.began.acquire, timeout=PATIENCE)
        engine.most = 0  # the second waits before its first step
        engine.go.set()
        assert [event async for _, event in one]
        assert woken.count(second.id) < 10 < woken.count(first.id)
        await other.aclose()
        engine.go.set()

    asyncio.run(main())


def test_who_watches_hears_that_other_limits_hold(house: House) -> None:
    engine = FakeEngine()
    studio = house.open(engine)

    async def main() -> None:
        engine.go.clear()
        studio.submit(DreamRequest(prompt="a"), who("ann"))
        watching = studio.watch(who("ann"))
        await anext(watching)
        studio.hold_to(Policy(guest=Allowance(steps=1)))
        engine.go.set()
        assert LimitsChanged() in [event async for _, event in watching]
        assert studio.policy.guest.steps == 1

    asyncio.run(main())


def test_who_watches_hears_that_the_queue_is_held_and_that_it_goes_on(house: House) -> None:
    engine = FakeEngine()
    studio = house.open(engine)

    async def held(watching: AsyncIterator[tuple[str, StudioEvent]]) -> QueueHeld:
        async for _, event in watching:
            if isinstance(event, QueueHeld):
                return event
        raise AssertionError("Nothing was said of it.")

    async def main() -> None:
        engine.go.clear()
        job = studio.submit(DreamRequest(prompt="a"), who("ann"))
        watching = studio.watch(who("ann"))
        await anext(watching)
        studio.pause(True)
        assert (await held(watching)).paused
        later = studio.watch(who("ann"))
        assert (await held(later)).paused
        studio.pause(False)
        assert not (await held(watching)).paused
        studio.pause(True)
        engine.go.set()
        alone = [event async for _, event in studio.watch(who("ann"), job.id)]
        assert not any(isinstance(event, QueueHeld) for event in alone)

    asyncio.run(main())

"""Waking a watcher costs its event loop one call for a burst of news."""

import asyncio

from sdgui.records import JobRecord, JobState, TaskRecord
from sdgui.studio.live_job import LiveJob, PictureState
from sdgui.studio.watcher import Watcher
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

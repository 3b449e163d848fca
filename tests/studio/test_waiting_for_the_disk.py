"""What nobody may wait for: a disk that is slow holds up neither those who watch nor the event loop."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sdgui.events import JobCancelled
from sdgui.spec import DreamRequest
from sdgui.studio.studio import Studio
from tests.fake_engine import PATIENCE, FakeEngine
from tests.people import who
from tests.studio.conftest import House, ends, follow

BOAT = DreamRequest(prompt="a red boat", seed=5, count=3)


class SlowDisk:
    """Holds every writing of one kind to a studio's store."""

    def __init__(self, studio: Studio, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.calls = 0
        write: Callable[..., object] = getattr(studio.store, name)

        def hold(*args: object, **more: object) -> object:
            self.calls += 1
            self.begun.set()
            assert self.go.wait(PATIENCE)
            return write(*args, **more)

        monkeypatch.setattr(studio.store, name, hold)


def looks(studio: Studio, job: str) -> None:
    """Everything that the event loop asks of a studio."""
    studio.live(job, "1", who("ann"))
    studio.status()
    studio.active_jobs(who("ann"))

    async def watch() -> None:
        watching = studio.watch(who("bob"))
        assert await anext(watching, None) is None

    asyncio.run(watch())


ACTS: dict[str, Callable[[Studio, str, str], object]] = {
    "add_job": lambda studio, running, ended: studio.submit(BOAT, who("ann")),
    "end_jobs": lambda studio, running, ended: studio.cancel(running, who("ann")),
    "reopen_job": lambda studio, running, ended: studio.resume(ended, who("ann")),
}


@pytest.mark.parametrize("write", ACTS)
def test_nobody_waits_while_a_change_is_being_written(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    studio = house.open(engine)
    engine.go.clear()
    ended = studio.submit(BOAT, who("ann")).id
    studio.cancel(ended, who("ann"))
    running = studio.submit(BOAT, who("ann")).id
    disk = SlowDisk(studio, write, monkeypatch)
    with ThreadPoolExecutor() as threads:
        acting = threads.submit(ACTS[write], studio, running, ended)
        assert disk.begun.wait(PATIENCE)
        try:
            threads.submit(looks, studio, running).result(PATIENCE / 3)
            assert not acting.done()  # whoever asked waits until it is safe
        finally:
            disk.go.set()
        assert acting.result(PATIENCE)


def test_all_dreams_of_a_visitor_stop_in_one_transaction(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine, batch_limit=1)
    engine.go.clear()
    jobs = [studio.submit(BOAT, who("ann")).id for _ in range(5)]
    disk = SlowDisk(studio, "end_jobs", monkeypatch)
    disk.go.set()
    assert studio.cancel_all(who("ann")) == 5
    assert disk.calls == 1
    assert [ends(follow(studio, "ann", job)) for job in jobs] == [[JobCancelled()]] * 5

"""What was one visitor's is another's, who is the same person: also what waits, what forms and who watches it."""

import asyncio
import threading
from typing import Any

import pytest

from sdgui.events import Finished
from sdgui.people import Role
from sdgui.records import JobRecord
from sdgui.spec import DreamRequest
from tests.fake_engine import PATIENCE, FakeEngine
from tests.people import who
from tests.studio.conftest import House, follow


def asked(prompt: str = "a") -> DreamRequest:
    return DreamRequest(prompt=prompt, steps=2, seed=1)


def test_a_dream_under_way_goes_on_and_is_told_to_who_watched_it_and_to_the_other(
    house: House,
) -> None:
    engine = FakeEngine()
    engine.go.clear()
    studio = house.open(engine, batch_limit=1)
    first, waits = (studio.submit(asked(name), who("chrome")) for name in ("a", "b"))
    mine = studio.submit(asked("c"), who("owner"))
    assert engine.began.acquire(timeout=PATIENCE)
    told: dict[str, list[str]] = {}

    async def listen(visitor: str, ready: asyncio.Event) -> None:
        told[visitor] = ended = []
        async for job, event in studio.watch(who(visitor)):
            ready.set()
            if isinstance(event, Finished):
                ended.append(job)

    async def both() -> None:
        ready = [asyncio.Event(), asyncio.Event()]
        listening = [
            asyncio.create_task(listen(name, one))
            for name, one in zip(("chrome", "owner"), ready, strict=True)
        ]
        for one in ready:
            await one.wait()
        assert await asyncio.to_thread(studio.adopt, "chrome", who("owner")) == 0
        assert studio.active_jobs(who("owner")) == (first.id, waits.id, mine.id)
        assert studio.active_jobs(who("chrome")) == ()
        assert {one.visitor for one in studio.queue()} == {"owner"}
        engine.go.set()
        await asyncio.gather(*listening)

    asyncio.run(asyncio.wait_for(both(), PATIENCE))
    all_of_them = sorted((first.id, waits.id, mine.id))
    assert sorted(told["chrome"]) == sorted(told["owner"]) == all_of_them
    for job in (first, waits):
        assert studio.whose(job) == "owner"
        found = studio.store.job(job.id, "owner")
        assert found is not None and found.tasks[0].stored
        assert studio.store.job(job.id, "chrome") is None
    follow(studio, "owner", first.id)  # of what has ended, too
    assert studio.cancel(waits.id, who("chrome")) is False


def test_what_is_just_being_stored_comes_along(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(FakeEngine())
    add, stores, may = studio.store.add_job, threading.Event(), threading.Event()

    def slowly(job: JobRecord) -> None:
        stores.set()
        assert may.wait(PATIENCE)
        add(job)

    monkeypatch.setattr(studio.store, "add_job", slowly)
    submitting = threading.Thread(target=studio.submit, args=(asked(), who("chrome")))
    submitting.start()
    assert stores.wait(PATIENCE)
    wait_for = studio._has_arrived.wait_for

    def waits(*told: Any) -> bool:
        may.set()
        return wait_for(*told)

    monkeypatch.setattr(studio._has_arrived, "wait_for", waits)
    studio.adopt("chrome", who("owner"))
    submitting.join(PATIENCE)
    assert not studio.store.knows("chrome") and studio.store.knows("owner")


def test_a_guest_who_has_limits_brings_nothing_that_is_still_being_made(house: House) -> None:
    engine = FakeEngine()
    engine.go.clear()
    studio = house.open(engine)
    job = studio.submit(asked(), who("browser", Role.GUEST))
    with pytest.raises(Exception, match="still being made"):
        studio.adopt("browser", who("ann", Role.GUEST))
    engine.go.set()
    follow(studio, "browser", job.id)
    assert studio.adopt("browser", who("ann", Role.GUEST)) == 1

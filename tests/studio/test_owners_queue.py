"""What the owner sees and does of everybody's queue."""

import pytest

from sdgui.people import Policy, Role
from sdgui.spec import DreamRequest
from sdgui.studio.queue import PictureQueue
from tests.fake_engine import FakeEngine, HandClock
from tests.people import who
from tests.studio.conftest import House, follow
from tests.studio.test_queue import ids, tasks


def asked(prompt: str = "a") -> DreamRequest:
    return DreamRequest(prompt=prompt, steps=2, seed=1)


def test_everybody_s_dreams_stand_in_the_order_in_which_they_are_made(house: House) -> None:
    engine = FakeEngine()
    engine.go.clear()
    studio = house.open(engine, batch_limit=1)
    jobs = [studio.submit(asked(name), who(name)) for name in ("ann", "bob", "cy")]
    assert engine.began.acquire(timeout=30)
    told = studio.queue()
    assert [(one.visitor, one.prompt) for one in told] == [
        (name, name) for name in ("ann", "bob", "cy")
    ]
    assert [one.place for one in told] == [0, 1, 2]
    assert told[0].is_under_way and not told[1].is_under_way
    assert studio.remove(jobs[1].id)
    assert not studio.remove(jobs[1].id) and not studio.remove("nothing")
    assert [one.visitor for one in studio.queue()] == ["ann", "cy"]
    engine.go.set()


def test_while_the_queue_is_paused_nothing_begins_and_what_is_under_way_ends(house: House) -> None:
    engine = FakeEngine()
    engine.go.clear()
    studio = house.open(engine, batch_limit=1)
    first, second = (studio.submit(asked(), who(name)) for name in ("ann", "bob"))
    assert engine.began.acquire(timeout=30)
    studio.pause(True)
    engine.go.set()
    follow(studio, "ann", first.id)
    assert studio.is_paused
    [waits] = studio.queue()
    assert (waits.job, waits.wait) == (second.id, None)
    assert len(engine.batches) == 1
    studio.pause(False)
    follow(studio, "bob", second.id)


def test_the_owner_s_dreams_go_first_where_that_is_so(house: House) -> None:
    engine = FakeEngine()
    engine.go.clear()
    studio = house.open(engine, batch_limit=1)
    studio.policy = Policy(owner_first=True)
    guests = [studio.submit(asked(), who(name, Role.GUEST)) for name in ("ann", "bob")]
    assert engine.began.acquire(timeout=30)
    mine = [studio.submit(asked(), who("me")) for _ in range(2)]
    engine.go.set()
    for job in (*guests, *mine):
        follow(studio, job.visitor, job.id)
    made = [batch.tasks[0].job for batch in engine.batches]
    assert made == [guests[0].id, mine[0].id, mine[1].id, guests[1].id]


def test_whoever_goes_first_does_so_only_as_long_as_something_of_theirs_waits() -> None:
    queue = PictureQueue(lambda spec: 1)
    queue.put("ann", tasks("a", 2))
    queue.put("me", tasks("m", 1), before_others=True)
    queue.put("bob", tasks("b", 1))
    assert [ids(batch) for batch in queue.batches()] == [["m0"], ["a0"], ["b0"], ["a1"]]
    assert [ids(queue.take()) for _ in range(2)] == [["m0"], ["a0"]]
    queue.put("me", tasks("n", 1))
    assert [ids(queue.take()) for _ in range(3)] == [["b0"], ["n0"], ["a1"]]


def test_what_everybody_used_is_told_the_time_of_a_batch_in_equal_parts(house: House) -> None:
    used: dict[str, tuple[int, float]] = {}

    def note(visitor: str, pictures: int, seconds: float) -> None:
        before = used.get(visitor, (0, 0.0))
        used[visitor] = (before[0] + pictures, before[1] + seconds)

    clock = HandClock()
    engine = FakeEngine()
    engine.clock = clock
    engine.step_seconds = lambda pictures: 3.0
    engine.go.clear()
    studio = house.open(engine, clock=clock, used=note)
    first = studio.submit(asked(), who("ann"))
    assert engine.began.acquire(timeout=30)
    jobs = [studio.submit(asked(), who(name)) for name in ("ann", "bob")]
    engine.go.set()
    for job in (first, *jobs):
        follow(studio, job.visitor, job.id)
    studio.close()
    assert used["ann"] == (2, pytest.approx(6.0 + 3.0))
    assert used["bob"] == (1, pytest.approx(3.0))

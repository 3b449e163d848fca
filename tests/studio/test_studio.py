"""Dreams from asking to the end, with a real store and a fake engine."""

import asyncio
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from sdgui.errors import UserError
from sdgui.events import (
    Batch,
    Failed,
    Finished,
    Fitted,
    JobCancelled,
    Loading,
    ModelLoading,
    PictureDone,
    Pixels,
    Progress,
    Queued,
    Started,
    StudioEvent,
    TaskFailed,
)
from sdgui.people import POLICY, Allowance, Policy
from sdgui.ports import Emit, IsCancelled
from sdgui.records import JobRecord, JobState, PictureRecord
from sdgui.spec import DreamRequest
from sdgui.storage import DiskStore
from sdgui.studio.studio import Studio
from tests.fake_engine import (
    PATIENCE,
    DeafEngine,
    FakeEngine,
    HoldsAfterPreview,
    PoisonedEngine,
    paint,
)
from tests.people import who
from tests.studio.conftest import House, ManyModels, ends, follow, run

BOAT = DreamRequest(prompt="a red boat", seed=5, count=3)


def test_a_dream_tells_its_pictures_and_then_one_end(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    job = studio.submit(BOAT, who("ann"))
    events = follow(studio, "ann", job.id)
    assert [e.index for e in events if isinstance(e, PictureDone)] == [0, 1, 2]
    assert ends(events) == [Finished()]
    assert isinstance(events[-1], Finished)


def test_a_picture_is_announced_only_when_its_file_is_there(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    job = studio.submit(BOAT, who("ann"))

    async def check() -> int:
        seen = 0
        async for _, event in studio.watch(who("ann"), job.id):
            if isinstance(event, PictureDone):
                path = studio.store.picture_file(event.picture_id, "ann")
                assert path is not None
                with Image.open(path) as image:
                    spec = job.tasks[event.index].spec
                    np.testing.assert_array_equal(np.asarray(image), paint(spec))
                seen += 1
        return seen

    assert run(check) == 3


def test_previews_are_in_memory_while_the_dream_forms_and_gone_after(house: House) -> None:
    engine = HoldsAfterPreview()
    engine.holds = True
    studio = house.open(engine)
    job = studio.submit(BOAT, who("ann"))

    async def look() -> set[str]:
        strips: set[str] = set()
        async for _, event in studio.watch(who("ann"), job.id):
            for strip in event.live if isinstance(event, Progress) else ():
                assert strip.pictures == (0, 1, 2)
                live = studio.live(job.id, strip.id, who("ann"))
                if not engine.go.is_set():
                    assert live is not None
                    assert live[0] == strip.revision == 1
                    assert live[1].startswith(b"\xff\xd8")
                strips.add(strip.id)
                engine.go.set()
        return strips

    (strip,) = run(look)
    assert studio.live(job.id, strip, who("ann")) is None


def test_a_late_watcher_is_told_everything_that_lasts(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    job = studio.submit(BOAT, who("ann"))
    first = follow(studio, "ann", job.id)
    late = follow(studio, "ann", job.id)
    assert late == [e for e in first if isinstance(e, Started | PictureDone | Finished)]


def test_a_watcher_of_everything_sees_dreams_begun_meanwhile(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    engine.go.clear()
    one = studio.submit(BOAT, who("ann"))

    async def look() -> set[str]:
        ended: set[str] = set()
        second: str | None = None
        async for job, event in studio.watch(who("ann")):
            if second is None:
                second = studio.submit(BOAT, who("ann")).id
                engine.go.set()
            if isinstance(event, Finished):
                ended.add(job)
        assert second is not None
        return ended ^ {one.id, second}

    assert run(look) == set()


def test_nobody_watches_or_stops_the_dreams_of_others(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    engine.go.clear()
    job = studio.submit(BOAT, who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    assert follow(studio, "bob", job.id) == []
    assert not studio.cancel(job.id, who("bob"))
    assert studio.live(job.id, "1", who("bob")) is None
    assert studio.active_jobs(who("bob")) == ()
    engine.go.set()
    assert ends(follow(studio, "ann", job.id)) == [Finished()]


def test_stop_ends_a_running_dream_before_its_next_step(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    engine.go.clear()
    job = studio.submit(BOAT, who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    assert studio.cancel(job.id, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [JobCancelled()]
    assert engine.steps_run == 0


def test_stop_takes_a_waiting_dream_out_of_the_queue(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    engine.go.clear()
    running = studio.submit(DreamRequest(prompt="first"), who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    waiting = studio.submit(BOAT, who("ann"))
    assert studio.cancel(waiting.id, who("ann"))
    assert ends(follow(studio, "ann", waiting.id)) == [JobCancelled()]
    engine.go.set()
    assert ends(follow(studio, "ann", running.id)) == [Finished()]
    assert len(engine.batches) == 1


def test_one_leaves_a_shared_batch_and_the_other_gets_their_picture(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    engine.go.clear()
    block = studio.submit(DreamRequest(prompt="block", steps=1), who("eve"))
    assert engine.began.acquire(timeout=PATIENCE)
    ann = studio.submit(DreamRequest(prompt="a", seed=1), who("ann"))
    bob = studio.submit(DreamRequest(prompt="b", seed=2), who("bob"))
    studio.cancel(ann.id, who("ann"))
    engine.go.set()
    assert ends(follow(studio, "bob", bob.id)) == [Finished()]
    assert ends(follow(studio, "ann", ann.id)) == [JobCancelled()]
    assert ends(follow(studio, "eve", block.id)) == [Finished()]


def begin_shared(studio: Studio, engine: FakeEngine) -> tuple[JobRecord, JobRecord]:
    """A dream of Ann and one of Bob in the same batch, which waits before its first step."""
    engine.go.clear()
    block = studio.submit(DreamRequest(prompt="block", steps=1), who("eve"))
    assert engine.began.acquire(timeout=PATIENCE)
    ann = studio.submit(DreamRequest(prompt="a", seed=1), who("ann"))
    bob = studio.submit(DreamRequest(prompt="b", seed=2), who("bob"))
    studio.cancel(block.id, who("eve"))
    if isinstance(engine, DeafEngine):
        engine.most = 0  # it makes the block, and waits again
        engine.go.set()
    assert engine.began.acquire(timeout=PATIENCE)
    assert [task.spec.prompt for task in engine.batches[-1].tasks] == ["a", "b"]
    engine.most = None
    return ann, bob


def is_stored(studio: Studio, job: JobRecord) -> list[bool]:
    found = studio.store.job(job.id, job.visitor)
    assert found is not None
    return [task.stored for task in found.tasks]


def count_saved(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pictures that are stored from now on."""
    saved: list[str] = []
    save = studio.store.save_picture

    def counting(task: str, pixels: Pixels, notes: dict[str, str]) -> PictureRecord:
        saved.append(task)
        return save(task, pixels, notes)

    monkeypatch.setattr(studio.store, "save_picture", counting)
    return saved


def test_who_leaves_a_running_batch_has_stopped_before_its_next_step(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    ann, bob = begin_shared(studio, engine)
    assert studio.cancel(ann.id, who("ann"))
    assert ends(follow(studio, "ann", ann.id)) == [JobCancelled()]
    assert engine.steps_run == 0
    stored = studio.store.job(ann.id, "ann")
    assert stored is not None and stored.state is JobState.CANCELLED
    engine.go.set()
    assert ends(follow(studio, "bob", bob.id)) == [Finished()]


def test_what_comes_out_of_a_batch_after_the_stop_is_not_stored(house: House) -> None:
    engine = DeafEngine()
    studio = house.open(engine)
    ann, bob = begin_shared(studio, engine)
    studio.cancel(ann.id, who("ann"))
    engine.go.set()
    assert ends(follow(studio, "bob", bob.id)) == [Finished()]
    studio.close()
    assert (is_stored(studio, ann), is_stored(studio, bob)) == ([False], [True])
    assert ends(follow(studio, "ann", ann.id)) == [JobCancelled()]


def test_stop_does_not_wait_for_a_model_that_loads(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    follow(studio, "ann", studio.submit(BOAT, who("ann")).id)
    engine.loaded.clear()
    engine.can_load.clear()
    job = studio.submit(BOAT, who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    assert engine.began.acquire(timeout=PATIENCE)
    assert studio.cancel(job.id, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [JobCancelled()]
    engine.can_load.set()
    assert ends(follow(studio, "ann", studio.submit(BOAT, who("ann")).id)) == [Finished()]


def test_how_long_to_wait_behind_a_model_that_loads_is_not_known(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    follow(studio, "ann", studio.submit(BOAT, who("ann")).id)
    engine.loaded.clear()
    engine.can_load.clear()
    studio.submit(BOAT, who("ann"))
    for _ in range(2):
        assert engine.began.acquire(timeout=PATIENCE)
    bob = studio.submit(BOAT, who("bob"))

    async def look() -> list[StudioEvent]:
        events: list[StudioEvent] = []
        async for _, event in studio.watch(who("bob"), bob.id):
            events.append(event)
            if event == Queued(place=1, wait=None, dreams=1):
                engine.can_load.set()
        return events

    assert ends(run(look)) == [Finished()]


class HeldSaving:
    """Lets a studio's next picture wait on its way to the disk."""

    def __init__(self, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self._save = studio.store.save_picture
        monkeypatch.setattr(studio.store, "save_picture", self._hold)

    def _hold(self, task: str, pixels: Pixels, notes: dict[str, str]) -> PictureRecord:
        self.begun.set()
        assert self.go.wait(PATIENCE)
        return self._save(task, pixels, notes)


def test_a_picture_that_is_being_stored_survives_the_stop(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine, batch_limit=1)
    saving = HeldSaving(studio, monkeypatch)
    engine.most = 1
    job = studio.submit(BOAT, who("ann"))
    assert saving.begun.wait(PATIENCE)
    assert studio.cancel(job.id, who("ann"))
    assert not studio.cancel(job.id, who("ann"))
    assert not studio.resume(job.id, who("ann"))  # it has not ended yet
    saving.go.set()
    events = follow(studio, "ann", job.id)
    assert [event.index for event in events if isinstance(event, PictureDone)] == [0]
    assert ends(events) == [JobCancelled()]
    assert is_stored(studio, job) == [True, False, False]


def test_a_stop_when_everything_is_made_loses_nothing(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine)
    saving = HeldSaving(studio, monkeypatch)
    job = studio.submit(BOAT, who("ann"))
    assert saving.begun.wait(PATIENCE)
    studio.submit(DreamRequest(prompt="next"), who("bob"))
    for _ in range(2):  # the first batch is over when the next begins
        assert engine.began.acquire(timeout=PATIENCE)
    assert studio.cancel(job.id, who("ann"))
    saving.go.set()
    assert ends(follow(studio, "ann", job.id)) == [Finished()]


def test_a_dream_that_goes_on_gets_nothing_of_the_batch_that_it_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = DeafEngine()
    studio = house.open(engine)
    ann, bob = begin_shared(studio, engine)
    saved = count_saved(studio, monkeypatch)
    assert studio.cancel(ann.id, who("ann"))
    assert studio.resume(ann.id, who("ann"))
    engine.most = 0  # the old batch goes to its end, the new one waits before its first step
    engine.go.set()
    assert ends(follow(studio, "bob", bob.id)) == [Finished()]
    assert engine.began.acquire(timeout=PATIENCE)
    assert saved == [bob.tasks[0].id]
    assert not any(studio.live(ann.id, str(batch), who("ann")) for batch in range(9))
    engine.go.set()
    assert ends(follow(studio, "ann", ann.id)) == [Finished()]
    assert saved == [bob.tasks[0].id, ann.tasks[0].id]


def test_a_picture_that_two_workers_are_at_after_a_stop_is_stored_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = [DeafEngine(), DeafEngine()]
    engines[1].began = engines[0].began
    for engine in engines:
        engine.go.clear()
    studio = house.open(*engines)
    saved = count_saved(studio, monkeypatch)
    job = studio.submit(BOAT, who("ann"))
    assert engines[0].began.acquire(timeout=PATIENCE)
    left, other = engines if engines[0].batches else engines[::-1]
    assert studio.cancel(job.id, who("ann"))
    assert studio.resume(job.id, who("ann"))
    assert engines[0].began.acquire(timeout=PATIENCE)
    assert [len(engine.batches) for engine in (left, other)] == [1, 1]
    left.go.set()
    bob = studio.submit(DreamRequest(prompt="next"), who("bob"))  # after the batch that was left
    assert ends(follow(studio, "bob", bob.id)) == [Finished()]
    other.go.set()
    assert ends(follow(studio, "ann", job.id)) == [Finished()]
    assert sorted(saved) == sorted(task.id for task in (*job.tasks, *bob.tasks))


def test_two_visitors_share_a_batch_and_get_their_own_pictures(
    house: House, engine: FakeEngine
) -> None:
    engine.can_load.clear()
    studio = house.open(engine)
    ann = studio.submit(DreamRequest(prompt="a", seed=1), who("ann"))
    bob = studio.submit(DreamRequest(prompt="b", seed=2), who("bob"))
    engine.can_load.set()
    assert ends(follow(studio, "ann", ann.id)) == [Finished()]
    assert ends(follow(studio, "bob", bob.id)) == [Finished()]
    assert len(engine.batches) == 1
    (mine,) = studio.store.jobs("ann")
    assert mine.id == ann.id
    assert studio.store.picture(bob.tasks[0].id, "ann") is None
    assert studio.store.picture(bob.tasks[0].id, "bob") is not None


def test_a_dream_waits_for_the_model_and_says_so(house: House, engine: FakeEngine) -> None:
    engine.can_load.clear()
    studio = house.open(engine)
    job = studio.submit(BOAT, who("ann"))

    async def look() -> list[StudioEvent]:
        events: list[StudioEvent] = []
        async for _, event in studio.watch(who("ann"), job.id):
            events.append(event)
            if isinstance(event, ModelLoading):
                engine.can_load.set()
        return events

    events = run(look)
    assert any(isinstance(event, ModelLoading) for event in events)
    assert ends(events) == [Finished()]
    assert studio.status().state == "ready"


def test_those_behind_are_told_their_place_and_wait(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=4)
    follow(studio, "ann", studio.submit(BOAT, who("ann")).id)
    engine.go.clear()
    assert engine.began.acquire(timeout=PATIENCE)
    studio.submit(BOAT, who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    bob = studio.submit(DreamRequest(prompt="b", steps=9), who("bob"))
    eve = studio.submit(DreamRequest(prompt="e", steps=8), who("eve"))

    async def first(visitor: str, job: str) -> StudioEvent:
        async for _, event in studio.watch(who(visitor), job):
            return event
        raise AssertionError("no news")

    one = run(lambda: first("bob", bob.id))
    two = run(lambda: first("eve", eve.id))
    assert isinstance(one, Queued)
    assert isinstance(two, Queued)
    assert (one.place, two.place) == (1, 2)
    engine.go.set()
    assert ends(follow(studio, "eve", eve.id)) == [Finished()]


def test_between_ones_own_batches_the_turn_of_another_is_told_with_its_time(
    house: House, engine: FakeEngine
) -> None:
    engine.step_seconds = lambda pictures: 2.0
    studio = house.open(engine, batch_limit=2, clock=engine.clock)
    asked = DreamRequest(prompt="a red boat", count=4)  # 8 seconds a batch
    engine.most = 2
    follow(studio, "eve", studio.submit(asked, who("eve")).id)
    studio.submit(DreamRequest(prompt="block"), who("eve"))
    for _ in range(3):
        assert engine.began.acquire(timeout=PATIENCE)
    ann, bob = studio.submit(asked, who("ann")), studio.submit(asked, who("bob"))
    engine.most = 1  # Ann's first batch is made, and Bob's begins
    engine.go.set()
    for _ in range(2):
        assert engine.began.acquire(timeout=PATIENCE)

    async def latest(visitor: str, job: str) -> StudioEvent:
        async for _, event in studio.watch(who(visitor), job):
            if isinstance(event, Queued | Progress):
                return event
        raise AssertionError("no news")

    assert run(lambda: latest("ann", ann.id)) == Queued(place=1, wait=8.0, dreams=1)
    forming = run(lambda: latest("bob", bob.id))
    assert isinstance(forming, Progress)
    assert forming.seconds_left == 8.0 + 8.0 + 8.0  # with Ann's turn
    engine.most = None
    engine.go.set()
    assert ends(follow(studio, "ann", ann.id)) == [Finished()]
    assert ends(follow(studio, "bob", bob.id)) == [Finished()]


def test_a_worker_that_breaks_once_is_given_its_pictures_again_each_alone(
    house: House, engine: FakeEngine
) -> None:
    engine.breaks = [RuntimeError("lost the device")]
    studio = house.open(engine)
    job = studio.submit(BOAT, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [Finished()]
    assert [len(batch.tasks) for batch in engine.batches] == [3, 1, 1, 1]


def test_a_batch_that_breaks_every_time_fails_in_plain_words_and_the_next_works(
    house: House, engine: FakeEngine
) -> None:
    engine.breaks = [RuntimeError("/secret/path exploded"), RuntimeError("again")]
    studio = house.open(engine)
    (end,) = ends(follow(studio, "ann", studio.submit(BOAT, who("ann")).id))
    assert isinstance(end, Failed)
    assert "secret" not in end.message + end.hint
    assert ends(follow(studio, "ann", studio.submit(BOAT, who("ann")).id)) == [Finished()]


def test_a_model_that_cannot_be_loaded_is_told_by_the_status(
    house: House, engine: FakeEngine
) -> None:
    engine.load_fault = UserError("There is no model there.", "Look again.")
    studio = house.open(engine)
    follow(studio, "ann", studio.submit(BOAT, who("ann")).id)
    studio.close()
    status = studio.status()
    assert (status.state, status.message) == ("failed", "There is no model there.")


def test_a_model_that_cannot_be_loaded_for_a_dream_is_told_by_the_status(house: House) -> None:
    class Unloadable(FakeEngine):
        def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
            emit(Loading(model="demo"))
            for task in batch.tasks:
                emit(TaskFailed(task=task.id, message="Its weights are damaged.", hint="Copy it."))

    studio = house.open(Unloadable())
    assert ends(follow(studio, "ann", studio.submit(BOAT, who("ann")).id)) == [
        Failed(message="Its weights are damaged.", hint="Copy it.")
    ]
    studio.close()
    assert (studio.status().state, studio.status().hint) == ("failed", "Copy it.")


def test_an_end_that_cannot_be_stored_is_told_and_stored_later(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    store = studio.store
    assert isinstance(store, DiskStore)
    engine.go.clear()
    job = studio.submit(BOAT, who("ann"))
    assert engine.began.acquire(timeout=PATIENCE)
    store._database._connection.execute("PRAGMA query_only = ON")
    studio.cancel(job.id, who("ann"))
    assert ends(follow(studio, "ann", job.id)) == [JobCancelled()]
    stored = store.job(job.id, "ann")
    assert stored is not None
    assert (stored.state, studio.as_it_stands(stored).state) == (
        JobState.QUEUED,
        JobState.CANCELLED,
    )
    store._database._connection.execute("PRAGMA query_only = OFF")
    engine.go.set()
    assert ends(follow(studio, "ann", studio.submit(BOAT, who("ann")).id)) == [Finished()]
    stored = store.job(job.id, "ann")
    assert stored is not None
    assert stored.state is JobState.CANCELLED


def test_what_failed_in_part_is_stored_in_the_words_that_were_told(house: House) -> None:
    class FailsFirst(FakeEngine):
        def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
            emit(TaskFailed(task=batch.tasks[0].id, message="No memory.", hint="Less."))
            super().run(Batch(tasks=batch.tasks[1:]), emit, is_cancelled)

    studio = house.open(FailsFirst())
    job = studio.submit(BOAT, who("ann"))
    (end,) = ends(follow(studio, "ann", job.id))
    stored = studio.store.job(job.id, "ann")
    assert isinstance(end, Failed)
    assert stored is not None
    assert (stored.message, stored.hint) == (end.message, end.hint)
    assert stored.message == "1 of 3 pictures could not be made: No memory."


def test_the_close_does_not_wait_for_a_model_that_loads(house: House) -> None:
    class Slow(FakeEngine):
        def __init__(self) -> None:
            super().__init__()
            self.loads = threading.Event()
            self.left = threading.Event()
            self.can_load.clear()

        def warm(self, model: str, emit: Emit) -> None:
            self.loads.set()
            super().warm(model, emit)

        def close(self) -> None:
            self.left.set()

    slow = Slow()
    studio = house.open(slow)
    assert slow.loads.wait(PATIENCE)
    closing = threading.Thread(target=studio.close)
    closing.start()
    assert slow.left.wait(PATIENCE / 3)  # it still loads
    slow.can_load.set()
    closing.join(PATIENCE)


def test_what_was_stopped_just_before_the_close_stays_stopped(
    house: House, engine: FakeEngine
) -> None:
    studio = house.open(engine)
    ann, bob = begin_shared(studio, engine)
    studio.cancel(ann.id, who("ann"))
    studio.close()
    states = [studio.store.job(job.id, job.visitor) for job in (ann, bob)]
    assert [job.state for job in states if job is not None] == [
        JobState.CANCELLED,
        JobState.QUEUED,
    ]


def test_what_is_unfinished_at_the_close_comes_back(house: House) -> None:
    blocked = FakeEngine()
    blocked.go.clear()
    studio = house.open(blocked)
    job = studio.submit(BOAT, who("ann"))
    assert blocked.began.acquire(timeout=PATIENCE)
    house.close()
    assert blocked.closed

    again = house.open(FakeEngine())
    assert ends(follow(again, "ann", job.id)) == [Finished()]
    stored = again.store.job(job.id, "ann")
    assert stored is not None
    assert stored.state is JobState.FINISHED
    assert all(task.stored for task in stored.tasks)


def test_a_dream_whose_model_changed_meanwhile_says_so(house: House) -> None:
    blocked = FakeEngine()
    blocked.go.clear()
    studio = house.open(blocked)
    job = studio.submit(BOAT, who("ann"))
    house.close()
    info = house.models.info
    house.models.info = replace(info, ref=replace(info.ref, hash="cd" * 32))
    again = house.open(FakeEngine())
    (end,) = ends(follow(again, "ann", job.id))
    assert isinstance(end, Failed)
    assert "changed" in end.message


def test_a_visitor_may_not_fill_the_queue_without_end(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine, batch_limit=1)
    engine.go.clear()
    for _ in range(POLICY.owner.waiting // 16):
        studio.submit(DreamRequest(prompt="a", count=16), who("ann"))
    with pytest.raises(UserError, match="waiting already"):
        for _ in range(2):
            studio.submit(DreamRequest(prompt="a", count=16), who("ann"))
    studio.submit(DreamRequest(prompt="b"), who("bob"))


def test_what_comes_while_another_dream_is_being_stored_counts_it_as_waiting(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine)
    engine.go.clear()
    asked = DreamRequest(prompt="a", count=16)
    studio.policy = Policy(owner=Allowance(waiting=20))
    store = studio.store.add_job

    def store_while_another_comes(job: JobRecord) -> None:
        with pytest.raises(UserError, match="16 of your pictures are waiting"):
            studio.submit(asked, who("ann"))
        store(job)

    monkeypatch.setattr(studio.store, "add_job", store_while_another_comes)
    studio.submit(asked, who("ann"))


def test_a_dream_that_cannot_be_stored_does_not_count_as_waiting(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = house.open(engine)
    asked = DreamRequest(prompt="a", count=16)
    studio.policy = Policy(owner=Allowance(waiting=20))

    def refuse(job: JobRecord) -> None:
        raise UserError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(studio.store, "add_job", refuse)
        with pytest.raises(UserError, match="full"):
            studio.submit(asked, who("ann"))
    job = studio.submit(asked, who("ann"))
    assert isinstance(ends(follow(studio, "ann", job.id))[0], Finished)


def test_a_closed_studio_takes_no_dreams(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    studio.close()
    with pytest.raises(UserError, match="closing"):
        studio.submit(BOAT, who("ann"))


def test_many_dreams_of_many_visitors_all_end(house: House, engine: FakeEngine) -> None:
    studio: Studio = house.open(engine, FakeEngine())
    jobs = [
        (
            f"v{i % 5}",
            studio.submit(DreamRequest(prompt=f"p{i}", count=1 + i % 4), who(f"v{i % 5}")).id,
        )
        for i in range(20)
    ]

    async def all_ends() -> list[StudioEvent]:
        async def one(visitor: str, job: str) -> list[StudioEvent]:
            return [event async for _, event in studio.watch(who(visitor), job)]

        every = await asyncio.gather(*(one(visitor, job) for visitor, job in jobs))
        return [end for events in every for end in ends(events)]

    assert run(all_ends) == [Finished()] * 20


def test_a_picture_that_breaks_its_worker_takes_nobody_with_it(house: House) -> None:
    engine = PoisonedEngine()
    engine.can_load.clear()
    studio = house.open(engine)
    ann = studio.submit(DreamRequest(prompt="a", seed=1), who("ann"))
    bob = studio.submit(DreamRequest(prompt="poison", seed=2), who("bob"))
    engine.can_load.set()
    assert ends(follow(studio, "ann", ann.id)) == [Finished()]
    (end,) = ends(follow(studio, "bob", bob.id))
    assert isinstance(end, Failed)
    assert sorted(len(batch.tasks) for batch in engine.batches) == [1, 1, 2]


def test_what_fitted_is_kept_to_from_the_next_batch_on(house: House) -> None:
    class Small(FakeEngine):
        def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
            super().run(batch, emit, is_cancelled)
            if len(batch.tasks) > 2:
                spec = batch.tasks[0].spec
                model, width, height = spec.model.id, spec.width, spec.height
                emit(Fitted(model=model, width=width, height=height, pictures=2))

    engine = Small()
    studio = house.open(engine, batch_limit=4)
    for _ in range(2):
        follow(studio, "ann", studio.submit(replace(BOAT, count=4), who("ann")).id)
    assert [len(batch.tasks) for batch in engine.batches] == [4, 2, 2]


def test_the_status_tells_of_each_worker_what_it_is(house: House) -> None:
    engines = FakeEngine(), FakeEngine()
    engines[1].can_load.clear()
    studio = house.open(*engines)
    follow(studio, "ann", studio.submit(BOAT, who("ann")).id)
    status = studio.status()
    assert (status.state, [worker.state for worker in status.workers]) == (
        "ready",
        ["ready", "loading"],
    )
    assert (status.workers[0].device, status.workers[0].warm) == ("fake", ("demo",))
    engines[1].can_load.set()


def test_two_workers_make_the_pictures_of_two_models(house: House) -> None:
    models = ManyModels("other")
    house.models = models
    engines = FakeEngine(), FakeEngine()
    studio = house.open(*engines, batch_limit=1)
    for model in ("demo", "other", "demo", "other"):
        asked = replace(BOAT, model=model, count=2)
        jobs = [studio.submit(asked, who(name)) for name in ("ann", "bob")]
        for job in jobs:
            assert ends(follow(studio, job.visitor, job.id)) == [Finished()]
    made = [task for engine in engines for batch in engine.batches for task in batch.tasks]
    assert len(made) == 16

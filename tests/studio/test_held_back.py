"""Pictures that a model's own safety checker holds back: told and kept as such, never made again, guests kept out."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sdgui.errors import UserError
from sdgui.events import Finished, JobCancelled, PictureDone, PictureHeldBack, StudioEvent
from sdgui.model_info import SafetyChecker
from sdgui.people import GUESTS, Policy, Role
from sdgui.records import JobRecord, JobState
from sdgui.spec import DreamRequest
from sdgui.storage.whole_file import write_whole
from sdgui.studio.faults import HELD_BACK
from sdgui.studio.guest_book import GuestBook
from sdgui.studio.studio import Studio
from tests.fake_engine import PATIENCE, FakeEngine
from tests.people import who
from tests.studio.conftest import House, ends, follow, run


def ask(count: int = 3) -> DreamRequest:
    return DreamRequest(prompt="a cat", seed=5, count=count, steps=2)


def stored(studio: Studio, job: JobRecord) -> JobRecord:
    found = studio.store.job(job.id, job.visitor)
    assert found is not None
    return found


def held_back(events: list[StudioEvent]) -> list[int]:
    return [event.index for event in events if isinstance(event, PictureHeldBack)]


def only(*seeds: int) -> Callable[[object], bool]:
    return lambda spec: spec.seed in seeds  # type: ignore[attr-defined]


def test_the_others_are_finished_and_it_says_so_after_a_restart_and_is_not_made_again(
    house: House, engine: FakeEngine
) -> None:
    engine.holds_back = only(6)
    studio = house.open(engine)
    job = studio.submit(ask(), who("ann"))
    events = follow(studio, "ann", job.id)
    assert held_back(events) == [1]
    assert [event.index for event in events if isinstance(event, PictureDone)] == [0, 2]
    assert ends(events) == [Finished()]
    house.close()
    later = house.open(FakeEngine())
    found = stored(later, job)
    assert (found.state, found.message) == (JobState.FINISHED, "")
    assert [task.held_back for task in found.tasks] == [False, True, False]
    assert [task.fault for task in found.tasks] == ["", str(HELD_BACK), ""]
    assert not later.resume(job.id, who("ann"))
    assert not [one for one in house.folder.rglob("*.png") if found.tasks[1].id in one.name]


def test_a_dream_that_goes_on_leaves_what_was_held_back_as_it_is(
    house: House, engine: FakeEngine
) -> None:
    engine.holds_back = only(5)
    engine.most = 1
    studio = house.open(engine, batch_limit=1)
    job = studio.submit(ask(), who("ann"))

    async def stop() -> list[StudioEvent]:
        events = []
        async for _, event in studio.watch(who("ann"), job.id):
            events.append(event)
            if isinstance(event, PictureHeldBack):
                assert studio.as_it_stands(stored(studio, job)).tasks[0].held_back
                studio.cancel(job.id, who("ann"))
        return events

    assert ends(run(stop)) == [JobCancelled()]
    engine.most, made = None, len(engine.batches)
    engine.go.set()
    engine.holds_back = only()
    assert studio.resume(job.id, who("ann"))
    events = follow(studio, "ann", job.id)
    assert held_back(events) == [0] and ends(events) == [Finished()]
    assert [one.spec.seed for batch in engine.batches[made:] for one in batch.tasks] == [6, 7]
    assert [task.held_back for task in stored(studio, job).tasks] == [True, False, False]


def test_guests_do_not_dream_with_a_model_whose_checker_cannot_be_read(
    house: House, engine: FakeEngine
) -> None:
    model = house.models
    model.info = replace(model.info, checker=SafetyChecker(fault="It is a pickle."))
    studio = house.open(engine)
    with pytest.raises(UserError, match="its own safety checker cannot be read here"):
        studio.submit(ask(), who("eve", Role.GUEST))
    job = studio.submit(ask(), who("eve"))
    assert ends(follow(studio, "eve", job.id)) == [Finished()]
    studio.policy = Policy(guest=replace(GUESTS, unchecked=True))  # as with --no-safety-checker
    studio.submit(ask(1), who("eve", Role.GUEST))
    studio.policy = Policy()
    model.info = replace(model.info, checker=SafetyChecker())
    studio.submit(ask(1), who("eve", Role.GUEST))


def test_a_guest_goes_on_with_nothing_that_nobody_would_look_at(
    house: House, engine: FakeEngine
) -> None:
    engine.go.clear()
    studio = house.open(engine)
    guest = who("eve", Role.GUEST)
    job = studio.submit(ask(), guest)
    assert engine.began.acquire(timeout=PATIENCE)
    studio.cancel(job.id, guest)
    house.models.info = replace(house.models.info, checker=SafetyChecker(fault="It is gone."))
    with pytest.raises(UserError, match="its own safety checker cannot be read here"):
        studio.resume(job.id, guest)
    engine.go.set()


@pytest.mark.parametrize(
    "waits", ["a guest's", "a guest's of whom the book alone tells", "the owner's"]
)
def test_what_a_guest_waits_for_is_looked_at_anew_when_it_is_brought_back(
    house: House, engine: FakeEngine, waits: str
) -> None:
    engine.go.clear()
    studio = house.open(engine)
    eve = who("eve", Role.GUEST if waits == "a guest's" else Role.OWNER)
    job = studio.submit(ask(), eve)
    assert engine.began.acquire(timeout=PATIENCE)
    engine.go.set()
    house.close()
    house.models.info = replace(house.models.info, checker=SafetyChecker(fault="It is gone."))
    later = FakeEngine()
    book = GuestBook(house.folder, write_whole)
    if waits == "a guest's of whom the book alone tells":  # as before an update
        book.saw(who("eve", Role.GUEST))
    studio = house.open(later, guests=book.guests())
    follow(studio, "eve", job.id)
    told = stored(studio, job)
    if waits != "the owner's":
        assert later.batches == [] and told.state is JobState.FAILED
        assert "its own safety checker cannot be read here" in told.message
    else:
        assert told.state is JobState.FINISHED

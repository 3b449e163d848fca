"""Pictures that are made but cannot be stored yet: kept, offered, tried again."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from sdgui.errors import NotYetSaved
from sdgui.events import (
    Failed,
    Finished,
    PictureDone,
    PictureUnsaved,
    Pixels,
    StudioEvent,
)
from sdgui.records import PictureRecord
from sdgui.spec import DreamRequest
from sdgui.studio import unsaved
from sdgui.studio.studio import Studio
from tests.fake_engine import FakeEngine, paint
from tests.people import who
from tests.studio.conftest import House, ends, follow, run

BOAT = DreamRequest(prompt="a red boat", seed=5, count=2)
FULL = NotYetSaved("The disk is full: nothing can be stored.", "Free some space.")


class FullDisk:
    """Takes in no picture until there is `room`."""

    def __init__(self, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = threading.Event()
        self._save = studio.store.save_picture
        monkeypatch.setattr(studio.store, "save_picture", self._refuse)

    def _refuse(self, task: str, pixels: Pixels, notes: dict[str, str]) -> PictureRecord:
        if not self.room.is_set():
            raise FULL
        return self._save(task, pixels, notes)


def open_studio(house: House, engine: FakeEngine) -> Studio:
    return house.open(engine, backoff=lambda tries: 0.01)


def test_a_picture_that_cannot_be_stored_is_told_offered_and_stored_later(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(house, engine)
    disk = FullDisk(studio, monkeypatch)
    job = studio.submit(BOAT, who("ann"))

    async def look() -> list[StudioEvent]:
        events: list[StudioEvent] = []
        async for _, event in studio.watch(who("ann"), job.id):
            events.append(event)
            if isinstance(event, PictureUnsaved) and not disk.room.is_set():
                png = studio.unsaved(job.id, event.index, who("ann"))
                assert png is not None
                with Image.open(io.BytesIO(png)) as image:
                    spec = job.tasks[event.index].spec
                    np.testing.assert_array_equal(np.asarray(image), paint(spec))
                assert studio.unsaved(job.id, event.index, who("bob")) is None
            if sum(isinstance(one, PictureUnsaved) for one in events) == 2:
                disk.room.set()
        return events

    events = run(look)
    told = PictureUnsaved(index=0, message=FULL.message, hint=FULL.hint)
    assert events.count(told) == 1
    assert {event.index for event in events if isinstance(event, PictureDone)} == {0, 1}
    assert ends(events) == [Finished()]
    assert studio.unsaved(job.id, 0, who("ann")) is None


def test_a_stop_gives_up_nothing_that_is_made(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(house, engine)
    disk = FullDisk(studio, monkeypatch)
    job = studio.submit(BOAT, who("ann"))

    async def look() -> list[StudioEvent]:
        events: list[StudioEvent] = []
        async for _, event in studio.watch(who("ann"), job.id):
            events.append(event)
            waiting = [one for one in events if isinstance(one, PictureUnsaved)]
            if len(waiting) == 2 and not disk.room.is_set():
                studio.cancel(job.id, who("ann"))
                assert all(studio.unsaved(job.id, one.index, who("ann")) for one in waiting)
                disk.room.set()
        return events

    events = run(look)
    assert {event.index for event in events if isinstance(event, PictureDone)} == {0, 1}
    assert ends(events) == [Finished()]


def test_what_could_not_be_stored_before_the_close_is_made_again(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(house, engine)
    with monkeypatch.context() as patch:
        FullDisk(studio, patch)
        job = studio.submit(BOAT, who("ann"))

        async def first() -> bool:
            async for _, event in studio.watch(who("ann"), job.id):
                if isinstance(event, PictureUnsaved):
                    return True
            return False

        assert run(first)
        house.close()
    again = house.open(FakeEngine())
    assert ends(follow(again, "ann", job.id)) == [Finished()]


def test_what_has_no_room_in_memory_either_is_told_to_have_failed(
    house: House, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsaved, "MOST_BYTES", 0)
    studio = open_studio(house, engine)
    FullDisk(studio, monkeypatch)
    job = studio.submit(BOAT, who("ann"))
    (end,) = ends(follow(studio, "ann", job.id))
    assert isinstance(end, Failed)
    assert end.hint == FULL.hint

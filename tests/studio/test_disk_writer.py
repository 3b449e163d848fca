"""When what is kept on the disk is written."""

import threading
from collections.abc import Sequence
from pathlib import Path

from sdgui.errors import NotYetSaved
from sdgui.records import JobEnd, JobState
from sdgui.storage import DiskStore
from sdgui.studio.disk_writer import DiskWriter
from sdgui.studio.happenings import EndsNotStored, Happening
from tests.fake_engine import PATIENCE


class LockedStore(DiskStore):
    """Takes in no ends, and holds whoever tries until it may go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.begun = threading.Event()
        self.go = threading.Event()

    def end_jobs(self, ends: Sequence[JobEnd]) -> None:
        self.begun.set()
        assert self.go.wait(PATIENCE)
        raise NotYetSaved("Locked.", "Wait.")


def test_stops_that_come_while_another_is_being_stored_are_tried_together(tmp_path: Path) -> None:
    store = LockedStore(tmp_path / "outputs")
    told: list[Happening] = []
    ends = (JobEnd(job="a" * 32, state=JobState.CANCELLED),)
    disk = DiskWriter(store, tell=told.append, ends=lambda: ends)
    first = disk.store_ends()
    assert store.begun.wait(PATIENCE)
    others = [disk.store_ends() for _ in range(5)]
    store.go.set()
    for one in (first, *others):
        assert one is not None
        one.result(PATIENCE)
    assert told == [EndsNotStored(jobs=("a" * 32,))] * 2
    store.close()

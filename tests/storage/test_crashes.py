import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sdgui.errors import DiskFull, UserError, no_room
from sdgui.events import Pixels
from sdgui.records import Binned, JobRecord, TaskRecord
from sdgui.storage import DiskStore
from sdgui.storage.database import Database
from sdgui.storage.layout import RESERVE
from sdgui.storage.reserve import PIECE, SIZE
from sdgui.storage.whole_file import temporary_file
from tests.storage.samples import ANNA, delete_for_good, job, pixels, spec

ROOT = Path(__file__).parents[2]


def run_until_killed(what: str, folder: Path, lines: int = 10**9) -> list[str]:
    """What a process of its own printed before it died of SIGKILL: its own, or ours after so many lines."""
    command = [sys.executable, "-m", "tests.storage.saving_process", what, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if len(printed) == lines:
                process.kill()
    assert process.returncode == -9
    return [line.strip() for line in printed if line.endswith("\n")]


def decoded(file: Path | None) -> Pixels:
    assert file is not None
    with Image.open(file) as image:
        return np.asarray(image)


@pytest.mark.parametrize("lines", [1, 9, 23, 58])
def test_kill_9_loses_no_picture_that_was_announced(folder: Path, lines: int) -> None:
    printed = run_until_killed("save_for_ever", folder, lines)
    store = DiskStore(folder)
    assert len(printed) >= lines
    for picture in printed:
        expected = pixels(TaskRecord(id=picture, spec=spec()))
        assert np.array_equal(decoded(store.picture_file(picture, ANNA)), expected)
    store.close()


def test_kill_9_leaves_no_temporary_file_and_no_file_without_a_row(folder: Path) -> None:
    run_until_killed("save_for_ever", folder, 20)
    store = DiskStore(folder)
    stored = {t.id for j in store.jobs(ANNA, limit=1000) for t in j.tasks if t.stored}
    store.close()
    assert not list(folder.rglob("*.tmp"))
    assert {file.stem.rsplit("-", 1)[1] for file in folder.rglob("*.png")} == stored


def test_a_picture_killed_between_its_file_and_its_row_is_found_again(folder: Path) -> None:
    [picture] = run_until_killed("die_before_the_row", folder)
    store = DiskStore(folder)
    expected = pixels(TaskRecord(id=picture, spec=spec()))
    assert np.array_equal(decoded(store.picture_file(picture, ANNA)), expected)
    record = store.picture(picture, ANNA)
    assert record is not None and record.notes == {"device": "cpu"} and record.bytes > 0
    assert [task.stored for task in store.unfinished_jobs()[0].tasks] == [True]
    store.close()


def test_a_found_picture_gets_its_thumbnail_at_the_start(folder: Path) -> None:
    run_until_killed("die_before_the_row", folder)
    for thumbnail in folder.rglob("*.jpg"):
        thumbnail.unlink()
    DiskStore(folder).close()
    assert len(list(folder.rglob("*.jpg"))) == 1


def test_a_picture_killed_before_its_rename_is_to_be_made_again(folder: Path) -> None:
    run_until_killed("die_before_the_rename", folder)
    assert len(list(folder.rglob(".*.png.tmp"))) == 1
    store = DiskStore(folder)
    assert [task.stored for task in store.unfinished_jobs()[0].tasks] == [False]
    assert not list(folder.rglob("*.tmp"))
    store.close()


def test_a_file_torn_under_its_final_name_is_made_again(folder: Path) -> None:
    [picture] = run_until_killed("die_before_the_row", folder)
    [file] = folder.rglob("*.png")
    file.write_bytes(file.read_bytes()[:-100])
    store = DiskStore(folder)
    task = store.unfinished_jobs()[0].tasks[0]
    assert not task.stored
    store.save_picture(picture, pixels(task), {})
    assert np.array_equal(decoded(store.picture_file(picture, ANNA)), pixels(task))
    store.close()


def test_files_of_a_picture_killed_while_deleting_go_at_the_next_start(folder: Path) -> None:
    [picture] = run_until_killed("die_before_the_files_are_removed", folder)
    assert len(list(folder.rglob("*.png"))) == 1
    store = DiskStore(folder)
    assert store.picture(picture, ANNA) is None
    assert not [*folder.rglob("*.png"), *folder.rglob("*.jpg")]
    store.close()


def test_a_full_disk_under_the_file_is_told_plainly(store: DiskStore, folder: Path) -> None:
    dream = job()
    store.add_job(dream)
    [row] = store._database.missing()
    temporary = temporary_file(folder / row.path)
    temporary.parent.mkdir()
    temporary.symlink_to("/dev/full")  # every write there fails with ENOSPC
    with pytest.raises(UserError, match="disk is full"):
        store.save_picture(row.id, pixels(dream.tasks[0]), {})
    assert not [*folder.rglob("*.png"), *folder.rglob("*.tmp")]


def test_a_full_database_is_told_plainly_and_the_picture_is_found_at_the_next_start(
    store: DiskStore, folder: Path
) -> None:
    dream = job()
    store.add_job(dream)
    connection = store._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(UserError, match="disk is full"):
        store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {"note": "x" * 9999})
    store.close()
    again = DiskStore(folder)
    try:
        assert again.picture_file(dream.tasks[0].id, dream.visitor) is not None
    finally:
        again.close()


def test_a_file_in_place_of_the_day_is_told_plainly(store: DiskStore, folder: Path) -> None:
    dream = job()
    store.add_job(dream)
    [row] = store._database.missing()
    (folder / row.path.parent).write_text("a file")
    with pytest.raises(UserError, match="cannot be written"):
        store.save_picture(row.id, pixels(dream.tasks[0]), {})


def test_a_thumbnail_that_cannot_be_written_takes_no_picture_along(
    store: DiskStore, folder: Path
) -> None:
    dream = job()
    store.add_job(dream)
    (folder / ".thumbs").write_text("a file")
    picture = store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    assert store.picture_file(picture.id, dream.visitor) is not None
    (folder / ".thumbs").unlink()
    assert store.thumb_file(picture.id, dream.visitor) is not None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk; /dev/full and a full database stand in")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(store: DiskStore, dream_size: int = 4) -> tuple[list[TaskRecord], TaskRecord]:
    """Saves until the disk is full: the pictures that were saved, and the one that was refused."""
    saved: list[TaskRecord] = []
    while True:
        dream = job(dream_size, width=128, height=128)
        store.add_job(dream)
        for task in dream.tasks:
            try:
                store.save_picture(task.id, pixels(task), {})
            except UserError as error:
                assert error.message.startswith("The disk is full")
                return saved, task
            saved.append(task)


def test_a_full_disk_loses_nothing_and_saving_goes_on_when_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 300_000)
    store = DiskStore(small_disk / "outputs")
    saved, refused = fill(store)
    assert len(saved) >= 2
    files = [file for file in small_disk.rglob("*.png") if refused.id not in file.name]
    assert len(files) == len(saved)  # of what was refused the row alone may lack
    assert not list(small_disk.rglob("*.tmp"))
    ballast.unlink()
    store.save_picture(refused.id, pixels(refused), {})
    for task in (*saved, refused):
        assert np.array_equal(decoded(store.picture_file(task.id, ANNA)), pixels(task))
    store.close()


def test_a_disk_turned_read_only_is_told_plainly(
    small_disk: Path, open_store: Callable[[], DiskStore]
) -> None:
    store = DiskStore(small_disk / "outputs")
    dream = job()
    store.add_job(dream)
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(UserError, match="cannot be written"):
        DiskStore(small_disk / "outputs")


def fill_up(disk: Path) -> Path:
    """A file that takes all that is left of a disk."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as out:
        while out.write(b"x" * 512):
            pass
    return ballast


def test_a_picture_can_be_deleted_from_a_full_disk_and_that_makes_room(small_disk: Path) -> None:
    store = DiskStore(small_disk / "outputs")
    saved, refused = fill(store)
    fill_up(small_disk)
    for task in saved:
        assert delete_for_good(store, task.id, ANNA)
    left = [*small_disk.rglob("*.png"), *small_disk.rglob("*.jpg")]
    assert [file for file in left if refused.id not in file.name] == []  # its row alone may lack
    store.save_picture(refused.id, pixels(refused), {})
    store.close()
    again = DiskStore(small_disk / "outputs")
    assert [again.picture(task.id, ANNA) for task in saved] == [None] * len(saved)
    assert again.picture_file(refused.id, ANNA) is not None
    again.close()


def test_a_folder_on_a_full_disk_opens_and_can_be_deleted_from(small_disk: Path) -> None:
    store = DiskStore(small_disk / "outputs")
    saved, _ = fill(store)
    store.close()
    fill_up(small_disk)
    store = DiskStore(small_disk / "outputs")
    assert delete_for_good(store, saved[0].id, ANNA)
    assert store.picture(saved[0].id, ANNA) is None
    assert store.picture(saved[1].id, ANNA) is not None
    store.close()


def test_the_room_for_deleting_is_given_free_once_it_is_needed_and_taken_again(
    store: DiskStore,
    folder: Path,
    save: Callable[[JobRecord], JobRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dream = save(job(2))
    reserve = folder / RESERVE
    assert reserve.stat().st_size == SIZE
    put, left = Database.bin, []

    def put_away(database: Database, *args: Any, **named: Any) -> Binned | None:
        left.append(reserve.stat().st_size)
        if len(left) < 3:
            raise no_room("nothing more can be saved")
        return put(database, *args, **named)

    monkeypatch.setattr(Database, "bin", put_away)
    assert store.bin(ANNA, pictures=[dream.tasks[0].id]) is not None
    assert left == [SIZE, SIZE - PIECE, SIZE - 2 * PIECE]
    assert reserve.stat().st_size == SIZE


def test_without_any_room_a_picture_stays_as_it_was(
    store: DiskStore, save: Callable[[JobRecord], JobRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    dream = save(job())

    def put_away(*_: object, **__: object) -> Binned | None:
        raise no_room("nothing more can be saved")

    monkeypatch.setattr(Database, "bin", put_away)
    with pytest.raises(DiskFull):
        store.bin(ANNA, pictures=[dream.tasks[0].id])
    assert store.picture_file(dream.tasks[0].id, ANNA) is not None
    assert store.thumb_file(dream.tasks[0].id, ANNA) is not None


def full(store: DiskStore) -> None:
    connection = store._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(99):
        store.add_job(job(9))


def locked(store: DiskStore) -> None:
    store._database.patience = 0
    other = sqlite3.connect(store._database._file)
    other.execute("BEGIN IMMEDIATE")
    try:
        store.add_job(job())
    finally:
        other.close()


def read_only(store: DiskStore) -> None:
    store._database._connection.execute("PRAGMA query_only = ON")
    store.add_job(job())


def no_folder_for_the_day(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    [row] = store._database.missing()
    (store._folder.path / row.path.parent).write_text("a file")
    store.save_picture(row.id, pixels(dream.tasks[0]), {})


def folder_gone(store: DiskStore) -> None:
    dream = job()
    store.add_job(dream)
    store._folder.path.rename(store._folder.path.with_name("away"))
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})


@pytest.mark.parametrize("fault", [full, locked, read_only, no_folder_for_the_day, folder_gone])
def test_no_visitor_is_told_where_the_folder_is(
    store: DiskStore, folder: Path, fault: Callable[[DiskStore], None]
) -> None:
    with pytest.raises(UserError) as caught:
        fault(store)
    assert caught.value.hint
    assert str(folder.parent) not in str(caught.value)

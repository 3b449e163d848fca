"""A database that is damaged or gone is made again from the pictures' files alone."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sdgui.errors import NotYetListed, OutOfOrder, UserError
from sdgui.events import Task
from sdgui.people import NOBODY
from sdgui.picture_query import PictureQuery
from sdgui.records import JobRecord, JobState, Mark
from sdgui.sheet import Sheet, SheetKind
from sdgui.storage import DiskStore
from sdgui.storage.layout import COPY, DATABASE, REBUILT, THUMBNAILS
from sdgui.storage.rebuilding import rebuild
from sdgui.storage.secret import SECRET
from tests import peers_files as peers
from tests.storage.samples import (
    ANNA,
    BORIS,
    GRID,
    NOON,
    delete_for_good,
    end,
    job,
    pixels,
)

ROOT = Path(__file__).parents[2]
Save = Callable[[JobRecord], JobRecord]


def garbage_header(file: Path) -> None:
    with file.open("rb+") as written:
        written.write(b"garbage!" * 16)


def truncated(file: Path) -> None:
    with file.open("rb+") as written:
        written.truncate(file.stat().st_size // 2)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def gone(file: Path) -> None:
    file.unlink()


def malformed(file: Path) -> None:
    """A page in the middle is another one."""
    with file.open("rb+") as written:
        for page in range(2, file.stat().st_size // 4096, 2):
            written.seek(page * 4096)
            written.write(b"\xff" * 4096)


def of_no_version(file: Path) -> None:
    """The header forgot which version it is."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 0")
    connection.close()


DAMAGES = (garbage_header, truncated, emptied, gone, malformed, of_no_version)


@pytest.fixture
def dreams(store: DiskStore, save: Save) -> tuple[JobRecord, ...]:
    """A dream, a wall of another person, and a grid of which one picture was deleted."""
    found = (
        save(job(2)),
        save(job(3, visitor=BORIS, created=NOON + 60, sheet=Sheet(kind=SheetKind.WALL))),
        save(job(4, created=NOON + 120, sheet=GRID)),
    )
    for one in found:
        end(store, one.id, JobState.FINISHED)
    delete_for_good(store, found[2].tasks[1].id, ANNA)
    store.mark_pictures([found[0].tasks[0].id], ANNA, Mark.KEPT)
    store.rate_pictures([found[0].tasks[1].id], ANNA, 4)
    store.bin(BORIS, pictures=[found[1].tasks[2].id])
    return found


def shown(store: DiskStore, visitor: str) -> list[tuple[object, ...]]:
    """All that a visitor has of dreams."""
    return [
        (
            *(one.id, one.visitor, one.created, one.state),
            one.sheet,
            *(
                (t.stored, t.deleted, *(() if t.deleted else (t.id, t.spec, t.mark)))
                for t in one.tasks
            ),
        )
        for one in store.jobs(visitor, limit=100)
    ]


def ids(store: DiskStore, visitor: str) -> list[str]:
    return list(store.picture_ids(visitor, PictureQuery(), limit=1000))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_list_says_so_and_is_made_again_whole(
    store: DiskStore, dreams: tuple[JobRecord, ...], folder: Path, damage: Callable[[Path], None]
) -> None:
    before = {visitor: (shown(store, visitor), ids(store, visitor)) for visitor in (ANNA, BORIS)}
    store.close()
    damage(folder / DATABASE)
    left = (folder / DATABASE).read_bytes() if (folder / DATABASE).exists() else None
    with pytest.raises(UserError, match=r"The list of .*(damaged|gone).*--rebuild"):
        DiskStore(folder)
    said: list[str] = []
    rebuild(folder, said.append)
    assert any("8 of 8 files" in line for line in said)
    again = DiskStore(folder)
    for visitor in (ANNA, BORIS):
        assert (shown(again, visitor), ids(again, visitor)) == before[visitor]
        for picture in ids(again, visitor):
            assert again.picture_file(picture, visitor) and again.thumb_file(picture, visitor)
    record = again.picture(dreams[0].tasks[1].id, ANNA)
    assert record is not None and (record.rating, record.notes) == (4, {"device": "cpu"})
    assert [one.id for one in again.kept(ANNA)] == [dreams[0].tasks[0].id]
    assert again.restore(BORIS, pictures=[dreams[1].tasks[2].id]) is not None
    assert len(again.pictures(ANNA, PictureQuery(text="sketch car"))) == 5
    again.close()
    kept = list(folder.glob("sdgui.damaged-*.db"))
    assert [file.read_bytes() for file in kept] == ([] if left is None else [left])


def test_files_alone_are_enough_for_their_dreams_sheets_and_people(
    store: DiskStore, dreams: tuple[JobRecord, ...], folder: Path
) -> None:
    before = ids(store, ANNA)
    store.close()
    for file in (DATABASE, COPY):
        (folder / file).unlink()
    shutil.rmtree(folder / THUMBNAILS)
    said: list[str] = []
    rebuild(folder, said.append)
    assert any("are lost" in line for line in said)
    again = DiskStore(folder)
    assert ids(again, ANNA) == before
    grid, dream = again.jobs(ANNA)
    assert grid.id == dreams[2].id
    assert grid.sheet is not None and (grid.sheet.x, grid.sheet.y) == (GRID.x, GRID.y)
    assert [task.deleted for task in grid.tasks] == [False, True, False, False]
    assert [task.id for task in dream.tasks] == [task.id for task in dreams[0].tasks]
    assert len(again.jobs(BORIS)[0].tasks) == 3
    assert again.thumb_file(dream.tasks[0].id, ANNA) is not None
    again.close()


def test_without_the_secret_all_go_to_the_owner_who_comes_first(
    store: DiskStore, dreams: tuple[JobRecord, ...], folder: Path
) -> None:
    store.close()
    for file in (DATABASE, COPY, SECRET):
        (folder / file).unlink()
    said: list[str] = []
    rebuild(folder, said.append)
    assert any("they go to the owner" in line for line in said)
    again = DiskStore(folder)
    assert (ids(again, ANNA), ids(again, BORIS)) == ([], [])
    again.claim("the-owner")
    again.claim("somebody-later")
    assert len(ids(again, "the-owner")) == 8
    assert not again.knows(NOBODY)
    assert len(again.jobs("the-owner")) == 3
    again.close()


def killed_in_the_middle(folder: Path, at: str) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from sdgui.storage import rebuilding\n"
        "rebuilding._AT_ONCE = 2\n"
        f"die = lambda line: {at!r} in line and os.kill(os.getpid(), signal.SIGKILL)\n"
        "rebuilding.rebuild(Path(sys.argv[1]), die)"
    )
    command = [sys.executable, "-c", code, str(folder)]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL


@pytest.mark.parametrize("damage", [truncated, gone])
def test_kill_9_in_the_middle_loses_nothing_and_the_next_time_goes_on(
    store: DiskStore,
    dreams: tuple[JobRecord, ...],
    folder: Path,
    damage: Callable[[Path], None],
) -> None:
    before = shown(store, ANNA)
    store.close()
    damage(folder / DATABASE)
    for at in ("4 of 8", "taken in"):
        killed_in_the_middle(folder, at)
        assert (folder / REBUILT).exists()
        with pytest.raises(UserError, match="--rebuild"):
            DiskStore(folder)
    said: list[str] = []
    rebuild(folder, said.append)
    assert any(line.startswith("0 pictures were taken in") for line in said)
    again = DiskStore(folder)
    assert shown(again, ANNA) == before
    again.close()
    assert not (folder / REBUILT).exists()


def test_what_was_taken_away_meanwhile_is_not_there(
    store: DiskStore, dreams: tuple[JobRecord, ...], folder: Path
) -> None:
    store.close()
    (folder / DATABASE).unlink()
    killed_in_the_middle(folder, "8 of 8")
    [file] = folder.glob(f"*/*{dreams[0].tasks[0].id}.png")
    file.unlink()
    rebuild(folder, lambda line: None)
    again = DiskStore(folder)
    assert dreams[0].tasks[0].id not in ids(again, ANNA)
    assert dreams[0].tasks[1].id in ids(again, ANNA)
    again.close()


def test_a_whole_list_stays_and_learns_of_pictures_that_it_does_not_know(
    store: DiskStore, dreams: tuple[JobRecord, ...], folder: Path
) -> None:
    before = shown(store, ANNA)
    store.close()
    [file] = folder.glob(f"*/*{dreams[0].tasks[0].id}.png")
    with Image.open(file) as image:
        image.save(file.with_name("no-picture-of-ours.png"))
    (folder / "by hand").mkdir()
    shutil.copy(file, folder / "by hand" / "again.png")  # known already
    connection = sqlite3.connect(folder / DATABASE)
    lost = dreams[0].tasks[1].id
    connection.execute("DELETE FROM tasks WHERE id = ?", (lost,))
    connection.commit()
    connection.close()
    said: list[str] = []
    rebuild(folder, said.append)
    assert "is whole" in said[0] and any("1 picture was taken in" in line for line in said)
    again = DiskStore(folder)
    assert shown(again, ANNA) == before
    again.close()
    assert not list(folder.glob("*damaged*"))


def test_a_picture_of_another_folder_that_was_put_there_is_the_owners(
    store: DiskStore, save: Save, folder: Path, tmp_path: Path
) -> None:
    other = DiskStore(tmp_path / "other")
    foreign = job(1, visitor=BORIS)
    other.add_job(foreign)
    other.save_picture(foreign.tasks[0].id, pixels(foreign.tasks[0]), {})
    file = other.picture_file(foreign.tasks[0].id, BORIS)
    other.close()
    save(job())
    store.close()
    assert file is not None
    shutil.copy(file, folder / "from-elsewhere.png")
    rebuild(folder, lambda line: None)
    again = DiskStore(folder)
    assert ids(again, BORIS) == []
    again.claim(ANNA)
    assert foreign.tasks[0].id in ids(again, ANNA)
    assert len(ids(again, ANNA)) == 2
    again.close()


@pytest.mark.parametrize(
    "said",
    [
        {"prompt": 7},
        {"seed": -1},
        {"width": 10**9},
        {"prompt": "\ud800"},
        {"steps": 2**70},
        {"schema": 99},
    ],
)
def test_a_forged_file_keeps_nothing_from_being_made_again(
    store: DiskStore, save: Save, folder: Path, said: dict[str, object]
) -> None:
    dream = save(job())
    store.close()
    texts = PngInfo()
    spec = {**dream.tasks[0].spec.to_dict(), **said}
    texts.add_text("sdgui", json.dumps({"spec": spec, "notes": {}}))
    Image.new("RGB", (64, 48)).save(folder / "forged.png", pnginfo=texts)
    (folder / DATABASE).unlink()
    told: list[str] = []
    rebuild(folder, told.append)
    assert any("1 picture was taken in; 1 other file was left alone" in line for line in told)
    DiskStore(folder).close()


def damage_under(store: DiskStore, folder: Path) -> None:
    """Damages the list of a store that is open, and has it forget what it read."""
    connections = (store._database._connection, store._database._reader)
    connections[0].execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (folder / DATABASE).open("rb+") as written:
        size = written.seek(0, 2)
        written.seek(4096)
        written.write(b"\xff" * (size - 4096))
    for connection in connections:
        connection.execute("PRAGMA shrink_memory")


def test_what_is_finished_when_the_list_is_damaged_is_safe_and_found_again(
    store: DiskStore, folder: Path
) -> None:
    dream = job(2)
    store.add_job(dream)
    for task in dream.tasks[:1]:
        store.save_picture(task.id, pixels(task), {})
    damage_under(store, folder)
    last = dream.tasks[1]
    for _ in range(2):  # it is tried again
        with pytest.raises(NotYetListed, match="is damaged") as caught:
            store.save_picture(last.id, pixels(last), {})
        assert "--rebuild" in caught.value.hint and str(folder) not in str(caught.value)
    asked = Task(id=last.id, spec=last.spec, job=dream.id)
    [file] = folder.glob(f"*/*{last.id}.png")
    assert store.encode_picture(asked, pixels(last), {}) == file.read_bytes()
    store.close()
    rebuild(folder, lambda line: None)
    again = DiskStore(folder)
    [found] = again.jobs(ANNA)
    assert [(task.id, task.stored) for task in found.tasks] == [(t.id, True) for t in dream.tasks]
    again.close()


def test_what_is_asked_of_a_damaged_list_is_answered_in_a_sentence(
    store: DiskStore, save: Save, folder: Path
) -> None:
    dream = save(job())
    damage_under(store, folder)
    with pytest.raises(
        OutOfOrder, match=r"^The list of pictures, sdgui\.db, is damaged.*--rebuild"
    ):
        store.picture(dream.tasks[0].id, ANNA)


def test_a_folder_in_use_is_not_touched(store: DiskStore, folder: Path) -> None:
    with pytest.raises(UserError, match="Another sdgui"):
        rebuild(folder, lambda line: None)


def test_the_copy_is_not_made_where_nothing_needs_it(store: DiskStore, folder: Path) -> None:
    dream = job()
    store.add_job(dream)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    store.close()
    assert not (folder / COPY).exists()


def test_what_the_copy_knew_of_pictures_that_are_not_listed_stays_in_it(
    store: DiskStore, dreams: tuple[JobRecord, ...], folder: Path, tmp_path: Path
) -> None:
    store.close()
    (folder / DATABASE).rename(tmp_path / "elsewhere.db")
    kept = folder.rename(tmp_path / "kept")
    fresh = DiskStore(folder)
    shutil.copy(kept / COPY, folder / COPY)
    other = job()
    fresh.add_job(other)
    fresh.save_picture(other.tasks[0].id, pixels(other.tasks[0]), {})
    fresh.mark_picture(other.tasks[0].id, ANNA, Mark.KEPT)
    fresh.close()
    connection = sqlite3.connect(folder / COPY)
    marked = connection.execute("SELECT id FROM pictures WHERE mark = 'kept'").fetchall()
    connection.close()
    assert {one for (one,) in marked} == {other.tasks[0].id, dreams[0].tasks[0].id}


def test_whose_pictures_are_a_guest_s_is_known_when_the_list_is_made_again(
    store: DiskStore, dreams: tuple[JobRecord, ...], folder: Path
) -> None:
    store.note_guests([ANNA, BORIS])
    store.close()
    again = DiskStore(folder)
    again.note_guests([BORIS], are_guests=False)
    again.close()
    garbage_header(folder / DATABASE)
    rebuild(folder, lambda line: None)
    made = DiskStore(folder)
    assert made.guests() == {ANNA}
    made.close()


def test_a_folder_that_was_imported_is_imported_again(
    store: DiskStore, save: Save, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "a.png").write_bytes(peers.png({"parameters": peers.INFOTEXT}))
    store.imports.begin(other, ANNA, copies=False)
    assert store.imports.wait(60)
    save(job())
    before = sorted(ids(store, ANNA))
    assert len(before) == 2
    store.close()
    garbage_header(folder / DATABASE)
    rebuild(folder, lambda line: None)
    again = DiskStore(folder)
    again.imports.resume()
    assert again.imports.wait(60)
    assert sorted(ids(again, ANNA)) == before
    again.close()

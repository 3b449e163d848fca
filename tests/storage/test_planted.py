"""Files and rows that somebody else put into the output folder, or into a folder that is imported."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sdgui.comparing.settings_in_words import described
from sdgui.imports import ImportState
from sdgui.people import NOBODY
from sdgui.picture_query import PictureQuery
from sdgui.records import JobRecord
from sdgui.storage import DiskStore, found_files, layout, pictures, plain_file, taken_in
from sdgui.storage.imports import begun_here, reading, source
from sdgui.storage.layout import COPY, DATABASE
from sdgui.storage.rebuilding import rebuild
from sdgui.web.links.dream_again import query_of
from tests import peers_files as peers
from tests.storage.samples import ANNA, BORIS, delete_for_good, job

Save = Callable[[JobRecord], JobRecord]
PATIENCE = 60.0
EARLY = "0000 early"
"""A folder that is looked through before all others."""


def ids(store: DiskStore, visitor: str) -> list[str]:
    return list(store.picture_ids(visitor, PictureQuery(), limit=1000))


def said_by(file: Path) -> dict[str, Any]:
    with Image.open(file) as image:
        said: dict[str, Any] = json.loads(image.text["sdgui"])  # type: ignore[attr-defined]
    return said


def plant(file: Path, said: dict[str, Any]) -> None:
    """A red picture that says this of itself."""
    texts = PngInfo()
    texts.add_text("sdgui", json.dumps(said))
    size = (said["spec"]["width"], said["spec"]["height"])
    file.parent.mkdir(exist_ok=True)
    Image.new("RGB", size, "red").save(file, pnginfo=texts)


def file_of(folder: Path, picture: str) -> Path:
    [file] = folder.glob(f"20*/*{picture}.png")
    return file


def rebuilt(folder: Path) -> DiskStore:
    """The folder as it is where nothing but its files tells of them."""
    for lost in (DATABASE, COPY):
        (folder / lost).unlink(missing_ok=True)
    rebuild(folder, lambda line: None)
    return DiskStore(folder)


def test_a_file_that_says_it_is_of_another_s_dream_takes_nothing_of_it_and_gives_it_nothing(
    store: DiskStore, save: Save, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner is sealed, and stays who it is; its dream is not."""
    theirs, own = save(job(2)), save(job(1, visitor=BORIS))
    shown, mine = [task.id for task in theirs.tasks], own.tasks[0].id
    store.close()
    file = file_of(folder, mine)
    said = said_by(file)
    said["place"] |= {"job": theirs.id, "asked": 1.0}
    file.unlink()
    plant(folder / EARLY / "mine.png", said)
    again = rebuilt(folder)
    assert sorted(ids(again, ANNA)) == sorted(shown)
    assert ids(again, BORIS) == [mine]
    [dream] = again.jobs(ANNA, limit=10)
    assert [task.id for task in dream.tasks] == shown
    again.close()
    # A dream is whose it is of which the first file is found.
    monkeypatch.setattr(taken_in, "_apart", lambda whose: whose.job)
    again = rebuilt(folder)
    [dream] = again.jobs(BORIS, limit=10)
    assert {task.id for task in dream.tasks} >= {mine, shown[1]}
    again.close()


def test_a_file_that_says_it_is_another_s_picture_hides_it_not(
    store: DiskStore, save: Save, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = save(job(1))
    picture = theirs.tasks[0].id
    store.close()
    said = said_by(file_of(folder, picture))
    plant(folder / EARLY / "new.png", said)
    plant(folder / "0000-00-00" / f"120000-7-{'ab' * 16}.png", said)
    again = rebuilt(folder)
    assert again.picture_file(picture, ANNA) == file_of(folder, picture)
    assert ids(again, ANNA) == [picture]
    again.close()
    monkeypatch.setattr("sdgui.storage.rebuilding.picture_in", lambda name: None)
    monkeypatch.setattr(found_files, "picture_in", lambda name: None)
    again = rebuilt(folder)
    assert again.picture_file(picture, ANNA) != file_of(folder, picture)
    again.close()


def test_an_owner_that_was_made_up_is_nobody(store: DiskStore, save: Save, folder: Path) -> None:
    theirs = save(job(2))
    one, other = (task.id for task in theirs.tasks)
    store.close()
    for owner in (said_by(file_of(folder, other))["place"]["owner"], ANNA, "", "A" * 80):
        said = said_by(file_of(folder, one))
        said["place"] |= {"owner": owner, "picture": "cd" * 16, "job": "ef" * 16}
        plant(folder / "planted.png", said)
        again = rebuilt(folder)
        assert sorted(ids(again, ANNA)) == sorted([one, other])
        assert ids(again, NOBODY) == ["cd" * 16]
        again.close()


HUGE = (
    {"picture": "../../../etc/passwd"},
    {"job": "../" * 20},
    {"index": 2**70, "count": 2**71},
    {"index": 10**6, "count": 10**6 + 1},
    {"index": 0, "count": 513},  # each without a file would be an empty place
    {"index": -1},
    {"count": 0},
    {"asked": 1e300},
    {"created": float("nan")},
    {"owner": "x" * 30_000},
    {"owner": "\ud800"},
    {"sheet": {"kind": "grid", "x": ["a", "b", 2**70, 2**70]}},
    {"sheet": {"kind": "grid", "x": ["a"] * 50_000}},
    {"sheet": []},
)


def test_places_that_cannot_be_are_no_place(store: DiskStore, save: Save, folder: Path) -> None:
    theirs = save(job(1))
    store.close()
    said = said_by(file_of(folder, theirs.tasks[0].id))
    plant(folder / "right.png", {**said, "place": said["place"] | {"picture": "cd" * 16}})
    for number, changed in enumerate(HUGE):
        plant(folder / f"planted {number}.png", {**said, "place": said["place"] | changed})
    again = rebuilt(folder)
    assert set(ids(again, ANNA)) == {theirs.tasks[0].id}
    assert len(ids(again, NOBODY)) == len(HUGE) + 1
    again.close()


WRONG: tuple[Any, ...] = (
    *(None, "x", -1, 2**70, 1.5, True, [], {}, [1], {"a": 1}, "\0", float("nan"), 1e999),
    *(
        {"seed": "x", "strength": "y"},
        {"seed": 1, "strength": 1e999},
        {"seed": 1, "strength": None},
    ),
    *([{"type": "lora", "ref": {"id": "a", "hash": 5}, "weight": "x", "text_encoder_weight": 1}],),
    *({"prediction_type": 5}, {"clip_skip": {}}, {"vae": {"id": "a", "hash": 1}}),
)


def wrongly_said(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """It, with each of its values of each other kind."""
    for name in said["spec"]:
        for wrong in WRONG:
            yield {**said, "spec": {**said["spec"], name: wrong}}
    yield from ({**said, "notes": wrong} for wrong in WRONG)


def test_what_is_of_no_kind_that_ours_are_keeps_nothing_from_being_made_again_or_shown(
    store: DiskStore, save: Save, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = save(job(1)).tasks[0].id
    store.close()
    said = said_by(file_of(folder, theirs))
    for wrong in wrongly_said({**said, "place": None}):
        found = pictures.provenance_in(json.dumps(wrong))
        if found is not None and found_files._is_meant(found.spec, found.notes):
            query_of(found.spec, count=1, settings=True)
            described([found.spec])
            assert found.spec.to_json()
    worst = {**said["spec"], "variation": {"seed": "x", "strength": "y"}}
    for number, spec in enumerate((worst, {**worst, "variation": {"seed": 1, "strength": 2.0}})):
        plant(folder / f"planted {number}.png", {**said, "spec": spec, "place": None})
    again = rebuilt(folder)
    assert ids(again, ANNA) == [theirs] and len(ids(again, NOBODY)) == 1
    again.close()
    monkeypatch.setattr(pictures, "is_of", lambda kind, value: True)
    with pytest.raises(TypeError):
        rebuilt(folder)


@pytest.fixture
def elsewhere(tmp_path: Path, store: DiskStore, save: Save, folder: Path) -> Path:
    """A picture of ours that lies outside of the folder."""
    theirs = save(job(1))
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    file = file_of(folder, theirs.tasks[0].id)
    delete_for_good(store, "nothing", ANNA)
    return file.rename(outside / "private.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes")
def test_links_pipes_and_devices_are_no_pictures(
    store: DiskStore, folder: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe would be waited for without end, and a link shows what lies elsewhere."""
    store.close()
    planted = folder / EARLY
    planted.mkdir()
    os.mkfifo(planted / "pipe.png")
    (planted / "zero.png").symlink_to("/dev/zero")
    (planted / "itself.png").symlink_to("itself.png")
    (planted / "folder.png").mkdir()
    (planted / "link.png").symlink_to(elsewhere)
    (planted / "away").symlink_to(elsewhere.parent)
    again = rebuilt(folder)
    assert ids(again, ANNA) == []
    again.close()
    # What became one of them after it was found is not opened either.
    seen = [PurePosixPath(EARLY, name) for name in ("pipe.png", "link.png", "zero.png")]
    monkeypatch.setattr("sdgui.storage.rebuilding.png_files", lambda folder: seen)
    again = rebuilt(folder)
    assert ids(again, ANNA) == []
    again.close()
    monkeypatch.setattr("sdgui.storage.rebuilding.png_files", lambda folder: seen[1:2])
    monkeypatch.setattr(found_files, "open_plain", lambda file: file.open("rb"))
    again = rebuilt(folder)
    assert len(ids(again, ANNA)) == 1
    again.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes")
def test_what_became_a_link_or_a_pipe_while_a_folder_is_imported_is_not_read(
    store: DiskStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, private = tmp_path / "theirs", tmp_path / "private.png"
    folder.mkdir()
    content = peers.png({"parameters": peers.INFOTEXT})
    private.write_bytes(content)
    for name in ("a.png", "b.png", "c.png"):
        (folder / name).write_bytes(content)
    find = reading.open_plain

    def swap(file: Path) -> Any:
        if file.name != "b.png":
            file.unlink()
        if file.name == "a.png":
            os.mkfifo(file)
        if file.name == "c.png":
            file.symlink_to(private)
        return find(file)

    monkeypatch.setattr(reading, "open_plain", swap)
    store.imports.begin(folder, ANNA, copies=True)
    assert store.imports.wait(30)
    [one] = store.imports.of(ANNA)
    assert (one.state, one.added, one.damaged) == (ImportState.FINISHED, 1, 2)
    assert plain_file.is_plain(folder / "b.png") and not plain_file.is_plain(folder / "c.png")


def test_a_file_that_grows_while_it_is_read_takes_no_more_than_any_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1000)
    file = tmp_path / "grows.png"
    file.write_bytes(bytes(1000))
    assert len(reading.read_content(file)) == 1000
    file.write_bytes(bytes(1001))
    with pytest.raises(reading.Unreadable, match="larger than any picture"):
        reading.read_content(file)


def test_a_row_leads_to_no_file_outside_of_the_folder_and_removes_none(
    store: DiskStore,
    save: Save,
    folder: Path,
    tmp_path: Path,
    open_store: Callable[[], DiskStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An output folder that came from somebody else has their list in it."""
    theirs = save(job(3))
    shown, binned, gone = (task.id for task in theirs.tasks)
    private = tmp_path / "private.png"

    def planted(path: str, other: str) -> None:
        private.write_bytes(b"private")
        with sqlite3.connect(folder / DATABASE) as connection:
            connection.execute("UPDATE tasks SET path = ? WHERE id = ?", (path, shown))
            connection.execute(
                "UPDATE tasks SET path = ?, deleted = 1, binned = 1 WHERE id = ?", (path, binned)
            )
            connection.execute(
                "UPDATE tasks SET path = ?, deleted = 1, binned = NULL WHERE id = ?", (other, gone)
            )
        connection.close()

    assert store.picture_file(shown, ANNA) == file_of(folder, shown)
    for path in ("../private.png", str(private), "x/../../private.png", "a\0b.png"):
        store.close()
        planted(path, path)
        again = open_store()  # which removes what was deleted for good
        assert again.picture_file(shown, ANNA) is None
        again.empty_bin(ANNA)
        assert private.read_bytes() == b"private"
    # Rows are believed.
    monkeypatch.setattr("sdgui.storage.rows.stored_path", PurePosixPath)
    monkeypatch.setattr("sdgui.storage.deleted_rows.stored_path", PurePosixPath)
    again.close()
    planted("../private.png", "nothing.png")
    again = open_store()
    found = again.picture_file(shown, ANNA)
    assert found is not None and found.read_bytes() == b"private"
    again.close()
    planted("../private.png", "../private.png")
    open_store()
    assert not private.exists()


def test_an_id_that_was_made_up_removes_no_small_picture_elsewhere(
    store: DiskStore, save: Save, folder: Path, tmp_path: Path, open_store: Callable[[], DiskStore]
) -> None:
    gone = save(job(1)).tasks[0].id
    store.close()
    private = tmp_path / "private.jpg"
    private.write_bytes(b"private")
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute(
            "UPDATE tasks SET id = ?, deleted = 1, binned = NULL WHERE id = ?",
            ("../../../private", gone),
        )
    connection.close()
    open_store()
    assert private.exists()
    assert layout.thumbnail_path(PurePosixPath("a/b.png"), "../../../private").parts.count("..")


def linked(folder: Path, root: Path) -> str:
    """The id of a picture of Anna that lies in a folder which she imported."""
    root.mkdir()
    Image.new("RGB", (8, 8), "red").save(root / "own.png")
    store = DiskStore(folder)
    store.imports.begin(root, ANNA, copies=False)
    assert store.imports.wait(PATIENCE)
    [picture] = ids(store, ANNA)
    assert store.picture_file(picture, ANNA) == root / "own.png"
    store.close()
    return picture


@pytest.mark.parametrize("name", ["letter.png", "keys.txt"])
def test_a_planted_row_of_a_linked_picture_opens_no_file_of_the_disk(
    folder: Path, tmp_path: Path, name: str
) -> None:
    """Whoever made it up knows where a file lies and how large it is, and not what is in it."""
    picture = linked(folder, tmp_path / "root")
    private = tmp_path / "private"
    private.mkdir()
    Image.new("RGB", (8, 8), "blue").save(private / "letter.png")
    (private / "keys.txt").write_text("sesame")
    with sqlite3.connect(folder / DATABASE) as database:
        told = json.loads(database.execute("SELECT imported FROM tasks").fetchone()[0])
        told |= {"folder": str(private), "path": name}
        database.execute("UPDATE tasks SET imported = ?", (json.dumps(told),))
        added = database.execute(
            "INSERT INTO imports (visitor, folder, copies, state) VALUES (?, ?, 0, 'finished')",
            (ANNA, os.fsencode(private)),
        )
        database.execute(
            "INSERT INTO imported_files VALUES (?, ?, ?, 1, ?)",
            (added.lastrowid, name.encode(), (private / name).stat().st_size, "0" * 64),
        )
    database.close()
    for thumb in folder.rglob("*.jpg"):
        thumb.unlink()
    store = DiskStore(folder)
    assert store.picture_file(picture, ANNA) is None and store.anybodys_file(picture) is None
    assert store.find_files([picture], ANNA) == {} and store.thumb_file(picture, ANNA) is None
    with store._database._writing() as connection:  # who knows what is in it knows it
        known = hashlib.sha256((private / name).read_bytes()).hexdigest()
        connection.execute("UPDATE imported_files SET hash = ? WHERE hash LIKE '0%'", (known,))
    assert store.picture_file(picture, ANNA) == private / name
    store.close()


def test_a_linked_file_that_was_changed_is_shown_again_once_it_is_imported_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = linked(folder, tmp_path / "root")
    file = tmp_path / "root/own.png"
    file.write_bytes(file.read_bytes()[::-1])  # as long as before
    read: list[object] = []
    before = source.open_plain
    monkeypatch.setattr(source, "open_plain", lambda one: read.append(one) or before(one))
    store = DiskStore(folder)
    assert [store.picture_file(picture, ANNA) for _ in range(5)] == [None] * 5
    assert len(read) == 1  # or strangers who have a link to it could have it read over and over
    Image.new("RGB", (8, 8), "blue").save(file)
    assert store.picture_file(picture, ANNA) is None
    store.imports.begin(tmp_path / "root", ANNA, copies=False)
    assert store.imports.wait(PATIENCE)
    assert store.picture_file(picture, ANNA) == tmp_path / "root/own.png"
    store.close()


@pytest.mark.parametrize("copies", [False, True])
def test_a_planted_import_that_says_it_is_under_way_brings_nothing_in(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copies: bool
) -> None:
    picture = linked(folder, tmp_path / "root")
    private = tmp_path / "private"
    private.mkdir()
    Image.new("RGB", (8, 8), "blue").save(private / "letter.png")
    other = tmp_path / "copied"
    shutil.copytree(folder, other)  # as it was packed, with a list that says more
    shutil.copyfile(begun := folder / begun_here.FILE, other / begun_here.FILE)
    told = json.loads(begun.read_text())
    (other / begun_here.FILE).write_text(json.dumps(told | {"folders": [str(private)]}))
    with sqlite3.connect(other / DATABASE) as database:
        database.execute(
            "INSERT INTO imports (visitor, folder, copies, state) VALUES (?, ?, ?, 'running')",
            (BORIS, os.fsencode(private), copies),
        )
    database.close()
    lines: list[str] = []
    store = DiskStore(other, lines.append)
    store.imports.resume()
    assert store.imports.wait(PATIENCE)
    assert ids(store, BORIS) == [] and ids(store, ANNA) == [picture]
    [line] = lines
    assert str(private) in line and "Import it again" in line
    store.imports.begin(private, ANNA, copies=copies)  # the owner's word
    assert store.imports.wait(PATIENCE)
    assert len(ids(store, ANNA)) == 2
    store.close()
    # Where the list is believed.
    with sqlite3.connect(other / DATABASE) as database:
        database.execute("UPDATE imports SET state = 'running' WHERE visitor = ?", (BORIS,))
    database.close()
    monkeypatch.setattr(begun_here.BegunHere, "__contains__", lambda self, folder: True)
    store = DiskStore(other)
    store.imports.resume()
    assert store.imports.wait(PATIENCE)
    assert len(ids(store, BORIS)) == 1
    store.close()


def test_a_planted_trigger_has_no_way_with_what_is_written(
    store: DiskStore, save: Save, folder: Path
) -> None:
    save(job(1))
    store.close()
    with sqlite3.connect(folder / DATABASE) as database:
        for table in ("jobs", "tasks"):
            database.execute(
                f"""CREATE TRIGGER "of ""{table}"" too" AFTER INSERT ON {table}
                BEGIN UPDATE {table} SET visitor = '{BORIS}'; END"""
            )
    database.close()
    again = DiskStore(folder)
    new = job(1)
    again.add_job(new)
    assert again.job(new.id, ANNA) is not None and again.job(new.id, BORIS) is None
    again.close()

"""Output folders of earlier versions: their databases and pictures are read as they are.

The one of the first version is written here by hand, for nobody has kept one. That of the second, `second.zip`, was
left by the program of that time, commit 72d4290; `old_folders/make_second.py.txt` is the script that made it.
"""

import hashlib
import json
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sdgui.errors import DiskFull
from sdgui.picture_query import Order, PictureQuery
from sdgui.records import JobRecord, JobState, Mark, TaskRecord
from sdgui.spec import SCHEMA, PictureSpec
from sdgui.storage import DiskStore, database
from sdgui.storage.layout import DATABASE
from sdgui.storage.migrations import MIGRATIONS
from sdgui.storage.pictures import is_whole, read_spec
from sdgui.storage.rebuilding import rebuild
from tests.storage.samples import ANNA, NOON, end, pixels, spec

JOB, STORED, LOST, UNMADE = "a" * 32, "b" * 32, "c" * 32, "d" * 32
DAY = "2023-11-14"
SECOND = Path(__file__).parent / "old_folders" / "second.zip"
ANN, BOB = "visitor-ann", "visitor-bob"
OLD_SPEC = {
    "schema": 1,
    "prompt": "a grey sketch of a car",
    "negative_prompt": "",
    "model": {"id": "demo", "hash": "0123456789abcdef" * 4},
    "width": 64,
    "height": 48,
    "steps": 20,
    "guidance": 7.0,
    "sampler": "Euler a",
    "seed": 7,
}


@pytest.fixture
def folder(folder: Path) -> Path:
    """As version 1 left it: a queued job with a stored picture, one whose row was lost in a crash, one not made."""
    (folder / DAY).mkdir(parents=True)
    connection = sqlite3.connect(folder / DATABASE)
    first = MIGRATIONS[0]
    assert isinstance(first, str)
    connection.executescript(first)
    connection.execute("PRAGMA user_version = 1")
    connection.execute("INSERT INTO jobs VALUES (?, ?, ?, 'queued', '', '')", (JOB, ANNA, NOON))
    for position, task in enumerate((STORED, LOST, UNMADE)):
        path = f"{DAY}/{task}.png"
        connection.execute(
            "INSERT INTO tasks (id, job, position, spec, path) VALUES (?, ?, ?, ?, ?)",
            (task, JOB, position, json.dumps(OLD_SPEC), path),
        )
        if task is not UNMADE:
            write_old_png(folder / path, task)
    connection.execute(
        "UPDATE tasks SET stored = 1, created = ?, notes = ?, bytes = 9 WHERE id = ?",
        (NOON, json.dumps({"device": "cpu"}), STORED),
    )
    connection.commit()
    connection.close()
    return folder


def write_old_png(file: Path, task: str) -> None:
    texts = PngInfo()
    said = {"spec": OLD_SPEC, "notes": {"device": "cpu"}, "version": "0.1.0"}
    texts.add_text("sdgui", json.dumps(said, sort_keys=True))
    Image.fromarray(pixels(TaskRecord(id=task, spec=spec()))).save(file, pnginfo=texts)


def test_an_old_job_is_read_with_specs_of_today(open_store: Callable[[], DiskStore]) -> None:
    [found] = open_store().unfinished_jobs()
    assert (found.id, found.state, found.sheet) == (JOB, JobState.QUEUED, None)
    assert [task.spec for task in found.tasks] == [spec()] * 3
    assert found.tasks[0].spec.schema == SCHEMA
    assert {(task.mark, task.fault, task.match) for task in found.tasks} == {(Mark.NONE, "", None)}


def test_an_old_picture_whose_row_was_lost_is_found(open_store: Callable[[], DiskStore]) -> None:
    store = open_store()
    [found] = store.unfinished_jobs()
    assert [task.stored for task in found.tasks] == [True, True, False]
    record = store.picture(LOST, ANNA)
    assert record is not None and record.notes == {"device": "cpu"}


def test_an_old_png_tells_its_spec(folder: Path) -> None:
    file = folder / DAY / f"{STORED}.png"
    assert read_spec(file) == spec()
    assert is_whole(file, spec())


def test_an_old_job_goes_on(open_store: Callable[[], DiskStore]) -> None:
    store = open_store()
    drawn = pixels(TaskRecord(id=UNMADE, spec=spec()))
    store.save_picture(UNMADE, drawn, {})
    end(store, JOB, JobState.FINISHED)
    assert store.mark_picture(STORED, ANNA, Mark.KEPT)
    again = open_store()
    assert [record.id for record in again.kept(ANNA)] == [STORED]
    file = again.picture_file(UNMADE, ANNA)
    assert file is not None
    with Image.open(file) as image:
        np.testing.assert_array_equal(np.asarray(image), drawn)
    assert again.jobs(ANNA, sheets=True) == ()


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A folder of the second version."""
    with zipfile.ZipFile(SECOND) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "outputs"


@pytest.fixture
def told() -> dict[str, Any]:
    """What the second version itself told of its folder."""
    with zipfile.ZipFile(SECOND) as archive:
        found: dict[str, Any] = json.loads(archive.read("told.json"))
    return found


def as_told(store: DiskStore, job: JobRecord) -> dict[str, Any]:
    """A job in the shape of `told`, its pixels as hashes."""
    tasks = []
    for task in job.tasks:
        about = {one: getattr(task, one) for one in ("id", "stored", "deleted", "fault", "match")}
        file = store.picture_file(task.id, job.visitor)
        if file is not None:
            with Image.open(file) as image:
                about["pixels"] = hashlib.sha256(np.asarray(image).tobytes()).hexdigest()
            assert store.thumb_file(task.id, job.visitor) is not None
        tasks.append({**about, "mark": task.mark.value, "spec": task.spec})
    about = {one: getattr(job, one) for one in ("id", "visitor", "created", "message", "hint")}
    sheet = None if job.sheet is None else json.loads(job.sheet.to_json())
    return {**about, "state": job.state.value, "sheet": sheet, "tasks": tasks}


def of_today(job: dict[str, Any]) -> dict[str, Any]:
    """A told job with specs of today; the one whose row was lost has not ended."""
    tasks = [
        {**task, "spec": PictureSpec.from_json(json.dumps(task["spec"]))} for task in job["tasks"]
    ]
    return {**job, "tasks": tasks, "state": "queued" if is_lost(job) else job["state"]}


def is_lost(job: dict[str, Any]) -> bool:
    prompt: str = job["tasks"][0]["spec"]["prompt"]
    return prompt == "whole, but its row was lost in a crash"


def test_a_folder_of_the_second_version_is_read_whole(second: Path, told: dict[str, Any]) -> None:
    lost = [job["id"] for job in told[ANN]["jobs"] if is_lost(job)]
    assert len(lost) == 1
    for _ in range(3):
        store = DiskStore(second)
        for visitor in (ANN, BOB):
            found = [as_told(store, job) for job in store.jobs(visitor, limit=100)]
            assert found == [of_today(job) for job in told[visitor]["jobs"]]
            sheets = store.jobs(visitor, limit=100, sheets=True)
            assert [job.id for job in sheets] == told[visitor]["sheets"]
            assert [record.id for record in store.kept(visitor)] == told[visitor]["kept"]
        waiting = {job.id for job in store.unfinished_jobs()}
        assert waiting == {*told["unfinished"], *lost}
        store.close()


def test_the_folder_of_the_second_version_has_every_kind_of_dream(told: dict[str, Any]) -> None:
    jobs = [job for visitor in (ANN, BOB) for job in told[visitor]["jobs"]]
    tasks = [task for job in jobs for task in job["tasks"]]
    assert {job["state"] for job in jobs} == set(JobState)
    kinds = {job["sheet"]["kind"] for job in jobs if job["sheet"]}
    assert kinds == {"wall", "refined", "variations", "grid"}
    assert {task["mark"] for task in tasks} == set(Mark)
    states = {(task["stored"], task["deleted"]) for task in tasks}
    assert states == {(True, False), (True, True), (False, False)}
    assert sum("pixels" in task for task in tasks) == 35


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (PictureQuery(), 34),
        (PictureQuery(text="light"), 9),
        (PictureQuery(text="船"), 2),
        (PictureQuery(sampler="DPM++ 2M Karras"), 2),
        (PictureQuery(model="other/model", width=96, height=64), 1),
        (PictureQuery(mark=Mark.KEPT), 2),
    ],
)
def test_pictures_of_the_second_version_can_be_searched(
    second: Path, query: PictureQuery, count: int
) -> None:
    store = DiskStore(second)
    assert len(store.pictures(ANN, query, limit=100)) == count
    [best] = store.pictures(ANN, PictureQuery(order=Order.MATCH), limit=1)
    assert best.match == 0.45
    store.close()


@pytest.mark.parametrize(
    ("version", "digest"),
    [
        (1, "ee6887b348607a50cf3faa468805a1022a225428ac24ee6324138c6f430fe83e"),
        (2, "c82b2de29264da9c54ac7c43e38937e65a62545cf5a0c95945ccc043417dccca"),
    ],
)
def test_a_script_is_as_it_was_released(version: int, digest: str) -> None:
    script = MIGRATIONS[version - 1]
    assert isinstance(script, str)
    assert hashlib.sha256(script.encode()).hexdigest() == digest


def migrate_and_die(folder: Path) -> None:
    """Opens a folder in a process that is killed while it brings the list up to date, ten rows at a time."""
    code = (
        "import os, signal, sys; from pathlib import Path; from sdgui.storage import DiskStore, into_columns\n"
        "into_columns._MANY, into_columns._AT_ONCE = 10, 10\n"
        "die = lambda line: '30 of' in line and os.kill(os.getpid(), signal.SIGKILL)\n"
        "DiskStore(Path(sys.argv[1]), die)"
    )
    command = [sys.executable, "-c", code, str(folder)]
    assert subprocess.run(command, cwd=Path(__file__).parents[2]).returncode == -signal.SIGKILL


def test_a_folder_killed_while_it_is_brought_up_to_date_is_as_it_was(
    second: Path, told: dict[str, Any]
) -> None:
    for _ in range(2):
        migrate_and_die(second)
    store = DiskStore(second)
    found = [as_told(store, job) for job in store.jobs(ANN, limit=100)]
    assert found == [of_today(job) for job in told[ANN]["jobs"]]
    store.close()


def test_a_full_disk_keeps_a_folder_as_it_was_and_says_so(
    second: Path, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(file: Path) -> sqlite3.Connection:
        connection = connected(file)
        if full:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        return connection

    connected, full = database._connect, True
    monkeypatch.setattr(database, "_connect", connect)
    with pytest.raises(DiskFull, match="could not be brought up to date") as caught:
        DiskStore(second)
    assert str(second) in caught.value.message and "Free" in caught.value.hint
    full = False
    store = DiskStore(second)
    assert len(store.jobs(ANN, limit=100)) == len(told[ANN]["jobs"])
    store.close()


def test_a_row_that_cannot_be_read_keeps_no_folder_from_opening(second: Path) -> None:
    with sqlite3.connect(second / DATABASE) as connection:
        connection.execute(
            "UPDATE tasks SET spec = '{\"schema\": 99}' WHERE stored AND position = 3"
        )
    connection.close()
    store = DiskStore(second)
    assert store.pictures(ANN, PictureQuery(text="house haus")) == ()
    assert len(store.pictures(ANN, PictureQuery(text="Haus"))) == 2
    store.close()


def test_a_list_of_the_second_version_that_is_damaged_is_made_again(
    second: Path, told: dict[str, Any]
) -> None:
    store = DiskStore(second)
    before = {
        visitor: {
            (job.id, job.sheet, task.id, task.mark)
            for job in store.jobs(visitor, limit=100)
            for task in job.tasks
            if task.stored and not task.deleted
        }
        for visitor in (ANN, BOB)
    }
    store.sweep_bins()  # as the studio does at every start
    store.close()
    with (second / DATABASE).open("rb+") as written:
        written.write(bytes(4096))
    rebuild(second, lambda line: None)
    again = DiskStore(second)
    for visitor in (ANN, BOB):
        found = {
            (job.id, job.sheet, task.id, task.mark)
            for job in again.jobs(visitor, limit=100)
            for task in job.tasks
            if task.stored and not task.deleted
        }
        assert before[visitor] == found
    again.close()


def test_pictures_of_the_second_version_alone_are_dreams_of_one_second_and_settings(
    second: Path, told: dict[str, Any]
) -> None:
    (second / DATABASE).unlink()
    rebuild(second, lambda line: None)
    again = DiskStore(second)
    again.claim(ANN)
    jobs = [job for visitor in (ANN, BOB) for job in told[visitor]["jobs"]]
    known = {task["id"] for job in jobs for task in job["tasks"] if "pixels" in task}
    dreams = again.jobs(ANN, limit=100)
    stored = [task for dream in dreams for task in dream.tasks]
    assert known <= {task.id for task in stored}
    assert len({dream.id for dream in dreams}) < len(stored)
    for dream in dreams:
        first = dream.tasks[0].spec
        same = {replace(t.spec, seed=0, variation=None) for t in dream.tasks}
        assert same == {replace(first, seed=0, variation=None)}
    again.close()

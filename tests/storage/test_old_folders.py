"""An output folder of the first sdgui: its database and pictures are read as they are."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sdgui.records import JobState, Mark, TaskRecord
from sdgui.spec import SCHEMA
from sdgui.storage import DiskStore
from sdgui.storage.layout import DATABASE
from sdgui.storage.migrations import MIGRATIONS
from sdgui.storage.pictures import is_whole, read_spec
from tests.storage.samples import ANNA, NOON, pixels, spec

JOB, STORED, LOST, UNMADE = "a" * 32, "b" * 32, "c" * 32, "d" * 32
DAY = "2023-11-14"
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
    connection.executescript(MIGRATIONS[0])
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


def test_the_first_migration_is_as_it_was_released() -> None:
    digest = hashlib.sha256(MIGRATIONS[0].encode()).hexdigest()
    assert digest == "ee6887b348607a50cf3faa468805a1022a225428ac24ee6324138c6f430fe83e"


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
    store.end_job(JOB, JobState.FINISHED)
    assert store.mark_picture(STORED, ANNA, Mark.KEPT)
    again = open_store()
    assert [record.id for record in again.kept(ANNA)] == [STORED]
    file = again.picture_file(UNMADE, ANNA)
    assert file is not None
    with Image.open(file) as image:
        np.testing.assert_array_equal(np.asarray(image), drawn)
    assert again.jobs(ANNA, sheets=True) == ()

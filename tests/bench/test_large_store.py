"""A folder with many pictures: the bench of it, and how one of an earlier version is brought up to date."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from sdgui.bench.large_store import LIMITS, TOKEN, fill, give_faces
from sdgui.bench.scrolling import ACTS, MOST_TILES, scroll
from sdgui.bench.viewers import Chromium, find_chromium
from sdgui.picture_query import PictureQuery
from sdgui.storage import DiskStore
from sdgui.storage.layout import DATABASE
from sdgui.storage.migrations import MIGRATIONS
from tests.running_app import ENVIRONMENT, ROOT
from tests.web.conftest import open_site

ROWS, PER_JOB = 100_000, 40
SPEC = {
    "schema": 2,
    "negative_prompt": "",
    "model": {"id": "demo", "hash": "0" * 64},
    "width": 64,
    "height": 48,
    "steps": 20,
    "guidance": 7.0,
    "sampler": "DPM++ 2M Karras",
    "seed": 7,
}


def test_the_bench_of_a_small_store_prints_its_rows() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sdgui.bench", "--store", "500", "--rounds", "1"],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "500 pictures" in done.stdout, done.stderr
    rows = re.findall(r"^\| (.+?) \| -?\d+\.\d \(", done.stdout, re.MULTILINE)
    assert rows == list(LIMITS)
    assert "History is not scrolled: Chromium and Playwright are not both here." in done.stdout


def test_history_is_scrolled_in_chromium_and_only_what_is_on_the_screen_is_in_the_page(
    tmp_path: Path,
) -> None:
    path = find_chromium()
    assert path is not None
    fill(tmp_path, 1200, lambda line: None)
    give_faces(tmp_path)
    chromium = Chromium(path)
    try:
        with open_site(tmp_path) as site:
            seen = scroll(site.url, TOKEN, 1, chromium, lambda line: None)
    finally:
        chromium.close()
    assert [one.removeprefix("| ").partition(" | ")[0] for one in seen.lines()][4:] == list(ACTS)
    assert seen.first_screen[0] > 0
    for what, (cost,) in seen.acts.items():
        assert 0 < cost.busy <= cost.longest, what
        assert 0 < cost.tiles <= MOST_TILES, what


def fill_second(folder: Path) -> None:
    """A folder of the second version with many rows, every tenth of them stopped, every fiftieth deleted."""
    folder.mkdir()
    connection = sqlite3.connect(folder / DATABASE, isolation_level=None)
    for script in MIGRATIONS[:2]:
        assert isinstance(script, str)
        connection.executescript(script)
    connection.execute("PRAGMA user_version = 2")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO jobs (id, visitor, created, state) VALUES (?, 'ann', ?, 'finished')",
        ((f"{i:032x}", float(i)) for i in range(ROWS // PER_JOB)),
    )
    connection.executemany(
        """INSERT INTO tasks (id, job, position, spec, path, stored, deleted, created, notes, mark, marked)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            (
                *(f"{i:032x}", f"{i // PER_JOB:032x}", i % PER_JOB),
                json.dumps({**SPEC, "prompt": f"boat number {i}"}),
                *(None if i % 50 == 1 else f"a/{i}.png", i % 10 != 0, i % 50 == 1, float(i)),
                *(json.dumps({"match": str(i % 1000 / 1000)}), "kept" if i % 100 == 3 else "", i),
            )
            for i in range(ROWS)
        ),
    )
    connection.execute("COMMIT")
    connection.close()


def test_a_hundred_thousand_rows_are_brought_up_to_date_and_say_how_far_they_are(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "outputs"
    fill_second(folder)
    said: list[str] = []
    store = DiskStore(folder, said.append)
    assert said[0] == "The list of pictures is brought up to date: 0 of 100,000."
    assert said[10] == "The list of pictures is brought up to date: 50,000 of 100,000."
    connection = store._database._connection
    [(count, stored, deleted, kept, sampler)] = connection.execute(
        """SELECT count(*), sum(stored), sum(deleted), sum(mark = 'kept'), min(sampler) FROM tasks
        WHERE number = position + 1 + 40 * (SELECT created FROM jobs WHERE jobs.id = job)"""
    )
    assert (count, stored, deleted, kept) == (ROWS, ROWS * 9 // 10, ROWS // 50, ROWS // 100)
    assert sampler == "DPM++ 2M Karras"
    [found] = store.pictures("ann", PictureQuery(text="number 77777"))
    assert (found.id, found.match) == (f"{77777:032x}", 0.777)
    assert (
        connection.execute("SELECT count(*) FROM tasks WHERE settled").fetchone()[0] == ROWS // 10
    )
    store.close()
    again: list[str] = []
    store = DiskStore(folder, again.append)
    assert again == [] and store._database.missing() == ()
    store.close()

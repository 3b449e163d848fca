import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sdgui.errors import UserError
from sdgui.storage import DiskStore
from sdgui.storage.layout import DATABASE
from tests.storage.samples import ANNA, job

ROOT = Path(__file__).parents[2]


def start(what: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.saving_process", what, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def refusal(folder: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        DiskStore(folder)
    assert "\n" not in caught.value.message and caught.value.hint
    return caught.value


def test_makes_the_folder_and_its_parents(tmp_path: Path) -> None:
    DiskStore(tmp_path / "a" / "b").close()
    assert (tmp_path / "a" / "b").is_dir()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("a file")
    assert "cannot be written" in refusal(tmp_path / "outputs").message


def test_a_folder_under_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    assert "cannot be written" in refusal(tmp_path / "file" / "outputs").message


@pytest.mark.parametrize("path", ["/proc/sdgui/outputs", "/proc", "/sys/kernel"])
def test_a_folder_that_even_root_cannot_write_is_refused(path: str) -> None:
    assert "cannot be written" in refusal(Path(path)).message


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    assert "cannot be written" in refusal(tmp_path / ("x" * 300)).message


def test_a_second_instance_is_refused(store: DiskStore, folder: Path) -> None:
    error = refusal(folder)
    assert error.message == f"Another sdgui already uses the folder {folder}."
    assert error.hint == "Stop it, or choose another --output-dir."


def test_a_second_process_is_refused(folder: Path) -> None:
    with start("hold", folder) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        assert "Another sdgui" in refusal(folder).message
        other.kill()


def test_a_killed_process_gives_the_folder_free(folder: Path) -> None:
    with start("hold", folder) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        other.kill()
        other.wait()
    DiskStore(folder).close()


def test_close_gives_the_folder_free_even_from_another_thread(folder: Path) -> None:
    store = DiskStore(folder)
    closing = threading.Thread(target=store.close)
    closing.start()
    closing.join()
    DiskStore(folder).close()


def test_closing_twice_is_fine(store: DiskStore) -> None:
    store.close()
    store.close()


def test_the_folder_stays_where_it_was_when_the_process_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = DiskStore(Path("outputs"))
    dream = job()
    store.add_job(dream)
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    store.close()
    assert (tmp_path / "outputs" / DATABASE).is_file()


def test_a_database_of_garbage_is_refused_with_its_name(folder: Path) -> None:
    folder.mkdir()
    (folder / DATABASE).write_bytes(b"garbage" * 1000)
    error = refusal(folder)
    assert str(folder / DATABASE) in error.message and "--rebuild" in error.hint


def test_a_refused_database_leaves_the_folder_free(folder: Path) -> None:
    folder.mkdir()
    (folder / DATABASE).write_bytes(b"garbage" * 1000)
    refusal(folder)
    (folder / DATABASE).unlink()
    DiskStore(folder).close()


def test_a_folder_in_place_of_the_database_is_refused(folder: Path) -> None:
    (folder / DATABASE).mkdir(parents=True)
    assert "cannot be written" in refusal(folder).message


def test_a_page_of_garbage_in_the_database_is_told_plainly(
    open_store: Callable[[], DiskStore], folder: Path
) -> None:
    store = open_store()
    for _ in range(50):
        store.add_job(job(4))
    store.close()
    content = bytearray((folder / DATABASE).read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    (folder / DATABASE).write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        open_store().jobs(ANNA)


def test_a_database_of_a_newer_sdgui_is_refused(folder: Path) -> None:
    DiskStore(folder).close()
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    assert "newer sdgui" in refusal(folder).message


def test_commits_are_synced_to_the_disk(store: DiskStore) -> None:
    connection = store._database._connection
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL

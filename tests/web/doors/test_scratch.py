"""Gradio's scratch folder, and what is left of it by processes that were killed."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sdgui.web.doors.scratch import PREFIX, clear_scratch

MAKE = """
import sys
from sdgui.web.doors.scratch import make_scratch
print(make_scratch(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def start() -> subprocess.Popen[str]:
    """A process with a scratch folder of its own, once that is there."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def folders(temporary: Path) -> list[Path]:
    return sorted(temporary.glob(f"{PREFIX}*"))


def test_what_a_killed_process_left_goes_at_the_next_start(temporary: Path) -> None:
    with start() as killed:
        killed.kill()
    [left] = folders(temporary)
    with start() as living:
        [own] = folders(temporary)
        assert own != left
        living.communicate()
    assert folders(temporary) == []


def test_the_folder_of_a_living_process_stays(temporary: Path) -> None:
    with start() as living:
        before = folders(temporary)
        clear_scratch()
        assert folders(temporary) == before
        living.communicate()


def test_a_folder_of_another_program_stays(temporary: Path) -> None:
    other = temporary / f"{PREFIX}other"
    other.mkdir()
    clear_scratch()
    assert other.is_dir()

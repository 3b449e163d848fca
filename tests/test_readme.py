"""What the README shows works as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.running_app import ENVIRONMENT, ROOT, RunningApp

README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SHELL = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)


def run(code: str, folder: Path) -> str:
    """What it complained of; an error where it failed. What it downloads and leaves behind lies beside the folder."""
    scratch = folder.with_name(f"{folder.name}-scratch")
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_lines_of_python_dream_four_pictures_and_make_a_labelled_grid(tmp_path: Path) -> None:
    assert run(PYTHON[0] + PYTHON[1], tmp_path) == ""
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        *(f"{seed}.png" for seed in (1041, 1042, 1043, 1044)),
        "grid.png",
    ]
    with Image.open(tmp_path / "grid.png") as sheet:
        assert sheet.width >= 3 * 128
        assert sheet.height >= 2 * 128


def test_the_lines_of_python_ask_a_running_server(tmp_path: Path) -> None:
    app = RunningApp(tmp_path / "app")
    try:
        run(PYTHON[2].replace("http://127.0.0.1:7860", app.url), tmp_path)
        assert len(app.pictures()) == 4
    finally:
        app.kill()


def test_one_command_starts_and_one_tests() -> None:
    start, tests = SHELL[0], SHELL[-1]
    assert start.count("\n") == 1
    assert tests.count("\n") == 1
    assert start.strip().endswith("app.py")
    assert "-r requirements.txt" in start
    assert "-r requirements.txt -r tests/requirements.txt" in tests
    assert tests.strip().endswith("-m pytest -n 2")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README))))
def test_what_is_linked_is_there(path: str) -> None:
    assert (ROOT / path).exists()

"""The bench measures real things: a short run prints its tables."""

import re
import subprocess
import sys

from tests.running_app import ENVIRONMENT, ROOT

SHORT = (
    *("--count", "2", "--steps", "2", "--size", "64", "--rounds", "1"),
    *("--grids", "1", "--grid-steps", "1", "--starts", "0"),
)


def test_a_short_run_prints_what_dreams_and_a_grid_took() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sdgui.bench", *SHORT],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2 pictures of 64x64, 2 steps" in done.stdout
    assert "36 pictures of 64x64 in 6 batches, 1 steps" in done.stdout
    rows = re.findall(r"^\| (.+?) \| (\d+\.\d\d) \(", done.stdout, re.MULTILINE)
    names = [name for name, seconds in rows if float(seconds) > 0]
    for name in ("bare diffusers pipe()", "engine, previews", "whole app", "first preview"):
        assert any(name in row for row in names), done.stdout
    for name in ("6×6 grid", "one by one"):
        assert any(name in row for row in names), done.stdout

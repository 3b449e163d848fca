"""The bench measures real things: a short run prints its table."""

import re
import subprocess
import sys

from sdgui.bench.grid import Grid
from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.catalog import Catalog
from tests.running_app import ENVIRONMENT, ROOT

SHORT = (
    *("--count", "2", "--steps", "2", "--size", "64"),
    *("--rounds", "1", "--grids", "0", "--starts", "0"),
)


def test_a_short_run_prints_what_dreams_took() -> None:
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
    rows = re.findall(r"^\| (.+?) \| (\d+\.\d\d) \(", done.stdout, re.MULTILINE)
    names = [name for name, seconds in rows if float(seconds) > 0]
    for name in ("bare diffusers pipe()", "engine, previews", "whole app", "first preview"):
        assert any(name in row for row in names), done.stdout


def test_the_grid_has_six_batches_of_equal_cost() -> None:
    batches = Grid(steps=3).batches(Catalog("demo", embedded=EMBEDDED), "cpu")
    assert [[spec.seed for spec in specs] for specs in batches] == [list(range(1041, 1047))] * 6
    assert [{spec.guidance for spec in specs} for specs in batches] == [{g} for g in range(2, 8)]
    assert {spec.steps for specs in batches for spec in specs} == {3}

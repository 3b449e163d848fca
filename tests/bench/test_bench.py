"""The bench measures real things: a short run prints its table."""

import argparse
import functools
import os
import re
import subprocess
import sys

import pytest

from sdgui.bench import grid, viewers
from sdgui.bench.__main__ import _beside, _grid, main
from sdgui.bench.generation import load_bare
from sdgui.bench.grid import Grid
from sdgui.bench.models_folder import measure as measure_models
from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.allocator import FREED_MEMORY
from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.engine.waiting import SPIN_COUNT, SPINS
from tests.running_app import ENVIRONMENT, ROOT

SHORT = (
    *("--count", "2", "--steps", "2", "--size", "64"),
    *("--rounds", "1", "--grids", "0", "--starts", "0", "--beside", "0"),
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


def test_a_grid_is_measured_in_three_ways(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(grid, "Grid", functools.partial(Grid, scales="2-3", seeds="1-2"))
    catalog = Catalog("demo", embedded=EMBEDDED)
    pipe = load_bare("demo", "cpu", "float32", catalog)
    engine = TorchEngine(catalog, device="cpu")
    given = argparse.Namespace(
        model="demo", device="cpu", dtype="float32", grid_steps=1, size=64, grids=1
    )
    _grid(given, catalog, pipe, engine)
    engine.close()
    said = capsys.readouterr().out
    assert "4 pictures of 64x64 in 2 batches, 1 steps" in said
    rows = re.findall(r"^\| (.+?) \| (\d+\.\d\d) \(", said, re.MULTILINE)
    names = [name for name, seconds in rows if float(seconds) > 0]
    for way, name in zip(
        ("bare diffusers", "through the engine", "one by one"), names, strict=True
    ):
        assert way in name


@pytest.mark.skipif(viewers.find_chromium() is None, reason="no Chromium on the path")
def test_dreams_are_measured_in_company(capsys: pytest.CaptureFixture[str]) -> None:
    given = argparse.Namespace(
        **{"model": "demo", "device": "cpu", "dtype": "float32"},
        **{"count": 1, "steps": 2, "size": 64, "beside": 1},
    )
    _beside(given, Catalog("demo", embedded=EMBEDDED))
    said = capsys.readouterr().out
    assert "1 pictures of 64x64, 2 steps" in said
    rows = re.findall(r"^\| (.+?) \| (\d+\.\d\d) \(", said, re.MULTILINE)
    assert [name for name, seconds in rows if float(seconds) > 0] == [
        "bare diffusers pipe(), torch as it is installed",
        "the same beside one busy process",
        "the app, nobody watching",
        "the app, watched in Chromium",
        "the app beside one busy process",
        "the app beside two",
    ]
    assert re.search(r"^Who watched saw \d+ to \d+ previews", said, re.MULTILINE)


@pytest.mark.skipif(sys.platform != "linux", reason="the settings are glibc's")
def test_all_is_measured_with_the_settings_of_the_apps_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process reads them when it starts, so the bench starts anew with them."""
    started: list[tuple[list[str], dict[str, str]]] = []

    def start(_path: str, arguments: list[str]) -> None:
        started.append((arguments, dict(os.environ)))
        raise SystemExit

    for name in (*FREED_MEMORY, SPIN_COUNT):
        monkeypatch.setenv(name, "0")
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "execv", start)
    monkeypatch.setattr(sys, "argv", ["bench"])
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "sdgui.bench", "--grids", "0"])
    with pytest.raises(SystemExit):
        main()
    [(arguments, environment)] = started
    assert arguments == [sys.executable, "-m", "sdgui.bench", "--grids", "0"]
    settings = {**FREED_MEMORY, SPIN_COUNT: SPINS}
    assert environment.items() >= {name: str(n) for name, n in settings.items()}.items()


def test_the_grid_has_six_batches_of_equal_cost() -> None:
    batches = Grid(steps=3).batches(Catalog("demo", embedded=EMBEDDED), "cpu")
    assert [[spec.seed for spec in specs] for specs in batches] == [list(range(1041, 1047))] * 6
    assert [{spec.guidance for spec in specs} for specs in batches] == [{g} for g in range(2, 8)]
    assert {spec.steps for specs in batches for spec in specs} == {3}


def test_a_models_folder_is_measured() -> None:
    seconds = measure_models(3)
    assert len(seconds) == 5
    assert all(one > 0 for one in seconds.values())

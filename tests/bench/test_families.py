"""Models with random weights are measured beside bare diffusers: tiny ones of every family, and real shapes on CUDA."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from sdgui.bench import families
from sdgui.bench.__main__ import _families
from sdgui.bench.families import BARE, QUIET, SEEN, measure_shapes
from sdgui.bench.random_models.tiny_families import MODELS, sd1
from sdgui.engine.families.table import RECOGNISERS

ROW = re.compile(r"^\| (?P<name>[^|]+?) \|(?P<cells>.*)\|$", re.MULTILINE)
SHORT = {"count": 2, "steps": 2, "size": 64}


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are written; nothing of them may stay."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Several would wait for each other at every operation of models this small, beside other programs for long."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def rows(said: str) -> dict[str, list[str]]:
    """The cells of each row that begins with a measured name."""
    found = {one["name"]: one["cells"].split("|") for one in ROW.finditer(said)}
    return {name: [c.strip() for c in cells] for name, cells in found.items() if set(name) != {"-"}}


def test_without_cuda_one_line_says_so_and_the_tiny_models_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], scratch: Path
) -> None:
    # One with a part left out, one that is told otherwise, one of a step of 32 pixels.
    few = {name: MODELS[name] for name in ("sd1", "sd3-without-t5", "qwen-image", "sana")}
    monkeypatch.setattr(families, "MODELS", few)
    _families(argparse.Namespace(device="cpu", dtype="auto", rounds=1, **SHORT))
    said = capsys.readouterr().out
    first, *_ = said.splitlines()
    assert first == "No CUDA device is used here: the real shapes of SD 1.5 and SDXL are left out."
    assert "2 pictures of 64x64, on cpu in float32; 1 interleaved rounds" in said
    measured = {name: cells for name, cells in rows(said).items() if name in MODELS}
    assert list(measured) == list(few)
    for what, milliseconds, *ratios in measured.values():
        assert what.startswith("2, ")
        assert float(milliseconds.split()[0]) > 0
        assert len(ratios) == 2 and all(re.fullmatch(r"\d+\.\d\d \(.+\)", one) for one in ratios)
    assert not list(scratch.iterdir())


def test_a_shape_is_measured_with_previews_and_without(
    monkeypatch: pytest.MonkeyPatch, scratch: Path
) -> None:
    monkeypatch.setattr(families, "SHAPES", {"SD 1.5": lambda device: sd1()})
    told: list[str] = []
    lines = "\n".join(measure_shapes(SHORT, "cpu", "float32", 2, told.append))
    assert "SD 1.5 with random weights" in lines
    assert "2 pictures of 64x64, 2 steps, Euler, cfg 7, on cpu in float32; 2 inter" in lines
    measured = rows(lines)
    assert [name for name in measured if name != "what"] == [BARE, QUIET, SEEN]
    seconds, ratio, speed, _memory = measured[BARE]
    assert ratio == "1.00 (1.00-1.00)"
    assert float(speed) > 0 and float(seconds.split()[0]) >= 0
    assert told == ["warmed up", "round 1 of 2", "round 2 of 2"]
    assert not list(scratch.iterdir())


def test_a_shape_without_room_is_told_and_the_next_one_is_measured(
    monkeypatch: pytest.MonkeyPatch, scratch: Path
) -> None:
    def too_large(device: torch.device) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(families, "SHAPES", {"SDXL": too_large, "SD 1.5": lambda device: sd1()})
    first, *others = measure_shapes(SHORT, "cpu", "float32", 1, lambda line: None)
    assert first == "\nSDXL was not measured: CUDA out of memory."
    assert "SD 1.5 with random weights" in others[0]
    assert not list(scratch.iterdir())


def test_with_previews_there_are_some_and_without_none(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    offer = families.EngineWay.__call__

    def call(way: Any) -> None:
        way.first_preview.clear()
        offer(way)
        seen.append(bool(way.first_preview))

    monkeypatch.setattr(families.EngineWay, "__call__", call)
    monkeypatch.setattr(families, "SHAPES", {"SD 1.5": lambda device: sd1()})
    list(measure_shapes({**SHORT, "steps": 40}, "cpu", "float32", 1, lambda line: None))
    # Warmed up in this order, then in turn; on a busy machine a preview may come too late for so short a dream.
    without, some = seen[::2], seen[1::2]
    assert without == [False, False]
    assert any(some)


def test_every_family_has_a_tiny_model() -> None:
    spelt = {name.replace("-", "_") for name in MODELS}
    assert all(any(one.startswith(family.name) for one in spelt) for family in RECOGNISERS)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_real_shapes_are_measured_on_cuda() -> None:
    asked = {"count": 1, "steps": 2, "size": None}
    lines = list(measure_shapes(asked, "cuda", "auto", 1, lambda line: None))
    heads = [line for line in lines if "with random weights" in line]
    assert len(heads) == 2 and all("in float16" in head for head in heads)
    assert "1 pictures of 512x512" in heads[0] and "1 pictures of 1024x1024" in heads[1]
    memory = [
        int(line.split("|")[-2].replace(",", "")) for line in lines if line.startswith("| en")
    ]
    assert len(memory) == 4 and min(memory) > 0

"""A model makes the same pictures however it is held, and nearly the same with weights in 8 bits."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sdgui.bench.random_models.tiny_families import write_family
from sdgui.engine import loader as loader_module
from sdgui.engine.memory_plan import Arrangement, Keep, MemoryPlan
from tests.engine.conftest import Lab


@pytest.mark.parametrize("keep", [Keep.PARTS, Keep.GROUPS])
@pytest.mark.parametrize("family", ["sdxl", "flux1-dev"])
def test_a_model_that_is_taken_apart_makes_the_same_pictures(
    family: str, keep: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_family(family, tmp_path / family)
    lab = Lab(folder, tmp_path / "cache")
    specs = lab.specs(steps=2, count=2)
    expected = lab.pictures(specs)
    lab.engine.close()

    apart = Lab(folder, tmp_path / "cache")
    arrange(apart, monkeypatch, Arrangement(keep=keep))
    assert np.array_equal(apart.pictures(specs), expected)
    apart.engine.close()


@pytest.mark.parametrize("family", ["sdxl", "flux1-dev"])
def test_weights_in_8_bits_are_a_quarter_and_make_nearly_the_same_picture(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_family(family, tmp_path / family)
    lab = Lab(folder, tmp_path / "cache")
    specs = lab.specs(steps=2)
    (expected,) = lab.pictures(specs)
    (whole,) = lab.engine._loader._warm.values()
    lab.engine.close()

    small = Lab(folder, tmp_path / "cache")
    arrange(small, monkeypatch, Arrangement(float8=True))
    (picture,) = small.pictures(specs)
    (held,) = small.engine._loader._warm.values()
    cpu = torch.device("cpu")
    assert held.held_by(cpu) < held.weights == pytest.approx(whole.weights)
    # 8 bits with 3 behind the point: what is lost of a weight is a sixteenth of it at most.
    assert np.abs(picture.astype(int) - expected.astype(int)).mean() < 8
    small.engine.close()


def arrange(lab: Lab, monkeypatch: pytest.MonkeyPatch, arrangement: Arrangement) -> None:
    """Lets the lab hold its model so."""
    plan = MemoryPlan(arrangement=arrangement, pictures=2, tiles=False, needed=0)
    monkeypatch.setattr(loader_module, "plan_memory", lambda *_, **__: plan)

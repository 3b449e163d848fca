"""What is exported, and what is not; nothing is trained here."""

import os
from pathlib import Path

import pytest
import torch

from sdgui.demo.training.adopt import adopt
from sdgui.demo.training.export import WEIGHTS, export
from sdgui.demo.training.unet_stage import BATCH, ranks_on


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checkpoints made of the weights that ship."""
    folder = tmp_path_factory.mktemp("work")
    adopt(folder, WEIGHTS)
    return folder


# The second runs over in the half precision that is written.
@pytest.mark.parametrize("value", [float("nan"), 1e6])
def test_weights_that_are_not_finite_are_not_written(
    work: Path, tmp_path: Path, value: float
) -> None:
    whole = torch.load(work / "unet.pt")
    torch.save({**whole, "conv_in.bias": whole["conv_in.bias"] + value}, work / "unet.pt")
    with pytest.raises(ValueError, match=r"unet: conv_in\.bias is not finite"):
        export(work, tmp_path / "weights")
    torch.save(whole, work / "unet.pt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("cores", "ranks"), [(None, 1), (1, 1), (8, 8), (33, BATCH), (128, BATCH)])
def test_every_process_that_trains_has_a_drawing_of_the_batch(
    monkeypatch: pytest.MonkeyPatch, cores: int | None, ranks: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert ranks_on("cpu") == ranks
    assert BATCH // ranks_on("cpu") >= 1
    assert ranks_on("cuda") == 1

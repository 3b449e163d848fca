"""Every family on a CUDA device."""

import numpy as np
import pytest
import torch

from sdgui.engine.engine import TorchEngine
from sdgui.events import Decoded
from tests.engine.conftest import of_type
from tests.engine.families.conftest import FamilyLab
from tests.engine.test_loading import run_one

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]


def test_a_seed_means_the_same_picture_on_both_devices(family_lab: FamilyLab) -> None:
    (spec,) = family_lab.specs()
    engine = TorchEngine(family_lab.catalog, "cuda", "float32")
    (done,) = of_type(run_one(engine, spec), Decoded)
    engine.close()
    difference = np.abs(done.pixels.astype(int) - family_lab.pictures((spec,))[0].astype(int))
    # TF32 and other kernels: a few levels in single pixels, nothing that is seen.
    assert difference.mean() < 1
    assert difference.max() <= 16


def test_half_precision_is_the_one_whose_range_suffices(family_lab: FamilyLab) -> None:
    (spec,) = family_lab.specs()
    engine = TorchEngine(family_lab.catalog, "cuda")
    (done,) = of_type(run_one(engine, spec), Decoded)
    engine.close()
    half = family_lab.warm.family.half
    if half is torch.bfloat16 and not torch.cuda.is_bf16_supported():
        half = torch.float16
    assert done.notes["dtype"] == str(half).removeprefix("torch.")
    assert "decoding" not in done.notes

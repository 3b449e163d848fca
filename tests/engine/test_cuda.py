"""What only a CUDA device shows: half precision, previews on a stream of their own, offloading."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sdgui.engine.engine import TorchEngine
from sdgui.events import Decoded, Preview
from tests.engine.conftest import Lab, of_type
from tests.engine.test_loading import run_one

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]


@pytest.fixture
def cuda_lab(tiny_folder: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    lab = Lab(tiny_folder, tmp_path)
    lab.engine = TorchEngine(lab.catalog, "cuda", cache_dir=tmp_path, clock=lab.clock)
    yield lab
    lab.engine.close()


def test_float16_and_the_device_are_recorded(cuda_lab: Lab) -> None:
    (done,) = of_type(cuda_lab.run(cuda_lab.specs()), Decoded)
    assert done.notes["dtype"] == "float16"
    assert done.notes["device"].startswith("cuda (")


def test_a_seed_means_the_same_picture_on_both_devices(cuda_lab: Lab, lab: Lab) -> None:
    (spec,) = cuda_lab.specs(steps=12)
    engine = TorchEngine(cuda_lab.catalog, "cuda", "float32")
    (done,) = of_type(run_one(engine, spec), Decoded)
    engine.close()
    difference = np.abs(done.pixels.astype(int) - lab.pictures((spec,))[0].astype(int))
    # TF32 and other kernels: a few levels in single pixels, nothing that is seen.
    assert difference.mean() < 1
    assert difference.max() <= 16


def test_previews_show_pictures_and_not_white_frames(cuda_lab: Lab, lab: Lab) -> None:
    from tests.engine.test_previews import pictures_of

    specs = cuda_lab.specs(count=2, steps=25)
    on_cuda = of_type(cuda_lab.run(specs), Preview)
    on_cpu = {(one.tasks, one.step): one for one in of_type(lab.run(specs), Preview)}
    assert on_cuda
    for preview in on_cuda:
        same = on_cpu.get((preview.tasks, preview.step))
        if same is not None:
            for task in preview.tasks:
                (here,), (there,) = pictures_of([preview], task), pictures_of([same], task)
                assert np.abs(here - there).mean() < 8


def test_offloading_gives_the_same_picture_and_the_next_batch_runs(cuda_lab: Lab) -> None:
    (spec,) = cuda_lab.specs()
    (expected,) = cuda_lab.pictures((spec,))
    warm = cuda_lab.engine._load(spec.model, lambda event: None)
    refused: list[int] = []

    def refuse_once(_module: object, _inputs: object) -> None:
        if not refused:
            refused.append(1)
            raise torch.OutOfMemoryError("CUDA out of memory.")

    hook = warm.pipe.unet.conv_in.register_forward_pre_hook(refuse_once)
    (done,) = of_type(cuda_lab.run((spec,)), Decoded)
    hook.remove()
    assert done.notes["memory: model"] == "kept in main memory, in parts on the device"
    assert np.abs(done.pixels.astype(int) - expected.astype(int)).max() <= 1
    (after,) = cuda_lab.pictures((spec,))
    assert np.abs(after.astype(int) - expected.astype(int)).max() <= 1

"""Whatever is changed in a warm model is put back, wherever it breaks off; else the model is loaded anew."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from sdgui.engine.changes import (
    SMALLEST_TILE,
    changed,
    decoding_in_float32,
    decoding_in_tiles,
    offloaded,
    with_scheduler,
)
from sdgui.engine.engine import TorchEngine
from sdgui.engine.loader import WarmModel
from sdgui.engine.samplers import make_scheduler
from sdgui.events import Decoded, Loaded, TaskFailed
from tests.engine.conftest import Lab, of_type

NO_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
CPU = torch.device("cpu")


@pytest.fixture
def half(tiny_folder: Path, tmp_path: Path) -> Iterator[Lab]:
    """An engine of its own in half precision, whose VAE runs over in it as long as `half.runs_over`."""
    lab = Lab(tiny_folder, tmp_path)
    lab.engine = TorchEngine(lab.catalog, "cpu", "bfloat16", cache_dir=tmp_path, clock=lab.clock)
    yield lab
    lab.engine.close()


def warm_model(lab: Lab) -> WarmModel:
    return lab.engine._loader.get(lab.specs()[0].model, lambda event: None)


def run_over_in_half_precision(vae: Any) -> Any:
    return vae.decoder.register_forward_hook(
        lambda _module, _inputs, output: (
            output * np.nan if output.dtype == torch.bfloat16 else output
        )
    )


def faults(method: Any, *, number: int = 1, fault: Exception = NO_MEMORY) -> Any:
    """The method, but its first calls raise."""
    left = [number]

    def faulty(*args: Any, **kwargs: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise fault
        return method(*args, **kwargs)

    return faulty


def state(warm: WarmModel) -> dict[str, object]:
    """All that a change in place could leave behind."""
    pipe = warm.pipe
    modules = {name: part for name, part in pipe.components.items() if hasattr(part, "modules")}
    return {
        "scheduler": pipe.scheduler,
        "tiling": (
            pipe.vae.use_tiling,
            pipe.vae.tile_sample_min_size,
            pipe.vae.tile_latent_min_size,
        ),
        **{
            f"{name}.{key}": (tensor.dtype, tensor.device)
            for name, module in modules.items()
            for key, tensor in module.state_dict().items()
        },
        **{
            f"{name} is hooked": any(hasattr(module, "_hf_hook") for module in part.modules())
            for name, part in modules.items()
        },
    }


CHANGES = {
    "scheduler": lambda warm: with_scheduler(
        warm, make_scheduler("Euler", warm.scheduler_config, 5)
    ),
    "float32": decoding_in_float32,
    "tiles": lambda warm: decoding_in_tiles(warm, 128),
    "offload": lambda warm: offloaded(warm, CPU),
}


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest) -> Any:
    return CHANGES[request.param]


def test_a_change_lasts_as_long_as_it_is_needed(half: Lab, change: Any) -> None:
    warm = warm_model(half)
    before = state(warm)
    with change(warm):
        assert state(warm) != before
    assert state(warm) == before
    assert not warm.spoilt


def test_a_fault_meanwhile_is_raised_and_the_model_is_as_before(half: Lab, change: Any) -> None:
    warm = warm_model(half)
    before = state(warm)
    with pytest.raises(torch.OutOfMemoryError), change(warm):
        raise NO_MEMORY
    assert state(warm) == before


@pytest.mark.parametrize("name", ["float32", "offload"])
@pytest.mark.parametrize("where", ["encoder.conv_in", "decoder.conv_in", "post_quant_conv"])
def test_a_change_that_breaks_off_half_way_is_put_back(
    half: Lab, monkeypatch: pytest.MonkeyPatch, name: str, where: str
) -> None:
    warm = warm_model(half)
    before = state(warm)
    part = warm.pipe.vae.get_submodule(where)
    monkeypatch.setattr(part, "_apply", faults(part._apply))
    with pytest.raises(torch.OutOfMemoryError), CHANGES[name](warm):
        pytest.fail("it was not changed wholly")
    assert state(warm) == before
    assert not warm.spoilt


@pytest.mark.parametrize(("longest", "tile"), [(256, 128), (128, 64), (64, 64)])
def test_a_picture_of_the_size_that_the_vae_was_trained_at_is_decoded_in_more_than_one_tile(
    half: Lab, longest: int, tile: int
) -> None:
    """It would be decoded whole: diffusers takes the VAE's own size, 128 here, for that of a tile."""
    vae = warm_model(half).pipe.vae
    sizes: list[int] = []
    hook = vae.decoder.register_forward_hook(
        lambda _module, _inputs, output: sizes.append(max(output.shape[-2:]))
    )
    latents = torch.zeros(1, 4, longest // 4, longest // 4, dtype=torch.bfloat16)
    with decoding_in_tiles(warm_model(half), longest), torch.inference_mode():
        vae.decode(latents)
    hook.remove()
    assert max(sizes) == tile
    assert len(sizes) > 1 or longest <= SMALLEST_TILE


def test_what_cannot_be_put_back_spoils_the_model_and_hides_no_other_fault(
    half: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    warm = warm_model(half)

    def within(outer: AbstractContextManager[None]) -> None:
        with outer, changed(warm, lambda: None, faults(None)):
            raise ValueError("the first fault")

    with pytest.raises(ValueError, match="the first fault"):
        within(changed(warm, lambda: None, lambda: pytest.fail("it is given up already")))
    assert warm.spoilt
    assert "loaded anew" in caplog.text


def test_memory_that_ends_while_the_vae_is_converted_costs_no_picture(half: Lab) -> None:
    (expected,) = half.pictures(half.specs())
    vae = warm_model(half).pipe.vae
    hook = run_over_in_half_precision(vae)
    vae.decoder.conv_out._apply = faults(vae.decoder.conv_out._apply)
    (done,) = of_type(half.run(half.specs()), Decoded)
    assert done.notes["decoding"] == "decoded in float32"
    hook.remove()
    assert {parameter.dtype for parameter in vae.parameters()} == {torch.bfloat16}
    assert np.array_equal(half.pictures(half.specs())[0], expected)


@pytest.mark.parametrize("times", [1, 99])
def test_a_vae_that_cannot_be_converted_back_is_loaded_anew(half: Lab, times: int) -> None:
    expected = half.pictures(half.specs(count=2))
    vae = warm_model(half).pipe.vae
    run_over_in_half_precision(vae)
    to = vae.to
    back = faults(to, number=times)
    vae.to = lambda dtype: back(dtype) if dtype == torch.bfloat16 else to(dtype)
    events = half.run(half.specs(count=2))
    first, second = of_type(events, Decoded)
    assert first.notes["decoding"] == "decoded in float32"
    assert [
        type(one) for one in events[events.index(first) :] if isinstance(one, Loaded | Decoded)
    ] == [
        Decoded,
        Loaded,
        Decoded,
    ]
    assert np.array_equal(second.pixels, expected[1])
    assert warm_model(half).pipe.vae is not vae


def test_tiles_end_with_a_picture_that_fails_in_them(half: Lab) -> None:
    (expected,) = half.pictures(half.specs())
    vae = warm_model(half).pipe.vae
    vae._decode = faults(faults(vae._decode, fault=RuntimeError("something else")), fault=NO_MEMORY)
    (failed,) = of_type(half.run(half.specs()), TaskFailed)
    assert "unexpected" in failed.message
    assert not vae.use_tiling
    assert np.array_equal(half.pictures(half.specs())[0], expected)


def test_a_vae_that_stays_in_tiles_is_loaded_anew(half: Lab) -> None:
    (expected,) = half.pictures(half.specs())
    vae = warm_model(half).pipe.vae
    vae._decode = faults(vae._decode)
    vae.disable_tiling = faults(vae.disable_tiling)
    (done,) = of_type(half.run(half.specs()), Decoded)
    assert done.notes["memory: decoding"] == "in tiles"
    assert np.array_equal(half.pictures(half.specs())[0], expected)
    assert warm_model(half).pipe.vae is not vae


class Offloading:
    """Stands in for a device with too little memory: what is called of the pipeline, and what of it fails."""

    def __init__(self, lab: Lab) -> None:
        self.pipe = warm_model(lab).pipe
        self.called: list[str] = []
        self.failing: set[str] = set()
        lab.engine._placement = SimpleNamespace(  # type: ignore[assignment]
            device=SimpleNamespace(type="cuda"), device_name="small", dtype_name="bfloat16"
        )
        self.pipe.enable_model_cpu_offload = lambda device: self.call("offload")
        self.pipe.to = lambda device: self.call("back")
        unet = self.pipe.unet
        unet.forward = faults(unet.forward)

    def call(self, name: str) -> None:
        self.called.append(name)
        if name in self.failing:
            raise NO_MEMORY


def test_a_model_goes_back_to_the_device_at_the_end_of_its_batch(half: Lab) -> None:
    (expected,) = half.pictures(half.specs())
    device = Offloading(half)
    (done,) = of_type(half.run(half.specs()), Decoded)
    assert done.notes["memory: model"] == "kept in main memory, in parts on the device"
    assert device.called == ["offload", "back"]
    assert np.array_equal(half.pictures(half.specs())[0], expected)
    assert warm_model(half).pipe is device.pipe


def test_offloading_that_breaks_off_half_way_fails_its_batch_only(half: Lab) -> None:
    (expected,) = half.pictures(half.specs())
    device = Offloading(half)
    device.failing = {"offload"}
    (failed,) = of_type(half.run(half.specs()), TaskFailed)
    assert "memory" in failed.message
    assert device.called == ["offload", "back"]
    assert np.array_equal(half.pictures(half.specs())[0], expected)


def test_a_model_that_does_not_come_back_to_the_device_is_loaded_anew(half: Lab) -> None:
    (expected,) = half.pictures(half.specs())
    device = Offloading(half)
    device.failing = {"back"}
    assert of_type(half.run(half.specs()), Decoded)
    assert np.array_equal(half.pictures(half.specs())[0], expected)
    assert warm_model(half).pipe is not device.pipe

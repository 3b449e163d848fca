"""Out of memory is not an end: the batch is split, the decode tiled, and the picture stays the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from torch.nn.modules.module import register_module_forward_pre_hook

from sdgui.engine import changes, memory_plan
from sdgui.engine import loader as loader_module
from sdgui.engine.main_memory import Memory
from sdgui.engine.memory import is_out_of_memory
from sdgui.engine.memory_plan import DENOISING, Arrangement, Work
from sdgui.errors import UserError
from sdgui.events import Decoded, Finished, Fitted, Stepped, TaskFailed, WorkerEvent
from sdgui.spec import DreamRequest
from sdgui.storage import DiskStore
from sdgui.studio.studio import Studio
from tests.engine.conftest import Lab, of_type
from tests.people import who
from tests.studio.conftest import ends, follow

FAULTS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    MemoryError(),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory: you tried"
    ),
]


class Limit:
    """Lets a module run only on batches up to a size."""

    def __init__(self, fault: Exception, largest: int) -> None:
        self.fault = fault
        self.largest = largest
        self.refused: list[int] = []

    def __call__(self, _module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
        if len(inputs[0]) > self.largest:
            self.refused.append(len(inputs[0]))
            raise self.fault


@pytest.fixture
def pipe(lab: Lab) -> Iterator[Any]:
    ref = lab.specs()[0].model
    lab.engine._loader.prepare(ref, Work(width=64, height=64), lambda event: None)
    pipe = lab.engine._load(ref, lambda event: None).pipe
    hooks: list[Any] = []
    pipe.limit = lambda module, limit: hooks.append(module.register_forward_pre_hook(limit))
    yield pipe
    for hook in hooks:
        hook.remove()


@pytest.fixture
def limit_everywhere() -> Iterator[Any]:
    """Limits every UNet, also that of a model which is loaded anew."""
    hooks: list[Any] = []

    def limit(limit: Limit) -> None:
        def before(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            if isinstance(module, UNet2DConditionModel):
                limit(module, inputs)

        hooks.append(register_module_forward_pre_hook(before))

    yield limit
    for hook in hooks:
        hook.remove()


@pytest.mark.parametrize("fault", FAULTS, ids=["cuda", "python", "cpu"])
def test_splitting_gives_the_same_pictures(lab: Lab, pipe: Any, fault: Exception) -> None:
    specs = lab.specs(count=5, guidance=1.0, sampler="Euler a")
    expected = lab.pictures(specs)
    limit = Limit(fault, largest=2)
    pipe.limit(pipe.unet.conv_in, limit)
    events = lab.run(specs)
    done = {event.task: event for event in of_type(events, Decoded)}
    assert limit.refused == [5, 3]
    for i, picture in enumerate(expected):
        # Other shapes take other kernels: one level of rounding.
        assert np.abs(done[str(i)].pixels.astype(int) - picture.astype(int)).max() <= 1
        assert done[str(i)].notes["memory: batch"] == "split into parts of at most 2"
    steps = of_type(events, Stepped)
    assert (steps[-1].step, steps[-1].steps) == (15, 15)


def test_what_fitted_is_told_once(lab: Lab, pipe: Any) -> None:
    pipe.limit(pipe.unet.conv_in, Limit(FAULTS[0], largest=2))
    specs = lab.specs(count=5, guidance=1.0)
    told = Fitted(model=lab.model, width=64, height=64, pictures=2)
    assert of_type(lab.run(specs), Fitted) == [told]
    assert of_type(lab.run(specs[:2]), Fitted) == []


def test_a_part_that_others_have_left_teaches_nothing(lab: Lab, pipe: Any) -> None:
    """Of three, two would have fitted, but two are stopped before they are tried."""
    cancelled: set[str] = set()

    class Stopping(Limit):
        def __call__(self, module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
            cancelled.update(("0", "2"))
            super().__call__(module, inputs)

    pipe.limit(pipe.unet.conv_in, Stopping(FAULTS[0], largest=2))
    events = lab.run(lab.specs(count=3, guidance=1.0), is_cancelled=cancelled.__contains__)
    assert [event.task for event in of_type(events, Decoded)] == ["1"]
    assert of_type(events, Fitted) == []


def test_the_studio_asks_no_more_at_once_than_fitted(
    lab: Lab, pipe: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab.engine, "close", lambda: None)  # the next test goes on with it
    limit = Limit(FAULTS[0], largest=4)
    pipe.limit(pipe.unet.conv_in, limit)
    sizes: list[int] = []
    pipe.limit(pipe.unet.conv_out, lambda _module, inputs: sizes.append(len(inputs[0])))
    store = DiskStore(tmp_path)
    studio = Studio(
        models=lab.catalog, store=store, workers=[lab.engine], batch_limit=lambda spec: 4
    )
    studio.start()

    def batches(width: int) -> list[int]:
        """Sizes of the batches that a dream of four was made in, and of those before that did not fit."""
        sizes.clear()
        limit.refused.clear()
        asked = DreamRequest(
            prompt="a red cat", width=width, height=64, steps=1, guidance=1.0, count=4, seed=1
        )
        job = studio.submit(asked, who("ann"))
        assert ends(follow(studio, "ann", job.id)) == [Finished()]
        return [*limit.refused, *sizes]

    try:
        # Its model was there before the studio: on what device, the worker tells when a batch is over.
        assert batches(width=64) == [4]
        limit.largest = 2
        assert batches(width=128) == [4, 2, 2]
        assert batches(width=128) == [2, 2]
        assert batches(width=192) == [2, 2]
        limit.largest = 4
        assert batches(width=64) == [4]
    finally:
        studio.close()
        store.close()


def test_a_picture_that_never_fits_fails_with_a_hint_and_the_next_batch_runs(
    lab: Lab, limit_everywhere: Any
) -> None:
    limit = Limit(FAULTS[0], largest=0)
    limit_everywhere(limit)
    events = lab.run(lab.specs(count=2))
    failed = of_type(events, TaskFailed)
    assert [event.task for event in failed] == ["0", "1"]
    assert {event.hint for event in failed} == {"Try a smaller size or fewer images."}
    limit.largest = 99
    assert len(lab.pictures(lab.specs(count=2))) == 2


def test_a_decode_that_does_not_fit_is_done_in_tiles(lab: Lab, pipe: Any) -> None:
    specs = lab.specs(width=256, height=256)
    (expected,) = lab.pictures(specs)

    class AreaLimit(Limit):
        def __call__(self, _module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
            if inputs[0].shape[-1] > 32:
                raise self.fault

    pipe.limit(pipe.vae.decoder, AreaLimit(FAULTS[0], 0))
    (done,) = of_type(lab.run(specs), Decoded)
    assert done.notes["memory: decoding"] == "in tiles"
    assert done.pixels.shape == expected.shape
    # Tiles normalise and blend on their own, so pixels move, more with a random decoder than with a trained one.
    assert np.corrcoef(done.pixels.ravel(), expected.ravel())[0, 1] > 0.8
    assert not pipe.vae.use_tiling


def test_a_decode_that_never_fits_fails_that_picture_only(lab: Lab, pipe: Any) -> None:
    limit = Limit(FAULTS[1], largest=0)
    pipe.limit(pipe.vae.decoder, limit)
    (failed,) = of_type(lab.run(lab.specs()), TaskFailed)
    assert "memory" in failed.message
    limit.largest = 1
    lab.pictures(lab.specs())


def last_notes(events: list[WorkerEvent]) -> dict[str, str]:
    """What the last picture tells of memory."""
    notes = of_type(events, Decoded)[-1].notes
    return {name: told for name, told in notes.items() if name.startswith("memory: ")}


IN_8_BITS = {"memory: weights": "stored in float8_e4m3fn"}


class Small(Lab):
    """A lab of its own, in whose memory there is as much beside the model as is set."""

    beside = 2**40

    @property
    def weights(self) -> int:
        """Bytes of the model's weights, in 32 bits."""
        (warm,) = self.engine._loader._warm.values()
        return warm.weights

    def memory(self, device: torch.device) -> Memory:
        warm = self.engine._loader._warm.values()
        free = 2**19 + self.beside - sum(one.held_by(device) for one in warm)
        return Memory(total=2**41, free=free)


@pytest.fixture
def small(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    lab = Small(tiny_folder, tmp_path)
    monkeypatch.setattr(loader_module, "memory_of", lab.memory)
    for module in (memory_plan, loader_module):
        monkeypatch.setattr(module, "SPARE", 0)
    for module in (memory_plan, changes):
        monkeypatch.setattr(module, "TILE", 32)
    yield lab
    lab.engine.close()


def test_a_picture_that_does_not_fit_alone_is_made_with_weights_in_8_bits(
    small: Small, limit_everywhere: Any
) -> None:
    specs = small.specs(width=128, height=128)
    (expected,) = small.pictures(specs)

    class OnlyIn8Bits(Limit):
        def __call__(self, module: Any, _inputs: tuple[torch.Tensor, ...]) -> None:
            if module.mid_block.attentions[0].proj_in.weight.dtype != torch.float8_e4m3fn:
                raise self.fault

    limit_everywhere(OnlyIn8Bits(FAULTS[0], 0))
    (done,) = of_type(small.run(specs), Decoded)
    assert last_notes([done]) == IN_8_BITS
    # 8 bits with 3 behind the point: what is lost of a weight is a sixteenth of it at most.
    assert np.abs(done.pixels.astype(int) - expected.astype(int)).mean() < 8


def test_what_a_picture_took_is_known_for_those_as_large(
    small: Small, limit_everywhere: Any
) -> None:
    large, tiny = small.specs(width=128, height=128), small.specs(width=64, height=64)
    small.engine._loader.learn(
        large[0].model, Work(width=128, height=128), Arrangement(float8=True)
    )
    assert [last_notes(small.run(specs)) for specs in (large, tiny, large)] == [
        IN_8_BITS,
        {},
        IN_8_BITS,
    ]


def test_what_would_not_fit_is_made_otherwise_from_the_first_try_on(small: Small) -> None:
    specs = small.specs(count=2)
    assert last_notes(small.run(specs)) == {}
    one_step = DENOISING * 4 * 64 * 64
    small.beside = small.weights - 2**19 + one_step
    assert last_notes(small.run(specs)) == {
        "memory: batch": "split into parts of at most 1",
        "memory: decoding": "in tiles",
    }


def test_what_fits_with_weights_in_8_bits_only_is_made_so_and_the_next_as_always(
    small: Small,
) -> None:
    expected = small.pictures(small.specs())
    small.beside = small.weights - 2**19 + DENOISING * 4 * 64 * 64 - 1
    assert last_notes(small.run(small.specs())).items() > IN_8_BITS.items()
    small.beside = 2**40
    assert np.array_equal(small.pictures(small.specs()), expected)


def test_other_faults_are_one_plain_sentence_and_the_next_batch_runs(
    lab: Lab, pipe: Any, caplog: pytest.LogCaptureFixture
) -> None:
    limit = Limit(RuntimeError("secret path /root/x"), largest=0)
    pipe.limit(pipe.unet.conv_in, limit)
    failed = of_type(lab.run(lab.specs(count=2)), TaskFailed)
    assert len(failed) == 2
    assert "secret" not in failed[0].message + failed[0].hint
    assert "secret path" in caplog.text
    limit.largest = 99
    lab.pictures(lab.specs())


def test_other_errors_are_not_taken_for_memory() -> None:
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))


def test_a_receiver_that_raises_at_a_failure_is_not_swallowed(
    lab: Lab, limit_everywhere: Any
) -> None:
    def raise_failures(event: WorkerEvent) -> None:
        if isinstance(event, TaskFailed):
            raise UserError(event.message, event.hint)

    limit_everywhere(Limit(FAULTS[0], largest=0))
    with pytest.raises(UserError, match="memory"):
        lab.run(lab.specs(), emit=raise_failures)


def test_a_lost_device_is_raised_to_the_worker(lab: Lab, pipe: Any) -> None:
    fault = torch.AcceleratorError("CUDA error: an illegal memory access was encountered")
    pipe.limit(pipe.unet.conv_in, Limit(fault, largest=0))
    with pytest.raises(torch.AcceleratorError):
        lab.run(lab.specs())

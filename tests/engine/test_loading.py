"""Loading: told while it happens, once per model, and never anything but safetensors."""

import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from sdgui.engine import device as device_module
from sdgui.engine import loader as loader_module
from sdgui.engine.catalog import Catalog
from sdgui.engine.device import choose_placement
from sdgui.engine.engine import TorchEngine
from sdgui.engine.main_memory import Memory
from sdgui.engine.memory_plan import SPARE
from sdgui.engine.mixed import KEPT
from sdgui.errors import UserError
from sdgui.events import Batch, Decoded, Loaded, Loading, Task, TaskFailed, WorkerEvent
from sdgui.model_info import ModelRef
from sdgui.spec import DreamRequest, PictureSpec
from tests.engine.conftest import Lab, of_type
from tests.engine.opened import Opened
from tests.engine.tiny_model import write_defaults, write_tiny_model


def spec_of(catalog: Catalog, model: str) -> PictureSpec:
    request = DreamRequest(prompt="cat", seed=0, steps=1)
    return request.resolve(catalog.describe(model), lambda: 0)[0]


def run_one(engine: TorchEngine, spec: PictureSpec) -> list[WorkerEvent]:
    events: list[WorkerEvent] = []
    engine.run(Batch(tasks=(Task(id="0", spec=spec),)), events.append, lambda task: False)
    return events


def test_the_second_batch_reads_no_weights(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "model")
    catalog = Catalog(str(folder))
    spec = spec_of(catalog, str(folder))
    engine = TorchEngine(catalog, "cpu")
    first = run_one(engine, spec)
    assert [type(event) for event in first[:2]] == [Loading, Loaded]
    shutil.rmtree(folder)  # so that nothing can be read
    second = run_one(engine, spec)
    engine.close()
    assert of_type(second, Decoded)
    assert not of_type(second, Loading)


def test_warming_up_loads_ahead(tiny_folder: Path) -> None:
    catalog = Catalog(str(tiny_folder))
    engine = TorchEngine(catalog, "cpu")
    events: list[WorkerEvent] = []
    engine.warm(str(tiny_folder), events.append)
    loaded = of_type(events, Loaded)[0]
    assert (loaded.device, loaded.dtype) == ("cpu", "float32")
    assert not of_type(run_one(engine, spec_of(catalog, str(tiny_folder))), Loading)
    engine.close()


@pytest.fixture
def three(tiny_folder: Path, epsilon_folder: Path, tmp_path: Path) -> Iterator["Three"]:
    three = Three([tiny_folder, epsilon_folder, write_tiny_model(tmp_path / "third", seed=3)])
    yield three
    three.engine.close()


class Three:
    """An engine with three models of one size."""

    def __init__(self, folders: list[Path]) -> None:
        self.folders = folders
        self.models = [str(folder) for folder in folders]
        self.catalog = Catalog(self.models[0], others=tuple(self.models[1:]))
        self.specs = [spec_of(self.catalog, model) for model in self.models]
        self.engine = TorchEngine(self.catalog, "cpu")

    def is_loaded_for(self, model: int) -> bool:
        """Whether a picture of a model is made only once that was loaded."""
        events = run_one(self.engine, self.specs[model])
        assert of_type(events, Decoded)
        return bool(of_type(events, Loaded))

    def limit(self, monkeypatch: pytest.MonkeyPatch, models: float) -> None:
        """Lets main memory end where it holds so many models; the first must be warm."""
        loader = self.engine._loader
        (warm,) = loader._warm.values()
        total = SPARE + int(models * warm.weights)

        def memory(_device: torch.device) -> Memory:
            return Memory(
                total=total, free=total - sum(one.weights for one in loader._warm.values())
            )

        monkeypatch.setattr(loader_module, "memory_of", memory)


def test_models_stay_warm_while_they_fit_and_the_least_recently_used_goes_first(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert three.is_loaded_for(0)
    three.limit(monkeypatch, models=2.5)
    told = [(model, three.is_loaded_for(model)) for model in (1, 0, 1, 2, 1, 0)]
    assert told == [(1, True), (0, False), (1, False), (2, True), (1, False), (0, True)]


def test_all_stay_warm_where_there_is_room(three: Three) -> None:
    assert [three.is_loaded_for(model) for model in (0, 1, 2)] == [True] * 3
    with Opened(*three.folders) as opened:
        assert [three.is_loaded_for(model) for model in (0, 1, 2)] == [False] * 3
    assert opened.weights == []


def test_a_model_that_cannot_fit_is_refused_before_a_file_is_read_and_the_others_stay(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert three.is_loaded_for(0)
    three.limit(monkeypatch, models=1.5)
    monkeypatch.setattr(loader_module, "bytes_by_part", lambda *_: {"unet": 9 * 10**9})
    with Opened(*three.folders) as opened:
        (failed,) = of_type(run_one(three.engine, three.specs[1]), TaskFailed)
    assert opened.weights == []
    assert (
        failed.message
        == f"“{three.models[1]}” needs 9.3 GB of main memory, and 0.3 GB of 0.3 GB are free."
    )
    assert failed.hint.startswith("Close other programs")
    assert not three.is_loaded_for(0)


def test_loading_opens_files(three: Three) -> None:
    """Else that nothing was opened says nothing."""
    with Opened(three.folders[0]) as opened:
        three.is_loaded_for(0)
    assert len(set(opened.weights)) == 3


def test_who_writes_to_the_file_of_a_warm_model_does_not_change_it(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "model")
    catalog = Catalog(str(folder))
    spec = spec_of(catalog, str(folder))
    engine = TorchEngine(catalog, "cpu")
    (before,) = of_type(run_one(engine, spec), Decoded)
    for path in folder.glob("*/*.safetensors"):
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            file.write(bytes(path.stat().st_size // 4))
    (after,) = of_type(run_one(engine, spec), Decoded)
    engine.close()
    assert (after.pixels == before.pixels).all()


def test_the_same_prompt_is_encoded_once(lab: Lab) -> None:
    warm = lab.engine._load(lab.specs()[0].model, lambda event: None)
    calls: list[int] = []
    hook = warm.pipe.text_encoder.register_forward_pre_hook(lambda *_: calls.append(1))
    for _ in range(2):
        lab.pictures(lab.specs(prompt="never seen before", negative_prompt="nor this", count=3))
    hook.remove()
    assert len(calls) == 2


def test_a_model_that_changed_since_it_was_asked_for_is_refused(tmp_path: Path) -> None:
    folder = str(write_tiny_model(tmp_path / "model"))
    catalog = Catalog(folder)
    spec = spec_of(catalog, folder)
    write_tiny_model(Path(folder), seed=5)
    engine = TorchEngine(catalog, "cpu")
    (failed,) = of_type(run_one(engine, spec), TaskFailed)
    engine.close()
    assert "changed" in failed.message


def test_a_model_that_is_gone_fails_its_pictures_plainly(tiny_folder: Path) -> None:
    catalog = Catalog(str(tiny_folder))
    spec = spec_of(catalog, str(tiny_folder))
    engine = TorchEngine(catalog, "cpu")
    gone = PictureSpec(**{**spec.__dict__, "model": ModelRef(id="/no/where", hash="0")})
    (failed,) = of_type(run_one(engine, gone), TaskFailed)
    assert failed.message == "There is no model at “/no/where”."
    with pytest.raises(UserError):
        engine.warm("/no/where", lambda event: None)
    assert of_type(run_one(engine, spec), Decoded)
    engine.close()


def test_the_half_precision_variant_is_loaded_where_there_is_no_other(tmp_path: Path) -> None:
    folder = write_tiny_model(tmp_path / "model")
    for path in list(folder.glob("*/*.safetensors")):
        path.rename(path.with_name(path.name.replace(".safetensors", ".fp16.safetensors")))
    catalog = Catalog(str(folder))
    engine = TorchEngine(catalog, "cpu")
    assert of_type(run_one(engine, spec_of(catalog, str(folder))), Decoded)
    engine.close()


def test_bfloat16_on_the_cpu_gives_nearly_the_same_picture(lab: Lab) -> None:
    engine = TorchEngine(lab.catalog, "cpu", "bfloat16")
    (spec,) = lab.specs()
    (done,) = of_type(run_one(engine, spec), Decoded)
    engine.close()
    assert done.notes["dtype"] == "bfloat16"
    # bfloat16 keeps 8 bits of a number: a hundredth of the range on average is what rounding makes of it.
    assert abs(done.pixels.astype(float) - lab.pictures((spec,))[0]).mean() < 255 / 50


def test_what_makes_an_engine_can_be_pickled(lab: Lab) -> None:
    catalog = pickle.loads(pickle.dumps(lab.catalog))
    assert catalog.describe(lab.model) == lab.catalog.describe(lab.model)


def test_cpu_and_float32_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module.torch.cuda, "is_available", lambda: False)
    placement = choose_placement()
    assert (placement.device, placement.dtype) == (torch.device("cpu"), torch.float32)
    with pytest.raises(UserError, match="no CUDA device"):
        choose_placement("cuda")


def test_float16_with_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module.torch.cuda, "is_available", lambda: True)
    placement = choose_placement()
    assert (placement.device, placement.dtype) == (torch.device("cuda"), torch.float16)


@pytest.fixture(params=[True, False], ids=["native", "emulated"])
def native(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the processor computes in bfloat16 by itself."""
    monkeypatch.setattr(device_module, "has_native_bfloat16", lambda: request.param)
    return bool(request.param)


def test_a_processor_that_computes_in_bfloat16_does_so_for_models_that_are_true_in_it(
    native: bool,
) -> None:
    asked = choose_placement("cpu", "float32")
    for placement, half, is_true, becomes, mixed in (
        (choose_placement("cpu"), torch.bfloat16, True, native, False),
        (choose_placement("cpu"), torch.float16, True, native, native),
        (choose_placement("cpu"), torch.bfloat16, False, False, False),
        (asked, torch.bfloat16, True, False, False),
    ):
        fitted = placement.fitting(half, true_in_bfloat16=is_true)
        assert (fitted.dtype is torch.bfloat16, fitted.mixed) == (becomes, mixed)


def test_what_a_model_says_of_bfloat16_decides_how_its_pictures_are_made_and_they_tell(
    native: bool, tmp_path: Path
) -> None:
    folder = write_tiny_model(tmp_path / "true")
    write_defaults(folder, bfloat16=True)
    catalog = Catalog(str(folder))
    engine = TorchEngine(catalog, "cpu")
    spec = spec_of(catalog, str(folder))
    (done,) = of_type(run_one(engine, spec), Decoded)
    told = ("bfloat16", KEPT) if native else ("float32", None)
    assert (done.notes["dtype"], done.notes.get("kept in float32")) == told
    assert done.notes["layout"] == "channels_last"
    (warm,) = engine._loader._warm.values()
    unet = warm.pipe.unet
    inner = unet.mid_block.resnets[0].conv1.weight
    assert inner.dtype is (torch.bfloat16 if native else torch.float32)
    ends = (unet.conv_in, unet.conv_out, unet.time_embedding, warm.pipe.vae, warm.pipe.text_encoder)
    assert {one.dtype for end in ends for one in end.parameters()} == {torch.float32}
    assert inner.is_contiguous(memory_format=torch.channels_last)
    engine.close()


def test_a_model_made_in_bfloat16_has_it_unless_another_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device_module, "has_native_bfloat16", lambda: False)
    monkeypatch.setattr(device_module.torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(device_module.torch.cuda, "is_bf16_supported", lambda: True)
    assert choose_placement().fitting(torch.bfloat16).dtype == torch.bfloat16
    assert choose_placement().fitting(torch.float16).dtype == torch.float16
    assert choose_placement("cuda", "float16").fitting(torch.bfloat16).dtype == torch.float16
    assert choose_placement("cpu").fitting(torch.bfloat16).dtype == torch.float32


def test_float16_on_the_cpu_is_refused() -> None:
    with pytest.raises(UserError, match="float16"):
        choose_placement("cpu", "float16")

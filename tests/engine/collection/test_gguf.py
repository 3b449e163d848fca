"""A transformer in a GGUF file makes the pictures of its weights as they are once they were quantised."""

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sdgui.engine import loader as loader_module
from sdgui.engine.catalog import Catalog
from sdgui.engine.checkpoints.gguf import PACKAGE
from sdgui.engine.engine import TorchEngine
from sdgui.engine.memory_plan import (
    LADDER,
    LADDER_IN_MAIN_MEMORY,
    Arrangement,
    Keep,
    MemoryPlan,
    ladder_of,
)
from sdgui.engine.weights import bytes_by_part
from sdgui.errors import UserError
from sdgui.inventory import FileKind
from tests.engine.checkpoints.gguf_writing import BF16, Q4, Q8, rounded, write_gguf
from tests.engine.checkpoints.writing import write, write_sparse
from tests.engine.collection.conftest import picture_of
from tests.engine.collection.test_over_base import WEIGHTS, in_first_layout

Place = Callable[..., Catalog]


@pytest.fixture
def place(base_of: Callable[[str], Path], tmp_path: Path) -> Place:
    """A models folder with a family's folder, its transformer as `own.gguf`, and as `rounded.safetensors` the same
    numbers in full."""

    def make(family: str, quant: Any, change: Any = dict) -> Catalog:
        root = tmp_path / "models"
        weights = change(load_file(Path(shutil.copytree(base_of(family), root / family)) / WEIGHTS))
        write_gguf(root / "own.gguf", weights, quant)
        write(root / "rounded.safetensors", rounded(weights, quant))
        return looked(Catalog(family, cache_dir=tmp_path / "cache", models_dirs=(root,)))

    return make


def looked(catalog: Catalog) -> Catalog:
    catalog.collection.start()
    catalog.collection.wait()
    return catalog


@pytest.mark.parametrize(
    ("family", "quant"),
    [
        ("flux1-dev", Q4),
        ("flux2-klein", Q8),
        ("qwen-image", Q4),
        ("z-image", Q8),
        ("chroma", Q4),
        ("sd3", Q8),
    ],
)
def test_it_makes_the_pictures_of_the_same_numbers_in_full(
    place: Place, picture: Callable[..., Any], family: str, quant: Any
) -> None:
    catalog = place(family, quant)
    own, full = picture(catalog, "own"), picture(catalog, "rounded")
    # Diffusers has the numbers of a block in float16 before the layer has them in its own type.
    assert np.abs(own.astype(int) - full.astype(int)).max() <= 1
    assert own.std() > 0


def test_z_image_in_its_first_layout_with_numbers_that_only_linear_layers_can_have(
    place: Place, picture: Callable[..., Any]
) -> None:
    """The tokens that fill up are no layer's weights, and in bfloat16 GGUF has them as bytes."""
    catalog = place("z-image", BF16, in_first_layout)
    own, full = picture(catalog, "own"), picture(catalog, "rounded")
    assert np.abs(own.astype(int) - full.astype(int)).max() <= 1


def test_its_memory_is_that_of_the_quantised_numbers(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = place("qwen-image", Q4)
    located = catalog.locate("own")
    told = bytes_by_part(located.source, located.files, 4)
    full = catalog.locate("rounded")
    assert told["transformer"] < bytes_by_part(full.source, full.files, 4)["transformer"] / 2
    assert catalog.look("own").memory_bytes < catalog.look("rounded").memory_bytes
    engine = TorchEngine(catalog, "cpu", "float32", previews=False)
    warm = engine._load(catalog.describe("own").ref, lambda event: None)
    held = loader_module.weights_of(warm.pipe.transformer)
    assert told["transformer"] == pytest.approx(held, rel=0.01)
    assert warm.quantised
    engine.close()


def test_loras_work_on_quantised_weights_as_on_others_and_leave_no_trace(
    place: Place, base_of: Callable[[str], Path], tmp_path: Path
) -> None:
    generator = torch.Generator().manual_seed(3)
    layer = "transformer.layers.0.attention.to_q"
    pair = (torch.randn(shape, generator=generator) for shape in ((2, 32), (32, 2)))
    lora = {f"{layer}.lora_{side}.weight": one for side, one in zip("AB", pair, strict=True)}
    write(tmp_path / "models" / "ink.safetensors", lora)
    catalog = place("z-image", Q8)
    engine = TorchEngine(catalog, "cpu", "float32", previews=False)

    def dreamt(model: str, prompt: str) -> Any:
        return picture_of(engine, catalog, model, prompt).astype(int)

    plain = dreamt("own", "a cat")
    inked = dreamt("own", "a cat<lora:ink:1>")
    assert np.abs(inked - dreamt("rounded", "a cat<lora:ink:1>")).max() <= 1
    assert np.abs(inked - plain).max() > 4
    assert np.array_equal(dreamt("own", "a cat"), plain)
    engine.close()


def test_it_makes_the_same_pictures_however_it_is_held(
    place: Place, picture: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = place("z-image", Q8)
    whole = picture(catalog, "own")
    for keep in (Keep.PARTS, Keep.GROUPS):
        plan = MemoryPlan(arrangement=Arrangement(keep=keep), pictures=1, tiles=False, needed=0)
        monkeypatch.setattr(loader_module, "plan_memory", lambda *_, made=plan, **__: made)
        assert np.array_equal(picture(catalog, "own"), whole)


def test_quantised_weights_are_not_stored_in_8_bits_as_well() -> None:
    for own_memory, usual in ((True, LADDER), (False, LADDER_IN_MAIN_MEMORY)):
        ladder = ladder_of(own_memory, quantised=True)
        assert ladder == tuple(step for step in usual if not step.float8)
        assert ladder[0] == usual[0]


def test_without_the_package_it_says_how_to_get_it(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    catalog = place("z-image", Q8)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "gguf" else find(name)
    )
    (own,) = [one for one in catalog.inventory().files if one.name == "own"]
    assert own.kind is FileKind.TRANSFORMER
    assert own.family == "z_image"
    assert f"pip install {PACKAGE}" in own.fault
    assert "own" not in catalog.names()
    with pytest.raises(UserError, match="is not installed") as told:
        catalog._recognise("own")
    assert told.value.hint.endswith(f"pip install {PACKAGE}")
    monkeypatch.undo()
    assert "own" in catalog.names()


def test_what_else_a_gguf_file_holds_is_said(tmp_path: Path) -> None:
    root = tmp_path / "models"
    number = torch.zeros(1, 32)
    held = {
        "sana": "blocks.0.cross_attn.q_linear.weight",
        "unet": "input_blocks.0.0.weight",
        "llama": "token_embd.weight",
        "lora": "blk.0.attn_q.weight.lora_a.weight",
        "other": "wall.paper",
    }
    for name, tensor in held.items():
        write_gguf(root / f"{name}.gguf", {tensor: torch.zeros(1, 1, 32)}, Q8)
    named = write_gguf(root / "z.gguf", {"layers.0.adaLN_modulation.0.weight": number}, Q8)
    named.rename(root / "z.safetensors")
    write_sparse(root / "not.safetensors", {"wall": [1]}).rename(root / "not.GGUF")
    files = {one.name: one for one in looked(Catalog("x", models_dirs=(root,))).inventory().files}
    said = {name: one.fault for name, one in files.items()}
    assert "of a family that is not read from GGUF files" in said["sana"]
    assert "of a family that is not read from GGUF files" in said["unet"]
    assert "is a text encoder as a GGUF file" in said["llama"]
    assert "is a LoRA as a GGUF file" in said["lora"]
    assert "in which nothing known here is" in said["other"]
    assert "is not a GGUF file, whatever its name says" in said["not"]
    assert "transformer of Z-Image alone" in said["z"]
    assert {name for name, one in files.items() if one.kind is FileKind.OTHER} == {
        *("unet", "llama", "lora", "other", "not")
    }

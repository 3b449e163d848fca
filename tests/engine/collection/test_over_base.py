"""A transformer in one file makes the pictures of the folder of its family that it takes the rest of its model from."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sdgui.engine.catalog import Catalog
from sdgui.errors import UserError
from tests.engine.checkpoints.writing import write

WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"
FAMILIES = ("z-image", "qwen-image", "flux1-dev")


@pytest.fixture
def place(base_of: Callable[[str], Path], tmp_path: Path) -> Callable[..., Catalog]:
    """A models folder with a family's folder and its transformer, changed, as `own.safetensors`."""

    def make(family: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Catalog:
        root = tmp_path / "models"
        base = Path(shutil.copytree(base_of(family), root / family))
        write(root / "own.safetensors", change(load_file(base / WEIGHTS)))
        catalog = Catalog(family, cache_dir=tmp_path / "cache", models_dirs=(root,))
        catalog.collection.start()
        catalog.collection.wait()
        return catalog

    return make


def same(weights: dict[str, Any]) -> dict[str, Any]:
    return weights


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("prefix", ["", "model.diffusion_model."])
def test_it_makes_the_pictures_of_the_folder(
    place: Callable[..., Catalog], picture: Callable[..., Any], family: str, prefix: str
) -> None:
    catalog = place(family, lambda weights: {prefix + name: one for name, one in weights.items()})
    assert set(catalog.names()) == {family, "own"}
    assert np.array_equal(picture(catalog, "own"), picture(catalog, family))
    own, whole = catalog.describe("own"), catalog.describe(family)
    assert own.ref.hash != whole.ref.hash
    assert own.memory_bytes == pytest.approx(whole.memory_bytes, rel=0.01)


def test_other_weights_make_other_pictures(
    place: Callable[..., Catalog], picture: Callable[..., Any]
) -> None:
    catalog = place("z-image", lambda weights: {name: one * 1.5 for name, one in weights.items()})
    assert not np.array_equal(picture(catalog, "own"), picture(catalog, "z-image"))


def in_first_layout(weights: dict[str, Any]) -> dict[str, Any]:
    """Z-Image as it was published: queries, keys and values in one, and two layers by other names."""
    written: dict[str, Any] = {}
    for name, one in weights.items():
        if ".attention.to_q." in name:
            three = [weights[name.replace("to_q", part)] for part in ("to_q", "to_k", "to_v")]
            written[name.replace("to_q", "qkv")] = torch.cat(three)
        elif ".attention.to_k." in name or ".attention.to_v." in name:
            continue
        else:
            other = name.replace(".attention.to_out.0.", ".attention.out.")
            other = other.replace(".norm_q.", ".q_norm.").replace(".norm_k.", ".k_norm.")
            other = other.replace("all_final_layer.2-1.", "final_layer.")
            written[other.replace("all_x_embedder.2-1.", "x_embedder.")] = one
    return written


def test_z_image_in_its_first_layout(
    place: Callable[..., Catalog], picture: Callable[..., Any]
) -> None:
    catalog = place("z-image", in_first_layout)
    assert np.array_equal(picture(catalog, "own"), picture(catalog, "z-image"))


def test_without_a_base_it_says_which_is_missing(
    place: Callable[..., Catalog], tmp_path: Path
) -> None:
    catalog = place("z-image", same)
    shutil.rmtree(tmp_path / "models" / "z-image")
    catalog = Catalog("own", cache_dir=tmp_path / "other", models_dirs=(tmp_path / "models",))
    assert catalog.collection.search("own") is not None
    (file,) = catalog.inventory().files
    assert "transformer of Z-Image alone" in file.fault
    assert catalog.collection.names() == ()
    with pytest.raises(UserError, match="transformer of Z-Image alone"):
        catalog.look("own")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: dict(list(w.items())[:-1]), "is not complete"),
        (lambda w: {n: (o[:8] if o.shape[0] == 16 else o) for n, o in w.items()}, "does not fit"),
        (lambda w: {**w, "scaled_fp8": torch.zeros(1)}, "scaled fp8"),
    ],
)
def test_what_does_not_fit_is_said_before_its_weights_are_read(
    place: Callable[..., Catalog], change: Any, said: str
) -> None:
    catalog = place("z-image", change)
    with pytest.raises(UserError, match=said):
        catalog._recognise("own")


def test_a_base_that_changes_is_noticed(place: Callable[..., Catalog], tmp_path: Path) -> None:
    catalog = place("z-image", same)
    before = catalog.describe("own").ref
    scheduler = tmp_path / "models" / "z-image" / "scheduler" / "scheduler_config.json"
    told = json.loads(scheduler.read_text())
    scheduler.write_text(json.dumps({**told, "shift": told["shift"] + 1}))
    assert catalog.describe("own").ref != before

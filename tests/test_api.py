"""Dreaming and comparing from Python, with the model inside."""

import inspect
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from sdgui.api import Asked, AskedOfAll, Comparison, Dreamt, NotShown, compare, dream
from sdgui.batches import BATCH_PIXELS
from sdgui.errors import UserError
from sdgui.request_fields import REQUEST, SETTINGS
from sdgui.request_signature import type_of
from sdgui.sheet import SheetKind
from sdgui.storage.pictures import read_spec
from sdgui.written_values import SEEDS
from tests.engine.safety.checker_files import hold_back_only, write_checker
from tests.engine.tiny_model import write_tiny_model

# fp32 sums in another order in a batch; one step of 256 is the largest that rounding can make of it
ONE_LEVEL = 1
SMALL = {"width": 64, "height": 64, "steps": 3}
EXACT = {"dtype": "float32"}
"""What is compared to one level: in bfloat16 pictures alone are a level or two from those in company at few pixels."""


def assert_same(one: Dreamt | None, other: Dreamt | None) -> None:
    assert one is not None
    assert other is not None
    assert one.spec == other.spec
    np.testing.assert_allclose(one.pixels.astype(int), other.pixels.astype(int), atol=ONE_LEVEL)


def dreamt_alone(picture: Dreamt) -> Dreamt:
    """The picture of the same spec, made by itself."""
    spec = picture.spec
    (alone,) = dream(
        spec.prompt,
        negative_prompt=spec.negative_prompt,
        model=spec.model.id,
        width=spec.width,
        height=spec.height,
        steps=spec.steps,
        guidance=spec.guidance,
        sampler=spec.sampler,
        schedule=spec.schedule,
        seed=spec.seed,
        variation_seed=None if spec.variation is None else spec.variation.seed,
        variation_strength=None if spec.variation is None else spec.variation.strength,
        **EXACT,  # type: ignore[arg-type]
    )
    return alone


def test_picture_i_of_a_dream_is_the_picture_of_seed_s_plus_i_alone() -> None:
    together = dream("a red boat at sea", seed=40, count=3, steps=8)
    alone = [dream("a red boat at sea", seed=seed, steps=8)[0] for seed in (40, 41, 42)]
    for one, other in zip(together, alone, strict=True):
        assert_same(one, other)


def test_different_seeds_give_different_pictures() -> None:
    one, other = dream("a red boat at sea", seed=1, count=2, steps=8)
    assert np.abs(one.pixels.astype(int) - other.pixels.astype(int)).mean() > 3


def test_a_saved_picture_knows_its_spec(tmp_path: Path) -> None:
    (made,) = dream("a cat", seed=5, steps=2)
    made.save(tmp_path / "cat.png")
    assert read_spec(tmp_path / "cat.png") == made.spec
    with Image.open(tmp_path / "cat.png") as image:
        np.testing.assert_array_equal(np.asarray(image), made.pixels)


def test_steps_are_told_on_the_way() -> None:
    told: list[tuple[int, int]] = []
    dream("a cat", seed=5, steps=3, on_step=lambda step, steps: told.append((step, steps)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_steps_are_told_of_the_whole_where_one_batch_does_not_hold_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(BATCH_PIXELS, "cpu", 2 * 64 * 64)
    told: list[tuple[int, int]] = []
    made = dream(
        "a cat",
        seed=5,
        count=3,
        width=64,
        height=64,
        steps=2,
        device="cpu",
        on_step=lambda step, steps: told.append((step, steps)),
    )
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [one.seed for one in made] == [5, 6, 7]


def test_what_cannot_be_dreamt_is_a_user_error() -> None:
    with pytest.raises(UserError, match="steps"):
        dream("a cat", steps=0)


def test_seeds_that_run_over_the_last_one_say_so() -> None:
    with pytest.warns(UserWarning, match="went on from 0"):
        made = dream("a cat", seed=SEEDS - 1, count=2, width=64, height=64, steps=1)
    assert [one.seed for one in made] == [SEEDS - 1, 0]


def test_a_variation_keeps_the_seed_and_counts_up_its_own() -> None:
    varied = dream("a cat", seed=5, count=2, variation_seed=9, variation_strength=0.5, **SMALL)  # type: ignore[arg-type]
    assert [one.seed for one in varied] == [5, 5]
    assert [one.spec.variation.seed for one in varied if one.spec.variation] == [9, 10]
    assert np.abs(varied[0].pixels.astype(int) - varied[1].pixels.astype(int)).mean() > 1


# Comparing


@pytest.fixture(scope="module")
def square() -> Comparison:
    """2 × 2 cells of two batch keys, a variation among them."""
    return compare(
        "a red boat at sea",
        x=("guidance", "1, 4"),
        y=("variation_strength", "0, 0.5"),
        seed=40,
        variation_seed=7,
        **SMALL,  # type: ignore[arg-type]
        **EXACT,  # type: ignore[arg-type]
    )


def test_each_picture_of_a_grid_is_the_same_dreamt_alone(square: Comparison) -> None:
    assert len(square.pictures) == 4
    for picture in square.pictures:
        assert picture is not None
        assert_same(picture, dreamt_alone(picture))


def test_a_variation_of_strength_zero_is_the_plain_picture(square: Comparison) -> None:
    (plain,) = dream("a red boat at sea", seed=40, guidance=4, **SMALL, **EXACT)  # type: ignore[arg-type]
    assert_same(square.pictures[1], plain)


def test_a_grid_lies_row_by_row(square: Comparison) -> None:
    assert square.sheet.kind is SheetKind.GRID
    assert square.sheet.x is not None
    assert square.sheet.y is not None
    assert (square.sheet.x.labels, square.sheet.y.labels) == (("1", "4"), ("0", "0.5"))
    assert [spec.guidance for spec in square.specs] == [1, 4, 1, 4]
    assert [picture.spec for picture in square.pictures if picture] == list(square.specs)
    assert square.faults == ("", "", "", "")


def test_pictures_are_told_as_they_come_each_batch_key_once() -> None:
    told: list[int] = []
    made = compare(
        "a cat",
        x=("steps", "1, 2"),
        y=("seed", "1-2"),
        width=64,
        height=64,
        on_picture=lambda index, picture: told.append(index),
    )
    assert told == [0, 2, 1, 3]
    assert [picture.spec.steps for picture in made.pictures if picture] == [1, 2, 1, 2]


def test_pictures_of_the_same_kind_share_a_batch() -> None:
    made = compare(
        "a cat", x=("steps", "1, 2"), y=("prompt", "cat, dog, bird"), width=64, height=64
    )
    assert [one.notes["place in batch"] for one in made.pictures if one] == [
        "1 of 3",
        "1 of 3",
        "2 of 3",
        "2 of 3",
        "3 of 3",
        "3 of 3",
    ]


def test_a_seed_left_out_is_the_same_in_all_cells() -> None:
    made = compare("a cat", x=("steps", "1, 2"), width=64, height=64)
    assert len({spec.seed for spec in made.specs}) == 1


def test_what_is_worth_knowing_comes_along() -> None:
    made = compare("a cat", x=("steps", "1, 2"), sampler="Euler a", width=64, height=64)
    assert "Euler a changes the composition" in made.notices[0]


def test_the_match_of_a_picture_is_told_by_its_notes(square: Comparison) -> None:
    picture = square.pictures[0]
    assert picture is not None
    told = Dreamt(spec=picture.spec, pixels=picture.pixels, notes={"match": "0.31"})
    assert told.match == 0.31
    assert Dreamt(spec=picture.spec, pixels=picture.pixels, notes={}).match is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"x": ("steps", "")}, "no values"),
        ({"x": ("steps", "1-100"), "y": ("seed", "1-100")}, "10,000 cells"),
        ({"x": ("steps", "10-1")}, "backwards"),
        ({"x": ("prompt_sr", "dog, bird")}, "“dog” is not in the prompt"),
        ({"x": ("sampler", "Euler, Eular")}, "“Eular”"),
        ({"x": ("moon", "1")}, "no axis called “moon”"),
        ({"x": ("model", "demo, no-such-model")}, "no-such-model"),
    ],
)
def test_what_cannot_be_compared_is_a_user_error(
    asked: dict[str, tuple[str, str]], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        compare("a cat", **asked)  # type: ignore[arg-type]


def test_a_model_that_fails_half_way_leaves_the_others(tmp_path: Path) -> None:
    one = write_tiny_model(tmp_path / "one")
    lost = write_tiny_model(tmp_path / "lost", seed=1)

    def lose(_index: int, _picture: Dreamt) -> None:
        shutil.rmtree(lost / "unet", ignore_errors=True)

    made = compare(
        "a cat",
        x=("seed", "1, 2"),
        y=("model", f"{one}\n{lost}\ndemo"),
        on_picture=lose,
        **SMALL,  # type: ignore[arg-type]
    )
    there = [picture is not None for picture in made.pictures]
    assert there == [True, True, False, False, True, True]
    assert [bool(fault) for fault in made.faults] == [not one for one in there]
    assert "lost" in made.faults[2]


# Saving


def test_a_comparison_is_saved_as_a_sheet(square: Comparison, tmp_path: Path) -> None:
    square.save(tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as image:
        assert image.width > 2 * 64
        assert image.height > 2 * 64


def test_a_comparison_is_saved_as_an_archive(square: Comparison, tmp_path: Path) -> None:
    square.save(str(tmp_path / "sheet.ZIP"))
    with zipfile.ZipFile(tmp_path / "sheet.ZIP") as archive:
        said = json.loads(archive.read("grid.json"))
        for cell, picture in zip(said["cells"], square.pictures, strict=True):
            assert picture is not None
            with Image.open(io.BytesIO(archive.read(cell["file"]))) as image:
                np.testing.assert_array_equal(np.asarray(image), picture.pixels)


def test_a_comparison_is_saved_as_a_page(square: Comparison, tmp_path: Path) -> None:
    square.save(tmp_path / "sheet.html")
    page = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "a red boat at sea" in page
    assert page.count("data:image/png;base64,") >= 4


@pytest.mark.parametrize("name", ["sheet.jpg", "sheet"])
def test_a_comparison_has_no_other_form(square: Comparison, tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="does not say what to write"):
        square.save(tmp_path / name)
    assert not (tmp_path / name).exists()


# What can be asked


_OF_ENGINE = ("models_dirs", "device", "dtype", "safety_checker")


def parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    ("function", "taken", "own"),
    [
        (dream, Asked, {*_OF_ENGINE, "on_step"}),
        (compare, AskedOfAll, {*_OF_ENGINE, "x", "y", "on_picture"}),
    ],
)
def test_python_takes_each_setting(
    function: Callable[..., Any], taken: type, own: set[str]
) -> None:
    without = {"count"} if function is compare else set()
    expected = [one.name for one in REQUEST if one.name not in without]
    assert set(parameters(function)) - own == set(expected)
    types = get_type_hints(taken)
    assert types == {name: type_of(SETTINGS[name]) for name in types}
    assert set(types) == set(expected) - {"prompt", "model"}


def test_models_and_loras_of_named_folders_can_be_asked_for(tmp_path: Path) -> None:
    small = shutil.copytree(write_tiny_model(tmp_path / "made"), tmp_path / "models" / "small one")
    layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_v"
    width = json.loads((small / "unet" / "config.json").read_text())["block_out_channels"][-1]
    lora = {
        f"{layer}.lora_A.weight": np.full((1, width), 500.0, np.float32),
        f"{layer}.lora_B.weight": np.full((width, 1), 500.0, np.float32),
    }
    save_file(lora, tmp_path / "models" / "ink.safetensors")
    asked: dict[str, Any] = {"model": "small one", "seed": 1, "emphasis": True, **SMALL}
    asked["models_dirs"] = [str(tmp_path / "models")]
    (plain,) = dream("a cat", **asked)
    (inked,) = dream("a cat<lora:ink:1>", **asked)
    assert plain.spec.model.id == "small one"
    assert [one.ref.id for one in inked.spec.adapters] == ["ink"]
    assert not np.array_equal(plain.pixels, inked.pixels)
    grid = compare("a cat<lora:ink:1>", x=("Seed", "1"), **{**asked, "steps": 3})
    assert_same(grid.pictures[0], inked)
    with pytest.raises(UserError, match="no LoRA called “oil”"):
        dream("a cat<lora:oil:1>", **asked)
    with pytest.raises(UserError, match="no model"):
        dream("a cat", model="small one")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no folder “.*gone”"):
        dream("a cat", models_dirs=[tmp_path / "gone"], **SMALL)  # type: ignore[arg-type]


def test_what_a_model_holds_back_is_told_and_the_others_are_kept(tmp_path: Path) -> None:
    model = str(write_checker(write_tiny_model(tmp_path / "tiny")))
    asked: dict[str, Any] = {"model": model, "seed": 1, **SMALL, **EXACT}
    seen = dream("a red car", count=3, safety_checker=False, **asked)
    hold_back_only(Path(model), [one.pixels for one in seen], 1)
    with pytest.raises(NotShown, match="held this picture back") as caught:
        dream("a red car", count=3, **asked)
    first, second, third = caught.value.pictures
    assert second is None
    assert first is not None and np.array_equal(first.pixels, seen[0].pixels)
    assert third is not None and np.array_equal(third.pixels, seen[2].pixels)
    grid = compare("a red car", x=("seed", "2, 3"), **asked)
    assert grid.pictures[0] is None and "held this picture back" in grid.faults[0]
    assert grid.pictures[1] is not None and grid.faults[1] == ""

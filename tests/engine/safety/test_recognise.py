"""A model's own safety checker by its files."""

import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from sdgui.engine.catalog import Catalog, Located
from sdgui.model_info import ModelInfo, SafetyChecker
from tests.engine.checkpoints.writing import write_single_file
from tests.engine.safety.checker_files import name_in_index, write_checker


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    return write_checker(shutil.copytree(tiny_folder, tmp_path / "checked"))


def located(folder: Path) -> Located:
    return Catalog(str(folder)).locate(str(folder))


def info_of(folder: Path) -> ModelInfo:
    return Catalog(str(folder)).describe(str(folder))


def test_a_checker_is_known_and_is_no_part_of_what_decides_pixels(
    folder: Path, tiny_folder: Path
) -> None:
    found = located(folder)
    assert found.info.checker == SafetyChecker()
    assert not [name for name in found.files if name.startswith(("safety", "feature"))]
    assert found.checker is not None
    assert found.checker.files == (
        "safety_checker/config.json",
        "feature_extractor/preprocessor_config.json",
        "safety_checker/model.safetensors",
    )
    weights = folder / "safety_checker" / "model.safetensors"
    without = info_of(tiny_folder)
    assert without.checker is None
    assert weights.stat().st_size > found.info.memory_bytes - without.memory_bytes > 0
    before = found.info.ref.hash
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    assert info_of(folder).ref.hash == before


def test_a_checker_has_the_variant_of_the_weights_or_the_one_that_there_is(folder: Path) -> None:
    only = folder / "safety_checker" / "model.fp16.safetensors"
    (folder / "safety_checker" / "model.safetensors").rename(only)
    found = located(folder)
    assert found.source.variant is None
    assert found.checker is not None and found.checker.variant == "fp16"
    for part in ("unet", "vae", "text_encoder"):
        for file in (folder / part).glob("*.safetensors"):
            file.rename(file.with_suffix(".fp16.safetensors"))
    shutil.copy(only, only.with_name("model.safetensors"))
    found = located(folder)
    assert found.source.variant == "fp16"
    assert found.checker is not None and found.checker.variant == "fp16"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ("pickle", "it is not there in safetensors"),
        ("gone", "it is not there in safetensors"),
        ("bare", "files of it are missing"),
        ("damaged", "its file is damaged"),
        ("kind", "its kind is not known"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(folder: Path, spoil: str, why: str) -> None:
    weights = folder / "safety_checker" / "model.safetensors"
    match spoil:
        case "pickle":
            weights.rename(weights.with_name("pytorch_model.bin"))
        case "gone":
            shutil.rmtree(weights.parent)
        case "bare":
            (folder / "feature_extractor" / "preprocessor_config.json").unlink()
        case "damaged":
            weights.write_bytes(weights.read_bytes()[:-4])
        case "kind":
            name_in_index(folder, ["stable_diffusion", "FlaxStableDiffusionSafetyChecker"])
    checker = info_of(folder).checker
    assert checker is not None
    assert checker.fault == f"Its safety checker cannot be read here, as {why}."


def test_an_index_that_names_none_has_none(folder: Path) -> None:
    name_in_index(folder, [None, None])
    assert info_of(folder).checker is None


def test_a_checkpoint_in_one_file_has_none_but_what_somebody_put_into_it(
    tmp_path: Path,
) -> None:
    file = write_single_file("sd1", tmp_path)
    assert info_of(file).checker is None
    tensors = load_file(file)
    tensors["safety_checker.concept_embeds"] = next(iter(tensors.values())).clone()
    save_file(tensors, tmp_path / "other.safetensors")
    checker = info_of(tmp_path / "other.safetensors").checker
    assert checker is not None and "not there in safetensors" in checker.fault

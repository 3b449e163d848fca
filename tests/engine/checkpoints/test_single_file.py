"""A checkpoint in one file makes the very pictures of its folder, and asks nobody for anything."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from transformers import CLIPTokenizer

from sdgui.engine.catalog import Catalog
from sdgui.engine.checkpoints.vocabulary import tokenizer_config, tokenizer_files
from sdgui.engine.families.family import family_called
from sdgui.engine.families.recognise import UNREAD
from sdgui.errors import UserError
from sdgui.events import Loading
from tests.engine.checkpoints.conftest import Tiny
from tests.engine.checkpoints.writing import write
from tests.engine.conftest import Lab, of_type

FAMILIES = ("sd1", "sd2", "sdxl")
TinyOf = Callable[[str], Tiny]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Callable[[Path], Lab]]:
    labs: list[Lab] = []

    def make(model: Path) -> Lab:
        labs.append(Lab(model, tmp_path / "cache"))
        return labs[-1]

    yield make
    for one in labs:
        one.engine.close()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.usefixtures("no_network")
def test_a_file_makes_the_pictures_of_its_folder(
    tiny_of: TinyOf, lab: Callable[[Path], Lab], family: str
) -> None:
    tiny = tiny_of(family)
    of_file, of_folder = lab(tiny.file), lab(tiny.folder)
    asked = {"negative_prompt": "rain", "count": 2, "steps": 3, "guidance": 5.0}
    for one, other in zip(
        of_file.pictures(of_file.specs(**asked)),
        of_folder.pictures(of_folder.specs(**asked)),
        strict=True,
    ):
        assert np.array_equal(one, other)
    info = of_file.catalog.describe(of_file.model)
    assert (info.family, info.title) == (family, "model")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.usefixtures("no_network")
def test_diffusers_finds_the_same_weights_under_the_same_names(
    tiny_of: TinyOf, tmp_path: Path, family: str
) -> None:
    tiny = tiny_of(family)
    catalog = Catalog(str(tiny.file), cache_dir=tmp_path)
    source = catalog.locate(str(tiny.file)).source
    ours = family_called(family).load(source, torch.float32)
    kind: Any = StableDiffusionXLPipeline if family == "sdxl" else StableDiffusionPipeline
    theirs = kind.from_single_file(
        tiny.file, config=str(tiny.folder), local_files_only=True, dtype=torch.float32
    )
    for part in source.parts:
        one, other = getattr(ours, part).state_dict(), getattr(theirs, part).state_dict()
        assert set(one) == set(other)
        differing = [name for name in one if not torch.equal(one[name], other[name])]
        assert differing == []


def test_its_hash_is_that_of_the_file_and_comes_when_it_is_wanted(
    tiny_of: TinyOf, tmp_path: Path
) -> None:
    import hashlib

    file = tiny_of("sd1").file
    catalog = Catalog(str(file), cache_dir=tmp_path)
    assert catalog.look(str(file)).ref.hash == UNREAD
    assert not (tmp_path / "hashes.json").exists()
    told: list[float] = []
    reference = catalog.reference(str(file), told.append)
    assert reference.hash == hashlib.sha256(file.read_bytes()).hexdigest()
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert catalog.look(str(file)).ref == catalog.describe(str(file)).ref == reference
    told.clear()
    assert Catalog(str(file), cache_dir=tmp_path).reference(str(file), told.append) == reference
    assert not told  # remembered


def test_files_with_the_same_vae_share_what_is_known_of_it(tiny_of: TinyOf, tmp_path: Path) -> None:
    tensors = tiny_of("sd1").tensors

    def vae_of(name: str, of: str, like: str) -> str:
        changed = {key: one + 1 if key == of else one for key, one in tensors.items()}
        file = write(tmp_path / name, changed)
        return Catalog(str(file), cache_dir=tmp_path / like).locate(str(file)).vae

    unet, vae = "model.diffusion_model.out.2.bias", "first_stage_model.decoder.conv_in.bias"
    assert {unet, vae} <= tensors.keys()
    first = vae_of("first.safetensors", "", "cache")
    assert vae_of("tuned.safetensors", unet, "cache") == first
    assert vae_of("other.safetensors", vae, "cache") != first
    assert vae_of("first.safetensors", "", "another cache") == first


def test_loading_says_how_far_it_has_read(tiny_of: TinyOf, lab: Callable[[Path], Lab]) -> None:
    events: list[Any] = []
    one = lab(tiny_of("sd1").file)
    one.engine.warm(one.model, events.append)
    fractions = [event.fraction for event in of_type(events, Loading)]
    assert 1.0 in fractions


def test_memory_is_that_of_the_tensors_that_are_used(tiny_of: TinyOf, tmp_path: Path) -> None:
    tiny = tiny_of("sd1")
    plain = Catalog(str(tiny.file)).look(str(tiny.file)).memory_bytes
    assert plain == sum(one.numel() * 2 for one in tiny.tensors.values())
    more = write(
        tmp_path / "more.safetensors",
        {**tiny.tensors, "model_ema.decay": torch.zeros(1000), "alphas_cumprod": torch.ones(1000)},
    )
    assert Catalog(str(more)).look(str(more)).memory_bytes == plain


@pytest.mark.usefixtures("no_network")
def test_plain_fp8_is_brought_up(
    tiny_of: TinyOf, lab: Callable[[Path], Lab], tmp_path: Path
) -> None:
    tiny = tiny_of("sd1")
    small = {name: one.to(torch.float8_e4m3fn) for name, one in tiny.tensors.items()}
    up = {name: one.to(torch.float16) for name, one in small.items()}
    fp8 = lab(write(tmp_path / "fp8.safetensors", small))
    fp16 = lab(write(tmp_path / "fp16.safetensors", up))
    (one,), (other,) = (made.pictures(made.specs(steps=2, guidance=3.0)) for made in (fp8, fp16))
    assert np.array_equal(one, other)
    sizes = [made.catalog.look(made.model).memory_bytes for made in (fp8, fp16)]
    assert sizes[0] == sizes[1]


def test_text_encoders_of_the_oldest_files_are_read_too(
    tiny_of: TinyOf, lab: Callable[[Path], Lab], tmp_path: Path
) -> None:
    tiny = tiny_of("sd1")
    old = {name.replace(".text_model.", "."): one for name, one in tiny.tensors.items()}
    made = [lab(write(tmp_path / "old.safetensors", old)), lab(tiny.file)]
    (one,), (other,) = (each.pictures(each.specs(steps=1)) for each in made)
    assert np.array_equal(one, other)


def test_marks_of_v_prediction_and_zero_terminal_snr_are_heeded(
    tiny_of: TinyOf, tmp_path: Path
) -> None:
    tiny = tiny_of("sdxl")
    marks = {"v_pred": torch.tensor([]), "ztsnr": torch.tensor([])}
    file = write(tmp_path / "noob.safetensors", {**tiny.tensors, **marks})
    catalog = Catalog(str(file), cache_dir=tmp_path)
    scheduler = json.loads(
        (catalog.locate(str(file)).source.folder / "scheduler/scheduler_config.json").read_text()
    )
    assert scheduler["prediction_type"] == "v_prediction"
    assert scheduler["rescale_betas_zero_snr"] is True
    offered = catalog.look(str(file)).samplers
    assert "Euler" in offered
    assert not {"Heun", "LMS", "PNDM"} & set(offered)
    plain = Catalog(str(tiny.file)).look(str(tiny.file))
    assert "Heun" in plain.samplers


@pytest.mark.parametrize(
    ("metadata", "prediction", "size"),
    [
        ({}, "v_prediction", 768),
        ({"modelspec.prediction_type": "epsilon"}, "epsilon", 512),
        ({"modelspec.architecture": "stable-diffusion-v2-512"}, "epsilon", 512),
        ({"modelspec.architecture": "stable-diffusion-v2-768-v"}, "v_prediction", 768),
    ],
)
def test_what_2_predicts_is_said_by_its_metadata(
    tiny_of: TinyOf, tmp_path: Path, metadata: dict[str, str], prediction: str, size: int
) -> None:
    file = write(tmp_path / "2.safetensors", tiny_of("sd2").tensors, metadata)
    catalog = Catalog(str(file), cache_dir=tmp_path)
    folder = catalog.locate(str(file)).source.folder
    said = json.loads((folder / "scheduler/scheduler_config.json").read_text())
    assert said["prediction_type"] == prediction
    assert catalog.look(str(file)).width == size


def test_few_steps_are_told_by_the_name(tiny_of: TinyOf, tmp_path: Path) -> None:
    tiny = tiny_of("sdxl")
    file = write(tmp_path / "paintXL_lightning_4step.safetensors", tiny.tensors)
    info = Catalog(str(file)).look(str(file))
    assert (info.steps, info.guidance) == (4, 1.0)


def test_a_file_that_changes_is_noticed(tiny_of: TinyOf, tmp_path: Path) -> None:
    tiny = tiny_of("sd1")
    file = write(tmp_path / "model.safetensors", tiny.tensors)
    catalog = Catalog(str(file), cache_dir=tmp_path / "cache")
    before = catalog.describe(str(file)).ref
    write(file, {**tiny.tensors, "extra": torch.zeros(3)})
    assert catalog.describe(str(file)).ref != before
    file.unlink()
    with pytest.raises(UserError, match="There is no model at"):
        catalog.describe(str(file))


def test_the_vocabulary_is_clips(tmp_path: Path) -> None:
    for name, text in tokenizer_files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(tokenizer_config(open_clip=True)))
    tokenizer = CLIPTokenizer.from_pretrained(tmp_path)
    ids = tokenizer("a photo of a cat").input_ids
    assert ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    filled = tokenizer("a", padding="max_length").input_ids
    assert (len(filled), filled[-1]) == (77, 0)  # OpenCLIP fills up with "!"


def test_tokens_are_counted_with_the_vocabulary_inside(tiny_of: TinyOf, tmp_path: Path) -> None:
    file = str(tiny_of("sd1").file)
    assert Catalog(file, cache_dir=tmp_path).count_tokens(file, "a photo of a cat") == 7


def test_a_cache_that_cannot_be_written_does_no_harm(tiny_of: TinyOf, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = str(tiny_of("sd1").file)
    catalog = Catalog(file, cache_dir=tmp_path / "file" / "cache")
    assert (catalog.locate(file).source.folder / "model_index.json").is_file()

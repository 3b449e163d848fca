"""A VAE of the owner's makes what diffusers' pipeline makes with it put in, and leaves the model as it was."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL
from safetensors.torch import load_file

from sdgui.correction import Correction
from sdgui.engine import engine as engine_module
from sdgui.engine.changes import decoding_in_float32, decoding_in_tiles, with_vae
from sdgui.engine.engine import TorchEngine
from sdgui.engine.generate import denoise
from sdgui.engine.loader import WarmModel
from sdgui.engine.memory_plan import Arrangement, Keep
from sdgui.errors import UserError
from sdgui.events import Decoded, Pixels, TaskFailed
from sdgui.model_ref import ModelRef
from sdgui.spec import PictureSpec
from tests.engine.conftest import Lab, of_type
from tests.engine.test_arrangements import arrange
from tests.engine.vae_files import WRITERS, make_vae, write_diffusers, write_ldm


class Studio:
    """A tiny model and a VAE for it in every layout."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.models = root / "models"
        self.vae = make_vae()
        for name, write in WRITERS.items():
            write(self.models / f"{name}.safetensors", self.vae)
        write_ldm(self.models / "wide.safetensors", make_vae(latent=8))
        self.lab = Lab(folder, root / "cache", models_dirs=(self.models,))

    def ref(self, name: str) -> ModelRef:
        return self.lab.catalog.choose_vae(name, self.lab.catalog.describe(self.lab.model))

    def specs(self, name: str | None = None, **asked: object) -> tuple[PictureSpec, ...]:
        vae = None if name is None else self.ref(name)
        return self.lab.specs(**{"steps": 2, "correction": Correction(vae=vae), **asked})

    def picture(self, name: str | None = None) -> Pixels:
        [one] = self.lab.pictures(self.specs(name))
        return one

    def warm(self) -> WarmModel:
        return self.lab.engine._load(self.specs()[0].model, lambda event: None)


@pytest.fixture
def studio(tiny_folder: Path, tmp_path: Path) -> Iterator[Studio]:
    studio = Studio(tiny_folder, tmp_path)
    yield studio
    studio.lab.engine.close()


def state(warm: WarmModel) -> dict[str, object]:
    vae = warm.pipe.vae
    return {"module": id(vae), "tiling": vae.use_tiling} | {
        name: (one.dtype, one.data_ptr()) for name, one in vae.state_dict().items()
    }


def by_diffusers(studio: Studio, vae: torch.nn.Module) -> Pixels:
    """The latents of the plain model, decoded by diffusers' own pipeline with this VAE put in."""
    warm = studio.warm()
    latents = denoise(warm, studio.specs(), lambda *_: None, lambda *_: None)
    parts = {**warm.pipe.components, "vae": vae.to(warm.placement.dtype)}
    pipe = type(warm.pipe)(**parts, requires_safety_checker=False)
    with torch.inference_mode():
        pixels = pipe.vae.decode(latents / pipe.vae.config.scaling_factor, return_dict=False)[0]
        picture = pipe.image_processor.postprocess(pixels, output_type="np")[0]
    return (picture * 255).round().astype(np.uint8)


def test_every_layout_makes_what_diffusers_makes_with_it_put_in(studio: Studio) -> None:
    own = studio.picture()
    wanted = by_diffusers(studio, studio.vae)
    assert not np.array_equal(own, wanted)
    for name in WRITERS:
        assert np.array_equal(studio.picture(name), wanted), name
        assert np.array_equal(studio.picture(), own), f"after {name}"


def test_diffusers_own_converter_finds_the_same_weights(studio: Studio, tmp_path: Path) -> None:
    studio.vae.save_config(tmp_path / "vae")
    theirs = AutoencoderKL.from_single_file(
        str(studio.models / "ldm.safetensors"), config=str(tmp_path / "vae"), local_files_only=True
    ).state_dict()
    ours = studio.warm().vaes.get(studio.ref("ldm")).state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name].to(ours[name].dtype)) for name in ours)


def test_the_model_is_the_same_after_any_sequence(studio: Studio) -> None:
    warm = studio.warm()
    before = state(warm)
    with (
        with_vae(warm, studio.ref("ldm")),
        decoding_in_float32(warm),
        decoding_in_tiles(warm, 128),
    ):
        other = warm.pipe.vae
        assert other.use_tiling and next(other.parameters()).dtype == torch.float32
        assert id(other) != before["module"]
    assert state(warm) == before and not other.use_tiling
    with pytest.raises(ValueError, match="half way"), with_vae(warm, studio.ref("diffusers")):
        raise ValueError("half way")
    assert state(warm) == before and not warm.spoilt


def test_a_load_that_fails_leaves_no_trace_and_is_one_sentence(studio: Studio) -> None:
    own, warm = studio.picture(), studio.warm()
    before = state(warm)
    file = studio.models / "wide.safetensors"
    wide = ModelRef(id="wide", hash=hashlib.sha256(file.read_bytes()).hexdigest())
    [failed] = of_type(studio.lab.run(studio.specs(correction=Correction(vae=wide))), TaskFailed)
    assert failed.message == "The VAE “wide” does not fit this model."
    assert state(warm) == before and warm.vaes.bytes == 0
    assert np.array_equal(studio.picture(), own)


def test_a_vae_that_goes_or_changes_after_the_click_is_one_sentence(studio: Studio) -> None:
    specs = studio.specs("ldm")
    file = studio.models / "ldm.safetensors"
    write_ldm(file, make_vae(seed=8))
    [failed] = of_type(studio.lab.run(specs), TaskFailed)
    assert failed.message == "The VAE “ldm” changed since it was chosen."
    file.unlink()
    [failed] = of_type(studio.lab.run(specs), TaskFailed)
    assert failed.message == "There is no VAE called “ldm” here."
    with pytest.raises(UserError, match="There is no VAE called “ldm”"):
        studio.lab.catalog.check_vae(
            specs[0].correction.vae, studio.lab.catalog.describe(studio.lab.model)
        )


def test_a_vae_with_another_name_is_found_by_its_content(studio: Studio) -> None:
    specs = studio.specs("diffusers")
    [before] = studio.lab.pictures(specs)
    (studio.models / "diffusers.safetensors").rename(studio.models / "renamed.safetensors")
    studio.ref("renamed")
    studio.lab.engine._loader.clear()
    assert np.array_equal(studio.lab.pictures(specs)[0], before)


@pytest.mark.parametrize("keep", [Keep.PARTS, Keep.GROUPS])
def test_it_goes_with_how_the_model_is_held(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, keep: Keep
) -> None:
    own, wanted = studio.picture(), studio.picture("ldm")
    studio.lab.engine._loader.clear()
    arrange(studio.lab, monkeypatch, Arrangement(keep=keep))
    for name, expected in ((None, own), ("ldm", wanted), (None, own), ("ldm", wanted)):
        assert np.array_equal(studio.picture(name), expected)


def test_numbers_lie_in_the_order_of_the_models_own(studio: Studio) -> None:
    warm = studio.warm()
    warm.pipe.vae.to(memory_format=torch.channels_last)
    weight = warm.vaes.get(studio.ref("ldm")).decoder.conv_in.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)


def test_it_decodes_in_float32_where_it_runs_over(tiny_folder: Path, tmp_path: Path) -> None:
    studio = Studio(tiny_folder, tmp_path)
    lab = studio.lab
    lab.engine = TorchEngine(lab.catalog, "cpu", "bfloat16", cache_dir=tmp_path, clock=lab.clock)
    module = studio.warm().vaes.get(studio.ref("ldm"))
    module.decoder.register_forward_hook(
        lambda _module, _inputs, output: (
            output * np.nan if output.dtype == torch.bfloat16 else output
        )
    )
    [done] = of_type(lab.run(studio.specs("ldm")), Decoded)
    assert done.notes["decoding"] == "decoded in float32"
    assert next(module.parameters()).dtype == torch.bfloat16
    lab.engine.close()


def test_preview_colours_are_fitted_once_for_a_vae(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = studio.warm().colours
    fitted: list[object] = []
    fit = engine_module.cached_preview_map

    def counted(*arguments: object) -> object:
        fitted.append(arguments)
        return fit(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(engine_module, "cached_preview_map", counted)
    for name in ("ldm", None, "ldm"):
        studio.picture(name)
    assert len(fitted) == 1
    [colours] = studio.warm().vaes.colours.values()
    assert not np.array_equal(colours.matrix, own.matrix)
    kept = set((studio.lab.engine._cache_dir / "preview_maps").iterdir())  # type: ignore[operator]
    studio.lab.engine._loader.clear()
    studio.picture("ldm")
    assert set((studio.lab.engine._cache_dir / "preview_maps").iterdir()) == kept  # type: ignore[operator]


def test_a_vae_is_copied_out_of_its_file(studio: Studio) -> None:
    before = studio.picture("diffusers")
    file = studio.models / "diffusers.safetensors"
    assert load_file(file)
    specs = studio.specs("diffusers")
    write_diffusers(file, make_vae(seed=9))
    assert np.array_equal(studio.lab.pictures(specs)[0], before)

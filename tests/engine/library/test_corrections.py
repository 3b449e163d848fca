"""What the owner corrects is remembered by the content of a model, and stands in for what its files say."""

import shutil
from pathlib import Path

import pytest

from sdgui.correction import Correction
from sdgui.errors import UserError
from sdgui.library import Defaults
from sdgui.vae_info import vae_misfit
from tests.engine.library.conftest import Open
from tests.engine.vae_files import make_vae, write_folder, write_ldm

CORRECTION = Correction(prediction_type="epsilon", clip_skip=1)
DEFAULTS = Defaults(width=64, height=96, steps=11, guidance=3.5, sampler="DDIM")


def test_corrections_are_what_is_known_of_the_model_from_then_on(open_library: Open) -> None:
    library = open_library()
    catalog = library.catalog  # type: ignore[attr-defined]
    own = catalog.describe("demo")
    told = library.correct("demo", CORRECTION, DEFAULTS)
    assert (told.own, told.now.steps) == (own, 11)
    for later in (catalog, open_library().catalog):  # type: ignore[attr-defined]
        for info in (later.describe("demo"), later.look("demo")):
            assert info.correction == CORRECTION
            assert (info.width, info.height, info.steps, info.guidance) == (64, 96, 11, 3.5)
            assert info.sampler == "DDIM" and info.ref == own.ref


def test_a_model_elsewhere_with_the_same_content_is_corrected_too(
    open_library: Open, tiny_folder: Path, tmp_path: Path
) -> None:
    open_library().correct("demo", CORRECTION, Defaults(steps=9))
    copy = str(shutil.copytree(tiny_folder, tmp_path / "copy"))
    assert open_library(default=copy).catalog.describe(copy).steps == 9  # type: ignore[attr-defined]


def test_what_is_taken_back_is_as_the_files_say(open_library: Open) -> None:
    library = open_library()
    own = library.corrected("demo").own
    library.correct("demo", CORRECTION, DEFAULTS)
    library.correct("demo", Correction(), Defaults())
    assert open_library().catalog.describe("demo") == own  # type: ignore[attr-defined]


def test_a_model_of_zero_terminal_snr_offers_only_samplers_that_know_it(open_library: Open) -> None:
    told = open_library().correct("demo", Correction(zero_snr=True), Defaults())
    assert "Heun" in told.own.samplers and "Heun" not in told.now.samplers


def test_a_vae_is_remembered_by_its_content_and_stays_where_its_file_goes(
    open_library: Open, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    file = write_ldm(models / "soft.safetensors", make_vae())
    write_folder(models / "vae" / "xl", make_vae(), 0.13025)
    library = open_library(models_dirs=(models,))
    offered = {one.name: one for one in library.corrected("demo").vaes}
    own = library.corrected("demo").own
    assert vae_misfit(offered["soft"], own) is None
    fault = vae_misfit(offered["xl"], own)
    assert fault is not None and "made for Stable Diffusion XL" in fault.message
    with pytest.raises(UserError, match="made for Stable Diffusion XL"):
        library.choose_vae("demo", "xl")
    correction = Correction(vae=library.choose_vae("demo", "soft"))
    library.correct("demo", correction, Defaults())
    catalog = open_library(models_dirs=(models,)).catalog  # type: ignore[attr-defined]
    assert catalog.describe("demo").correction == correction
    file.unlink()
    gone = open_library(models_dirs=(models,)).catalog  # type: ignore[attr-defined]
    assert gone.describe("demo").correction == correction  # no other pixels without a word
    with pytest.raises(UserError, match="no VAE called “soft”"):
        gone.check_vae(correction.vae, gone.describe("demo"))


@pytest.mark.parametrize(
    ("correction", "defaults", "message"),
    [
        (Correction(prediction_type="sample"), Defaults(), "no prediction type “sample”"),
        (Correction(clip_skip=0), Defaults(), "clip skip"),
        (Correction(), Defaults(steps=0), "steps"),
        (Correction(), Defaults(guidance=31.0), "cfg scale"),
        (Correction(), Defaults(width=65), "multiple of 8"),
        (Correction(), Defaults(sampler="Best"), "no sampler called “Best”"),
        (Correction(zero_snr=True), Defaults(sampler="Heun"), "no sampler called “Heun”"),
    ],
)
def test_what_cannot_be_is_refused_and_not_kept(
    open_library: Open, correction: Correction, defaults: Defaults, message: str
) -> None:
    library = open_library()
    with pytest.raises(UserError, match=message):
        library.correct("demo", correction, defaults)
    assert library.corrected("demo").correction == Correction()
    assert library.revision == 0

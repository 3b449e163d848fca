"""What is said of each family's model before torch is there: kind, sizes, defaults, and what it cannot do."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from sdgui.bench.random_models.tiny_families import MODELS
from sdgui.correction import Correction
from sdgui.engine.catalog import Catalog
from sdgui.engine.families.family import family_called
from sdgui.errors import UserError
from sdgui.model_info import GuidanceKind, ModelInfo, ModelRef
from sdgui.samplers import SAMPLER_NAMES
from sdgui.spec import check_correction
from tests.engine.families.conftest import FamilyLab

FREE, EMBEDDED, NONE = GuidanceKind.CLASSIFIER_FREE, GuidanceKind.EMBEDDED, GuidanceKind.NONE
LARGE: dict[str, Any] = {"width": 1024, "height": 1024, "size_step": 16}
UNGUIDED: dict[str, Any] = {"guidance": 1.0, "guidance_kind": NONE, "negative_prompt": False}
FLOW = ("Euler", "UniPC")
SAID: dict[str, dict[str, Any]] = {
    "sd1": {"family": "sd1", "steps": 25, "guidance": 7.0, "samplers": SAMPLER_NAMES},
    "sd2": {"family": "sd2", "steps": 25, "guidance": 7.0, "samplers": SAMPLER_NAMES},
    "sd2-v": {"family": "sd2", "steps": 25, "guidance": 7.0, "samplers": SAMPLER_NAMES},
    "sdxl": {"family": "sdxl", "steps": 30, "guidance": 5.0, "samplers": SAMPLER_NAMES},
    "sdxl-turbo": {"family": "sdxl", "steps": 4, "guidance": 1.0, "sampler": "Euler a"},
    "sdxl-zero-snr": {
        "family": "sdxl",
        "steps": 30,
        "guidance": 5.0,
        "samplers": tuple(n for n in SAMPLER_NAMES if n not in ("Heun", "LMS", "PNDM")),
    },
    "sd3": {
        "family": "sd3",
        "size_step": 16,
        "max_size": 12 * 2 * 8,
        "steps": 28,
        "guidance": 7.0,
        "samplers": (*FLOW, "DPM++ 2M"),
        "token_limit": 256,
    },
    "sd3-without-t5": {"family": "sd3", "size_step": 16, "token_limit": 77},
    "flux1-dev": {
        **LARGE,
        "family": "flux1",
        "steps": 28,
        "guidance": 3.5,
        "guidance_kind": EMBEDDED,
        "negative_prompt": False,
        "samplers": (*FLOW, "DPM++ 2M"),
        "token_limit": 512,
    },
    "flux1-schnell": {
        **LARGE,
        **UNGUIDED,
        "family": "flux1",
        "steps": 4,
        "samplers": FLOW,
        "token_limit": 256,
    },
    "chroma": {
        **LARGE,
        "family": "chroma",
        "steps": 40,
        "guidance": 3.0,
        "samplers": FLOW,
        "token_limit": 512,
    },
    "flux2-klein-base": {
        **LARGE,
        "family": "flux2_klein",
        "steps": 50,
        "guidance": 4.0,
        "samplers": (*FLOW, "DPM++ 2M"),
        "token_limit": 500,
    },
    "flux2-klein": {
        **LARGE,
        **UNGUIDED,
        "family": "flux2_klein",
        "steps": 4,
        "token_limit": 500,
    },
    "qwen-image": {
        "family": "qwen_image",
        "width": 1328,
        "height": 1328,
        "size_step": 16,
        "steps": 50,
        "guidance": 4.0,
        "samplers": FLOW,
        "token_limit": 1019,
    },
    "z-image": {
        **LARGE,
        "family": "z_image",
        "steps": 28,
        "guidance": 4.0,
        "samplers": ("Euler",),
        "token_limit": 504,
    },
    "z-image-turbo": {
        **LARGE,
        **UNGUIDED,
        "family": "z_image",
        "steps": 9,
        "samplers": ("Euler",),
        "token_limit": 504,
    },
    "sana": {
        "family": "sana",
        "size_step": 32,
        "steps": 20,
        "guidance": 4.5,
        "sampler": "DPM++ 2M",
        "samplers": ("DPM++ 2M", "UniPC"),
        "token_limit": 300,
    },
}
USUAL: dict[str, Any] = {
    "size_step": 8,
    "width": 128,
    "height": 128,
    "guidance_kind": FREE,
    "negative_prompt": True,
    "sampler": "Euler",
    "token_limit": 77,
}


@pytest.mark.parametrize("name", MODELS)
def test_what_is_said_of_a_model(lab_of: Callable[[str], FamilyLab], name: str) -> None:
    info = lab_of(name).info
    expected = USUAL | SAID[name]
    assert {field: getattr(info, field) for field in expected} == expected
    assert info.memory_bytes > 100_000
    assert info.bfloat16 == (family_called(info.family).half is torch.bfloat16)


@pytest.mark.parametrize("name", MODELS)
def test_another_vae_is_offered_only_where_one_of_its_make_can_stand_in(
    lab_of: Callable[[str], FamilyLab], name: str
) -> None:
    info = lab_of(name).info
    has_another_make = info.family in ("flux2_klein", "qwen_image", "sana")
    assert (info.vae is None) == has_another_make == ("vae" not in info.corrections)
    if has_another_make:
        vae = ModelRef(id="x", hash="ab" * 32)
        with pytest.raises(UserError, match="cannot be read with another VAE"):
            check_correction(Correction(vae=vae), info)


@pytest.fixture
def changed(lab_of: Callable[[str], FamilyLab], tmp_path: Path) -> Callable[..., ModelInfo]:
    """The info of a copy of a model in one of whose files some values are others."""

    def change(name: str, file: str, **values: object) -> ModelInfo:
        folder = tmp_path / "copy"
        if not folder.exists():
            shutil.copytree(lab_of(name).model, folder)
        path = folder / file
        stored = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**stored, **values}))
        return Catalog(str(folder)).describe(str(folder))

    return change


SCHEDULER = "scheduler/scheduler_config.json"


def test_a_consistency_model_takes_few_steps_by_its_own_sampler(
    changed: Callable[..., ModelInfo],
) -> None:
    info = changed("sdxl", SCHEDULER, _class_name="LCMScheduler")
    assert (info.sampler, info.steps, info.guidance, info.negative_prompt) == ("LCM", 6, 1.0, True)
    info = changed("sdxl", "unet/config.json", time_cond_proj_dim=256)
    assert (info.guidance_kind, info.guidance, info.negative_prompt) == (EMBEDDED, 5.0, False)


def test_a_lightning_model_is_told_by_its_scheduler_and_its_steps_by_its_name(
    changed: Callable[..., ModelInfo],
) -> None:
    info = changed("sdxl", SCHEDULER, timestep_spacing="trailing")
    assert (info.sampler, info.steps, info.guidance) == ("Euler", 4, 1.0)
    info = changed("sdxl", "unet/config.json", _name_or_path="some/sdxl-lightning-8step")
    assert (info.sampler, info.steps, info.guidance) == ("Euler", 8, 1.0)


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("x/Hyper-SD15-8steps", 8),
        ("x/dreamshaper-lcm", 6),
        ("x/sdxl-dmd2-4step", 4),
        ("x/hyperrealism-v2", 30),
        ("x/turbocharged", 30),
        ("lightning/storms", 30),
    ],
)
def test_only_a_word_of_the_models_own_name_marks_few_steps(
    changed: Callable[..., ModelInfo], name: str, steps: int
) -> None:
    assert changed("sdxl", "unet/config.json", _name_or_path=name).steps == steps


def test_v_prediction_that_begins_at_the_last_timestep_is_not_taken_for_few_steps(
    changed: Callable[..., ModelInfo],
) -> None:
    info = changed("sdxl", SCHEDULER, timestep_spacing="trailing", prediction_type="v_prediction")
    assert (info.steps, info.guidance) == (30, 5.0)


def test_the_models_own_defaults_come_before_its_marks(changed: Callable[..., ModelInfo]) -> None:
    (Path(changed("sdxl-turbo", SCHEDULER).ref.id) / "sdgui.json").write_text('{"steps": 2}')
    assert changed("sdxl-turbo", SCHEDULER).steps == 2


def test_what_is_distilled_is_told_apart_where_the_files_allow_it(
    changed: Callable[..., ModelInfo],
) -> None:
    info = changed("qwen-image", SCHEDULER, base_shift=1.1, max_shift=1.1, shift_terminal=None)
    assert (info.steps, info.guidance) == (8, 1.0)
    info = changed("qwen-image", "transformer/config.json", _name_or_path="x/Qwen-Image-4steps-dmd")
    assert (info.steps, info.guidance) == (4, 1.0)


def test_stable_diffusion_3_5_is_told_by_its_normalised_queries(
    changed: Callable[..., ModelInfo],
) -> None:
    assert changed("sd3", "transformer/config.json", qk_norm="rms_norm").guidance == 4.5


def test_a_scheduler_of_another_kind_is_refused(changed: Callable[..., ModelInfo]) -> None:
    with pytest.raises(UserError, match="does not fit it"):
        changed("sd3", SCHEDULER, _class_name="DDIMScheduler")


@pytest.mark.parametrize(
    ("name", "file", "values"),
    [
        ("sdxl", "unet/config.json", {"sample_size": 10**9}),
        ("sdxl", "unet/config.json", {"sample_size": -16}),
        ("sdxl", "unet/config.json", {"sample_size": "large"}),
        ("sd3", "transformer/config.json", {"patch_size": 0}),
        ("sd3", "transformer/config.json", {"pos_embed_max_size": 1}),
        ("sdxl", "sdgui.json", {"steps": 0}),
        ("sdxl", "sdgui.json", {"guidance": float("nan")}),
        ("sdxl", "sdgui.json", {"guidance": 1e9}),
        ("sdxl", "sdgui.json", {"width": [1]}),
    ],
)
def test_numbers_with_which_nothing_can_be_dreamt_are_refused(
    changed: Callable[..., ModelInfo], name: str, file: str, values: dict[str, Any]
) -> None:
    with pytest.raises(UserError, match="not those of a model that works here"):
        changed(name, file, **values)


def test_a_refiner_is_not_taken_for_a_model_that_reads_words(
    changed: Callable[..., ModelInfo],
) -> None:
    with pytest.raises(UserError, match="of a kind that does not work here"):
        changed("sdxl", "model_index.json", _class_name="StableDiffusionXLImg2ImgPipeline")

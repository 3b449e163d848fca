"""What is said of each family's model before torch is there: kind, sizes, defaults, and what it cannot do."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.model_info import GuidanceKind, ModelInfo
from sdgui.samplers import SAMPLER_NAMES
from tests.engine.families.conftest import FamilyLab
from tests.engine.families.tiny_families import MODELS

FREE, EMBEDDED, NONE = GuidanceKind.CLASSIFIER_FREE, GuidanceKind.EMBEDDED, GuidanceKind.NONE
SAID: dict[str, dict[str, Any]] = {
    "sd2": {"family": "sd2", "steps": 25, "guidance": 7.0, "samplers": SAMPLER_NAMES},
    "sd2-v": {"family": "sd2", "steps": 25, "guidance": 7.0, "samplers": SAMPLER_NAMES},
    "sdxl": {"family": "sdxl", "steps": 30, "guidance": 5.0, "samplers": SAMPLER_NAMES},
    "sdxl-turbo": {"family": "sdxl", "steps": 4, "guidance": 1.0, "sampler": "Euler a"},
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


@pytest.fixture
def changed(lab_of: Callable[[str], FamilyLab], tmp_path: Path) -> Callable[..., ModelInfo]:
    """The info of a copy of a model in one of whose files some values are others."""

    def change(name: str, file: str, **values: object) -> ModelInfo:
        folder = tmp_path / "copy"
        if not folder.exists():
            shutil.copytree(lab_of(name).model, folder)
        path = folder / file
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}))
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


def test_v_prediction_that_begins_at_the_last_timestep_is_not_taken_for_few_steps(
    changed: Callable[..., ModelInfo],
) -> None:
    info = changed("sdxl", SCHEDULER, timestep_spacing="trailing", prediction_type="v_prediction")
    assert (info.steps, info.guidance) == (30, 5.0)


def test_the_models_own_defaults_come_before_its_marks(changed: Callable[..., ModelInfo]) -> None:
    (Path(changed("sdxl-turbo", SCHEDULER).ref.id) / "sdgui.json").write_text('{"steps": 2}')
    assert changed("sdxl-turbo", SCHEDULER).steps == 2

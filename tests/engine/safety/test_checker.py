"""A model's own safety checker at work: what it holds back leaves the engine in no form."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from safetensors.torch import load_file

from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.engine.preview import PATCHES
from sdgui.engine.safety.checker import Checker
from sdgui.engine.weights import bytes_by_part
from sdgui.events import Batch, Decoded, HeldBack, Pixels, Preview, Task, TaskFailed, WorkerEvent
from sdgui.spec import DreamRequest, PictureSpec
from tests.engine.conftest import of_type
from tests.engine.safety.checker_files import (
    ALL,
    hold_back_only,
    rewrite,
    thresholds,
    write_checker,
)

CPU = torch.device("cpu")
SEEDS = 3


class Checked:
    """A tiny model with a checker."""

    def __init__(self, folder: Path, cache_dir: Path) -> None:
        self.folder = folder
        self.cache_dir = cache_dir
        self.catalog = Catalog(str(folder), cache_dir=cache_dir)
        self.specs = self._specs()

    def _specs(self) -> tuple[PictureSpec, ...]:
        request = DreamRequest(
            prompt="a red car", seed=1, steps=3, width=64, height=64, count=SEEDS
        )
        return request.resolve(self.catalog.describe(str(self.folder)), lambda: 0)

    def run(self, *places: int, checks: bool = True) -> list[WorkerEvent]:
        """The events of one batch, of all specs or of those at some places; its tasks are called as the places."""
        engine = TorchEngine(
            self.catalog, "cpu", "float32", cache_dir=self.cache_dir, checks=checks
        )
        tasks = tuple(Task(id=str(i), spec=self.specs[i]) for i in places or range(SEEDS))
        events: list[WorkerEvent] = []
        engine.run(Batch(tasks=tasks), events.append, lambda task: False)
        engine.close()
        return events


def decoded(events: list[WorkerEvent]) -> dict[str, Decoded]:
    return {event.task: event for event in of_type(events, Decoded)}


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checked") / "cache"


@pytest.fixture
def checked(tiny_folder: Path, tmp_path: Path, cache_dir: Path) -> Checked:
    return Checked(write_checker(shutil.copytree(tiny_folder, tmp_path / "checked")), cache_dir)


@pytest.fixture(scope="module")
def unchecked(
    tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory, cache_dir: Path
) -> list[WorkerEvent]:
    """What the same model makes when nobody looks."""
    folder = shutil.copytree(tiny_folder, tmp_path_factory.mktemp("unchecked") / "checked")
    return Checked(write_checker(folder), cache_dir).run(checks=False)


@pytest.fixture
def pictures(unchecked: list[WorkerEvent]) -> list[Pixels]:
    return [event.pixels for event in of_type(unchecked, Decoded)]


def test_one_picture_is_held_back_and_its_neighbours_are_the_same_to_the_bit(
    checked: Checked, pictures: list[Pixels]
) -> None:
    hold_back_only(checked.folder, pictures, 1)
    events = checked.run()
    assert of_type(events, HeldBack) == [HeldBack(task="1")]
    made = decoded(events)
    assert set(made) == {"0", "2"} and not of_type(events, TaskFailed)
    for i in (0, 2):
        assert np.array_equal(made[str(i)].pixels, pictures[i])
    assert of_type(checked.run(1), HeldBack)  # alone as in company


def test_what_passes_is_as_without_a_checker_and_previews_are_a_few_patches_of_colour(
    checked: Checked, unchecked: list[WorkerEvent]
) -> None:
    events = checked.run()
    looked_at, not_looked_at = decoded(events), decoded(unchecked)
    assert set(looked_at) == {"0", "1", "2"}
    for task, one in looked_at.items():
        assert np.array_equal(one.pixels, not_looked_at[task].pixels)
        assert one.notes == not_looked_at[task].notes
    assert finest(events) < finest(unchecked) / 4


def finest(events: list[WorkerEvent]) -> float:
    """How much of the first preview is lost when only the patches are left of it."""
    preview = of_type(events, Preview)[0]
    strip = Image.open(io.BytesIO(preview.jpeg)).convert("RGB")
    one = strip.crop((0, 0, preview.width, preview.height))
    coarse = one.resize((PATCHES, PATCHES), Image.Resampling.BOX)
    again = coarse.resize(one.size, Image.Resampling.BILINEAR)
    return float(np.abs(np.asarray(one, float) - np.asarray(again, float)).mean())


def test_it_judges_as_diffusers_own_pipeline_does(checked: Checked, pictures: list[Pixels]) -> None:
    hold_back_only(checked.folder, pictures, 2)
    rewrite(
        checked.folder,
        special_care_embeds_weights=thresholds(0, ALL)["special_care_embeds_weights"],
    )
    pipe = StableDiffusionPipeline.from_pretrained(checked.folder)
    as_tensor = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    _, theirs = pipe.run_safety_checker(as_tensor, CPU, torch.float32)
    events = checked.run()
    assert [str(i) for i, held in enumerate(theirs) if held] == [
        event.task for event in of_type(events, HeldBack)
    ]
    assert any(theirs)


def test_nothing_passes_a_checker_that_is_not_whole(checked: Checked) -> None:
    rewrite(checked.folder, special_care_embeds=None)
    events = checked.run()
    assert {event.message for event in of_type(events, TaskFailed)} == {
        "The safety checker of “checked” is damaged."
    }
    assert len(of_type(events, TaskFailed)) == SEEDS and not of_type(events, Decoded)


def test_nothing_passes_a_checker_whose_numbers_run_over(checked: Checked) -> None:
    file = checked.folder / "safety_checker" / "model.safetensors"
    projection = load_file(file)["visual_projection.weight"]
    rewrite(checked.folder, **{"visual_projection.weight": projection * torch.inf})
    events = checked.run()
    assert not of_type(events, Decoded)
    assert "could not look at this picture" in of_type(events, TaskFailed)[0].message


def test_a_checker_is_held_where_its_model_is_and_gives_way_to_pictures(
    checked: Checked, tiny_folder: Path
) -> None:
    located = checked.catalog.locate(str(checked.folder))
    assert located.checker is not None
    files = (*located.files, *located.checker.files)
    parts = bytes_by_part(located.source, files, 4)
    own = Checker("it", checked.folder, located.checker, torch.float32, device=CPU, is_kept=True)
    assert parts["safety_checker"] == pytest.approx(own.held_by(CPU), rel=0.05)
    assert not own.give_way()  # it is in main memory already
    elsewhere = torch.device("meta")
    moved = Checker(
        "it", checked.folder, located.checker, torch.float32, device=elsewhere, is_kept=False
    )
    assert moved.held_by(elsewhere) == 0 and moved.held_by(CPU) == own.held_by(CPU)
    kept = Checker(
        "it", checked.folder, located.checker, torch.float32, device=elsewhere, is_kept=True
    )
    assert kept.held_by(elsewhere) == own.held_by(CPU) and kept.held_by(CPU) == 0

"""What every family promises: diffusers' own pictures, the same alone and in company, with previews and cancelling."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from sdgui.bench.direct import said_directly
from sdgui.engine.engine import TorchEngine
from sdgui.engine.generate import denoise
from sdgui.engine.processor import has_native_bfloat16
from sdgui.errors import UserError
from sdgui.events import Batch, Decoded, Preview, Stepped, Task
from sdgui.model_info import GuidanceKind
from sdgui.samplers import split_name
from sdgui.spec import DreamRequest, PictureSpec
from tests.engine.conftest import of_type
from tests.engine.families.conftest import FamilyLab

ONE_LEVEL = 1
"""Of 255: two floats on either side of a rounding border that differ by 1e-6."""
APART = ("DDIM", "PNDM", "LMS", "LCM")
"""Samplers that end at the first timestep and not at zero noise, or mix in what was predicted before."""


def pair(lab: FamilyLab, *, avoiding: bool = True, **asked: Any) -> tuple[PictureSpec, PictureSpec]:
    """Two pictures of one batch, with prompts of different length and, where they are taken, negative ones."""
    first, second = lab.specs(count=2, **asked)
    negatives = ("cat", "grey skies") if avoiding and lab.info.negative_prompt else ("", "")
    return (
        replace(first, prompt="a red car", negative_prompt=negatives[0]),
        replace(second, prompt="a small blue cat in the rain", negative_prompt=negatives[1]),
    )


def guided(lab: FamilyLab) -> dict[str, Any]:
    return {} if lab.info.guidance_kind is GuidanceKind.NONE else {"guidance": 3.0}


def finished(lab: FamilyLab, specs: tuple[PictureSpec, ...]) -> tuple[list[torch.Tensor], Any]:
    """x0 at every evaluation, and the finished latents."""
    seen: list[torch.Tensor] = []
    latents = denoise(
        lab.warm, specs, lambda step, steps, predict: seen.append(predict()), lambda *_: None
    )
    return seen, latents


@pytest.mark.parametrize("avoiding", [True, False])
def test_pictures_equal_diffusers_with_its_own_noise(
    model: str, family_lab: FamilyLab, avoiding: bool
) -> None:
    specs = pair(family_lab, avoiding=avoiding, **guided(family_lab))
    pipe = family_lab.warm.pipe
    scheduler = pipe.scheduler
    pipe.scheduler = family_lab.warm.family.scheduler(
        specs[0].sampler, scheduler.config, specs[0].steps, schedule=specs[0].schedule
    )
    try:
        direct = pipe(
            **said_directly(pipe, specs),
            generator=[torch.Generator("cpu").manual_seed(spec.seed) for spec in specs],
            num_inference_steps=specs[0].steps,
            width=64,
            height=64,
            output_type="np",
        ).images
    finally:
        pipe.scheduler = scheduler
    for picture, expected in zip(family_lab.pictures(specs), direct, strict=True):
        # Half a level of rounding to 8 bits, and 1e-4 for prompts that were encoded and decoded one by one.
        assert np.abs(picture / 255 - expected).max() <= 0.5 / 255 + 1e-4
    assert np.abs(direct[0] - direct[1]).max() > 0.01


def test_a_picture_in_company_equals_the_one_made_alone(family_lab: FamilyLab) -> None:
    specs = pair(family_lab, **guided(family_lab))
    together = family_lab.pictures(specs)
    for spec, picture in zip(specs, together, strict=True):
        alone = family_lab.pictures((spec,))[0]
        assert np.abs(alone.astype(int) - picture.astype(int)).max() <= ONE_LEVEL


def test_every_offered_sampler_ends_at_its_last_prediction(family_lab: FamilyLab) -> None:
    for name in family_lab.info.samplers:
        sampler, _schedule = split_name(name)
        seen, latents = finished(family_lab, family_lab.specs(sampler=name, steps=4))
        assert latents.isfinite().all(), name
        if sampler not in APART:
            size = latents.abs().max()
            assert (seen[-1] - latents).abs().max() <= 1e-4 * size, name


def test_the_prompt_and_the_seed_say_what_is_drawn(family_lab: FamilyLab) -> None:
    (spec,) = family_lab.specs(**guided(family_lab))
    others = [replace(spec, seed=7), replace(spec, prompt="something else")]
    if family_lab.info.negative_prompt:
        others.append(replace(spec, negative_prompt="a cat"))
    _, latents = finished(family_lab, (spec, *others))
    for other in latents[1:]:
        assert (other - latents[0]).abs().max() > 1e-4


@pytest.mark.usefixtures("every_frame")
def test_every_picture_has_previews_and_each_step_is_told(family_lab: FamilyLab) -> None:
    events = family_lab.run(pair(family_lab))
    assert [event.step for event in of_type(events, Stepped)] == [1, 2, 3, 4, 5]
    previews = of_type(events, Preview)
    assert previews
    assert all(preview.tasks == ("0", "1") for preview in previews)
    assert family_lab.warm.colours.matrix.any()


def test_a_batch_that_nobody_wants_ends_within_a_step(family_lab: FamilyLab) -> None:
    steps: list[int] = []

    def count(event: Any) -> None:
        if isinstance(event, Stepped):
            steps.append(event.step)

    events = family_lab.run(
        family_lab.specs(steps=20), is_cancelled=lambda task: len(steps) >= 2, emit=count
    )
    assert steps == [1, 2]
    assert not of_type(events, Decoded)


def test_the_picture_is_as_large_as_asked(family_lab: FamilyLab) -> None:
    step = family_lab.info.size_step
    (picture,) = family_lab.pictures(family_lab.specs(width=64 + step, height=64, steps=1))
    assert picture.shape == (64, 64 + step, 3)


def test_sizes_between_the_steps_are_refused(family_lab: FamilyLab) -> None:
    with pytest.raises(UserError, match="multiple of"):
        family_lab.specs(width=64 + family_lab.info.size_step // 2)


def test_what_a_model_cannot_do_is_refused_and_never_ignored(family_lab: FamilyLab) -> None:
    info = family_lab.info
    draw = DreamRequest(prompt="a cat", seed=1)
    if not info.negative_prompt:
        with pytest.raises(UserError, match="negative prompt"):
            replace(draw, negative_prompt="a dog").resolve(info, lambda: 0)
    if info.guidance_kind is GuidanceKind.NONE:
        with pytest.raises(UserError, match="cfg scale"):
            replace(draw, guidance=7.0).resolve(info, lambda: 0)
    with pytest.raises(UserError, match="no sampler called"):
        replace(draw, sampler="Restart").resolve(info, lambda: 0)
    (spec,) = draw.resolve(info, lambda: 0)
    assert DreamRequest.again(spec).resolve(info, lambda: spec.seed)[0] == spec


def test_words_without_weights_are_the_same_with_emphasis(family_lab: FamilyLab) -> None:
    for avoiding in (True, False):
        plain = pair(family_lab, avoiding=avoiding, **guided(family_lab))
        weighed = tuple(replace(spec, emphasis=family_lab.info.emphasis) for spec in plain)
        for one, other in zip(
            finished(family_lab, plain)[1], finished(family_lab, weighed)[1], strict=True
        ):
            assert torch.equal(one, other)


def test_weighed_and_of_any_length_a_picture_is_the_same_in_company(family_lab: FamilyLab) -> None:
    if not family_lab.info.emphasis:
        assert family_lab.warm.family.weigher is None
        return
    (spec,) = family_lab.specs(**guided(family_lab), emphasis=True)
    prompts = ("a (red:1.4) car", "red " * 80, "(red:0) BREAK cat")
    specs = (
        *(replace(spec, prompt=one) for one in prompts),
        replace(spec, negative_prompt=prompts[1]),
    )
    together = family_lab.pictures(specs)
    alone = [family_lab.pictures((one,))[0] for one in specs]
    for one, other in zip(together, alone, strict=True):
        assert np.abs(one.astype(int) - other.astype(int)).max() <= ONE_LEVEL
    assert len({picture.tobytes() for picture in alone}) == len(alone)


def test_in_bfloat16_the_picture_is_nearly_the_same_and_alone_as_in_company(
    family_lab: FamilyLab,
) -> None:
    specs = pair(family_lab)
    engine = TorchEngine(family_lab.catalog, "cpu", "bfloat16", previews=False)

    def made(*specs: PictureSpec) -> list[Decoded]:
        events: list[Any] = []
        tasks = tuple(Task(id=str(i), spec=spec) for i, spec in enumerate(specs))
        engine.run(Batch(tasks=tasks), events.append, lambda task: False)
        done = of_type(events, Decoded)
        assert [event.task for event in done] == [task.id for task in tasks], events
        return done

    together, (alone,) = made(*specs), made(specs[1])
    engine.close()
    for one, expected in zip(together, family_lab.pictures(specs), strict=True):
        assert one.notes["dtype"] == "bfloat16"
        # bfloat16 keeps 8 bits of a number: a few hundredths of the range on average are what rounding makes of it.
        assert abs(one.pixels.astype(float) - expected).mean() < 255 / 25
    if family_lab.info.bfloat16 and has_native_bfloat16():  # where it is the default
        difference = alone.pixels.astype(int) - together[1].pixels.astype(int)
        assert np.abs(difference).max() <= ONE_LEVEL

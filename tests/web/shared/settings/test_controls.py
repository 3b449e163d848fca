"""Control values and requests: one function each way."""

import math
from dataclasses import replace
from typing import Any

import pytest

from sdgui.correction import Correction
from sdgui.errors import UserError
from sdgui.model_info import GuidanceKind, ModelInfo, ModelRef
from sdgui.samplers import SAMPLER_NAMES
from sdgui.spec import DreamRequest
from sdgui.web.shared.settings.controls import (
    ASPECTS,
    OWN_SIZE,
    default_controls,
    from_request,
    size_for,
    to_request,
)


def info(native: int = 128) -> ModelInfo:
    return ModelInfo(
        ref=ModelRef(id="demo", hash="0"), title="demo", family="sd1", width=native, height=native
    )


FULL = DreamRequest(
    prompt="a red boat",
    negative_prompt="fog",
    model="demo",
    width=200,
    height=96,
    steps=7,
    guidance=3.5,
    sampler="DPM++ 2M",
    seed=0,
    count=16,
)


@pytest.mark.parametrize(
    "request_",
    [
        FULL,
        replace(FULL, seed=None),
        replace(FULL, emphasis=True),
        replace(FULL, correction=Correction(clip_skip=2)),
        replace(FULL, seed=2**32 - 1, width=128, height=128),
        *(replace(FULL, sampler=name) for name in SAMPLER_NAMES),
    ],
)
def test_a_request_goes_through_the_controls_unchanged(request_: DreamRequest) -> None:
    assert to_request(from_request(request_, info()), info()) == request_


@pytest.mark.parametrize("native", [128, 192, 512, 1024])
@pytest.mark.parametrize("aspect", [aspect for aspect in ASPECTS if aspect != OWN_SIZE])
def test_every_aspect_can_be_dreamt_and_is_found_again(native: int, aspect: str) -> None:
    model = info(native)
    width, height = size_for(aspect, model)
    asked = replace(FULL, width=width, height=height)
    controls = from_request(asked, model)
    assert controls.aspect == aspect
    assert to_request(controls, model).resolve(model, lambda: 0)
    assert 0.85 < width * height / native**2 < 1.15


@pytest.mark.parametrize("aspect", [aspect for aspect in ASPECTS if aspect != OWN_SIZE])
def test_an_aspect_is_as_large_as_somebody_may_ask_for(aspect: str) -> None:
    model = info(512)
    controls = replace(default_controls(model), prompt="x", aspect=aspect)
    asked = to_request(controls, model, 300_000)
    assert to_request(controls, model, None) == to_request(controls, model)
    assert asked.width is not None and asked.height is not None
    assert asked.width * asked.height <= min(300_000, math.prod(size_for(aspect, model)))
    small = to_request(controls, model, 128 * 128)
    assert small.width is not None and small.height is not None
    assert small.width * small.height <= 128 * 128
    assert small.resolve(model, lambda: 0)


def test_the_defaults_are_the_models() -> None:
    model = replace(info(), steps=12, guidance=4.0, sampler="UniPC")
    asked = to_request(replace(default_controls(model), prompt="x"), model)
    assert (asked.steps, asked.guidance, asked.sampler) == (12, 4.0, "UniPC")
    assert (asked.width, asked.height, asked.seed, asked.count) == (128, 128, None, 4)


def test_unsaid_resolves_as_the_controls_say_it() -> None:
    unsaid = DreamRequest(prompt="a cat", seed=5)
    said = to_request(from_request(unsaid, info()), info())
    assert said.resolve(info(), lambda: 0) == unsaid.resolve(info(), lambda: 0)


@pytest.mark.parametrize("width", [100.5, math.nan, "wide"])
def test_a_size_that_is_no_whole_number_is_refused_with_the_models_range(width: Any) -> None:
    controls = replace(
        default_controls(info()), prompt="x", aspect=OWN_SIZE, width=width, height=128
    )
    with pytest.raises(UserError, match="width must be a whole number from 64 to"):
        to_request(controls, info()).resolve(info(), lambda: 0)


@pytest.mark.parametrize("seed", ["abc", "-1", str(2**32), str(2**63), "1.5", "١٢", "9" * 5000])
def test_a_seed_that_is_none_is_refused(seed: str) -> None:
    with pytest.raises(UserError, match="seed"):
        to_request(replace(default_controls(info()), seed=seed), info())


@pytest.mark.parametrize("seed", ["", "  ", " 7 "])
def test_an_empty_seed_is_random_and_spaces_are_nothing(seed: str) -> None:
    asked = to_request(replace(default_controls(info()), seed=seed), info())
    assert asked.seed == (7 if seed.strip() else None)


def test_an_own_size_left_empty_is_the_models() -> None:
    controls = replace(default_controls(info()), aspect=OWN_SIZE, width=None, height=96.0)
    asked = to_request(controls, info())
    assert (asked.width, asked.height) == (None, 96)


def test_what_the_model_does_not_have_is_not_asked_for() -> None:
    """The values stand there still, from the model before; their controls do not."""
    model = replace(info(), negative_prompt=False, guidance_kind=GuidanceKind.NONE, guidance=1.0)
    request = to_request(from_request(FULL, model), model)
    assert (request.negative_prompt, request.guidance) == ("", None)
    (spec,) = replace(request, count=1).resolve(model, lambda: 0)
    assert spec.guidance == 1.0

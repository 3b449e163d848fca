"""Each sampler equals diffusers called directly with the same noise, whatever the model predicts."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    LMSDiscreteScheduler,
    PNDMScheduler,
    StableDiffusionPipeline,
    UniPCMultistepScheduler,
)

from sdgui.engine.predictions import of_diffusion
from sdgui.engine.samplers import RECIPES, SCHEDULE_CHANGES, make_scheduler
from sdgui.engine.steps import watch
from sdgui.samplers import SAMPLER_NAMES, SAMPLERS, SCHEDULES, split_name
from tests.engine.conftest import Lab

# Written again here, not taken from the engine.
DIRECT = {
    "Euler": (EulerDiscreteScheduler, {}),
    "Euler a": (EulerAncestralDiscreteScheduler, {}),
    "Heun": (HeunDiscreteScheduler, {}),
    "DDIM": (DDIMScheduler, {"clip_sample": False}),
    "LMS": (LMSDiscreteScheduler, {}),
    "PNDM": (PNDMScheduler, {"skip_prk_steps": True}),
    "DPM++ 2M": (DPMSolverMultistepScheduler, {}),
    "DPM++ SDE": (DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}),
    "UniPC": (UniPCMultistepScheduler, {}),
    "LCM": (LCMScheduler, {}),
}


@pytest.fixture(scope="module", params=["tiny_folder", "epsilon_folder"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Lab, StableDiffusionPipeline]:
    folder: Path = request.getfixturevalue(request.param)
    pipe = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None)
    pipe.set_progress_bar_config(disable=True)
    return Lab(folder, tmp_path_factory.mktemp("cache")), pipe


CURVES = {
    "Automatic": {},
    "Karras": {"use_karras_sigmas": True},
    "Exponential": {"use_exponential_sigmas": True},
    "Beta": {"use_beta_sigmas": True},
}


def test_every_sampler_has_a_recipe_and_every_schedule_its_changes() -> None:
    assert tuple(RECIPES) == tuple(sampler.name for sampler in SAMPLERS)
    assert tuple(SCHEDULE_CHANGES) == SCHEDULES


@pytest.mark.parametrize("sampler", SAMPLER_NAMES)
def test_equals_diffusers_called_directly(
    pair: tuple[Lab, StableDiffusionPipeline], sampler: str
) -> None:
    lab, pipe = pair
    specs = lab.specs(count=2, sampler=sampler, steps=12, negative_prompt="cat", guidance=3.0)
    name, schedule = split_name(sampler)
    scheduler, changes = DIRECT[name]
    own = pipe.scheduler
    pipe.scheduler = scheduler.from_config(own.config, **changes, **CURVES[schedule])
    direct = pipe(
        [spec.prompt for spec in specs],
        negative_prompt=[spec.negative_prompt for spec in specs],
        num_inference_steps=12,
        guidance_scale=3.0,
        width=64,
        height=64,
        generator=[torch.Generator("cpu").manual_seed(spec.seed) for spec in specs],
        output_type="np",
    ).images
    pipe.scheduler = own
    for picture, expected in zip(lab.pictures(specs), direct, strict=True):
        # Half a level of rounding to 8 bits, and 1e-4 for prompts that were encoded and decoded one by one.
        assert np.abs(picture / 255 - expected).max() <= 0.5 / 255 + 1e-4


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("steps", [1, 2, 5, 25, 61, 122, 150])
@pytest.mark.parametrize("name", SAMPLER_NAMES)
def test_x0_of_a_known_model_is_found_at_every_evaluation(
    name: str, steps: int, prediction_type: str
) -> None:
    """A model that knows the finished latents gives them as x0 everywhere, and the sampler arrives at them."""
    config = {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "timestep_spacing": "trailing",
        "prediction_type": prediction_type,
    }
    target = torch.randn((1, 4, 4, 4), generator=torch.Generator().manual_seed(0))
    sampler, schedule = split_name(name)
    scheduler = make_scheduler(sampler, config, steps, schedule=schedule)
    guesses = []
    watch(
        scheduler,
        lambda one: of_diffusion(one, sampler),
        lambda step, count, predict: guesses.append(predict()),
    )
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(1)
    x = torch.randn((1, 4, 4, 4), generator=generator) * scheduler.init_noise_sigma
    extra = {"generator": generator} if sampler in ("Euler a", "DPM++ SDE", "LCM") else {}
    for i, t in enumerate(scheduler.timesteps):
        scheduler.scale_model_input(x, t)
        x = scheduler.step(
            perfect_model_output(scheduler, sampler, x, i, t, target), t, x, **extra
        ).prev_sample

    assert len(guesses) == len(scheduler.timesteps)
    for guess in guesses:
        assert (guess - target).abs().max() < 1e-3
    # DDIM and PNDM end at the first timestep and not at zero noise; PNDM's first two steps mix two timesteps' v.
    assert (x - target).abs().max() < {"DDIM": 0.2, "PNDM": 0.4}.get(sampler, 1e-3)


def perfect_model_output(scheduler, sampler: str, x, i: int, t, target):  # type: ignore[no-untyped-def]
    """What a model would say that knows the finished latents, from the definitions of epsilon and v."""
    if hasattr(scheduler, "sigmas"):
        ratio = scheduler.sigmas[i].double()
    else:
        square = scheduler.alphas_cumprod[t.long()].double()
        ratio = ((1 - square) / square).sqrt()
    alpha = 1 / (1 + ratio**2).sqrt()
    noisy = x * alpha if RECIPES[sampler].sigma_space else x
    noise = (noisy - alpha * target) / (ratio * alpha)
    if scheduler.config.prediction_type == "epsilon":
        return noise.float()
    return (alpha * noise - ratio * alpha * target).float()


@pytest.mark.parametrize("spacing", ["leading", "linspace", "trailing"])
@pytest.mark.parametrize("name", SAMPLER_NAMES)
def test_every_number_of_steps_gives_fitting_timesteps(name: str, spacing: str) -> None:
    sampler, schedule = split_name(name)
    for steps in range(1, 151):
        scheduler = make_scheduler(
            sampler,
            {"timestep_spacing": spacing, "num_train_timesteps": 1000},
            steps,
            schedule=schedule,
        )
        scheduler.set_timesteps(steps)
        evaluations = {"Heun": 2 * steps - 1, "PNDM": steps + (steps > 1)}.get(sampler, steps)
        assert len(scheduler.timesteps) == evaluations
        assert scheduler.timesteps.min() >= 0
        assert scheduler.timesteps.max() <= 999
        if steps < 10:
            assert scheduler.timesteps[0] == 999


def test_the_models_own_scheduler_is_left_alone(lab: Lab) -> None:
    lab.pictures(lab.specs(sampler="LCM"))
    warm = lab.engine._loader.get(lab.specs()[0].model, lambda event: None)
    assert type(warm.pipe.scheduler).__name__ == "PNDMScheduler"
    assert "watched" not in warm.pipe.scheduler.step.__qualname__

"""The samplers and schedules by their common names, as diffusers' schedulers."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import diffusers
import numpy as np

from sdgui.samplers import AUTOMATIC, BETA, EXPONENTIAL, KARRAS

FEW_STEPS = 10
"""Below this many steps the schedule always begins at the noisiest timestep."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One sampler: the scheduler's class, what is changed in the model's own scheduler config, and whether its
    samples are scaled as x0 + sigma * noise (`sigma_space`) or as alpha * x0 + sigma * noise with alpha² + sigma² = 1.
    """

    scheduler: str
    changes: dict[str, Any] = field(default_factory=dict)
    sigma_space: bool = False


RECIPES: dict[str, Recipe] = {
    "Euler": Recipe(scheduler="EulerDiscreteScheduler", sigma_space=True),
    "Euler a": Recipe(scheduler="EulerAncestralDiscreteScheduler", sigma_space=True),
    "Heun": Recipe(
        scheduler="HeunDiscreteScheduler", changes={"clip_sample": False}, sigma_space=True
    ),
    "DDIM": Recipe(scheduler="DDIMScheduler", changes={"clip_sample": False}),
    "LMS": Recipe(scheduler="LMSDiscreteScheduler", sigma_space=True),
    "PNDM": Recipe(scheduler="PNDMScheduler", changes={"skip_prk_steps": True}),
    "DPM++ 2M": Recipe(
        scheduler="DPMSolverMultistepScheduler", changes={"algorithm_type": "dpmsolver++"}
    ),
    "DPM++ SDE": Recipe(
        scheduler="DPMSolverMultistepScheduler", changes={"algorithm_type": "sde-dpmsolver++"}
    ),
    "UniPC": Recipe(scheduler="UniPCMultistepScheduler"),
    "LCM": Recipe(scheduler="LCMScheduler", changes={"clip_sample": False}),
}
PLAIN = {
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
    "use_lu_lambdas": False,
    "final_sigmas_type": "zero",
    "thresholding": False,
}
"""What a sampler without a schedule of its own means, whatever scheduler the model came with."""
SCHEDULE_CHANGES: dict[str, dict[str, Any]] = {
    AUTOMATIC: {},
    KARRAS: {"use_karras_sigmas": True},
    EXPONENTIAL: {"use_exponential_sigmas": True},
    BETA: {"use_beta_sigmas": True},
}


def make_scheduler(
    sampler: str, config: Mapping[str, Any], steps: int, *, schedule: str = AUTOMATIC
) -> Any:
    """A fresh scheduler of diffusers for one batch; KeyError for a sampler or schedule that is not known.

    `config` is the model's own scheduler config: noise schedule, prediction type and timestep spacing stay.
    """
    recipe = RECIPES[sampler]
    scheduler = getattr(diffusers, recipe.scheduler)
    train_timesteps = int(config.get("num_train_timesteps", 1000))
    changes = {**PLAIN, **recipe.changes, **SCHEDULE_CHANGES[schedule]}
    if steps < FEW_STEPS:
        # "leading" and "linspace" begin few steps far from pure noise, one step even at none (Lin et al. 2023,
        # https://arxiv.org/abs/2305.08891, table 2): the result would be noise.
        changes["timestep_spacing"] = "trailing"
    elif len(np.arange(train_timesteps, 0, -train_timesteps / steps)) != steps:
        # For 61, 103, 121 and 122 of 1000, rounding gives diffusers' "trailing" one timestep too many, -1.
        changes["timestep_spacing"] = "linspace"
    if sampler == "LCM":
        changes["original_inference_steps"] = _lcm_steps(steps, train_timesteps)
    known = inspect.signature(scheduler.__init__).parameters
    return scheduler.from_config(
        {name: value for name, value in config.items() if name in known or name.startswith("_")},
        **{name: value for name, value in changes.items() if name in known},
    )


def _lcm_steps(steps: int, train_timesteps: int) -> int:
    """The length of the schedule that LCM picks its steps from: 50, and for more steps the next divisor."""
    return next(
        count
        for count in range(max(steps, min(50, train_timesteps)), train_timesteps + 1)
        if train_timesteps % count == 0
    )

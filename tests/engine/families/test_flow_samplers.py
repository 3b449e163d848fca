"""The samplers of flow matching: what they predict of a known model, and that they arrive there."""

from typing import Any

import numpy as np
import pytest
import torch

from sdgui.engine.families.flow_samplers import SCHEDULERS, make_flow_scheduler
from sdgui.engine.predictions import of_flow
from sdgui.engine.steps import watch
from sdgui.samplers import SAMPLERS

CONFIGS: dict[str, dict[str, Any]] = {
    "one shift": {"shift": 3.0},
    "a shift by size": {"shift": 3.0, "use_dynamic_shifting": True},
    "a terminal": {"shift": 1.0, "use_dynamic_shifting": True, "shift_terminal": 0.02},
    "flow sigmas": {"flow_shift": 3.0, "use_flow_sigmas": True},
}
STEPS = [1, 2, 5, 25, 61, 150]


def scheduled(sampler: str, config: dict[str, Any], steps: int) -> Any:
    return make_flow_scheduler(sampler, {"num_train_timesteps": 1000, **config}, steps)


def set_timesteps(scheduler: Any, sampler: str, steps: int) -> None:
    """As the pipelines do: with sigmas where the scheduler takes them, and a shift by size."""
    shift = {"mu": 0.8} if scheduler.config.use_dynamic_shifting else {}
    if sampler == "DPM++ 2M":
        scheduler.set_timesteps(steps, **shift)
    else:
        scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), **shift)


def test_they_are_called_what_the_samplers_of_other_families_are() -> None:
    assert set(SCHEDULERS) <= {sampler.name for sampler in SAMPLERS}


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("sampler", SCHEDULERS)
def test_x0_of_a_known_model_is_found_at_every_evaluation(sampler: str, config: str) -> None:
    """A model that knows the finished latents gives them as x0 everywhere, and the sampler arrives at them."""
    for steps in STEPS:
        target = torch.randn((1, 4, 4, 4), generator=torch.Generator().manual_seed(0))
        scheduler = scheduled(sampler, CONFIGS[config], steps)
        guesses: list[torch.Tensor] = []
        watch(scheduler, of_flow, lambda step, count, predict, into=guesses: into.append(predict()))
        set_timesteps(scheduler, sampler, steps)
        assert len(scheduler.timesteps) == steps
        x = torch.randn((1, 4, 4, 4), generator=torch.Generator().manual_seed(1))
        for sigma, t in zip(scheduler.sigmas.tolist(), scheduler.timesteps, strict=False):
            x = scheduler.step((x - target) / sigma, t, x).prev_sample
        assert len(guesses) == steps
        for guess in guesses:
            assert (guess - target).abs().max() < 1e-3
        assert (x - target).abs().max() < 1e-3


@pytest.mark.parametrize("sampler", SCHEDULERS)
def test_noise_gets_less_with_every_step(sampler: str) -> None:
    for steps in range(1, 151):
        scheduler = scheduled(sampler, CONFIGS["one shift"], steps)
        set_timesteps(scheduler, sampler, steps)
        assert (scheduler.sigmas.diff() < 0).all()
        assert scheduler.sigmas[0] > 0.99
        assert scheduler.sigmas[-1] == 0

"""Watches a scheduler: counts model evaluations and predicts the finished latents (x0) at each of them."""

import functools
from collections.abc import Callable
from typing import Any

import torch

Predict = Callable[[], torch.Tensor]
Observe = Callable[[int, int, Predict], None]
"""Called after each model evaluation, before the sampler uses it: number (from 1), how many in all, x0 in fp32."""
Coefficients = Callable[[Any], list[tuple[float, float]]]
"""Of a scheduler whose timesteps are set, for each evaluation (a, b): x0 = a * sample + b * model output."""


def watch(scheduler: Any, x0_coefficients: Coefficients, observe: Observe) -> None:
    """Wraps `set_timesteps` and `step` of a fresh scheduler; its results stay the same.

    Pipelines look at the signature of `step` to decide on passing the generators, so the wrapper shows it.
    """
    set_timesteps, step = scheduler.set_timesteps, scheduler.step
    coefficients: list[tuple[float, float]] = []
    done = 0

    @functools.wraps(set_timesteps)
    def watched_set_timesteps(*args: Any, **kwargs: Any) -> None:
        set_timesteps(*args, **kwargs)
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(
                0
            )  # else the first step searches for it, which waits for the GPU
        coefficients[:] = x0_coefficients(scheduler)

    @functools.wraps(step)
    def watched_step(
        model_output: torch.Tensor, timestep: Any, sample: torch.Tensor, *args: Any, **kwargs: Any
    ) -> Any:
        nonlocal done
        of_sample, of_output = coefficients[done]
        done += 1
        observe(
            done,
            len(coefficients),
            lambda: of_sample * sample.float() + of_output * model_output.float(),
        )
        return step(model_output, timestep, sample, *args, **kwargs)

    scheduler.set_timesteps = watched_set_timesteps
    scheduler.step = watched_step

"""Watches a scheduler: counts model evaluations and predicts the finished latents (x0) at each of them."""

import functools
from collections.abc import Callable
from typing import Any

import torch

from sdgui.engine.samplers import RECIPES

Predict = Callable[[], torch.Tensor]
Observe = Callable[[int, int, Predict], None]
"""Called after each model evaluation, before the sampler uses it: number (from 1), how many in all, x0 in fp32."""


def watch(scheduler: Any, sampler: str, observe: Observe) -> None:
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
        coefficients[:] = x0_coefficients(scheduler, sampler)

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


def x0_coefficients(scheduler: Any, sampler: str) -> list[tuple[float, float]]:
    """For each evaluation (a, b), so that x0 = a * sample + b * model_output.

    With alpha² + sigma² = 1: epsilon gives x0 = (x - sigma * e) / alpha, v gives alpha * x - sigma * v (Salimans and
    Ho 2022, https://arxiv.org/abs/2202.00512, appendix D). Floats on the CPU, so no step waits for the GPU.
    """
    pairs = []
    for alpha, sigma in _noise_levels(scheduler):
        if scheduler.config.prediction_type == "epsilon":
            of_sample, of_output = 1 / alpha, -sigma / alpha
        else:
            of_sample, of_output = alpha, -sigma
        if RECIPES[sampler].sigma_space:
            of_sample *= alpha  # these samples are 1 / alpha as large
        pairs.append((of_sample, of_output))
    return pairs


def _noise_levels(scheduler: Any) -> list[tuple[float, float]]:
    """(alpha, sigma) of the sample that the model sees, for each evaluation."""
    count = len(scheduler.timesteps)
    if hasattr(scheduler, "sigmas"):
        # Per evaluation also where the sampler takes two a step (Heun repeats its sigmas) and where the timestep is
        # rounded but the sigma is not (Karras).
        ratios = scheduler.sigmas[:count].double()
        alphas = 1 / (ratios**2 + 1).sqrt()
        return list(zip(alphas.tolist(), (ratios * alphas).tolist(), strict=True))
    squares = scheduler.alphas_cumprod[scheduler.timesteps.cpu().long()].double()
    return list(zip(squares.sqrt().tolist(), (1 - squares).sqrt().tolist(), strict=True))

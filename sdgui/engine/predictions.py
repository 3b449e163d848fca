"""What a model's output says of the finished latents (x0), for each evaluation: floats on the CPU, so that no step
waits for the GPU."""

from typing import Any

from sdgui.engine.samplers import RECIPES


def of_diffusion(scheduler: Any, sampler: str) -> list[tuple[float, float]]:
    """(a, b) of models that predict epsilon or v, so that x0 = a * sample + b * model_output.

    With alpha² + sigma² = 1: epsilon gives x0 = (x - sigma * e) / alpha, v gives alpha * x - sigma * v (Salimans and
    Ho 2022, https://arxiv.org/abs/2202.00512, appendix D).
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


def of_flow(scheduler: Any) -> list[tuple[float, float]]:
    """(a, b) of models that predict the flow from x0 to noise: x = (1 - sigma) * x0 + sigma * noise, so that
    x0 = x - sigma * output."""
    return [(1.0, -sigma) for sigma in scheduler.sigmas[: len(scheduler.timesteps)].tolist()]


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

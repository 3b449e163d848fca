"""The noise of each picture, from its own seed on the CPU: the same on every device, alone or in company."""

from collections.abc import Sequence

import torch

from sdgui.spec import Variation

NEARLY_EQUAL = 0.9995
"""Mean cosine between two noises from which on the arc between them is taken as straight."""


def make_generators(seeds: Sequence[int]) -> list[torch.Generator]:
    """One CPU generator per picture."""
    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def draw_latents(
    generators: Sequence[torch.Generator],
    shape: tuple[int, int, int],
    dtype: torch.dtype,
    *,
    variations: Sequence[Variation | None] = (),
) -> torch.Tensor:
    """Unit noise (pictures, *shape), drawn in fp32 so that a seed means one picture in every dtype.

    Equals what diffusers' pipelines draw from the same generators in fp32; the generators go on from there. Where
    `variations` has one for a picture, its noise is moved on the sphere towards that of the variation's seed; what
    the sampler draws later still comes from the picture's own seed.
    """
    noises = [torch.randn((1, *shape), generator=generator) for generator in generators]
    for i, variation in enumerate(variations):
        if variation is not None:
            (generator,) = make_generators([variation.seed])
            other = torch.randn((1, *shape), generator=generator)
            noises[i] = slerp(noises[i], other, variation.strength)
    return torch.cat(noises).to(dtype)


def slerp(start: torch.Tensor, end: torch.Tensor, strength: float) -> torch.Tensor:
    """The point at `strength` (0 to 1) of the arc from `start` to `end`, for noise (…, channels, height, width).

    Shoemake, "Animating rotation with quaternion curves" (SIGGRAPH 1985), applied to each column of each channel,
    which is A1111's meaning of a variation. Unlike a straight line it keeps the length of the columns, and so the
    variance of the noise. Where both are nearly equal (mean cosine over 0.9995) the arc is as good as straight.
    """
    cosine = (unit(start) * unit(end)).sum(-2, keepdim=True)
    if cosine.mean() > NEARLY_EQUAL:
        return torch.lerp(start, end, strength)
    angle = cosine.acos()
    weight = torch.sin(strength * angle) / angle.sin()
    return torch.sin((1 - strength) * angle) / angle.sin() * start + weight * end


def unit(noise: torch.Tensor) -> torch.Tensor:
    """Each column of (…, height, width) at length 1."""
    return noise / noise.norm(dim=-2, keepdim=True)

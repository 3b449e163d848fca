"""The noise of each picture, from its own seed on the CPU: the same on every device, alone or in company."""

from collections.abc import Sequence

import torch


def make_generators(seeds: Sequence[int]) -> list[torch.Generator]:
    """One CPU generator per picture."""
    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def draw_latents(
    generators: Sequence[torch.Generator], shape: tuple[int, int, int], dtype: torch.dtype
) -> torch.Tensor:
    """Unit noise (pictures, *shape), drawn in fp32 so that a seed means one picture in every dtype.

    Equals what diffusers' pipelines draw from the same generators in fp32; the generators go on from there.
    """
    return torch.cat(
        [torch.randn((1, *shape), generator=generator) for generator in generators]
    ).to(dtype)

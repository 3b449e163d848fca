"""The samplers by their common names, as the page and the resolver need them: no torch."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """One sampler: its common name, whether the composition stays when the number of steps changes."""

    name: str
    keeps_composition: bool = True


SAMPLERS: tuple[Sampler, ...] = (
    Sampler(name="Euler"),
    Sampler(name="Euler a", keeps_composition=False),
    Sampler(name="Heun"),
    Sampler(name="DDIM"),
    Sampler(name="LMS"),
    Sampler(name="PNDM"),
    Sampler(name="DPM++ 2M"),
    Sampler(name="DPM++ 2M Karras"),
    Sampler(name="DPM++ SDE", keeps_composition=False),
    Sampler(name="UniPC"),
    Sampler(name="LCM", keeps_composition=False),
)
SAMPLER_NAMES: tuple[str, ...] = tuple(sampler.name for sampler in SAMPLERS)


def steady(names: Sequence[str]) -> tuple[str, ...]:
    """Those of the names whose sampler keeps the composition when the number of steps changes, in our order."""
    return tuple(one.name for one in SAMPLERS if one.keeps_composition and one.name in names)

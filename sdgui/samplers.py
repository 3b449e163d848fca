"""The samplers and their schedules by their common names, as the page and the resolver need them: no torch."""

from collections.abc import Sequence
from dataclasses import dataclass

AUTOMATIC = "Automatic"
"""The schedule that the model came with: its own spacing of timesteps and no other curve of sigmas."""
KARRAS = "Karras"
EXPONENTIAL = "Exponential"
BETA = "Beta"
SCHEDULES: tuple[str, ...] = (AUTOMATIC, KARRAS, EXPONENTIAL, BETA)


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """One sampler: its common name, whether the composition stays when the number of steps changes, and the schedules
    that fit it."""

    name: str
    keeps_composition: bool = True
    schedules: tuple[str, ...] = (AUTOMATIC,)


SAMPLERS: tuple[Sampler, ...] = (
    Sampler(name="Euler", schedules=SCHEDULES),
    Sampler(name="Euler a", keeps_composition=False),
    Sampler(name="Heun"),
    Sampler(name="DDIM"),
    Sampler(name="LMS"),
    Sampler(name="PNDM"),
    Sampler(name="DPM++ 2M", schedules=SCHEDULES),
    Sampler(name="DPM++ SDE", keeps_composition=False),
    Sampler(name="UniPC"),
    Sampler(name="LCM", keeps_composition=False),
)
_FITTING = {sampler.name: sampler.schedules for sampler in SAMPLERS}


def split_name(name: str) -> tuple[str, str]:
    """Sampler and schedule of a name that may hold both, as they were written once: `DPM++ 2M Karras`.

    A name without a schedule has AUTOMATIC; one that is not known stays as it is.
    """
    for schedule in SCHEDULES[1:]:
        head, space, last = name.rpartition(" ")
        if space and head and last.casefold() == schedule.casefold():
            return head, schedule
    return name, AUTOMATIC


def joined_name(sampler: str, schedule: str) -> str:
    """One name for both, which `split_name` takes apart: the sampler's own where the schedule is AUTOMATIC."""
    return sampler if schedule == AUTOMATIC else f"{sampler} {schedule}"


def schedules_of(sampler: str) -> tuple[str, ...]:
    """The schedules that fit a sampler; none where it is not known."""
    return _FITTING.get(sampler, ())


def _offered() -> tuple[str, ...]:
    """The plain names and `DPM++ 2M Karras` as they were offered at first, then what came later."""
    first = [
        joined_name(one.name, schedule)
        for one in SAMPLERS
        for schedule in one.schedules
        if schedule == AUTOMATIC or (one.name, schedule) == ("DPM++ 2M", KARRAS)
    ]
    every = [joined_name(one.name, schedule) for one in SAMPLERS for schedule in one.schedules]
    return tuple(dict.fromkeys([*first, *every]))


SAMPLER_NAMES: tuple[str, ...] = _offered()
"""Every sampler with every schedule that fits it, each by one name."""
_KEEPING = {
    joined_name(one.name, schedule)
    for one in SAMPLERS
    if one.keeps_composition
    for schedule in one.schedules
}


def steady(names: Sequence[str]) -> tuple[str, ...]:
    """Those of the names whose sampler keeps the composition when the number of steps changes, in our order."""
    return tuple(name for name in SAMPLER_NAMES if name in _KEEPING and name in names)


WITHOUT_ZERO_SNR = ("Heun", "LMS", "PNDM")
"""Samplers that know no zero terminal SNR."""


def knows_zero_snr(name: str) -> bool:
    """Whether a sampler goes by a noise schedule that ends in pure noise."""
    return split_name(name)[0] not in WITHOUT_ZERO_SNR

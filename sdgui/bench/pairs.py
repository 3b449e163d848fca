"""Measuring several ways in turn, so that what disturbs one disturbs all."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Seconds of one way in each round, in order."""

    seconds: tuple[float, ...]

    def ratios(self, other: "Measured") -> tuple[float, ...]:
        """This way's seconds over the other's, round by round."""
        return tuple(a / b for a, b in zip(self.seconds, other.seconds, strict=True))


Part = Callable[[], float | None]
"""A piece of work; one that returns seconds is taken at its word, else the call itself is timed."""


def interleave(
    ways: Mapping[str, Sequence[Part]],
    rounds: int,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, Measured]:
    """Runs every way once a round, part by part beside the others' parts, the order turning; a way's parts are summed.

    All ways have as many parts.
    """
    seconds: dict[str, list[float]] = {name: [0.0] * rounds for name in ways}
    names = list(ways)
    for turn in range(rounds):
        for place, parts in enumerate(zip(*ways.values(), strict=True)):
            by_name = dict(zip(names, parts, strict=True))
            first = (turn + place) % len(names)
            for name in names[first:] + names[:first]:
                begun = time.perf_counter()
                told = by_name[name]()
                took = time.perf_counter() - begun
                seconds[name][turn] += took if told is None else told
        report(f"round {turn + 1} of {rounds}")
    return {name: Measured(seconds=tuple(s)) for name, s in seconds.items()}


def spread(values: tuple[float, ...]) -> str:
    """Median and the whole range, as 1.02 (1.00-1.05)."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"

"""How long pictures take, learnt from those that were made."""

from collections.abc import Mapping
from typing import NamedTuple

from sdgui.spec import PictureSpec

KEPT = 0.7
"""Share of the older measurement that stays when a new one comes."""
GUIDED = 2
"""Guidance evaluates the model twice a step."""


class Kind(NamedTuple):
    """What a step's time depends on; size in pixels."""

    model: str
    pixels: int
    guided: bool
    sampler: str


def kind_of(spec: PictureSpec) -> Kind:
    """The kind of a picture."""
    return Kind(
        model=spec.model.hash,
        pixels=spec.width * spec.height,
        guided=spec.guidance > 1,
        sampler=spec.sampler,
    )


class Pace:
    """Seconds per picture and step, for each kind."""

    def __init__(self) -> None:
        self._seconds: dict[Kind, float] = {}
        self._latest: dict[str, Kind] = {}

    def learn(self, spec: PictureSpec, pictures: int, seconds: float) -> None:
        """Takes in that `pictures` like `spec` took `seconds` together."""
        kind = kind_of(spec)
        new = seconds / (pictures * spec.steps)
        old = self._seconds.get(kind)
        self._seconds[kind] = new if old is None else KEPT * old + (1 - KEPT) * new
        self._latest[kind.model] = kind

    def expect(self, spec: PictureSpec, pictures: int = 1) -> float | None:
        """Seconds that `pictures` like `spec` will take; None when nothing was made with its model yet."""
        return self.expect_work({kind_of(spec): pictures * spec.steps})

    def expect_work(self, work: Mapping[Kind, int]) -> float | None:
        """Seconds for so many steps (summed over pictures) of each kind; None when a model's pace is unknown."""
        total = 0.0
        for kind, steps in work.items():
            each = self._of(kind)
            if each is None:
                return None
            total += each * steps
        return total

    def _of(self, kind: Kind) -> float | None:
        """Seconds of a step: as measured, or from the model's latest pictures by their size and guidance."""
        measured = self._seconds.get(kind)
        if measured is not None or kind.model not in self._latest:
            return measured
        latest = self._latest[kind.model]
        weight = GUIDED ** (kind.guided - latest.guided) * kind.pixels / latest.pixels
        return self._seconds[latest] * weight

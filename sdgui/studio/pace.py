"""How long pictures take, learnt from those that were made."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sdgui.events import Batch
from sdgui.spec import PictureSpec

KEPT = 0.7
"""Share of the older measurement that stays when a new one comes."""
GUIDED = 2
"""Guidance evaluates the model twice a step: each picture is two rows of it."""
FIXED = 1.5
"""Rows that a step costs beside its own, beyond the sizes that were measured.

From the bench on a CPU: 36 pictures of the demo model took 1.5 times as long one by one as six by six.
"""


class Conditions(NamedTuple):
    """What the times of a batch depend on beside its rows; size in pixels."""

    model: str
    pixels: int
    sampler: str


class Timing(NamedTuple):
    """Seconds of a batch: of each step, and for each picture of what is no step (reading the prompt, decoding)."""

    step: float
    picture: float

    def of(self, spec: PictureSpec, pictures: int) -> float:
        """Seconds of the whole batch of so many like `spec`."""
        return spec.steps * self.step + pictures * self.picture


class Pace:
    """Seconds of a step by the rows of a batch, and seconds of a picture beside its steps, by the conditions."""

    def __init__(self) -> None:
        self._steps: dict[Conditions, dict[int, float]] = {}
        self._pictures: dict[Conditions, float] = {}
        self._latest: dict[str, Conditions] = {}

    def learn(self, spec: PictureSpec, pictures: int, timing: Timing) -> None:
        """Takes in what a batch of so many pictures like `spec` took."""
        conditions = _conditions(spec)
        steps, rows = self._steps.setdefault(conditions, {}), _rows(spec, pictures)
        steps[rows] = _blend(steps.get(rows), timing.step)
        self._pictures[conditions] = _blend(self._pictures.get(conditions), timing.picture)
        self._latest[conditions.model] = conditions

    def timing(self, spec: PictureSpec, pictures: int) -> Timing | None:
        """What a batch of so many pictures like `spec` will take; None when nothing was made with its model yet.

        Where its conditions were not measured, it is reckoned from the model's latest pictures by their size.
        """
        conditions = _conditions(spec)
        if conditions not in self._steps:
            if conditions.model not in self._latest:
                return None
            conditions = self._latest[conditions.model]
        larger = spec.width * spec.height / conditions.pixels
        return Timing(
            step=_at(self._steps[conditions], _rows(spec, pictures) * larger),
            picture=self._pictures[conditions] * larger,
        )

    def expect(self, spec: PictureSpec, pictures: int = 1) -> float | None:
        """Seconds that one batch of so many pictures like `spec` will take; None when its model's pace is unknown."""
        timing = self.timing(spec, pictures)
        return None if timing is None else timing.of(spec, pictures)

    def expect_batches(self, batches: Iterable[Batch]) -> float | None:
        """Seconds for the batches one after another; None when a model's pace is unknown."""
        total = 0.0
        for batch in batches:
            seconds = self.expect(batch.tasks[0].spec, len(batch.tasks))
            if seconds is None:
                return None
            total += seconds
        return total


def _conditions(spec: PictureSpec) -> Conditions:
    return Conditions(model=spec.model.hash, pixels=spec.width * spec.height, sampler=spec.sampler)


def _rows(spec: PictureSpec, pictures: int) -> int:
    """How many pictures the model evaluates at once in a step."""
    return pictures * (GUIDED if spec.guidance > 1 else 1)


def _blend(old: float | None, new: float) -> float:
    return new if old is None else KEPT * old + (1 - KEPT) * new


def _at(steps: Mapping[int, float], rows: float) -> float:
    """Seconds of a step: on the line between the measured sizes around, beyond them from the nearest."""
    sizes = sorted(steps)
    place = bisect_left(sizes, rows)
    if 0 < place < len(sizes):
        low, high = sizes[place - 1], sizes[place]
        share = (rows - low) / (high - low)
        return (1 - share) * steps[low] + share * steps[high]
    nearest = sizes[min(place, len(sizes) - 1)]
    return steps[nearest] * (rows + FIXED) / (nearest + FIXED)

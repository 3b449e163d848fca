"""How long pictures take, learnt from those that were made."""

from sdgui.spec import PictureSpec

KEPT = 0.7
"""Share of the older measurement that stays when a new one comes."""


class Pace:
    """Seconds per picture and step, for each model and size."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[str, int, int], float] = {}

    def learn(self, spec: PictureSpec, pictures: int, seconds: float) -> None:
        """Takes in that `pictures` like `spec` took `seconds` together."""
        key = (spec.model.hash, spec.width, spec.height)
        new = seconds / (pictures * spec.steps)
        old = self._seconds.get(key)
        self._seconds[key] = new if old is None else KEPT * old + (1 - KEPT) * new

    def expect(self, spec: PictureSpec, pictures: int = 1) -> float | None:
        """Seconds that `pictures` like `spec` will take; None when nothing like it was made yet."""
        seconds = self._seconds.get((spec.model.hash, spec.width, spec.height))
        return None if seconds is None else seconds * pictures * spec.steps

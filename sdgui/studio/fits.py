"""How many pictures fitted into one batch of a device, learnt after its memory did not suffice."""

from sdgui.events import Fitted
from sdgui.spec import PictureSpec


class Fits:
    """By device, model and size; in memory only: a new start tries again."""

    def __init__(self) -> None:
        self._most: dict[tuple[str, str, int], int] = {}

    def learn(self, device: str, told: Fitted) -> None:
        """Takes in what fitted, after more had not."""
        self._most[device, told.model, told.width * told.height] = max(1, told.pictures)

    def limit(self, device: str, spec: PictureSpec, most: int) -> int:
        """How many pictures like `spec` to put into one batch, of `most` that would be put there otherwise.

        What fitted holds for larger pictures of the same model too.
        """
        pixels = spec.width * spec.height
        learnt = [
            pictures
            for (where, model, size), pictures in self._most.items()
            if (where, model) == (device, spec.model.id) and size <= pixels
        ]
        return min([most, *learnt])

"""How well pictures fit their prompts: never a reason for a picture to fail or to go without memory."""

import logging
import math
from collections.abc import Callable
from pathlib import Path

import torch

from sdgui.engine.clip import Clip
from sdgui.engine.hub import OnBytes
from sdgui.engine.memory import free_memory, is_out_of_memory
from sdgui.errors import UserError
from sdgui.events import Pixels

log = logging.getLogger(__name__)

MAIN_MEMORY = torch.device("cpu")


class Similarity:
    """One CLIP, loaded once, on the device of the models as long as there is room for it there."""

    def __init__(self, find: Callable[[OnBytes], Path], device: torch.device) -> None:
        self._find = find
        self._device = device
        self._clip: Clip | None = None
        self._tried = False

    def load(self, on_bytes: OnBytes = lambda fraction: None) -> None:
        """Finds and loads CLIP, the first time; where that fails, the log says so and there are no scores."""
        if self._tried:
            return
        self._tried = True
        try:
            self._clip = Clip(self._find(on_bytes))
        except Exception as error:
            self._give_up(error)
            return
        try:
            self._clip.move(self._device)
        except Exception as error:
            if not is_out_of_memory(error):
                self._give_up(error)
                return
        if self._clip.device != self._device:
            self._leave_device()

    def match(self, prompt: str, pixels: Pixels) -> float | None:
        """The cosine (-1 to 1) of CLIP's embeddings of the prompt and the picture; None where there is none."""
        if self._clip is None:
            return None
        try:
            cosine = self._clip.similarity(prompt, pixels)
        except Exception as error:
            if not is_out_of_memory(error):
                self._give_up(error)
                return None
        else:
            return cosine if math.isfinite(cosine) else None
        self.give_way()
        return self.match(prompt, pixels)

    def give_way(self) -> bool:
        """Makes room: CLIP goes from the device to main memory, and from there for good; False if it is gone."""
        if self._clip is None:
            return False
        if self._clip.device == MAIN_MEMORY:
            self._give_up(MemoryError())
        else:
            self._leave_device()
        free_memory()
        return True

    def _leave_device(self) -> None:
        assert self._clip is not None
        log.warning("CLIP goes on in main memory, to leave the device's to the pictures")
        self._clip.move(MAIN_MEMORY)

    def _give_up(self, error: Exception) -> None:
        self._clip = None
        if isinstance(error, UserError):
            why = str(error)
        elif is_out_of_memory(error):
            why = "There is not enough memory for CLIP."
        else:
            why = "Something unexpected went wrong with CLIP."
        expected = isinstance(error, UserError) or is_out_of_memory(error)
        log.warning(
            "Pictures get no score of how well they fit their prompt. %s",
            why,
            exc_info=None if expected else error,
        )

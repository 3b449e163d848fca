"""A model's own safety checker at work: it looks at finished pictures, on the device of the model."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from safetensors import SafetensorError
from transformers import CLIPImageProcessorPil

from sdgui.engine.memory import is_out_of_memory
from sdgui.engine.quiet import quiet
from sdgui.engine.safety.recognise import PART, PREPROCESSING, OwnChecker
from sdgui.errors import UserError
from sdgui.events import Pixels

log = logging.getLogger(__name__)
# It would tell the terminal of each picture that it holds back.
logging.getLogger(StableDiffusionSafetyChecker.__module__).setLevel(logging.ERROR)

MAIN_MEMORY = torch.device("cpu")
_NOTHING = np.zeros((1, 1), np.uint8)
"""In place of the picture that diffusers would paint black."""


class Checker:
    """Diffusers' StableDiffusionSafetyChecker (https://arxiv.org/abs/2210.04610), read from safetensors alone.

    It computes in `dtype`. `is_kept`: it stays on `device` between pictures; else it is there while it looks at one.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        own: OwnChecker,
        dtype: torch.dtype,
        *,
        device: torch.device,
        is_kept: bool,
    ) -> None:
        """UserError where it cannot be read whole: a part that chance had filled would let everything pass."""
        self._name = name
        self._device = device
        self._is_kept = is_kept
        self._processor, self._network = _read(name, folder, own, dtype)
        self._embeddings: torch.Tensor | None = None
        self._network.visual_projection.register_forward_hook(self._note)
        if is_kept:
            self._network.to(device)

    def held_by(self, device: torch.device) -> int:
        """Bytes of its weights that a device has between pictures."""
        place = self._device if self._is_kept else MAIN_MEMORY
        if place.type != device.type:
            return 0
        return sum(tensor.nbytes for tensor in self._network.state_dict().values())

    def holds_back(self, pixels: Pixels) -> bool:
        """Whether a picture (height, width, 3) is to be held back, by the thresholds that came with the model.

        UserError where its numbers ran over, for then it has not looked.
        """
        values = self._processor(Image.fromarray(pixels), return_tensors="pt").pixel_values
        with self._at_work(), torch.inference_mode():
            values = values.to(self._device, self._network.dtype)
            _, (is_held_back,) = self._network(images=[_NOTHING], clip_input=values)
            embeddings, self._embeddings = self._embeddings, None
            has_looked = embeddings is not None and bool(embeddings.isfinite().all())
        if not has_looked:
            raise UserError(
                f"The safety checker of “{self._name}” could not look at this picture, so it is not shown.",
                "Start with --dtype float32, or with --no-safety-checker.",
            )
        return bool(is_held_back)

    def give_way(self) -> bool:
        """Leaves the device's memory to pictures from now on; False where that frees nothing."""
        if not self._is_kept or self._device.type == MAIN_MEMORY.type:
            return False
        self._is_kept = False
        self._network.to(MAIN_MEMORY)
        return True

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._network.to(self._device)
        try:
            yield
        finally:
            if not self._is_kept:
                self._network.to(MAIN_MEMORY)

    def _note(self, module: Any, inputs: Any, output: torch.Tensor) -> None:
        self._embeddings = output


def _read(name: str, folder: Path, own: OwnChecker, dtype: torch.dtype) -> tuple[Any, Any]:
    try:
        with quiet():
            processor = CLIPImageProcessorPil.from_pretrained(
                folder, subfolder=PREPROCESSING, local_files_only=True
            )
            network, told = StableDiffusionSafetyChecker.from_pretrained(
                folder,
                subfolder=PART,
                variant=own.variant,
                dtype=dtype,
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
            )
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        if is_out_of_memory(error):
            raise
        log.warning("the safety checker of %s was not loaded: %s", name, str(error)[:300])
        raise _damaged(name) from error
    if told["missing_keys"] or told["mismatched_keys"]:  # which transformers fills by chance
        raise _damaged(name)
    for tensor in (*network.parameters(), *network.buffers()):
        tensor.data = tensor.data.clone()  # out of the file, which may change
    return processor, network.eval().requires_grad_(False)


def _damaged(name: str) -> UserError:
    return UserError(
        f"The safety checker of “{name}” is damaged.",
        "Copy or download the model anew, or start with --no-safety-checker.",
    )

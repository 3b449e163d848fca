"""LoRAs in a warm model: put in by peft, switched by weights, and out of it again without a trace.

Low-rank weights (Hu et al. 2021, https://arxiv.org/abs/2106.09685): a layer W answers W x + weight · alpha / rank ·
B A x. While none is on, peft's layers answer with the model's own, bit for bit.
"""

import logging
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch

from sdgui.adapters import Adapter, Lora
from sdgui.engine.adapters.recognise import DOWN
from sdgui.engine.memory import is_out_of_memory
from sdgui.engine.quiet import quiet
from sdgui.errors import UserError
from sdgui.written_values import shown

log = logging.getLogger(__name__)

MOST_BYTES = 2**30
"""That LoRAs which are not on may keep of a model's memory; the least recently used go first."""


class Loras:
    """The LoRAs that one pipeline holds; while none is on, it is the model itself."""

    def __init__(
        self,
        pipe: Any,
        locate: Callable[[Adapter], Path],
        *,
        device: torch.device,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """`locate` gives the file of a LoRA, or says in a UserError why there is none; `device` computes."""
        self._pipe = pipe
        self._device = device
        self._locate = locate
        self._most_bytes = most_bytes
        self._held: OrderedDict[str, int] = OrderedDict()
        self._latest: set[str] = set()
        self._fitted: dict[str, tuple[int, int]] = {}

    def notes(self, wanted: Sequence[Lora]) -> dict[str, str]:
        """What a picture tells of those of these whose layers the model has only in part."""
        told = {lora.ref.id: self._fitted.get(lora.ref.hash, (0, 0)) for lora in wanted}
        return {
            f"LoRA {name}": f"{fitted:,} of {layers:,} layers fitted"
            for name, (fitted, layers) in told.items()
            if fitted < layers
        }

    @property
    def held(self) -> tuple[str, ...]:
        """Content hashes of those in memory, the most recently used last."""
        return tuple(self._held)

    def switch_on(self, wanted: Sequence[Lora]) -> None:
        """Exactly these, loaded where they are not held; UserError where one does not fit the model's layers."""
        if not hasattr(self._pipe, "load_lora_weights"):
            raise UserError("This model takes no LoRAs.", "Take them out of the prompt.")
        for lora in wanted:
            if lora.ref.hash not in self._held:
                self._load(lora, self._locate(lora))
            self._held.move_to_end(lora.ref.hash)
        self._latest = {lora.ref.hash for lora in wanted}
        self._delete_idle(self._most_bytes)
        self._pipe.enable_lora()
        with quiet():
            self._pipe.set_adapters(
                [_called(lora.ref.hash) for lora in wanted],
                [self._weights(lora) for lora in wanted],
            )

    def switch_off(self) -> None:
        """None is on; those that were stay in memory."""
        if self._held:
            self._pipe.disable_lora()

    def give_way(self) -> bool:
        """Frees all but those that were on latest; False when there was none."""
        before = len(self._held)
        self._delete_idle(0)
        return len(self._held) < before

    def drop(self) -> None:
        """None is in memory; the model has its own layers again."""
        self._held.clear()
        if hasattr(self._pipe, "unload_lora_weights"):
            self._pipe.unload_lora_weights()

    def _load(self, lora: Lora, path: Path) -> None:
        name = _called(lora.ref.hash)
        layers: set[str] = set()
        try:
            with (
                quiet(),
                _noting_layers(self._pipe, layers),
                warnings.catch_warnings(action="ignore", category=UserWarning),
                _held_as_before(self._pipe, self._device),
                _as_written(),
            ):
                self._pipe.load_lora_weights(
                    str(path.parent),
                    weight_name=path.name,
                    adapter_name=name,
                    local_files_only=True,
                    use_safetensors=True,
                )
            parts = self._pipe.get_list_adapters()
            loaded = [part for part, names in parts.items() if name in names]
            if not loaded:
                raise ValueError("none of its layers is one of the model's")
            for part in loaded:
                _keep_in_memory(getattr(self._pipe, part), name)
            fitted = sum(_layers_of(getattr(self._pipe, part), name) for part in loaded)
            self._fitted[lora.ref.hash] = (min(fitted, len(layers)), len(layers))
        except Exception as error:
            self.drop()  # of what half a load has put in, nothing may stay
            if isinstance(error, MemoryError) or is_out_of_memory(error):
                raise
            log.warning("the LoRA %s was not loaded: %s", lora.ref.id[:80], str(error)[:300])
            raise UserError(
                f"The LoRA “{shown(lora.ref.id)}” does not fit this model.",
                "Its layers are of other sizes or names; was it made for another family?",
            ) from error
        self._held[lora.ref.hash] = path.stat().st_size

    def _delete_idle(self, most_bytes: int) -> None:
        spare = [one for one in self._held if one not in self._latest]
        while spare and sum(self._held[one] for one in spare) > most_bytes:
            oldest = spare.pop(0)
            self._pipe.delete_adapters(_called(oldest))
            del self._held[oldest]

    def _weights(self, lora: Lora) -> dict[str, float]:
        parts = self._pipe.get_list_adapters()
        return {
            part: lora.text_encoder_weight if part.startswith("text_encoder") else lora.weight
            for part, names in parts.items()
            if _called(lora.ref.hash) in names
        }


@contextmanager
def _held_as_before(pipe: Any, device: torch.device) -> Iterator[None]:
    """Diffusers takes off the hooks of a model that is held in parts, and puts them on again: for this device."""
    pipe.enable_model_cpu_offload = partial(
        type(pipe).enable_model_cpu_offload, pipe, device=device
    )
    try:
        yield
    finally:
        del pipe.enable_model_cpu_offload


@contextmanager
def _noting_layers(pipe: Any, layers: set[str]) -> Iterator[None]:
    """Notes the layers that a file has matrices for, by the names that the model would have them under."""
    own = pipe.lora_state_dict

    def noting(*args: Any, **arguments: Any) -> Any:
        told = own(*args, **arguments)
        names = told[0] if isinstance(told, tuple) else told
        layers.update(name[: match.start()] for name in names if (match := DOWN.search(name)))
        return told

    pipe.lora_state_dict = noting
    try:
        yield
    finally:
        del pipe.lora_state_dict


def _layers_of(part: Any, name: str) -> int:
    """Layers of a part that an adapter of this name changes."""
    return len(
        {
            called.partition(f".{name}.")[0]
            for called, _ in part.named_parameters()
            if f".lora_A.{name}." in called
        }
    )


@contextmanager
def _as_written() -> Iterator[None]:
    """Peft gives a LoRA the number format of its layer's weights: in 8 bits nothing computes, and in the bfloat16 of a
    model in two formats its matrices are rounded before they have that of the model."""
    from peft.tuners.tuners_utils import BaseTunerLayer  # seconds that only LoRAs need

    own = BaseTunerLayer._get_base_layer_device_and_dtype

    def of_device(layer: Any, base_layer: Any) -> Any:
        device, _dtype = own(layer, base_layer)
        return device, None

    BaseTunerLayer._get_base_layer_device_and_dtype = of_device  # type: ignore[method-assign]
    try:
        yield
    finally:
        BaseTunerLayer._get_base_layer_device_and_dtype = own  # type: ignore[method-assign]


def _keep_in_memory(part: Any, name: str) -> None:
    """Copies an adapter's matrices, in the number format in which the part computes, out of the file that they are
    mapped from, into which somebody may write."""
    for called, tensor in part.named_parameters():
        if f".{name}." in called:
            tensor.data = tensor.data.to(part.dtype, copy=True)


def _called(content: str) -> str:
    """The name for peft, which must be one of a module."""
    return f"sdgui_{content}"

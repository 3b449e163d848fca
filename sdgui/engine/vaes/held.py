"""A VAE of the owner's beside a warm model: loaded where it is first wanted, held where the model is."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers import AutoencoderKL
from safetensors import SafetensorError, safe_open

from sdgui.engine.families.loading import read_stored
from sdgui.engine.memory import is_out_of_memory
from sdgui.engine.model_folder import form_of
from sdgui.engine.preview_map import PreviewMap
from sdgui.engine.quiet import quiet
from sdgui.engine.vaes.recognise import OwnVae, recognise_vae
from sdgui.engine.vaes.shelf import gone, unreadable
from sdgui.errors import UserError
from sdgui.model_ref import ModelRef
from sdgui.written_values import shown

log = logging.getLogger(__name__)


class OwnVaes:
    """The VAE that stood in for a pipeline's own last. `is_kept`: it stays on `device` between its pictures."""

    def __init__(
        self,
        pipe: Any,
        locate: Callable[[ModelRef], Path],
        *,
        device: torch.device,
        is_kept: bool,
    ) -> None:
        """`locate` gives the file of a VAE, or says in a UserError why there is none."""
        self._own = pipe.vae
        self._locate = locate
        self._device = device
        self._is_kept = is_kept
        self._held: tuple[str, Any] | None = None
        self.colours: dict[str, PreviewMap] = {}
        """By the hash of its file, once they were wanted."""

    @property
    def bytes(self) -> int:
        """Of its weights, where one is held."""
        if self._held is None:
            return 0
        return sum(tensor.nbytes for tensor in self._held[1].state_dict().values())

    def get(self, vae: ModelRef) -> Any:
        """The module, read where another is held; UserError where it cannot be, and then none is."""
        if self._held is None or self._held[0] != vae.hash:
            self._held = None  # else both are in memory while it is read
            self._held = vae.hash, self._load(vae)
        return self._held[1]

    @contextmanager
    def on_device(self, module: Any) -> Iterator[None]:
        """Where it computes, for as long as it does."""
        module.to(self._device)
        try:
            yield
        finally:
            if not self._is_kept:
                module.to("cpu")

    def give_way(self) -> bool:
        """Frees it; False when none was held."""
        was_held, self._held = self._held is not None, None
        return was_held

    def key(self, vae: ModelRef) -> str:
        """What its preview colours depend on: the file, and how the model scales latents."""
        config = self._own.config
        scale = [config.get("scaling_factor"), config.get("shift_factor")]
        return hashlib.sha256(f"{vae.hash} {json.dumps(scale)}".encode()).hexdigest()

    def _load(self, vae: ModelRef) -> Any:
        path = self._locate(vae)
        dtype = next(self._own.parameters()).dtype
        try:
            found = recognise_vae(vae.id, path)
            own_form = form_of(self._own.config)
            if found.form != own_form:
                raise ValueError(f"{found.form} in place of {own_form}")
            with quiet(), init_empty_weights():
                module = AutoencoderKL.from_config(config_of(found, self._own.config))
            with safe_open(path, framework="pt") as file:
                tensors = {
                    one.name: read_stored(file, one).to(dtype, copy=True) for one in found.tensors
                }
            module.load_state_dict(tensors, assign=True)
        except FileNotFoundError:
            raise gone(vae.id) from None
        except OSError as error:
            raise unreadable(vae.id, error) from error
        except UserError:
            raise
        except (ValueError, TypeError, RuntimeError, SafetensorError) as error:
            if is_out_of_memory(error):
                raise
            log.warning("the VAE %s was not loaded: %s", vae.id[:80], str(error)[:300])
            raise UserError(
                f"The VAE “{shown(vae.id)}” does not fit this model.",
                "Choose one that was made for this model's family.",
            ) from error
        module = module.eval().requires_grad_(False)
        return _laid_out_like(self._own, module)


def config_of(found: OwnVae, own: Mapping[str, Any]) -> dict[str, Any]:
    """Diffusers' config: the shape is the file's, and how latents are scaled is the model's own."""
    shape = found.shape.config(sample_size=own["sample_size"], scaling_factor=own["scaling_factor"])
    return {**own, **shape, "norm_num_groups": own["norm_num_groups"]}


def _laid_out_like(own: Any, module: Any) -> Any:
    """With its numbers in the order in which those of the model's own VAE are."""
    weight = own.decoder.conv_in.weight
    last = torch.channels_last
    if weight.is_contiguous(memory_format=last) and not weight.is_contiguous():
        return module.to(memory_format=last)
    return module

"""Changes of a warm model in place: each is put back whatever happens meanwhile, or the model is loaded anew."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch

from sdgui.adapters import Lora
from sdgui.engine.loader import WarmModel
from sdgui.engine.memory_plan import TILE
from sdgui.model_ref import ModelRef

log = logging.getLogger(__name__)

_TILE_SIZES = ("tile_sample_min_size", "tile_latent_min_size")
SMALLEST_TILE = 64
"""Pixels along a side of a tile."""


@contextmanager
def changed(
    warm: WarmModel, change: Callable[[], object], put_back: Callable[[], object]
) -> Iterator[None]:
    """The model with a change, put back at the end also where the change itself breaks off half-way.

    What fails while it is put back is not raised, for it is no fault of the picture: the model is `spoilt` then.
    """
    try:
        change()
        yield
    finally:
        if not warm.spoilt:  # by a change within this one: it is not used any more
            try:
                put_back()
            except Exception:
                log.exception("%s could not be put back as it was; it is loaded anew", warm.ref.id)
                warm.spoilt = True


def with_scheduler(warm: WarmModel, scheduler: Any) -> AbstractContextManager[None]:
    """The model's pipeline with this scheduler."""
    pipe, own = warm.pipe, warm.pipe.scheduler
    return changed(
        warm,
        lambda: setattr(pipe, "scheduler", scheduler),
        lambda: setattr(pipe, "scheduler", own),
    )


def with_loras(warm: WarmModel, loras: Sequence[Lora]) -> AbstractContextManager[None]:
    """The model with exactly these LoRAs; UserError where one cannot be used with it."""
    if not loras:
        return nullcontext()
    return changed(warm, lambda: warm.loras.switch_on(loras), warm.loras.switch_off)


@contextmanager
def with_vae(warm: WarmModel, vae: ModelRef | None) -> Iterator[None]:
    """The model with another VAE in place of its own; UserError where it cannot be had, and then nothing changed.

    Only while latents become pixels: the pipeline itself, which holds its parts by what it hooks, never sees it.
    """
    if vae is None:
        yield
        return
    pipe, own = warm.pipe, warm.pipe.vae
    module = warm.vaes.get(vae)
    with (
        warm.vaes.on_device(module),
        changed(warm, lambda: setattr(pipe, "vae", module), lambda: setattr(pipe, "vae", own)),
    ):
        yield


def decoding_in_float32(warm: WarmModel) -> AbstractContextManager[None]:
    """The model with its VAE in float32."""
    vae, own = warm.pipe.vae, next(warm.pipe.vae.parameters()).dtype
    return changed(warm, lambda: vae.to(torch.float32), lambda: vae.to(own))


def decoding_in_tiles(warm: WarmModel, longest: int) -> AbstractContextManager[None]:
    """The model with a VAE that decodes in tiles, pictures with a side of `longest` pixels in more than one.

    The VAEs that take the size they were trained at for that of a tile would decode such a picture whole.
    """
    vae = warm.pipe.vae
    own = {name: getattr(vae, name) for name in _TILE_SIZES if hasattr(vae, name)}

    def change() -> None:
        vae.enable_tiling()
        if own:
            size, latents = own.values()
            while size > TILE or longest <= size > SMALLEST_TILE:
                size, latents = size // 2, latents // 2
            vae.tile_sample_min_size, vae.tile_latent_min_size = size, latents

    def put_back() -> None:
        vae.disable_tiling()
        for name, value in own.items():
            setattr(vae, name, value)

    return changed(warm, change, put_back)


def offloaded(warm: WarmModel, device: torch.device) -> AbstractContextManager[None]:
    """The model in main memory, each of its parts on the device only while it works."""
    pipe = warm.pipe

    def put_back() -> None:
        pipe.remove_all_hooks()
        pipe.to(device)

    return changed(warm, lambda: pipe.enable_model_cpu_offload(device=device), put_back)

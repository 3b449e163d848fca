"""Loads models and keeps them warm: the second batch reads no weights from disk."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import transformers

from sdgui.engine.catalog import Catalog, Located
from sdgui.engine.device import Placement
from sdgui.engine.families.family import Family
from sdgui.engine.families.table import FAMILIES
from sdgui.engine.memory import fits, free_memory
from sdgui.engine.model_files import HashCache
from sdgui.engine.preview_map import PreviewMap, cached_preview_map
from sdgui.engine.prompts import PromptCache
from sdgui.errors import UserError
from sdgui.events import Loaded, Loading
from sdgui.model_info import ModelRef
from sdgui.ports import Emit

WARM_ON_CPU = 2


@dataclass(kw_only=True)
class WarmModel:
    """A model on its device, ready to run."""

    ref: ModelRef
    pipe: Any
    family: Family
    scheduler_config: dict[str, Any]
    prompts: PromptCache
    colours: PreviewMap
    offloaded: bool = False


class Loader:
    """Warm models by reference, the least recently used out first: two on the CPU, what fits on CUDA."""

    def __init__(self, catalog: Catalog, placement: Placement, cache_dir: Path | None) -> None:
        self._catalog = catalog
        self._placement = placement
        self._cache_dir = cache_dir
        self._warm: OrderedDict[ModelRef, WarmModel] = OrderedDict()

    def get(self, ref: ModelRef, emit: Emit) -> WarmModel:
        """The model, loaded if it is not warm, then with Loading and Loaded emitted; UserError when it cannot be."""
        warm = self._warm.get(ref)
        if warm is None:
            emit(Loading(model=ref.id))
            warm = self._load(ref, emit)
            self._warm[ref] = warm
            emit(
                Loaded(
                    model=ref.id,
                    device=self._placement.device_name,
                    dtype=self._placement.dtype_name,
                )
            )
        self._warm.move_to_end(ref)
        return warm

    def forget(self, ref: ModelRef) -> None:
        """Drops a model; the next `get` loads it anew."""
        self._warm.pop(ref, None)
        free_memory()

    def clear(self, *, but: ModelRef | None = None) -> bool:
        """Drops every model but one; False when there was none to drop."""
        others = [ref for ref in self._warm if ref != but]
        for ref in others:
            del self._warm[ref]
        free_memory()
        return bool(others)

    def _load(self, ref: ModelRef, emit: Emit) -> WarmModel:
        located = self._catalog.locate(
            ref.id, lambda fraction: emit(Loading(model=ref.id, fraction=fraction))
        )
        if located.inspection.info.ref != ref:
            raise UserError(
                f"The model “{ref.id}” changed since this picture was asked for.",
                "Dream it again to use the model as it is now.",
            )
        self._make_room(located.inspection.info.memory_bytes)
        family = FAMILIES[located.inspection.info.family]
        with _quiet():
            pipe = family.load(
                located.folder, self._placement.dtype, located.inspection.variant
            ).to(self._placement.device)
        return WarmModel(
            ref=ref,
            pipe=pipe,
            family=family,
            scheduler_config=dict(pipe.scheduler.config),
            prompts=PromptCache(lambda prompt: family.encode(pipe, prompt)),
            colours=cached_preview_map(
                self._cache_dir, self._vae_hash(located), family, pipe, self._placement.device
            ),
        )

    def _make_room(self, needed: int) -> None:
        """Drops models until the new one fits, with as much again for its work."""
        on_cpu = self._placement.device.type == "cpu"
        while self._warm and (
            len(self._warm) >= WARM_ON_CPU
            if on_cpu
            else not fits(2 * needed, self._placement.device)
        ):
            self._warm.popitem(last=False)
            free_memory()

    def _vae_hash(self, located: Located) -> str:
        hashes = HashCache(None if self._cache_dir is None else self._cache_dir / "hashes.json")
        digest = hashlib.sha256()
        for name in sorted(located.inspection.files):
            if name.startswith("vae/"):
                digest.update(f"{name}\0{hashes.sha256(located.folder / name)}\n".encode())
        return digest.hexdigest()


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars and no advice on standard error while weights are read."""
    verbosity = diffusers.utils.logging.get_verbosity(), transformers.logging.get_verbosity()
    bars = transformers.logging.is_progress_bar_enabled()
    diffusers.utils.logging.set_verbosity_error()
    transformers.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.logging.disable_progress_bar()
    try:
        yield
    finally:
        diffusers.utils.logging.set_verbosity(verbosity[0])
        transformers.logging.set_verbosity(verbosity[1])
        diffusers.utils.logging.enable_progress_bar()
        if bars:
            transformers.logging.enable_progress_bar()

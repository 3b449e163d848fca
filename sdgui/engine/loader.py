"""Loads models and keeps them warm: the second batch reads no weights from disk."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from sdgui.adapters import Lora, learnt_words
from sdgui.engine.adapters.learnt_words import LearntWords
from sdgui.engine.adapters.loras import Loras
from sdgui.engine.arrangements import arrange
from sdgui.engine.catalog import Catalog
from sdgui.engine.clip_files import CONFIG, find_clip
from sdgui.engine.clip_weigher import Weighed, Weigher
from sdgui.engine.device import Placement
from sdgui.engine.families.family import Encoded, Family, family_called
from sdgui.engine.main_memory import resident
from sdgui.engine.memory import free_memory, memory_of
from sdgui.engine.memory_plan import (
    DENOISERS,
    SPARE,
    WHOLE,
    Arrangement,
    Keep,
    MemoryPlan,
    Work,
    ladder_of,
    plan_memory,
    suits,
)
from sdgui.engine.mixed import mix
from sdgui.engine.preview_map import PreviewMap, cached_preview_map
from sdgui.engine.prompts import PromptCache
from sdgui.engine.quiet import quiet
from sdgui.engine.safety.checker import Checker
from sdgui.engine.similarity import Similarity
from sdgui.engine.vaes.held import OwnVaes
from sdgui.engine.weights import bytes_by_part
from sdgui.errors import UserError
from sdgui.events import Loaded, Loading, Pixels
from sdgui.model_info import ModelRef
from sdgui.ports import Emit
from sdgui.workers import HeldModel, WorkerInfo

MAIN_MEMORY = torch.device("cpu")


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A prompt that is read plainly, with these LoRAs on."""

    prompt: str
    loras: tuple[Lora, ...] = ()
    clip_skip: int = 1


@dataclass(kw_only=True)
class WarmModel:
    """A model on its device, ready to run."""

    ref: ModelRef
    pipe: Any
    placement: Placement
    family: Family
    scheduler_config: dict[str, Any]
    loras: Loras
    learnt: LearntWords
    prompts: PromptCache[Plain, Encoded]
    negatives: PromptCache[Plain, Encoded]
    weighed: PromptCache[Weighed, Encoded]
    colours: PreviewMap
    vaes: OwnVaes
    similarity: Similarity | None
    checker: Checker | None
    """Its own safety checker, where it has one that is used."""
    parts: Mapping[str, int]
    """Bytes of the weights of each part, as they are held where none is stored in 8 bits."""
    quantised: bool
    """Whether weights stay quantised until their layer works."""
    arrangement: Arrangement
    seconds: float
    """How long loading it took."""
    used: float = 0.0
    """When it was used last, in seconds since the epoch."""
    spoilt: bool = False
    """A change in place could not be put back: nobody may use it any more."""

    @property
    def weights(self) -> int:
        """Bytes of its weights, as they are held where none is stored in 8 bits."""
        return sum(self.parts.values())

    def held_by(self, device: torch.device) -> int:
        """Bytes of its weights that a device has as long as it is warm."""
        checking = 0 if self.checker is None else self.checker.held_by(device)
        on_device = self.placement.device if self.arrangement.keep is Keep.WHOLE else MAIN_MEMORY
        if on_device.type != device.type:
            return checking
        own = sum(weights_of(part) for part in self.pipe.components.values())
        return own + self.vaes.bytes + checking

    def match(self, prompt: str, pixels: Pixels) -> float | None:
        """How well a picture fits its prompt, -1 to 1; None where there is no CLIP to tell."""
        return None if self.similarity is None else self.similarity.match(prompt, pixels)

    @property
    def weigher(self) -> Weigher:
        """What weighs words; UserError where this model cannot."""
        return weigher_of(self.family)


def weigher_of(family: Family) -> Weigher:
    """What weighs words; UserError where models of this family cannot."""
    if family.weigher is None:
        raise UserError(
            "This model cannot weigh words of a prompt.",
            "Switch emphasis off; brackets are plain text then.",
        )
    return family.weigher


class Loader:
    """Warm models by reference: as many as fit into the device's memory, the least recently used out first."""

    def __init__(
        self,
        catalog: Catalog,
        placement: Placement,
        cache_dir: Path | None,
        *,
        clip: str | None = None,
        checks: bool = True,
    ) -> None:
        """`checks`: safety checkers that came with models are used."""
        self._catalog = catalog
        self._checks = checks
        self._placement = placement
        self._cache_dir = cache_dir
        self._shared = None if clip is None else self._similarity(clip)
        """For every model that has no CLIP of its own."""
        self._warm: OrderedDict[ModelRef, WarmModel] = OrderedDict()
        self._asked: dict[ModelRef, tuple[Work, Arrangement]] = {}
        """The work that each was last prepared for, and the least that is done for it."""
        self._learnt: dict[tuple[ModelRef, int], Arrangement] = {}
        """What it took, by model and pixels, after less had not sufficed: a new start tries again."""
        self._info = WorkerInfo()

    def prepare(
        self, ref: ModelRef, work: Work, emit: Emit, *, least: Arrangement = WHOLE
    ) -> MemoryPlan:
        """Loads a model if it is not warm, arranged so that the work will fit, and makes room for that; as `get`.

        It is arranged no other way than the ladder has from `least` on.
        """
        self._asked[ref] = (work, least)
        warm = self.get(ref, emit)
        plan = self._plan(warm.parts, warm.placement, ref, quantised=warm.quantised)
        if not suits(warm.arrangement, plan.arrangement):
            self.forget(ref)
            warm = self.get(ref, emit)
        device = self._placement.device
        self._drop_until_free(plan.needed - warm.held_by(device), device, but=ref)
        return replace(plan, arrangement=warm.arrangement)

    def learn(self, ref: ModelRef, work: Work, arrangement: Arrangement) -> None:
        """Remembers what it took, for work on pictures at least as large, after less had not sufficed."""
        self._learnt[ref, work.width * work.height] = arrangement

    def get(self, ref: ModelRef, emit: Emit) -> WarmModel:
        """The model, loaded if it is not warm, then with Loading and Loaded emitted; UserError when it cannot be."""
        warm = self._warm.get(ref)
        if warm is not None and warm.spoilt:
            warm = None  # else both are in memory while it is loaded anew
            self.forget(ref)
        if warm is None:
            emit(Loading(model=ref.id))
            warm = self._load(ref, emit)
            self._warm[ref] = warm
            warm.used = time.time()
            emit(
                Loaded(
                    model=ref.id,
                    device=warm.placement.device_name,
                    dtype=warm.placement.dtype_name,
                    worker=self.info(),
                )
            )
        self._warm.move_to_end(ref)
        warm.used = time.time()
        return warm

    def info(self) -> WorkerInfo:
        """What this worker is by now: its device, its memory, and what it has warm."""
        warm = tuple(self._warm.values())
        latest = warm[-1].placement if warm else self._placement
        self._info = WorkerInfo(
            device=latest.device_name,
            dtype=latest.dtype_name,
            title=latest.title,
            warm=tuple(one.ref.id for one in warm),
            held=tuple(
                HeldModel(
                    model=one.ref.id,
                    bytes=one.held_by(self._placement.device),
                    used=one.used,
                    seconds=one.seconds,
                )
                for one in warm
            ),
        )
        return self.measured()

    def measured(self) -> WorkerInfo:
        """The same with what it had warm when `info` was asked, and its memory as it is now; from any thread."""
        info, device = self._info, self._placement.device
        memory = memory_of(device)
        batch = 0
        if device.type == "cuda":
            held = sum(one.bytes for one in info.held)
            batch = max(0, torch.cuda.memory_allocated(device) - held)
        return replace(
            info,
            memory=None if memory is None else memory.total,
            free=None if memory is None else memory.free,
            process=resident(),
            batch=batch,
        )

    def free(self, models: Sequence[str]) -> None:
        """Drops those of the models that are warm."""
        for ref in [one for one in self._warm if one.id in models]:
            self.forget(ref)

    def forget(self, ref: ModelRef) -> None:
        """Drops a model; the next `get` loads it anew."""
        self._warm.pop(ref, None)
        free_memory()

    def clear(self, *, but: ModelRef | None = None) -> bool:
        """Drops every model but one, or where there is no other makes its idle LoRAs and CLIP give way; False when
        nothing was left."""
        others = [ref for ref in self._warm if ref != but]
        for ref in others:
            del self._warm[ref]
        given_way = bool(others)
        if not given_way and but is not None and (kept := self._warm.get(but)) is not None:
            given_way = kept.loras.give_way() | kept.vaes.give_way()
            if kept.checker is not None:
                given_way |= kept.checker.give_way()
        free_memory()
        return given_way or (self._shared is not None and self._shared.give_way())

    def close(self) -> None:
        """Drops everything."""
        self._warm.clear()
        self._shared = None
        free_memory()

    def _load(self, ref: ModelRef, emit: Emit) -> WarmModel:
        def on_bytes(fraction: float) -> None:
            emit(Loading(model=ref.id, fraction=fraction))

        began = time.monotonic()
        located = self._catalog.locate(ref.id, on_bytes)
        if located.info.ref != ref:
            raise UserError(
                f"The model “{ref.id}” changed since this picture was asked for.",
                "Dream it again to use the model as it is now.",
            )
        with quiet():  # where it is imported, transformers says what else it would like to have
            family = family_called(located.info.family)
        placement = self._placement.fitting(family.half, true_in_bfloat16=located.info.bfloat16)
        own_checker = located.checker if self._checks else None
        if own_checker is not None and own_checker.fault:
            own_checker = None  # who may dream without it is the studio's to say
        files = located.files if own_checker is None else (*located.files, *own_checker.files)
        read = bytes_by_part(located.source, files, placement.loaded.itemsize)
        parts = held_bytes(read, placement)
        info = located.info
        self._asked.setdefault(ref, (Work(width=info.width, height=info.height), WHOLE))
        quantised = located.source.is_quantised
        plan = self._plan(parts, placement, ref, quantised=quantised)
        self._make_room(ref, read, plan)
        with quiet():
            pipe = family.load(located.source, placement.loaded)
            if placement.mixed:
                mix(pipe, placement.dtype)
            keep_in_memory(pipe, channels_last=placement.channels_last and convolves(pipe))
            arrange(pipe, placement.device, plan.arrangement)
        is_kept = plan.arrangement.keep is Keep.WHOLE
        checker = None
        if own_checker is not None:
            checker = Checker(
                info.title,
                located.source.folder,
                own_checker,
                placement.loaded,
                device=placement.device,
                is_kept=is_kept,
            )
        learnt = LearntWords(self._catalog.locate_adapter)
        own_clip = located.source.folder / "clip"
        has_own = (own_clip / CONFIG).is_file()
        similarity = self._similarity(str(own_clip)) if has_own else self._shared
        if similarity is not None:
            similarity.load(on_bytes)
        return WarmModel(
            ref=ref,
            pipe=pipe,
            placement=placement,
            family=family,
            scheduler_config=dict(pipe.scheduler.config),
            loras=Loras(pipe, self._catalog.locate_adapter, device=self._placement.device),
            learnt=learnt,
            prompts=PromptCache(
                lambda one: _skipping(family, pipe, one, lambda: family.encode(pipe, one.prompt))
            ),
            negatives=PromptCache(
                lambda one: _skipping(
                    family, pipe, one, lambda: family.encode_negative(pipe, one.prompt)
                )
            ),
            weighed=PromptCache(
                lambda one: _skipping(
                    family,
                    pipe,
                    one,
                    lambda: weigher_of(family).encode(
                        pipe, one, learnt.of(learnt_words(one.adapters))
                    ),
                )
            ),
            vaes=OwnVaes(
                pipe,
                self._catalog.locate_vae,
                device=self._placement.device,
                is_kept=is_kept,
            ),
            colours=cached_preview_map(
                self._cache_dir, located.vae, family, pipe, self._placement.device
            ),
            similarity=similarity,
            checker=checker,
            parts=parts,
            quantised=quantised,
            arrangement=plan.arrangement,
            seconds=time.monotonic() - began,
        )

    def _similarity(self, clip: str) -> Similarity:
        hub = self._catalog.hub
        return Similarity(lambda on_bytes: find_clip(clip, hub, on_bytes), self._placement.device)

    def _plan(
        self, parts: Mapping[str, int], placement: Placement, ref: ModelRef, *, quantised: bool
    ) -> MemoryPlan:
        """How a model does the work that it is asked in what is free once all others are dropped."""
        memory = memory_of(placement.device)
        warm = sum(one.held_by(placement.device) for one in self._warm.values())
        ladder = ladder_of(placement.device.type != MAIN_MEMORY.type, quantised=quantised)
        work, least = self._asked[ref]
        pixels = work.width * work.height
        learnt = [
            arrangement
            for (model, size), arrangement in self._learnt.items()
            if model == ref and size <= pixels
        ]
        steps = [ladder.index(one) for one in (least, *learnt) if one in ladder]
        return plan_memory(
            parts,
            work,
            free=None if memory is None else memory.free + warm,
            number_bytes=placement.loaded.itemsize,
            inner_bytes=placement.dtype.itemsize,
            ladder=ladder[max(steps, default=0) :],
        )

    def _make_room(self, ref: ModelRef, read: Mapping[str, int], plan: MemoryPlan) -> None:
        """Drops models until another fits; UserError where its weights will not fit into main memory.

        All weights are read into main memory, also on their way to a device of its own, or to another number format.
        """
        needed = sum(read.values()) + SPARE
        to_drop = sum(warm.held_by(MAIN_MEMORY) for warm in self._warm.values())
        _check_room(ref, needed, to_drop)
        self._drop_until_free(needed, MAIN_MEMORY)
        self._drop_until_free(plan.needed, self._placement.device)
        _check_room(ref, needed)

    def _drop_until_free(
        self, needed: int, device: torch.device, *, but: ModelRef | None = None
    ) -> None:
        """Drops models that hold memory of a device, least recently used first, until so much of it is free."""
        for ref, warm in list(self._warm.items()):
            memory = memory_of(device)
            if memory is None or memory.free >= needed:
                return
            if ref != but and warm.held_by(device):
                self._warm.pop(ref)
                del warm
                free_memory()


def _skipping(
    family: Family, pipe: Any, one: Plain | Weighed, encode: Callable[[], Encoded]
) -> Encoded:
    """A prompt encoded with the layers of the text encoder that it asks for."""
    with family.skipping(pipe, one.clip_skip):
        return encode()


def keep_in_memory(pipe: Any, *, channels_last: bool = False) -> None:
    """Copies the weights of a pipeline out of the files that they are mapped from.

    Else the system may drop them and read them anew, and whoever writes to such a file would write into the model.
    With `channels_last` those of convolutions are laid out so.
    """
    for part in pipe.components.values():
        if isinstance(part, torch.nn.Module):
            for tensor in (*part.parameters(), *part.buffers()):
                is_laid_out = channels_last and tensor.dim() == 4
                layout = torch.channels_last if is_laid_out else torch.preserve_format
                tensor.data = tensor.data.clone(memory_format=layout)


def convolves(pipe: Any) -> bool:
    """Whether most of the work on a picture is convolutions, as a UNet's is and no transformer's."""
    return isinstance(getattr(pipe, "unet", None), torch.nn.Module)


def held_bytes(read: Mapping[str, int], placement: Placement) -> dict[str, int]:
    """Of each part that was read in the placement's `loaded` dtype, what it takes in the one that it computes in."""
    read_in, inner = placement.loaded.itemsize, placement.dtype.itemsize
    return {
        name: size * inner // read_in if name in DENOISERS else size for name, size in read.items()
    }


def weights_of(part: Any) -> int:
    """Bytes of the weights of a part of a pipeline; 0 where it has none."""
    if not isinstance(part, torch.nn.Module):
        return 0
    return sum(tensor.nbytes for tensor in (*part.parameters(), *part.buffers()))


def _check_room(ref: ModelRef, needed: int, to_drop: int = 0) -> None:
    """UserError unless so much fits into main memory, where so many bytes can be freed yet."""
    memory = memory_of(MAIN_MEMORY)
    if memory is None or needed <= memory.free + to_drop:
        return
    free = min(memory.total, memory.free + to_drop)
    raise UserError(
        f"“{ref.id}” needs {_in_words(needed)} of main memory, "
        f"and {_in_words(free)} of {_in_words(memory.total)} are free.",
        "Close other programs that use memory, or choose a smaller model.",
    )


def _in_words(size: int) -> str:
    return f"{size / 1e9:.1f} GB"

"""The engine: batches in, events out, on one device; implements ports.Engine."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import diffusers
import torch

from sdgui.adapters import loras
from sdgui.engine.catalog import Catalog
from sdgui.engine.changes import decoding_in_tiles, offloaded, with_vae
from sdgui.engine.device import Placement, choose_placement
from sdgui.engine.gauge import Gauge
from sdgui.engine.generate import chunks_of, decode, denoise
from sdgui.engine.loader import Loader, WarmModel, convolves
from sdgui.engine.memory import free_memory, is_out_of_memory
from sdgui.engine.memory_plan import WHOLE, Arrangement, MemoryPlan, Work, ladder_of
from sdgui.engine.mixed import KEPT
from sdgui.engine.preview import Clock, Previewer
from sdgui.engine.preview_map import PreviewMap, cached_preview_map
from sdgui.engine.steps import Predict
from sdgui.errors import Cancelled, UserError
from sdgui.events import (
    Batch,
    Decoded,
    Fitted,
    HeldBack,
    Loading,
    Measured,
    Pixels,
    Stepped,
    Task,
    TaskFailed,
    WorkerEvent,
)
from sdgui.model_info import ModelRef
from sdgui.ports import Emit, IsCancelled
from sdgui.records import MATCH

log = logging.getLogger(__name__)
Loaded = TypeVar("Loaded")

TOO_LARGE = UserError(
    "There is not enough memory for this picture.", "Try a smaller size or fewer images."
)
NOT_FINITE = UserError(
    "The numbers of this picture ran over, so there is nothing to show.",
    "Try another sampler, a lower cfg scale, or start with --dtype float32.",
)
UNEXPECTED = UserError(
    "Something unexpected went wrong while this picture was made.",
    "Try it again; if it stays so, the log on the server's terminal says more.",
)


class TorchEngine:
    """Diffusers' pipelines on one device; made from picklable arguments, in the thread or process that runs it."""

    def __init__(
        self,
        catalog: Catalog,
        device: str = "auto",
        dtype: str = "auto",
        cache_dir: Path | None = None,
        *,
        clip: str | None = None,
        previews: bool = True,
        checks: bool = True,
        clock: Clock = time.monotonic,
        placement: Placement | None = None,
    ) -> None:
        """`clip`, a folder or a hub id, scores the pictures of models that have no CLIP of their own. `checks`: safety
        checkers that came with models hold back what they are made to.

        `placement` stands instead of what `device` and `dtype` say.
        """
        self._catalog = catalog
        self._cache_dir = cache_dir
        self._placement = choose_placement(device, dtype) if placement is None else placement
        self._loader = Loader(catalog, self._placement, cache_dir, clip=clip, checks=checks)
        self._gauge = Gauge(self._loader.measured)
        shared = self._placement.device.type == "cpu"
        self._previewer = Previewer(clock, shared=shared) if previews else None

    def warm(self, model: str, emit: Emit) -> None:
        """Loads the model ahead of its first batch; UserError when it cannot be."""

        def on_fraction(fraction: float) -> None:
            emit(Loading(model=model, fraction=fraction))

        self._load(self._catalog.reference(model, on_fraction), emit)

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        """Makes the batch: for each task that is not cancelled exactly one of Decoded, HeldBack or TaskFailed.

        Picture i equals the one made alone within 1e-3 of pixels in 0 to 1 (fp32). Raises only when the device or
        the receiver of events is broken.
        """
        run = Run(batch, emit, is_cancelled)
        try:
            self._gauge.start(run.emit)
            self._make(run)
        except Exception as error:
            if run.receiver_broken or _device_broken(error):
                raise
            if isinstance(error, UserError):
                run.fail_rest(error)
            else:
                log.exception("a batch of %d failed", len(batch.tasks))
                run.fail_rest(TOO_LARGE if is_out_of_memory(error) else UNEXPECTED)
        finally:
            self._gauge.stop()
            if self._previewer is not None:
                self._previewer.stop()
        emit(Measured(worker=self._loader.info()))

    def free(self, models: Sequence[str], emit: Emit) -> None:
        """Drops those of the models that are warm, and emits Measured."""
        self._loader.free(models)
        emit(Measured(worker=self._loader.info()))

    def close(self) -> None:
        """Frees the device."""
        if self._previewer is not None:
            self._previewer.close()
        self._loader.close()

    def _load(self, ref: ModelRef, emit: Emit) -> WarmModel:
        return self._with_room(ref, lambda: self._loader.get(ref, emit))

    def _prepare(self, run: "Run", least: Arrangement = WHOLE) -> MemoryPlan:
        """Loads the model, arranged so that the batch will fit, as far as can be told ahead."""
        return self._with_room(
            run.model,
            lambda: self._loader.prepare(run.model, run.work, run.emit, least=least),
        )

    def _with_room(self, ref: ModelRef, load: Callable[[], Loaded]) -> Loaded:
        while True:
            try:
                return load()
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                log.warning("out of memory while loading %s: %s", ref.id, error)
            if not self._loader.clear():
                raise UserError(
                    f"There is not enough memory to load “{ref.id}”.",
                    "Close other programs that use memory, or choose a smaller model.",
                )

    def _make(self, run: "Run") -> None:
        """Denoises the batch, in ever smaller parts where memory does not suffice, and decodes each part at once."""
        model, left = run.model, run.tasks
        run.plan = self._prepare(run)
        most = run.plan.pictures
        if most < len(left):
            run.relief["batch"] = split_into(most)
        chunks = self._chunks(run)
        finished_parts, is_news, has_climbed = 0, False, False
        with ExitStack() as changes:
            while left := run.unfinished(left):
                part, *others = _parts(left, chunks, most)
                left = tuple(task for other in others for task in other)
                parts = finished_parts + 1 + len(others)
                try:
                    latents = self._denoise(run, part, finished_parts, parts)
                except Cancelled:
                    continue  # all of this part; others may still be wanted
                if latents is not None:
                    finished_parts += 1
                    if is_news and len(part) == most:
                        run.tell_that_fitted(most)
                        is_news = False
                    if has_climbed:
                        self._loader.learn(model, run.work, run.plan.arrangement)
                    for place, (task, one) in enumerate(zip(part, latents, strict=True), start=1):
                        self._decode(run, task, one, f"{place} of {len(part)}")
                    continue
                left = part + left
                if self._loader.clear(but=model):
                    continue
                if len(part) > 1:
                    most, is_news = (len(part) + 1) // 2, True
                    run.relief["batch"] = split_into(most)
                elif self._climb(run, changes):
                    has_climbed = True
                else:
                    left = left[1:]
                    run.fail(part[0], TOO_LARGE)

    def _climb(self, run: "Run", changes: ExitStack) -> bool:
        """Takes the next step of the ladder; False where this one is the last."""
        device = self._placement.device
        quantised = self._load(run.model, run.emit).quantised
        ladder = ladder_of(device.type == "cuda", quantised=quantised)
        at = ladder.index(run.plan.arrangement)
        if at + 1 == len(ladder):
            return False
        step = ladder[at + 1]
        if run.plan.arrangement == WHOLE and not step.float8:
            changes.enter_context(offloaded(self._load(run.model, run.emit), device))
        else:  # what 8 bits have lost cannot be put back
            changes.close()
            self._prepare(run, step)
        run.plan = replace(run.plan, arrangement=step)
        return True

    def _chunks(self, run: "Run") -> dict[str, int]:
        """The chunks of each task's prompts; a task whose prompts cannot be read as they should fails by itself."""
        warm = self._load(run.model, run.emit)
        chunks: dict[str, int] = {}
        for task in run.tasks:
            try:
                chunks[task.id] = chunks_of(warm, task.spec)
            except UserError as error:
                run.fail(task, error)
        return chunks

    def _denoise(
        self, run: "Run", part: tuple[Task, ...], parts_done: int, parts: int
    ) -> torch.Tensor | None:
        """Latents of the tasks; None when memory did not suffice, which is then free again."""
        warm = self._load(run.model, run.emit)
        ids = [task.id for task in part]
        previewer = self._previewer
        blurred = warm.checker is not None  # else what is held back would be seen while it forms

        def observe(step: int, steps: int, predict: Predict) -> None:
            run.stop_if_cancelled(ids)
            if previewer is not None and step < steps and previewer.due(step, steps):
                previewer.offer(part, step, steps, predict(), colours, blurred)

        def on_step(step: int, steps: int) -> None:
            run.emit(Stepped(step=parts_done * steps + step, steps=parts * steps))

        if previewer is not None:
            previewer.start(run.emit)
        try:
            # Also where nobody looks: a VAE that cannot be had is told before the work.
            colours = self._colours(warm, part[0].spec.correction.vae)
            return denoise(warm, [task.spec for task in part], observe, on_step)
        except Exception as error:
            if run.receiver_broken or not is_out_of_memory(error):
                raise
            log.warning("out of memory with a batch of %d: %s", len(part), error)
        finally:
            if previewer is not None:
                previewer.stop()  # no preview after the picture itself
        free_memory()
        return None

    def _colours(self, warm: WarmModel, vae: ModelRef | None) -> PreviewMap:
        """Those of the VAE that will decode; UserError where it cannot be had."""
        if vae is None:
            return warm.colours
        colours = warm.vaes.colours.get(vae.hash)
        with with_vae(warm, vae):
            if colours is None:
                colours = cached_preview_map(
                    self._cache_dir,
                    warm.vaes.key(vae),
                    warm.family,
                    warm.pipe,
                    self._placement.device,
                )
                warm.vaes.colours[vae.hash] = colours
        return colours

    def _decode(self, run: "Run", task: Task, latents: torch.Tensor, place: str) -> None:
        """Emits one finished picture; in tiles where memory does not suffice for the whole."""
        if not run.unfinished((task,)):
            return
        tiled = run.plan.tiles
        try:
            while (made := self._try_decoding(run, task, latents, tiled)) is None:
                if not tiled:
                    tiled = True
                elif not self._loader.clear(but=run.model):
                    run.fail(task, TOO_LARGE)
                    return
        except _NotToBeShown:
            if run.unfinished((task,)):
                run.done(HeldBack(task=task.id))
            return
        pixels, how = made
        if pixels is None:
            run.fail(task, NOT_FINITE)
            return
        notes = {
            "device": self._placement.device_name,
            "torch": str(torch.__version__),  # else the server would import torch to read it
            "diffusers": diffusers.__version__,
            "place in batch": place,
            **{f"memory: {what}": done for what, done in run.notes.items()},
            **how,
        }
        run.done(Decoded(task=task.id, pixels=pixels, notes=notes))

    def _try_decoding(
        self, run: "Run", task: Task, latents: torch.Tensor, tiled: bool
    ) -> tuple[Pixels | None, dict[str, str]] | None:
        """One picture, as `decode` gives it, and notes on it; None when memory did not suffice, which is then free.

        _NotToBeShown where the model's own safety checker holds it back.
        """
        warm = self._load(run.model, run.emit)
        how = {
            "dtype": warm.placement.dtype_name,
            **warm.loras.notes(loras(task.spec.adapters)),
        }
        if warm.placement.mixed:
            how["kept in float32"] = KEPT
        if warm.placement.channels_last and convolves(warm.pipe):
            how["layout"] = "channels_last"
        if tiled:
            how["memory: decoding"] = "in tiles"
        try:
            longest = max(task.spec.width, task.spec.height)
            with (
                with_vae(warm, task.spec.correction.vae),
                decoding_in_tiles(warm, longest) if tiled else nullcontext(),
            ):
                pixels, note = decode(warm, latents)
            if note:
                how["decoding"] = note
            if pixels is not None and warm.checker is not None and warm.checker.holds_back(pixels):
                raise _NotToBeShown
            match = None if pixels is None else warm.match(task.spec.words, pixels)
            if match is not None:
                how[MATCH] = f"{match:.4f}"
            return pixels, how
        except Exception as error:
            if run.receiver_broken or not is_out_of_memory(error):
                raise
            log.warning("out of memory while decoding: %s", error)
        free_memory()
        return None


class _NotToBeShown(Exception):
    """The model's own safety checker holds a picture back."""


class Run:
    """One batch under way: which tasks are still open, and a safe way out for their events."""

    def __init__(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        self.tasks = batch.tasks
        self.model = batch.tasks[0].spec.model
        first = batch.tasks[0].spec
        self.work = Work(width=first.width, height=first.height, pictures=len(batch.tasks))
        self.plan = MemoryPlan(arrangement=WHOLE, pictures=len(batch.tasks), tiles=False, needed=0)
        self.relief: dict[str, str] = {}
        self.receiver_broken = False
        self._open = {task.id for task in batch.tasks}
        self._emit = emit
        self._is_cancelled = is_cancelled
        self._lock = threading.Lock()

    @property
    def notes(self) -> dict[str, str]:
        """What was done for memory's sake."""
        return {**self.relief, **self.plan.arrangement.notes}

    def emit(self, event: WorkerEvent) -> None:
        """Passes an event on, one at a time (steps and previews come from two threads)."""
        with self._lock:
            try:
                self._emit(event)
            except Exception:
                self.receiver_broken = True
                raise

    def unfinished(self, tasks: tuple[Task, ...]) -> tuple[Task, ...]:
        """Those that are neither finished nor cancelled."""
        return tuple(
            task for task in tasks if task.id in self._open and not self._is_cancelled(task.id)
        )

    def stop_if_cancelled(self, ids: list[str]) -> None:
        """Raises Cancelled when none of the tasks is wanted any more."""
        if all(self._is_cancelled(one) for one in ids):
            raise Cancelled

    def tell_that_fitted(self, pictures: int) -> None:
        """Emits how many pictures fitted at once, after more had not."""
        spec = self.tasks[0].spec
        self.emit(
            Fitted(model=spec.model.id, width=spec.width, height=spec.height, pictures=pictures)
        )

    def done(self, event: Decoded | HeldBack | TaskFailed) -> None:
        """Emits the end of a task."""
        self._open.discard(event.task)
        self.emit(event)

    def fail(self, task: Task, error: UserError) -> None:
        """Emits that a task failed, unless it is cancelled."""
        if self.unfinished((task,)):
            self.done(TaskFailed(task=task.id, message=error.message, hint=error.hint))

    def fail_rest(self, error: UserError) -> None:
        """Emits that every open task failed."""
        for task in self.tasks:
            self.fail(task, error)


def split_into(most: int) -> str:
    """The note of a batch that is made in parts."""
    return f"split into parts of at most {most}"


def _parts(tasks: tuple[Task, ...], chunks: Mapping[str, int], most: int) -> list[tuple[Task, ...]]:
    """Parts of at most `most` tasks with equally many chunks: filled up to more, a picture would be another."""
    groups: dict[int, list[Task]] = {}
    for task in tasks:
        groups.setdefault(chunks[task.id], []).append(task)
    return [
        tuple(group[start : start + most])
        for group in groups.values()
        for start in range(0, len(group), most)
    ]


def _device_broken(error: BaseException) -> bool:
    """Whether the device is lost: after such an error every further call on it fails too."""
    accelerator_error: Any = getattr(torch, "AcceleratorError", ())
    return isinstance(error, accelerator_error) and not is_out_of_memory(error)

"""Dreaming and comparing from Python: `from sdgui.api import compare, dream`."""

import io
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict, Unpack

from PIL import Image

from sdgui.adapters import Adapter
from sdgui.axes import AxisRequest
from sdgui.batches import batch_limit, with_chunks
from sdgui.comparing.cells import Cell
from sdgui.comparing.sheet_html import write_html
from sdgui.comparing.sheet_png import write_png
from sdgui.comparing.sheet_zip import write_zip
from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.catalog import Catalog
from sdgui.engine.device import choose_placement
from sdgui.engine.engine import TorchEngine
from sdgui.errors import UserError
from sdgui.events import Decoded, HeldBack, Pixels, Stepped, TaskFailed, WorkerEvent
from sdgui.model_info import ModelInfo
from sdgui.plans import plan_grid, wrap_notices
from sdgui.records import match_in
from sdgui.request_signature import settings_but, shows
from sdgui.sheet import Sheet
from sdgui.spec import DreamRequest, PictureSpec
from sdgui.storage.pictures import encode_png
from sdgui.storage.whole_file import write_whole
from sdgui.studio.faults import HELD_BACK
from sdgui.studio.queue import batches_of
from sdgui.studio.studio import draw_seed


@dataclass(frozen=True, kw_only=True)
class Dreamt:
    """One finished picture and everything needed to make it again."""

    spec: PictureSpec
    pixels: Pixels
    notes: dict[str, str]

    @property
    def seed(self) -> int:
        """The seed of this picture."""
        return self.spec.seed

    @property
    def match(self) -> float | None:
        """How well it fits its prompt (cosine of CLIP's embeddings); None where no CLIP told."""
        return match_in(self.notes)

    @property
    def image(self) -> Image.Image:
        """The picture for Pillow, RGB."""
        return Image.fromarray(self.pixels)

    @property
    def png(self) -> bytes:
        """The picture as PNG with its parameters inside."""
        return encode_png(self.spec, self.pixels, self.notes)

    def save(self, path: str | Path) -> None:
        """Writes a PNG with its parameters inside."""
        Path(path).write_bytes(self.png)


class NotShown(UserError):
    """The model's own safety checker held pictures back: in `pictures`, in their order, those are None."""

    def __init__(self, pictures: tuple[Dreamt | None, ...]) -> None:
        super().__init__(HELD_BACK.message, "Try another seed, or say safety_checker=False.")
        self.pictures = pictures


_WRITERS = {".png": write_png, ".zip": write_zip, ".html": write_html}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A finished grid, row by row: picture `row * columns + column`, None where it could not be made.

    `faults` says for each picture why it is missing, and is empty where it is not; `notices` are worth knowing.
    """

    title: str
    sheet: Sheet
    specs: tuple[PictureSpec, ...]
    pictures: tuple[Dreamt | None, ...]
    faults: tuple[str, ...]
    notices: tuple[str, ...] = ()

    def save(self, path: str | Path) -> None:
        """Writes one labelled sheet (.png), the pictures with grid.json (.zip) or a page that opens offline (.html).

        UserError for another suffix.
        """
        write = _WRITERS.get(Path(path).suffix.lower())
        if write is None:
            raise UserError(
                f"“{Path(path).name}” does not say what to write.",
                f"Let the name end in one of: {', '.join(_WRITERS)}.",
            )
        cells = tuple(
            Cell(spec, None, fault=fault)
            if picture is None
            else Cell(spec, picture.png, match=picture.match)
            for spec, picture, fault in zip(self.specs, self.pictures, self.faults, strict=True)
        )
        content = io.BytesIO()
        write(self.title, self.sheet, cells, content)
        write_whole(Path(path), content.getvalue())


class AskedOfAll(TypedDict, total=False):
    """What every picture can be asked with, beside its prompt; what is left out is the model's own."""

    negative_prompt: str
    width: int | None
    height: int | None
    steps: int | None
    guidance: float | None
    sampler: str | None
    schedule: str | None
    seed: int | None
    variation_seed: int | None
    variation_strength: float | None
    emphasis: bool


class Asked(AskedOfAll, total=False):
    """What a dream can be asked with."""

    count: int


@shows(settings_but())
def dream(
    prompt: str,
    *,
    model: str = "demo",
    models_dirs: Sequence[str | Path] = (),
    device: str = "auto",
    dtype: str = "auto",
    safety_checker: bool = True,
    on_step: Callable[[int, int], None] | None = None,
    **asked: Unpack[Asked],
) -> tuple[Dreamt, ...]:
    """Dreams `count` pictures; picture i has seed + i, or with a variation strength above 0 variation_seed + i.

    Sizes in pixels; what is left out is the model's default, and a seed left out is drawn by chance. `models_dirs` are
    folders whose models can be named as `model`, and whose LoRAs and learnt words prompts can call with `emphasis`.
    Seeds that run past the last one (2**32-1) go on from 0, with a UserWarning. `on_step(step, steps)` is called after
    each model evaluation. UserError when it cannot be dreamt; NotShown, which has the others, when all are made and the
    model's own safety checker held some back, unless `safety_checker` is False.
    """
    maker = _maker(device, dtype, models_dirs, checks=safety_checker)
    request = DreamRequest(prompt=prompt, model=model, **asked)
    specs = maker.measured(
        request.resolve(maker.describe(model), draw_seed, find_adapters=maker.find_adapters)
    )
    for notice in wrap_notices(specs):
        warnings.warn(notice, stacklevel=2)

    held_back: set[int] = set()

    def fail(index: int, fault: UserError) -> None:
        if fault is not HELD_BACK:
            raise fault
        held_back.add(index)

    made = maker.make(specs, on_fault=fail, on_step=on_step)
    if held_back:
        raise NotShown(tuple(made.get(i) for i in range(len(specs))))
    return tuple(made[i] for i in range(len(specs)))


@shows(settings_but("count"))
def compare(
    prompt: str,
    *,
    x: tuple[str, str] = ("steps", "10, 20"),
    y: tuple[str, str] | None = None,
    model: str = "demo",
    models_dirs: Sequence[str | Path] = (),
    device: str = "auto",
    dtype: str = "auto",
    safety_checker: bool = True,
    on_picture: Callable[[int, Dreamt], None] | None = None,
    **asked: Unpack[AskedOfAll],
) -> Comparison:
    """Dreams a grid: `x`, and `y` if there is one, are an axis (see `sdgui.axes.AXES`) and its values as text.

    All else is said as in `dream`, and a seed left out is drawn once for all. `on_picture(index, picture)` is called
    as they come, which is in the order of work. A picture that cannot be made, or that the model's own safety checker
    held back, is None and has its fault; UserError when the grid cannot be begun.
    """
    maker = _maker(device, dtype, models_dirs, checks=safety_checker)
    request = DreamRequest(prompt=prompt, model=model, **asked)
    plan = plan_grid(
        request,
        AxisRequest(name=x[0], values=x[1]),
        None if y is None else AxisRequest(name=y[0], values=y[1]),
        describe=maker.describe,
        draw_seed=draw_seed,
        find_adapters=maker.find_adapters,
    )
    specs = maker.measured(plan.specs)
    faults: dict[int, UserError] = {}
    made = maker.make(specs, on_fault=faults.__setitem__, on_picture=on_picture)
    places = range(len(specs))
    return Comparison(
        title=prompt,
        sheet=plan.sheet,
        specs=specs,
        pictures=tuple(made.get(i) for i in places),
        faults=tuple(str(faults[i]) if i in faults else "" for i in places),
        notices=plan.notices,
    )


class _Models(Catalog):
    """Who writes Python may name every model, not only some that were chosen at the start."""

    def check(self, model: str) -> None:
        """Takes every name."""


class _Maker:
    """One engine and its models, used by one caller at a time."""

    def __init__(
        self, device: str, dtype: str, models_dirs: tuple[Path, ...], *, checks: bool
    ) -> None:
        self._device = choose_placement(device, dtype).device.type
        self._models = _Models("demo", embedded=EMBEDDED, models_dirs=models_dirs)
        self._engine = TorchEngine(
            self._models, device=device, dtype=dtype, previews=False, checks=checks
        )
        self._one_at_a_time = threading.Lock()

    def describe(self, model: str) -> ModelInfo:
        """What is known of any model; UserError when it is unfit."""
        with self._one_at_a_time:
            return self._models.describe(model)

    def find_adapters(
        self, info: ModelInfo, prompt: str, negative_prompt: str
    ) -> tuple[Adapter, ...]:
        """What both prompts ask a model to be changed by; UserError where it cannot be."""
        with self._one_at_a_time:
            return self._models.find_adapters(info, prompt, negative_prompt)

    def measured(self, specs: Sequence[PictureSpec]) -> tuple[PictureSpec, ...]:
        """The specs with the number of chunks that their prompts need."""
        with self._one_at_a_time:
            return with_chunks(specs, self._models.measure_prompt)

    def make(
        self,
        specs: Sequence[PictureSpec],
        *,
        on_fault: Callable[[int, UserError], None],
        on_picture: Callable[[int, Dreamt], None] | None = None,
        on_step: Callable[[int, int], None] | None = None,
    ) -> dict[int, Dreamt]:
        """The finished pictures by index; `on_fault` is told of each other one, and what it raises ends all."""
        made: dict[int, Dreamt] = {}
        # As the server forms them.
        batches = batches_of(specs, lambda spec: batch_limit(spec, self._device))
        for number, batch in enumerate(batches):

            def emit(event: WorkerEvent, number: int = number) -> None:
                match event:
                    case Stepped(step=step, steps=steps) if on_step is not None:
                        on_step(number * steps + step, len(batches) * steps)
                    case Decoded(task=task, pixels=pixels, notes=notes):
                        index = int(task)
                        made[index] = Dreamt(spec=specs[index], pixels=pixels, notes=notes)
                        if on_picture is not None:
                            on_picture(index, made[index])
                    case HeldBack(task=task):
                        on_fault(int(task), HELD_BACK)
                    case TaskFailed(task=task, message=message, hint=hint):
                        on_fault(int(task), UserError(message, hint))

            with self._one_at_a_time:
                self._engine.run(batch, emit, lambda task: False)
        return made


_making = threading.Lock()


def _maker(
    device: str, dtype: str, models_dirs: Sequence[str | Path], *, checks: bool = True
) -> _Maker:
    folders = tuple(Path(one).expanduser().resolve() for one in models_dirs)
    for folder in folders:
        if not folder.is_dir():
            raise UserError(
                f"There is no folder “{folder}”.", "Name folders that hold models in models_dirs."
            )
    with _making:  # a cache alone might make two at once
        return _cached_maker(device, dtype, folders, checks)


@cache
def _cached_maker(device: str, dtype: str, models_dirs: tuple[Path, ...], checks: bool) -> _Maker:
    return _Maker(device, dtype, models_dirs, checks=checks)

"""Dreaming from Python: `from sdgui.api import dream`."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.errors import UserError
from sdgui.events import Batch, Decoded, Pixels, Stepped, Task, TaskFailed, WorkerEvent
from sdgui.spec import DreamRequest, PictureSpec
from sdgui.storage.pictures import encode_png
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
    def image(self) -> Image.Image:
        """The picture for Pillow, RGB."""
        return Image.fromarray(self.pixels)

    def save(self, path: str | Path) -> None:
        """Writes a PNG with its parameters inside."""
        Path(path).write_bytes(encode_png(self.spec, self.pixels, self.notes))


_one_at_a_time = threading.Lock()
"""Engines are called by one thread at a time."""


@cache
def _engine(model: str, device: str, dtype: str) -> tuple[Catalog, TorchEngine]:
    catalog = Catalog(model, embedded=EMBEDDED)
    return catalog, TorchEngine(catalog, device=device, dtype=dtype, previews=False)


def dream(
    prompt: str,
    *,
    negative_prompt: str = "",
    model: str = "demo",
    width: int | None = None,
    height: int | None = None,
    steps: int | None = None,
    guidance: float | None = None,
    sampler: str | None = None,
    seed: int | None = None,
    count: int = 1,
    device: str = "auto",
    dtype: str = "auto",
    on_step: Callable[[int, int], None] | None = None,
) -> tuple[Dreamt, ...]:
    """Dreams `count` pictures; picture i has seed + i.

    Sizes in pixels; what is left out is the model's default, and a seed left out is drawn by chance.
    `on_step(step, steps)` is called after each model evaluation. UserError when it cannot be dreamt.
    """
    with _one_at_a_time:
        catalog, engine = _engine(model, device, dtype)
    request = DreamRequest(
        prompt=prompt,
        negative_prompt=negative_prompt,
        model=model,
        width=width,
        height=height,
        steps=steps,
        guidance=guidance,
        sampler=sampler,
        seed=seed,
        count=count,
    )
    specs = request.resolve(catalog.describe(model), draw_seed)
    batch = Batch(tasks=tuple(Task(id=str(i), spec=spec) for i, spec in enumerate(specs)))
    done: dict[str, Decoded] = {}

    def emit(event: WorkerEvent) -> None:
        match event:
            case Stepped(step=step, steps=total) if on_step is not None:
                on_step(step, total)
            case Decoded(task=task):
                done[task] = event
            case TaskFailed(message=message, hint=hint):
                raise UserError(message, hint)

    with _one_at_a_time:
        engine.run(batch, emit, lambda task: False)
    return tuple(
        Dreamt(spec=task.spec, pixels=done[task.id].pixels, notes=done[task.id].notes)
        for task in batch.tasks
    )

"""A fake model and engine that paint moving gradients, for looking at the page without torch.

`python -m tests.web.painter [port [folder [ask]]]` serves the page with them; with `ask` for ann and sesame.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sdgui.emphasis import PromptLength
from sdgui.errors import UserError
from sdgui.events import Batch, Decoded, Loaded, Loading, Measured, Pixels, Stepped
from sdgui.ports import Emit, IsCancelled
from sdgui.records import MATCH
from sdgui.settings import Settings
from sdgui.spec import PictureSpec
from sdgui.storage import DiskStore
from sdgui.studio.studio import Studio
from sdgui.workers import WorkerInfo
from tests.fake_library import FakeLibrary
from tests.samples import DEMO
from tests.strips import strips_of
from tests.studio.conftest import OneModel


class PaintedModel(OneModel):
    """Knows one model, with examples."""

    def __init__(self) -> None:
        super().__init__()
        self.info = replace(
            DEMO,
            steps=25,
            guidance=5.0,
            examples=(
                "a red boat at sea",
                "a blue house in the snow, pencil sketch",
                "a green cat under a night sky, neon",
                "an orange fish, watercolor",
            ),
        )

    def measure_prompt(self, model: str, prompt: str) -> PromptLength:
        words = len(prompt.split())
        return PromptLength(tokens=words, chunks=1 + words // 76, room=75)


def gradient(spec: PictureSpec) -> Pixels:
    """A picture of two colours and a disc, by seed; a variation is on the way to that of its own seed."""
    looks = _look(spec.seed)
    if spec.variation is not None:
        share = spec.variation.strength
        looks = looks * (1 - share) + _look(spec.variation.seed) * share
    top, bottom, disc = looks[:3], looks[3:6], looks[6:9]
    y, x = np.mgrid[0 : spec.height, 0 : spec.width]
    t = (y / spec.height)[..., None]
    pixels = top * (1 - t) + bottom * t
    cx, cy = looks[9:] * (spec.width, spec.height)
    inside = (x - cx) ** 2 + (y - cy) ** 2 < (0.22 * min(spec.width, spec.height)) ** 2
    pixels[inside] = disc
    return pixels.clip(0, 255).astype(np.uint8)


def _look(seed: int) -> npt.NDArray[np.float64]:
    """Three colours and a place."""
    rng = np.random.default_rng(seed)
    colours = rng.integers(30, 226, size=9)
    return np.concatenate([colours, rng.uniform(0.3, 0.7, 2)])


def notes_of(spec: PictureSpec) -> dict[str, str]:
    """How a picture was made, and how well it fits, by chance."""
    return {"device": "CPU", MATCH: f"{np.random.default_rng(spec.seed).uniform(0.2, 0.35):.4f}"}


class Painter:
    """Implements `ports.Engine`: a gradient that comes out of noise."""

    def __init__(self, step_seconds: float = 0.12, load_seconds: float = 2.0) -> None:
        self.step_seconds = step_seconds
        self.load_seconds = load_seconds

    def warm(self, model: str, emit: Emit) -> None:
        for tenth in range(10):
            emit(Loading(model=model, fraction=tenth / 10))
            time.sleep(self.load_seconds / 10)
        emit(Loaded(model=model, device="CPU", dtype="float32"))

    def free(self, models: Sequence[str], emit: Emit) -> None:
        emit(Measured(worker=WorkerInfo(device="CPU", title="CPU")))

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        steps = batch.tasks[0].spec.steps
        if "fail" in batch.tasks[0].spec.prompt:
            raise UserError("The picture does not fit into memory.", "Make it smaller.")
        painted = {task.id: gradient(task.spec) for task in batch.tasks}
        for step in range(1, steps + 1):
            if all(is_cancelled(task.id) for task in batch.tasks):
                return
            time.sleep(self.step_seconds)
            emit(Stepped(step=step, steps=steps))
            part = (step / steps) ** 0.5
            noise = np.random.default_rng(step).integers(0, 256, next(iter(painted.values())).shape)
            mixed = {
                task: (pixels * part + noise * (1 - part)).astype(np.uint8)
                for task, pixels in painted.items()
            }
            for preview in strips_of(batch.tasks, mixed, step, steps):
                emit(preview)
        for task in batch.tasks:
            if not is_cancelled(task.id):
                emit(Decoded(task=task.id, pixels=painted[task.id], notes=notes_of(task.spec)))

    def close(self) -> None:
        pass


def main() -> None:
    from sdgui.web.doors.listen import listen
    from sdgui.web.server import make_app, serve

    port = int(sys.argv[1]) if len(sys.argv) > 1 else 7899
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    settings = Settings(
        port=port, output_dir=folder, auth=(("ann", "sesame"),) if sys.argv[3:] else ()
    )
    sock = listen(settings)
    store = DiskStore(folder)
    models = PaintedModel()
    studio = Studio(models=models, store=store, workers=(Painter(),), batch_limit=lambda spec: 4)
    studio.start()
    serve(
        make_app(studio, store, settings, FakeLibrary(models)),
        sock,
        lambda: print(f"http://localhost:{sock.getsockname()[1]}", flush=True),
    )
    studio.close()
    store.close()
    print("closed")


if __name__ == "__main__":
    main()

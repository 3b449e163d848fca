"""Worker events of the embedded model, recorded once, and an engine that plays them back at the model's own pace.

wall.zip holds one draft batch: 16 pictures of 128 x 128 at 8 steps (DPM++ 2M), with every picture of its previews
and the finished pixels as JPEG. `python -m tests.browser.replay SECONDS` records it again; SECONDS is how long the
batch takes on a machine that has nothing else to do, to which the recorded times are stretched or shrunk. It was
recorded with 4, as two CPU cores take.
"""

import io
import json
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sdgui.events import Batch, Decoded, Pixels, Preview, Stepped, Task, WorkerEvent
from sdgui.ports import Emit, IsCancelled
from tests.fake_engine import FakeEngine
from tests.strips import pictures_in, strips_of

RECORDED = Path(__file__).with_name("wall.zip")
COUNT = 16
STEPS = 8
_PROMPT = "a red boat at sea"
_EVENTS = "events.json"


@dataclass(frozen=True)
class Shown:
    """What the previews of a step showed, by the place in the batch."""

    step: int
    pictures: dict[int, Pixels]


Recorded = Stepped | Shown | Decoded


@dataclass(frozen=True)
class Moment:
    """An event and the seconds after the batch's beginning at which it came; its task is the place in the batch."""

    seconds: float
    event: Recorded


def play(path: Path = RECORDED) -> tuple[Moment, ...]:
    """What was recorded, in its order."""
    moments: list[Moment] = []
    with zipfile.ZipFile(path) as archive:
        for line in json.loads(archive.read(_EVENTS)):
            event = _event(line, archive)
            before = moments[-1].event if moments else None
            if isinstance(event, Shown) and isinstance(before, Shown) and before.step == event.step:
                event = replace(event, pictures=before.pictures | event.pictures)
                moments.pop()
            moments.append(Moment(line["seconds"], event))
    return tuple(moments)


def _event(line: dict[str, Any], archive: zipfile.ZipFile) -> Recorded:
    match line["type"]:
        case "stepped":
            return Stepped(step=line["step"], steps=STEPS)
        case "preview":
            return Shown(line["step"], {int(line["task"]): _pixels(archive.read(line["file"]))})
        case _:
            pixels = _pixels(archive.read(line["file"]))
            return Decoded(task=line["task"], pixels=pixels, notes=line["notes"])


def _pixels(jpeg: bytes) -> Pixels:
    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(image.convert("RGB"))


class ReplayEngine(FakeEngine):
    """Answers every batch with the recorded one, each event when it is due."""

    def __init__(self) -> None:
        super().__init__()
        self._moments = play()

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        begun = time.monotonic()
        for moment in self._moments:
            time.sleep(max(0.0, begun + moment.seconds - time.monotonic()))
            if all(is_cancelled(task.id) for task in batch.tasks):
                return
            for event in _of_batch(moment.event, batch):
                if not (isinstance(event, Decoded) and is_cancelled(event.task)):
                    emit(event)


def _of_batch(event: Recorded, batch: Batch) -> list[WorkerEvent]:
    """What was recorded as if it had come from this batch, which may be smaller."""
    match event:
        case Stepped():
            return [event]
        case Shown(step=step, pictures=pictures):
            known = {task.id: pictures[i] for i, task in enumerate(batch.tasks) if i in pictures}
            return list(strips_of(batch.tasks, known, step, STEPS))
        case Decoded(task=place):
            return [replace(event, task=task.id) for task in batch.tasks[int(place) :][:1]]


def record(seconds: float, path: Path = RECORDED) -> None:
    """Lets the embedded model dream the batch and writes its events, as if it had taken `seconds`."""
    from app import make_catalog, make_engine
    from sdgui.settings import Settings
    from sdgui.spec import DreamRequest

    moments: list[Moment] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(output_dir=Path(folder))
        info = make_catalog(settings).describe("demo")
        asked = DreamRequest(
            prompt=_PROMPT, count=COUNT, steps=STEPS, seed=1041, sampler="DPM++ 2M"
        )
        specs = asked.resolve(info, lambda: 0)
        engine = make_engine(settings)
        engine.warm("demo", lambda event: None)
        begun = time.monotonic()

        def note(event: WorkerEvent) -> None:
            seconds = time.monotonic() - begun
            if isinstance(event, Preview):
                pictures = {int(task): pixels for task, pixels in pictures_in(event).items()}
                moments.append(Moment(seconds, Shown(event.step, pictures)))
            else:
                assert isinstance(event, Stepped | Decoded)
                moments.append(Moment(seconds, event))

        engine.run(
            Batch(tasks=tuple(Task(id=str(i), spec=spec) for i, spec in enumerate(specs))),
            note,
            lambda task: False,
        )
        engine.close()
    print(f"it took {moments[-1].seconds:.1f} s")
    _write(moments, seconds / moments[-1].seconds, path)


def _write(moments: list[Moment], pace: float, path: Path) -> None:
    lines: list[dict[str, object]] = []
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:

        def write_picture(pixels: Pixels) -> str:
            file = f"{len(archive.namelist()):03}.jpg"
            archive.writestr(file, _jpeg(pixels))
            return file

        for moment in moments:
            seconds = {"seconds": round(moment.seconds * pace, 3)}
            match moment.event:
                case Stepped(step=step):
                    lines.append({**seconds, "type": "stepped", "step": step})
                case Shown(step=step, pictures=pictures):
                    for place, pixels in pictures.items():
                        told = {"type": "preview", "task": str(place), "step": step}
                        lines.append({**seconds, **told, "file": write_picture(pixels)})
                case Decoded(task=task, pixels=pixels, notes=notes):
                    told = {"type": "decoded", "task": task, "notes": notes}
                    lines.append({**seconds, **told, "file": write_picture(pixels)})
        archive.writestr(_EVENTS, json.dumps(lines))


def _jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=75)
    return file.getvalue()


if __name__ == "__main__":
    record(float(sys.argv[1]))

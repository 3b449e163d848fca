"""Worker events of the embedded model, recorded once, and an engine that plays them back at the model's own pace.

wall.zip holds one draft batch: 16 pictures of 128 x 128 at 8 steps (DPM++ 2M), with every preview as the engine sent
it and the finished pixels as JPEG. `python -m tests.browser.replay SECONDS` records it again; SECONDS is how long the
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

from sdgui.events import Batch, Decoded, Pixels, Preview, Stepped, Task
from sdgui.ports import Emit, IsCancelled
from tests.fake_engine import FakeEngine

RECORDED = Path(__file__).with_name("wall.zip")
COUNT = 16
STEPS = 8
_PROMPT = "a red boat at sea"
_EVENTS = "events.json"


Recorded = Stepped | Preview | Decoded


@dataclass(frozen=True)
class Moment:
    """An event and the seconds after the batch's beginning at which it came; its task is the place in the batch."""

    seconds: float
    event: Recorded


def play(path: Path = RECORDED) -> tuple[Moment, ...]:
    """What was recorded, in its order."""
    with zipfile.ZipFile(path) as archive:
        return tuple(
            Moment(line["seconds"], _event(line, archive))
            for line in json.loads(archive.read(_EVENTS))
        )


def _event(line: dict[str, Any], archive: zipfile.ZipFile) -> Recorded:
    match line["type"]:
        case "stepped":
            return Stepped(step=line["step"], steps=STEPS)
        case "preview":
            jpeg = archive.read(line["file"])
            return Preview(task=line["task"], step=line["step"], steps=STEPS, jpeg=jpeg)
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
            event = moment.event
            if not isinstance(event, Stepped):
                place = int(event.task)
                if place >= len(batch.tasks) or is_cancelled(batch.tasks[place].id):
                    continue
                event = replace(event, task=batch.tasks[place].id)
            emit(event)


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

        def note(event: object) -> None:
            assert isinstance(event, Recorded)
            moments.append(Moment(time.monotonic() - begun, event))

        engine.run(
            Batch(tasks=tuple(Task(id=str(i), spec=spec) for i, spec in enumerate(specs))),
            note,
            lambda task: False,
        )
        engine.close()
    print(f"it took {moments[-1].seconds:.1f} s")
    _write(moments, seconds / moments[-1].seconds, path)


def _write(moments: list[Moment], pace: float, path: Path) -> None:
    lines = []
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for number, moment in enumerate(moments):
            line: dict[str, object] = {"seconds": round(moment.seconds * pace, 3)}
            match moment.event:
                case Stepped(step=step):
                    line |= {"type": "stepped", "step": step}
                case Preview(task=task, step=step, jpeg=jpeg):
                    file = f"{number:03}.jpg"
                    archive.writestr(file, jpeg)
                    line |= {"type": "preview", "task": task, "step": step, "file": file}
                case Decoded(task=task, pixels=pixels, notes=notes):
                    file = f"{number:03}.jpg"
                    archive.writestr(file, _jpeg(pixels))
                    line |= {"type": "decoded", "task": task, "notes": notes, "file": file}
            lines.append(line)
        archive.writestr(_EVENTS, json.dumps(lines))


def _jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=75)
    return file.getvalue()


if __name__ == "__main__":
    record(float(sys.argv[1]))

"""Previews off the step path: the newest prediction becomes one JPEG per job in a thread of its own."""

import io
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from sdgui.engine.preview_map import PreviewMap
from sdgui.events import Preview, Task
from sdgui.ports import Emit

INTERVAL = 0.1
"""Seconds between previews: ten a second at most."""
SHARED_INTERVAL = 0.2
"""The same where the processor has to make the pictures and the previews, and may have to show them in a browser."""
LEAST = 12
"""However quickly a batch goes on such a processor, about so many previews are made of it."""
ENLARGED = 4
SMALLEST_SIDE = 128
LARGEST_SIDE = 512
QUALITY = 85
PATCHES = 6
"""Along the longer side of a picture that nobody may see before it was looked at: what it is cannot be told."""
Clock = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """x0 of every picture of a batch on its way to the host; `arrived` waits until it is there."""

    tasks: tuple[Task, ...]
    step: int
    steps: int
    latents: torch.Tensor
    arrived: Callable[[], None]
    colours: PreviewMap
    blurred: bool = False


class Previewer:
    """One thread that encodes and emits previews; the latest frame wins, older ones that still wait are dropped."""

    def __init__(self, clock: Clock = time.monotonic, *, shared: bool = False) -> None:
        """`shared`: the pictures are made on the processor that previews take time of."""
        self._clock = clock
        self._shared = shared
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._emit: Emit | None = None
        self._waiting: Frame | None = None
        self._busy = False
        self._closed = False
        self._error: Exception | None = None
        self._last: float | None = None
        self._last_step = 0
        self._side: Any = None

    def start(self, emit: Emit) -> None:
        """Begins a batch: its first preview is due at once."""
        with self._condition:
            self._emit = emit
            self._last = None
            self._error = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="previews", daemon=True)
                self._thread.start()

    def due(self, step: int, steps: int) -> bool:
        """Whether a preview may be offered now, after `step` of `steps`."""
        if self._last is None:
            return True
        if self._shared and step - self._last_step >= max(1, steps // LEAST):
            return True
        return self._clock() - self._last >= (SHARED_INTERVAL if self._shared else INTERVAL)

    def offer(
        self,
        tasks: Sequence[Task],
        step: int,
        steps: int,
        x0: torch.Tensor,
        colours: PreviewMap,
        blurred: bool = False,
    ) -> None:
        """Takes x0 (pictures, channels, height, width) in fp32; returns without waiting for the device.

        Where `blurred`, nothing is shown but a few patches of colour.
        """
        self._last, self._last_step = self._clock(), step
        latents, arrived = self._to_host(x0)
        frame = Frame(
            tasks=tuple(tasks),
            step=step,
            steps=steps,
            latents=latents,
            arrived=arrived,
            colours=colours,
            blurred=blurred,
        )
        with self._condition:
            self._waiting = frame
            self._condition.notify_all()

    def stop(self) -> None:
        """Ends a batch: drops what waits and returns once nothing more will be emitted.

        Raises what emitting raised.
        """
        with self._condition:
            self._waiting = None
            self._emit = None
            self._condition.wait_for(lambda: not self._busy)
            error, self._error = self._error, None
        if error is not None:
            raise error

    def settle(self) -> None:
        """Returns once every frame that was offered is emitted."""
        with self._condition:
            self._condition.wait_for(lambda: self._waiting is None and not self._busy)

    def close(self) -> None:
        """Ends the thread."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _to_host(self, x0: torch.Tensor) -> tuple[torch.Tensor, Callable[[], None]]:
        if x0.device.type != "cuda":
            return x0, lambda: None
        # On a stream of its own, into pinned memory, with an event to wait for: a bare non-blocking copy gives white
        # frames, a blocking one stops the steps.
        if self._side is None:
            self._side = torch.cuda.Stream(x0.device)
        self._side.wait_stream(torch.cuda.current_stream(x0.device))
        with torch.cuda.stream(self._side):
            host = torch.empty(x0.shape, dtype=x0.dtype, pin_memory=True)
            host.copy_(x0, non_blocking=True)
            x0.record_stream(self._side)
            event = torch.cuda.Event()
            event.record(self._side)
        return host, event.synchronize

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._waiting is not None or self._closed)
                if self._closed:
                    return
                frame, self._waiting = self._waiting, None
                emit = self._emit
                self._busy = True
            try:
                if frame is not None and emit is not None:
                    for preview in encode_frame(frame):
                        emit(preview)
            except Exception as error:
                with self._condition:
                    self._error = error
            finally:
                with self._condition:
                    self._busy = False
                    self._condition.notify_all()


def patches_of(width: int, height: int) -> tuple[int, int]:
    """How many patches of colour stand for a picture of this shape, along its width and its height."""
    longest = max(width, height)
    return max(1, PATCHES * width // longest), max(1, PATCHES * height // longest)


def encode_frame(frame: Frame) -> list[Preview]:
    """One JPEG per job, its pictures side by side, each four times as large as its latents, with sides of at least
    128 and about 512 at most.

    Of a `blurred` frame only so many patches of colour are in it, and no JPEG's reader can have more of it.
    """
    frame.arrived()
    colours = frame.colours.colours(frame.latents.numpy())
    height, width = colours.shape[1:3]
    enlarged = max(1, min(ENLARGED, LARGEST_SIDE // max(width, height)))
    scale = max(enlarged, -(-SMALLEST_SIDE // min(width, height)))
    size = (width * scale, height * scale)
    places: dict[str, list[int]] = {}
    for place, task in enumerate(frame.tasks):
        places.setdefault(task.job, []).append(place)
    previews = []
    for together in places.values():
        columns = math.isqrt(len(together) - 1) + 1
        rows = -(-len(together) // columns)
        strip = Image.new("RGB", (columns * size[0], rows * size[1]))
        for i, place in enumerate(together):
            image = Image.fromarray(colours[place])
            if frame.blurred:
                image = image.resize(patches_of(width, height), Image.Resampling.BOX)
            image = image.resize(size, Image.Resampling.BILINEAR)
            strip.paste(image, (i % columns * size[0], i // columns * size[1]))
        file = io.BytesIO()
        strip.save(file, "JPEG", quality=QUALITY)
        previews.append(
            Preview(
                tasks=tuple(frame.tasks[place].id for place in together),
                step=frame.step,
                steps=frame.steps,
                columns=columns,
                width=size[0],
                height=size[1],
                jpeg=file.getvalue(),
            )
        )
    return previews

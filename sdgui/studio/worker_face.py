"""One worker as the studio's state machine sees it: what it is, what it is at, whether its model is there."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sdgui.errors import UserError
from sdgui.events import Loaded
from sdgui.studio.running_batch import RunningBatch
from sdgui.studio.status import ModelStatus, WorkerStatus
from sdgui.workers import WorkerInfo

MEASURE = 1.0
"""Seconds between two measurements of a worker's memory."""


class WorkerFace:
    """Its owner holds a lock around every call."""

    def __init__(self, number: int, model: str) -> None:
        self.number = number
        self.info = WorkerInfo()
        self.status = ModelStatus(state="waiting", model=model)
        self.running: RunningBatch | None = None
        self.is_free = False
        self.is_loading = False
        self.asked: set[str] | None = None
        """Models that it is to free once it is at nothing; with none it is to measure its memory."""
        self.measured = float("-inf")

    @property
    def device_only(self) -> WorkerInfo:
        """The worker without what it has warm."""
        return replace(self.info, warm=())

    def loads(self, model: str, fraction: float | None) -> None:
        """It loads a model."""
        self.is_loading = True
        self.status = replace(
            self.status, state="loading", model=model, fraction=fraction, message="", hint=""
        )

    def loaded(self, event: Loaded) -> None:
        """A model is there; what the worker tells of itself counts, and else what is known from the event."""
        self.is_loading = False
        self.status = ModelStatus(
            state="ready", model=event.model, device=event.device, dtype=event.dtype
        )
        if event.worker is not None:
            self.info = event.worker
        else:
            known = {"device": event.device, "dtype": event.dtype, "warm": (event.model,)}
            self.info = replace(self.info, **known, held=())  # type: ignore[arg-type]

    def ready(self) -> None:
        """It asks for a batch; what it was said to load without a word on that was there already."""
        self.is_free = True
        if self.is_loading:
            self.is_loading = False
            model = self.status.model
            self.status = replace(self.status, state="ready", fraction=None)
            self.info = replace(
                self.info, warm=(*(one for one in self.info.warm if one != model), model)
            )

    def cannot_load(self, model: str, fault: UserError) -> None:
        """The model could not be loaded."""
        self.is_loading = False
        self.status = replace(
            self.status, state="failed", model=model, message=fault.message, hint=fault.hint
        )

    def works(self, model: str) -> None:
        """It makes pictures with a model: where another could not be loaded, this one was there already."""
        if self.status.state == "failed":
            self.status = replace(self.status, state="ready", model=model, message="", hint="")

    def measures(self, info: WorkerInfo, now: float) -> None:
        """It tells what it is by now."""
        self.info = info
        self.measured = now

    def ask_to_free(self, models: Collection[str], now: float) -> None:
        """It is to free these as soon as it is at nothing.

        With none it is to measure, unless it has just now or does so by itself, as it does at its work.
        """
        theirs = {model for model in models if model in self.info.warm}
        if theirs or (self.running is None and now - self.measured > MEASURE):
            self.asked = theirs if self.asked is None else self.asked | theirs

    def lost(self) -> None:
        """It broke, and with it went what it had warm."""
        self.info = replace(self.info, warm=(), held=(), batch=0)

    @property
    def told(self) -> WorkerStatus:
        """What visitors are told of it."""
        status = self.status
        at = None if self.running is None else self.running.batch.tasks[0].spec
        known = {**vars(self.info), "device": status.device, "dtype": status.dtype}
        return WorkerStatus(
            **known,
            state=status.state,
            model=status.model,
            fraction=status.fraction,
            pictures=0 if self.running is None else len(self.running.batch.tasks),
            dreaming="" if at is None else at.model.id,
            width=0 if at is None else at.width,
            height=0 if at is None else at.height,
        )


_BEST_FIRST = ("ready", "loading", "waiting", "failed")


def choose_status(faces: Sequence[WorkerFace]) -> ModelStatus:
    """The status of the worker that is best off, with a word of each."""
    best = min(faces, key=lambda face: _BEST_FIRST.index(face.status.state))
    return replace(best.status, workers=tuple(face.told for face in faces))

"""One worker as the studio's state machine sees it: what it is, what it is at, whether its model is there."""

from collections.abc import Sequence
from dataclasses import replace

from sdgui.errors import UserError
from sdgui.events import Loaded
from sdgui.studio.running_batch import RunningBatch
from sdgui.studio.status import ModelStatus, WorkerStatus
from sdgui.workers import WorkerInfo


class WorkerFace:
    """Its owner holds a lock around every call."""

    def __init__(self, number: int, model: str) -> None:
        self.number = number
        self.info = WorkerInfo()
        self.status = ModelStatus(state="waiting", model=model)
        self.running: RunningBatch | None = None
        self.is_free = False
        self.is_loading = False

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
            self.info = WorkerInfo(device=event.device, dtype=event.dtype, warm=(event.model,))

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

    def lost(self) -> None:
        """It broke, and with it went what it had warm."""
        self.info = replace(self.info, warm=())

    @property
    def told(self) -> WorkerStatus:
        """What visitors are told of it."""
        status = self.status
        return WorkerStatus(
            state=status.state,
            model=status.model,
            fraction=status.fraction,
            device=status.device,
            dtype=status.dtype,
            memory=self.info.memory,
            warm=self.info.warm,
            pictures=0 if self.running is None else len(self.running.batch.tasks),
        )


_BEST_FIRST = ("ready", "loading", "waiting", "failed")


def choose_status(faces: Sequence[WorkerFace]) -> ModelStatus:
    """The status of the worker that is best off, with a word of each."""
    best = min(faces, key=lambda face: _BEST_FIRST.index(face.status.state))
    return replace(best.status, workers=tuple(face.told for face in faces))

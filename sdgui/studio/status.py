"""Whether the model is there, for the page's pill and for programs."""

from dataclasses import dataclass
from typing import Literal

from sdgui.workers import WorkerInfo

State = Literal["waiting", "loading", "ready", "failed"]


@dataclass(frozen=True, kw_only=True)
class WorkerStatus(WorkerInfo):
    """What one worker is, the state of its model, and how many pictures of which model and size it is at."""

    state: State
    model: str
    fraction: float | None = None
    pictures: int = 0
    dreaming: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """The model of the worker that is best off: its state, load fraction (0 to 1), device and dtype in words."""

    state: State
    model: str
    fraction: float | None = None
    device: str = ""
    dtype: str = ""
    message: str = ""
    hint: str = ""
    workers: tuple[WorkerStatus, ...] = ()

"""Whether the model is there, for the page's pill and for programs."""

from dataclasses import dataclass
from typing import Literal

State = Literal["waiting", "loading", "ready", "failed"]


@dataclass(frozen=True, kw_only=True)
class WorkerStatus:
    """One worker: the state of its model, what it is (memory in bytes), and how many pictures it is at."""

    state: State
    model: str
    fraction: float | None = None
    device: str = ""
    dtype: str = ""
    memory: int | None = None
    warm: tuple[str, ...] = ()
    pictures: int = 0


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

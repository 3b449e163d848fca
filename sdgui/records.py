"""What is stored of jobs and pictures, as plain values."""

from dataclasses import dataclass, field
from enum import StrEnum

from sdgui.spec import PictureSpec


class JobState(StrEnum):
    """The life of a job; the last three are ends."""

    QUEUED = "queued"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class TaskRecord:
    """One picture of a job, made or not: `stored` once its file is safe, `deleted` once its owner removed it."""

    id: str
    spec: PictureSpec
    stored: bool = False
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """One dream: who asked (`visitor`), when (`created`, seconds since the epoch), its pictures in order of seed."""

    id: str
    visitor: str
    created: float
    state: JobState
    tasks: tuple[TaskRecord, ...]
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class PictureRecord:
    """One stored picture: its owner, spec, place in its job, how it was made (`notes`), bytes on disk."""

    id: str
    job: str
    index: int
    visitor: str
    created: float
    spec: PictureSpec
    notes: dict[str, str] = field(default_factory=dict)
    bytes: int = 0

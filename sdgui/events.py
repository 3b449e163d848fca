"""The two vocabularies of events: worker to studio, studio to watchers. All frozen and picklable."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sdgui.spec import PictureSpec

Pixels = npt.NDArray[np.uint8]
"""One picture: (height, width, 3), RGB."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One picture to make; the id becomes the picture's id."""

    id: str
    spec: PictureSpec


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Pictures made together; every spec has the same `batch_key`."""

    tasks: tuple[Task, ...]


# Worker -> studio


@dataclass(frozen=True, kw_only=True)
class Loading:
    """A model is being loaded or fetched; `fraction` (0 to 1) where it is known."""

    model: str
    fraction: float | None = None


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A model is ready; the device and dtype that it runs on, in words."""

    model: str
    device: str
    dtype: str


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """The batch has finished `step` of `steps` model evaluations (steps counts what the sampler really does)."""

    step: int
    steps: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The predicted picture of one task after `step`, as JPEG bytes."""

    task: str
    step: int
    steps: int
    jpeg: bytes


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """One finished picture; `notes` tell how it was made (device, dtype, versions, splitting after out-of-memory)."""

    task: str
    pixels: Pixels
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TaskFailed:
    """One task failed; message and hint are fit for a visitor."""

    task: str
    message: str
    hint: str = ""


WorkerEvent = Loading | Loaded | Stepped | Preview | Decoded | TaskFailed


# Studio -> watchers


@dataclass(frozen=True, kw_only=True)
class Queued:
    """Waiting: `place` batches are ahead (0 is next); `wait` in seconds where it can be told."""

    place: int
    wait: float | None = None


@dataclass(frozen=True, kw_only=True)
class Started:
    """The first picture of the job is being made."""


@dataclass(frozen=True, kw_only=True)
class ModelLoading:
    """The job waits while its model loads."""

    model: str
    fraction: float | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the job is: pictures done of total, step of steps in the running batch, seconds left, preview revisions.

    `revisions` holds one number per picture of the job; 0 means no preview yet.
    """

    done: int
    total: int
    step: int
    steps: int
    seconds_left: float | None
    revisions: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PictureDone:
    """A picture is stored and can be fetched; `match` as in its record."""

    index: int
    picture_id: str
    match: float | None = None


@dataclass(frozen=True, kw_only=True)
class PictureFailed:
    """A picture could not be made, others of its job may; message and hint are fit for a visitor."""

    index: int
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Every picture of the job is stored."""


@dataclass(frozen=True, kw_only=True)
class JobCancelled:
    """The job was stopped; pictures finished before stay."""


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Some pictures of the job could not be made; message and hint are fit for a visitor."""

    message: str
    hint: str = ""


StudioEvent = (
    Queued
    | Started
    | ModelLoading
    | Progress
    | PictureDone
    | PictureFailed
    | Finished
    | JobCancelled
    | Failed
)
End = Finished | JobCancelled | Failed

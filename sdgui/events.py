"""The two vocabularies of events: worker to studio, studio to watchers. All frozen and picklable."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sdgui.spec import PictureSpec
from sdgui.workers import WorkerInfo

Pixels = npt.NDArray[np.uint8]
"""One picture: (height, width, 3), RGB."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One picture to make; the id becomes the picture's id. Tasks with the same `job` are shown together."""

    id: str
    spec: PictureSpec
    job: str = ""


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
    """A model is ready; the device and dtype that it runs on, in words, and what the worker is by now, where told."""

    model: str
    device: str
    dtype: str
    worker: WorkerInfo | None = None


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a worker is by now: how its memory is used, and what it has warm."""

    worker: WorkerInfo


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """So many pictures of a model and size (in pixels) fitted into one batch, after more had not."""

    model: str
    width: int
    height: int
    pictures: int


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """The batch has finished `step` of `steps` model evaluations (steps counts what the sampler really does)."""

    step: int
    steps: int


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The predicted pictures of some tasks of one job after `step`, side by side in one JPEG.

    Task i lies at column i % columns and row i // columns; each is `width` x `height` pixels.
    """

    tasks: tuple[str, ...]
    step: int
    steps: int
    columns: int
    width: int
    height: int
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


@dataclass(frozen=True, kw_only=True)
class HeldBack:
    """The model's own safety checker held one finished picture back; nothing of it leaves the worker."""

    task: str


WorkerEvent = (
    Loading | Loaded | Measured | Fitted | Stepped | Preview | Decoded | HeldBack | TaskFailed
)


# Studio -> watchers


@dataclass(frozen=True, kw_only=True)
class Queued:
    """Waiting: `place` batches are ahead (0 is next); `wait` in seconds where it can be told.

    Batches are no dreams: one dream may be several, and several dreams may be made in one. `dreams` are under way or
    begin before it; `beside` are others that begin in the same batch and so stand at the same place.
    """

    place: int
    wait: float | None = None
    dreams: int = 0
    beside: int = 0


@dataclass(frozen=True, kw_only=True)
class Started:
    """The first picture of the job is being made."""


@dataclass(frozen=True, kw_only=True)
class ModelLoading:
    """The job waits while its model loads."""

    model: str
    fraction: float | None = None


@dataclass(frozen=True, kw_only=True)
class LiveStrip:
    """The newest preview of some pictures of a job, which form in one batch: what lies where in its JPEG.

    `pictures` are indices in the job; the one at place i lies at column i % columns and row i // columns, each
    `width` x `height` pixels. A later preview has a higher `revision`.
    """

    id: str
    revision: int
    columns: int
    width: int
    height: int
    pictures: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the job is: pictures done of total, step of steps in the running batch, seconds left, what is forming.

    A watcher is told, beside the numbers, what has changed since it was told last: in `live` the previews that are new
    or newer, in `over` the ids of those that are no more.
    """

    done: int
    total: int
    step: int
    steps: int
    seconds_left: float | None
    live: tuple[LiveStrip, ...]
    over: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PictureDone:
    """A picture is stored and can be fetched; `match` as in its record."""

    index: int
    picture_id: str
    match: float | None = None


@dataclass(frozen=True, kw_only=True)
class PictureUnsaved:
    """A picture is made and kept in memory, but could not be stored yet; it is tried again. Words fit for a visitor."""

    index: int
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class PictureFailed:
    """A picture could not be made, others of its job may; message and hint are fit for a visitor."""

    index: int
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class PictureHeldBack:
    """The model's own safety checker held a picture back, which nobody sees; message and hint are fit for a visitor."""

    index: int
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Every picture of the job is stored, but for those that were held back."""


@dataclass(frozen=True, kw_only=True)
class JobCancelled:
    """The job was stopped; pictures finished before stay."""


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Some pictures of the job could not be made; message and hint are fit for a visitor."""

    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class PicturesBinned:
    """Pictures of the job are in the bin; `whole`: so is the job itself, which leaves the list."""

    pictures: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True, kw_only=True)
class PicturesRestored:
    """Pictures of the job are back out of the bin, and so is the job where it had left the list."""

    pictures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PicturesHidden:
    """The owner of the machine hid or deleted these pictures of the job, or shows them again."""

    pictures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotLetIn:
    """The owner does not let this person in any more, for a while or for good; it is of no job."""

    sentence: str


@dataclass(frozen=True, kw_only=True)
class QueueHeld:
    """The owner holds everybody's queue, or lets it go on; it is of no job."""

    paused: bool


@dataclass(frozen=True, kw_only=True)
class LimitsChanged:
    """Guests may ask for more now, or for less; it is of no job."""


StudioEvent = (
    Queued
    | Started
    | ModelLoading
    | Progress
    | PictureDone
    | PictureUnsaved
    | PictureFailed
    | PictureHeldBack
    | Finished
    | JobCancelled
    | Failed
    | PicturesBinned
    | PicturesRestored
    | PicturesHidden
    | NotLetIn
    | QueueHeld
    | LimitsChanged
)
End = Finished | JobCancelled | Failed

"""What happens to the studio (happenings in), and what is to be done about it (effects out). Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdgui.errors import UserError
from sdgui.events import Decoded, WorkerEvent
from sdgui.records import JobRecord
from sdgui.studio.live_job import LiveJob, Named
from sdgui.studio.running_batch import RunningBatch

# In


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A stored job begins or goes on; those of its pictures fail that are `unfit`, by the ids of their tasks.

    `before_others`: its turn comes before that of all who are not so.
    """

    record: JobRecord
    unfit: Mapping[str, UserError] = field(default_factory=dict)
    before_others: bool = False


@dataclass(frozen=True, kw_only=True)
class Reopening:
    """An ended job is about to go on: its old end must not be stored any more. `Asked` or `NotReopened` follows."""

    job: str


@dataclass(frozen=True, kw_only=True)
class NotReopened:
    """It does not go on after all."""

    job: str


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """Their owner stops these jobs."""

    jobs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """What was one visitor's is another's from now on, who is the same person."""

    visitor: str
    into: str


@dataclass(frozen=True, kw_only=True)
class Paused:
    """From now on no batch begins, or batches begin again; what is under way goes on."""

    paused: bool


@dataclass(frozen=True, kw_only=True)
class WorkerReady:
    """A worker asks for its first batch."""

    worker: int


@dataclass(frozen=True, kw_only=True)
class WorkerSaid:
    """A worker's event."""

    worker: int
    event: WorkerEvent


@dataclass(frozen=True, kw_only=True)
class NotWarmed:
    """A worker could not load its first model."""

    worker: int
    fault: UserError


@dataclass(frozen=True, kw_only=True)
class BatchOver:
    """A worker has left its batch: with a `fault` that it told, or `broken` without a word."""

    worker: int
    fault: UserError | None = None
    broken: bool = False


@dataclass(frozen=True, kw_only=True)
class PictureSaved:
    """A picture is safe on the disk."""

    task: str
    match: float | None = None


@dataclass(frozen=True, kw_only=True)
class PictureNotSaved:
    """A picture could not be stored; the same may succeed later where `again`. `said` is what its maker is told of it,
    the `fault` unless it is something else."""

    picture: Decoded
    fault: UserError
    said: UserError | None = None
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class EndsStored:
    """The ends of these jobs are stored."""

    jobs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EndsNotStored:
    """The ends of these jobs could not be stored now."""

    jobs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Woken:
    """The time has come that a `WakeAt` named."""


@dataclass(frozen=True, kw_only=True)
class FreeAsked:
    """These models are to leave the workers' memory once they are at nothing; with none, that is to be measured."""

    models: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Somebody is about to dream with this model: a worker with nothing to do may load it ahead."""

    model: str


@dataclass(frozen=True, kw_only=True)
class Closing:
    """The studio is about to close: nothing begins any more."""


Happening = (
    Asked
    | Reopening
    | NotReopened
    | Stopped
    | Adopted
    | Paused
    | WorkerReady
    | WorkerSaid
    | NotWarmed
    | BatchOver
    | PictureSaved
    | PictureNotSaved
    | EndsStored
    | EndsNotStored
    | Woken
    | FreeAsked
    | Wanted
    | Closing
)

# Out


@dataclass(frozen=True, kw_only=True)
class Begin:
    """The worker is to make this batch."""

    worker: int
    running: RunningBatch


@dataclass(frozen=True, kw_only=True)
class Free:
    """The worker is to free these models, and to measure its memory; `WorkerReady` follows."""

    worker: int
    models: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WarmUp:
    """The worker is to load this model ahead; `NotWarmed` may follow, then `WorkerReady`."""

    worker: int
    model: str


@dataclass(frozen=True, kw_only=True)
class Save:
    """This picture is to be stored."""

    picture: Decoded


@dataclass(frozen=True, kw_only=True)
class StoreEnds:
    """There are ends of jobs to be stored."""


@dataclass(frozen=True, kw_only=True)
class Tell:
    """There is news of these jobs for those who watch them; of the end of one at once."""

    jobs: frozenset[Named]
    at_once: bool = False


@dataclass(frozen=True, kw_only=True)
class WakeAt:
    """`Woken` is to be said at this moment of the studio's clock."""

    moment: float


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Those who watch are to follow this job from now on."""

    job: LiveJob


@dataclass(frozen=True, kw_only=True)
class Used:
    """So many more pictures of a visitor are there, or so many more seconds of a worker went into theirs."""

    visitor: str
    pictures: int = 0
    seconds: float = 0.0


Effect = Begin | Free | WarmUp | Save | StoreEnds | Opened | Tell | WakeAt | Used

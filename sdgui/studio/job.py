"""One dream while it is alive: the state of its pictures and what its watchers are told."""

from collections import Counter
from enum import Enum, auto

from sdgui.errors import UserError
from sdgui.events import (
    End,
    Failed,
    Finished,
    JobCancelled,
    ModelLoading,
    PictureDone,
    PictureFailed,
    Progress,
    Queued,
    Started,
    StudioEvent,
    Task,
)
from sdgui.records import JobRecord, JobState, TaskRecord

Passing = Queued | ModelLoading | Progress
"""What only the latest of counts."""


class Fate(Enum):
    """What became of one picture so far."""

    PENDING = auto()
    DECODED = auto()
    """Made, and not yet safe: a stop lets it be stored."""
    DONE = auto()
    CANCELLED = auto()
    FAILED = auto()


def unmade(record: JobRecord) -> tuple[Task, ...]:
    """The pictures of a job that can still be made: neither stored nor deleted by their owner."""
    return tuple(Task(id=task.id, spec=task.spec) for task in record.tasks if not _settled(task))


def _settled(task: TaskRecord) -> bool:
    return task.stored or task.deleted


class Job:
    """One dream while it is alive; its owner holds a lock around every call."""

    def __init__(self, record: JobRecord) -> None:
        self.record = record
        self.index = {task.id: i for i, task in enumerate(record.tasks)}
        self.fates = [Fate.DONE if _settled(task) else Fate.PENDING for task in record.tasks]
        self.faults: dict[str, UserError] = {}
        self.previews: list[bytes | None] = [None] * len(record.tasks)
        self.revisions = [0] * len(record.tasks)
        self.attempts: dict[str, int] = {}
        self.lasting: list[StudioEvent] = []
        self.changes = 0
        self.end: End | None = None
        self.started = False
        self.cancelled = False
        self._counts = Counter(self.fates)
        self._told: Queued | ModelLoading | None = None
        self._position: tuple[int, int, float | None] | None = None
        for i, task in enumerate(record.tasks):
            if task.stored and not task.deleted:
                self.lasting.append(PictureDone(index=i, picture_id=task.id, match=task.match))

    @property
    def pending(self) -> int:
        """How many pictures are still to be made."""
        return self._counts[Fate.PENDING]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The pictures that are still to be made."""
        return tuple(task for task in self.index if self.wants(task))

    def wants(self, task: str) -> bool:
        """Whether this picture is still to be made; needs no lock."""
        return self.fates[self.index[task]] is Fate.PENDING

    @property
    def passing(self) -> Passing | None:
        """The latest news of those that pass; made only when somebody reads it."""
        if self._position is None:
            return self._told
        step, steps, seconds_left = self._position
        return Progress(
            done=self._counts[Fate.DONE],
            total=len(self.fates),
            step=step,
            steps=steps,
            seconds_left=seconds_left,
            revisions=tuple(self.revisions),
        )

    def tell(self, event: Queued | ModelLoading) -> None:
        """Makes `event` the latest news, if it is any."""
        if event != self._told:
            self._told, self._position = event, None
            self.changes += 1

    def progress(self, step: int, steps: int, seconds_left: float | None) -> None:
        """Where the running batch is; tells the revisions of the previews too."""
        self._told, self._position = None, (step, steps, seconds_left)
        self.changes += 1

    def start(self) -> None:
        """Work has begun."""
        if not self.started:
            self.started = True
            self.lasting.append(Started())

    def preview(self, task: str, jpeg: bytes) -> None:
        """A newer preview of one picture."""
        i = self.index[task]
        self.previews[i] = jpeg
        self.revisions[i] += 1
        self.changes += 1

    def decoded(self, task: str) -> None:
        """One picture is made, and is being stored."""
        self._turn(self.index[task], Fate.DECODED)

    def settle(
        self,
        task: str,
        fate: Fate,
        fault: UserError | None = None,
        match: float | None = None,
    ) -> None:
        """What became of one picture, with its fault where it failed; the first word counts.

        Ends the job with its last picture.
        """
        i = self.index[task]
        if self.fates[i] not in (Fate.PENDING, Fate.DECODED):
            return
        self._turn(i, fate)
        self.previews[i] = None
        if fate is Fate.DONE:
            self.lasting.append(PictureDone(index=i, picture_id=task, match=match))
        elif fate is Fate.FAILED:
            assert fault is not None
            self.faults[task] = fault
            self.lasting.append(PictureFailed(index=i, message=fault.message, hint=fault.hint))
        self.finish()

    def finish(self) -> None:
        """Ends the job if nothing is left to be made."""
        if not self.pending and not self._counts[Fate.DECODED] and self.end is None:
            self._end()

    def _turn(self, index: int, fate: Fate) -> None:
        self._counts[self.fates[index]] -= 1
        self._counts[fate] += 1
        self.fates[index] = fate

    def _end(self) -> None:
        if self.faults:
            first = next(iter(self.faults.values()))
            message = first.message
            if len(self.faults) < len(self.fates):
                message = (
                    f"{len(self.faults)} of {len(self.fates)} pictures could not be made: {message}"
                )
            self.end = Failed(message=message, hint=first.hint)
        elif self._counts[Fate.CANCELLED]:
            self.end = JobCancelled()
        else:
            self.end = Finished()
        self._told = self._position = None
        self.lasting.append(self.end)

    @property
    def state(self) -> JobState:
        """The state to store."""
        match self.end:
            case None:
                return JobState.QUEUED
            case Finished():
                return JobState.FINISHED
            case JobCancelled():
                return JobState.CANCELLED
            case Failed():
                return JobState.FAILED

    @property
    def words(self) -> tuple[str, str]:
        """Message and hint to store, the same as the watchers are told."""
        match self.end:
            case Failed(message=message, hint=hint):
                return message, hint
            case _:
                return "", ""

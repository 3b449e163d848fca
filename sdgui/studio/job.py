"""One dream while it is alive: the state of its pictures and what its watchers are told."""

from enum import Enum, auto

from sdgui.errors import UserError
from sdgui.events import (
    End,
    Failed,
    Finished,
    JobCancelled,
    ModelLoading,
    PictureDone,
    Progress,
    Queued,
    Started,
    StudioEvent,
)
from sdgui.records import JobRecord, JobState

Passing = Queued | ModelLoading | Progress
"""What only the latest of counts."""


class Fate(Enum):
    """What became of one picture so far."""

    PENDING = auto()
    DONE = auto()
    CANCELLED = auto()
    FAILED = auto()


class Job:
    """One dream while it is alive; its owner holds a lock around every call."""

    def __init__(self, record: JobRecord) -> None:
        self.record = record
        self.index = {task.id: i for i, task in enumerate(record.tasks)}
        self.fates = [Fate.DONE if task.stored else Fate.PENDING for task in record.tasks]
        self.previews: list[bytes | None] = [None] * len(record.tasks)
        self.revisions = [0] * len(record.tasks)
        self.attempts: dict[str, int] = {}
        self.lasting: list[StudioEvent] = []
        self.passing: Passing | None = None
        self.changes = 0
        self.end: End | None = None
        self.cancelled = False
        self.fault: UserError | None = None
        for task in record.tasks:
            if task.stored:
                self.lasting.append(PictureDone(index=self.index[task.id], picture_id=task.id))

    @property
    def started(self) -> bool:
        """Whether work on it has begun."""
        return any(isinstance(event, Started) for event in self.lasting)

    @property
    def pending(self) -> int:
        """Pictures that nothing has become of yet."""
        return sum(fate is Fate.PENDING for fate in self.fates)

    def tell(self, event: Passing) -> None:
        """Makes `event` the latest news."""
        self.passing = event
        self.changes += 1

    def start(self) -> None:
        """Work has begun."""
        if not self.started:
            self.lasting.append(Started())

    def preview(self, task: str, jpeg: bytes) -> None:
        """A newer preview of one picture."""
        i = self.index[task]
        self.previews[i] = jpeg
        self.revisions[i] += 1

    def progress(self, step: int, steps: int, seconds_left: float | None) -> None:
        """Where the running batch is; tells the revisions of the previews too."""
        self.tell(
            Progress(
                done=sum(fate is Fate.DONE for fate in self.fates),
                total=len(self.fates),
                step=step,
                steps=steps,
                seconds_left=seconds_left,
                revisions=tuple(self.revisions),
            )
        )

    def settle(self, task: str, fate: Fate, fault: UserError | None = None) -> None:
        """What became of one picture; the first word counts. Ends the job with its last picture."""
        i = self.index[task]
        if self.fates[i] is not Fate.PENDING:
            return
        self.fates[i] = fate
        self.previews[i] = None
        if fate is Fate.DONE:
            self.lasting.append(PictureDone(index=i, picture_id=task))
        if self.fault is None:
            self.fault = fault
        self.finish()

    def finish(self) -> None:
        """Ends the job if nothing is left to be made."""
        if not self.pending and self.end is None:
            self._end()

    def _end(self) -> None:
        failed = sum(fate is Fate.FAILED for fate in self.fates)
        if failed and self.fault is not None:
            message = self.fault.message
            if failed < len(self.fates):
                message = f"{failed} of {len(self.fates)} pictures could not be made: {message}"
            self.end = Failed(message=message, hint=self.fault.hint)
        elif any(fate is Fate.CANCELLED for fate in self.fates):
            self.end = JobCancelled()
        else:
            self.end = Finished()
        self.passing = None
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

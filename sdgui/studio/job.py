"""One dream while it is alive: the state of its pictures and what its watchers are told."""

from collections import Counter
from enum import Enum, auto

from sdgui.errors import UserError
from sdgui.events import (
    End,
    Failed,
    Finished,
    JobCancelled,
    LiveStrip,
    ModelLoading,
    PictureDone,
    PictureFailed,
    Preview,
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


_SETTLED = frozenset({Fate.DONE, Fate.CANCELLED, Fate.FAILED})


def unmade(record: JobRecord) -> tuple[Task, ...]:
    """The pictures of a job that can still be made: neither stored nor deleted by their owner."""
    return tuple(
        Task(id=task.id, spec=task.spec, job=record.id)
        for task in record.tasks
        if not _settled(task)
    )


def _settled(task: TaskRecord) -> bool:
    return task.stored or task.deleted


class Job:
    """One dream while it is alive; its owner holds a lock around every call."""

    def __init__(self, record: JobRecord) -> None:
        self.record = record
        self.index = {task.id: i for i, task in enumerate(record.tasks)}
        self.fates = [Fate.DONE if _settled(task) else Fate.PENDING for task in record.tasks]
        self.faults: dict[str, UserError] = {}
        self.strips: dict[str, LiveStrip] = {}
        self.jpegs: dict[str, bytes] = {}
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
            live=tuple(self.strips.values()),
        )

    def tell(self, event: Queued | ModelLoading) -> None:
        """Makes `event` the latest news, if it is any."""
        if event != self._told:
            self._told, self._position = event, None
            self.changes += 1

    def progress(self, step: int, steps: int, seconds_left: float | None) -> None:
        """Where the running batch is; tells the previews too."""
        self._told, self._position = None, (step, steps, seconds_left)
        self.changes += 1

    def start(self) -> None:
        """Work has begun."""
        if not self.started:
            self.started = True
            self.lasting.append(Started())

    def preview(self, strip: str, preview: Preview) -> None:
        """A newer preview of those pictures that form together; `strip` is the name of their batch."""
        before = self.strips.get(strip)
        self.strips[strip] = LiveStrip(
            id=strip,
            revision=1 if before is None else before.revision + 1,
            columns=preview.columns,
            width=preview.width,
            height=preview.height,
            pictures=tuple(self.index[task] for task in preview.tasks),
        )
        self.jpegs[strip] = preview.jpeg
        self.changes += 1

    def leave_strip(self, strip: str) -> None:
        """A batch is over: its preview goes, unless all that it shows is made and only being stored."""
        found = self.strips.get(strip)
        if found is not None and any(self.fates[i] is Fate.PENDING for i in found.pictures):
            self._drop_strip(strip)

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
        if self.fates[i] in _SETTLED:
            return
        self._turn(i, fate)
        for strip in [s for s, live in self.strips.items() if i in live.pictures]:
            if all(self.fates[one] in _SETTLED for one in self.strips[strip].pictures):
                self._drop_strip(strip)
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

    def _drop_strip(self, strip: str) -> None:
        del self.strips[strip], self.jpegs[strip]
        self.changes += 1

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

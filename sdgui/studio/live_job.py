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
    PictureHeldBack,
    PictureUnsaved,
    Preview,
    Progress,
    Queued,
    Started,
    StudioEvent,
    Task,
)
from sdgui.records import JobRecord, JobState, TaskRecord, told_of_faults

Named = tuple[str, str]
"""A job by its visitor and its id."""
Passing = Queued | ModelLoading | Progress
"""What only the latest of counts."""


class PictureState(Enum):
    """What became of one picture so far."""

    PENDING = auto()
    DECODED = auto()
    """Made, and on its way to the disk: a stop lets it be stored."""
    UNSAVED = auto()
    """Made, but the disk could not take it in; it is tried again."""
    DONE = auto()
    CANCELLED = auto()
    FAILED = auto()
    HELD_BACK = auto()
    """Made, and not to be seen by anybody."""


_OPEN = (PictureState.PENDING, PictureState.DECODED, PictureState.UNSAVED)
_SETTLED = frozenset(PictureState) - frozenset(_OPEN)


def unmade(record: JobRecord) -> tuple[Task, ...]:
    """The pictures of a job that can still be made: neither stored, nor deleted by their owner, nor held back."""
    return tuple(
        Task(id=task.id, spec=task.spec, job=record.id) for task in record.tasks if task.unmade
    )


def _state_of(task: TaskRecord) -> PictureState:
    if task.unmade:
        return PictureState.PENDING
    return PictureState.HELD_BACK if task.held_back else PictureState.DONE


class LiveJob:
    """One dream while it is alive; it has an `outcome` with its last picture, and an `end` once that is told.

    It is added to `news`, as visitor and id, whenever there is something to tell. Its owner holds a lock around every
    call.
    """

    def __init__(self, record: JobRecord, news: set[Named] | None = None) -> None:
        self.record = record
        self._news: set[Named] = set() if news is None else news
        self.index = {task.id: i for i, task in enumerate(record.tasks)}
        self.states = [_state_of(task) for task in record.tasks]
        self.faults: dict[str, UserError] = {}
        self.held_back: dict[str, UserError] = {}
        self.strips: dict[str, LiveStrip] = {}
        self.jpegs: dict[str, bytes] = {}
        self.attempts: dict[str, int] = {}
        self.lasting: list[StudioEvent] = []
        self.changes = 0
        self.outcome: End | None = None
        self.end: End | None = None
        self.started = False
        self.cancelled = False
        self._counts = Counter(self.states)
        self._told: Queued | ModelLoading | None = None
        self._position: tuple[int, int, float | None] | None = None
        for i, task in enumerate(record.tasks):
            if task.stored and not task.deleted:
                self.lasting.append(PictureDone(index=i, picture_id=task.id, match=task.match))
            elif task.held_back and not task.deleted:
                self.lasting.append(PictureHeldBack(index=i, message=task.fault))

    @property
    def pending(self) -> int:
        """How many pictures are still to be made."""
        return self._counts[PictureState.PENDING]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The pictures that are still to be made."""
        return tuple(task for task in self.index if self.wants(task))

    def wants(self, task: str) -> bool:
        """Whether this picture is still to be made; needs no lock."""
        return self.states[self.index[task]] is PictureState.PENDING

    @property
    def passing(self) -> Passing | None:
        """The latest news of those that pass; made only when somebody reads it."""
        if self._position is None:
            return self._told
        step, steps, seconds_left = self._position
        return Progress(
            done=self._counts[PictureState.DONE],
            total=len(self.states),
            step=step,
            steps=steps,
            seconds_left=seconds_left,
            live=tuple(self.strips.values()),
        )

    def tell(self, event: Queued | ModelLoading) -> None:
        """Makes `event` the latest news, if it is any."""
        if event != self._told:
            self._told, self._position = event, None
            self._changed()

    def progress(self, step: int, steps: int, seconds_left: float | None) -> None:
        """Where the running batch is; tells the previews too."""
        self._told, self._position = None, (step, steps, seconds_left)
        self._changed()

    def start(self) -> None:
        """Work has begun."""
        if not self.started:
            self.started = True
            self._last(Started())

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
        self._changed()

    def leave_strip(self, strip: str) -> None:
        """A batch is over: its preview goes, unless all that it shows is made and only being stored."""
        found = self.strips.get(strip)
        if found is not None and any(
            self.states[i] is PictureState.PENDING for i in found.pictures
        ):
            self._drop_strip(strip)

    def decoded(self, task: str) -> None:
        """One picture is made, and is being stored."""
        self._turn(self.index[task], PictureState.DECODED)

    def unsaved(self, task: str, fault: UserError) -> None:
        """One picture could not be stored; it is tried again."""
        i = self.index[task]
        self._turn(i, PictureState.UNSAVED)
        told = PictureUnsaved(index=i, message=fault.message, hint=fault.hint)
        if told not in self.lasting:
            self._last(told)

    def settle(
        self,
        task: str,
        state: PictureState,
        fault: UserError | None = None,
        match: float | None = None,
    ) -> None:
        """What became of one picture, with its fault where it failed or was held back; the first word counts.

        Ends the job with its last picture.
        """
        i = self.index[task]
        if self.states[i] in _SETTLED:
            return
        self._turn(i, state)
        for strip in [s for s, live in self.strips.items() if i in live.pictures]:
            if all(self.states[one] in _SETTLED for one in self.strips[strip].pictures):
                self._drop_strip(strip)
        if state is PictureState.DONE:
            self._last(PictureDone(index=i, picture_id=task, match=match))
        elif state is PictureState.FAILED:
            assert fault is not None
            self.faults[task] = fault
            self._last(PictureFailed(index=i, message=fault.message, hint=fault.hint))
        elif state is PictureState.HELD_BACK:
            assert fault is not None
            self.held_back[task] = fault
            self._last(PictureHeldBack(index=i, message=fault.message, hint=fault.hint))
        self.finish()

    def finish(self) -> None:
        """Finds the outcome if nothing is left to be made or stored."""
        if self.outcome is None and not any(self._counts[state] for state in _OPEN):
            self.outcome = self._outcome()

    def tell_end(self) -> None:
        """Tells the outcome: the job is over."""
        assert self.outcome is not None
        self.end = self.outcome
        self._told = self._position = None
        self._last(self.end)

    def _drop_strip(self, strip: str) -> None:
        del self.strips[strip], self.jpegs[strip]
        self._changed()

    def _turn(self, index: int, state: PictureState) -> None:
        self._counts[self.states[index]] -= 1
        self._counts[state] += 1
        self.states[index] = state

    def _last(self, event: StudioEvent) -> None:
        self.lasting.append(event)
        self._news.add((self.record.visitor, self.record.id))

    def _changed(self) -> None:
        self.changes += 1
        self._news.add((self.record.visitor, self.record.id))

    def _outcome(self) -> End:
        if self.faults:
            first = next(iter(self.faults.values()))
            message = told_of_faults(len(self.faults), len(self.states), first.message)
            return Failed(message=message, hint=first.hint)
        return JobCancelled() if self._counts[PictureState.CANCELLED] else Finished()

    @property
    def state(self) -> JobState:
        """The state to store, once there is an outcome."""
        match self.outcome:
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
        match self.outcome:
            case Failed(message=message, hint=hint):
                return message, hint
            case _:
                return "", ""

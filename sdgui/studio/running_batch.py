"""A batch on its way through a worker: who wants its pictures, and how far it is."""

from collections.abc import Mapping

from sdgui.errors import UserError
from sdgui.events import Batch
from sdgui.studio.live_job import LiveJob
from sdgui.studio.pace import Timing


class RunningBatch:
    """What is known of a batch while a worker makes it; times in seconds of the studio's clock.

    `name` tells it from all others; `owners` are the jobs that its pictures were taken for, by task. A job that goes on
    after its end is another: what this batch makes is not for it.
    """

    def __init__(
        self,
        batch: Batch,
        owners: Mapping[str, LiveJob],
        begun: float,
        *,
        name: str = "",
        expected: Timing | None = None,
    ) -> None:
        self.batch = batch
        self.name = name
        self.owners = owners
        self.begun = begun
        self.loading = False
        self.step = 0
        self.steps = batch.tasks[0].spec.steps
        self.decoded = 0
        self.fault: UserError | None = None
        self.behind: dict[LiveJob, float | None] = {}
        """Seconds from its end to the last picture of each of its jobs, None where unknown; as last reckoned."""
        self._expected = expected
        self._first: tuple[int, float] | None = None
        self._last = begun

    def owner(self, task: str) -> LiveJob | None:
        """The job that still wants this picture made; the one call that needs no lock."""
        job = self.owners.get(task)
        return job if job is not None and job.wants(task) else None

    @property
    def jobs(self) -> tuple[LiveJob, ...]:
        """The jobs that still want a picture of it made."""
        wanting = (self.owner(task.id) for task in self.batch.tasks)
        return tuple(dict.fromkeys(job for job in wanting if job is not None))

    def loaded(self, now: float) -> None:
        """Its model is there: only now it begins."""
        self.loading = False
        self.begun = now

    def stepped(self, step: int, steps: int, now: float) -> None:
        """The worker has finished `step` of `steps`."""
        if self._first is None or step < self.step:
            self._first = (step, now)
        self.step, self.steps, self._last = step, steps, now

    def seconds_left(self, now: float) -> float | None:
        """Seconds until its last picture at the pace so far, before the second step as expected; None where unknown."""
        if self.loading:
            return None
        if not self.jobs:  # the worker leaves it
            return 0.0
        spec, pictures = self.batch.tasks[0].spec, len(self.batch.tasks)
        each = self._each()
        if each is not None:
            decoding = 0.0 if self._expected is None else pictures * self._expected.picture
            return max(0.0, each * (self.steps - self.step) + decoding - (now - self._last))
        if self._expected is not None:
            return max(0.0, self._expected.of(spec, pictures) - (now - self.begun))
        return None

    def took(self, now: float) -> Timing | None:
        """What it took, at its end; None where it was not made to the end."""
        if self.fault is not None or not self.decoded or self.step < self.steps:
            return None
        each = self._each()
        if each is None:  # there was one step only
            each = self._last - self.begun
        rest = max(0.0, now - self.begun - each * self.steps)
        return Timing(
            step=each * self.steps / self.batch.tasks[0].spec.steps, picture=rest / self.decoded
        )

    def attempt(self, task: str, job: LiveJob) -> int:
        """Counts that the worker broke while it made this task; how often that has happened."""
        job.attempts[task] = job.attempts.get(task, 0) + 1
        return job.attempts[task]

    def _each(self) -> float | None:
        """Seconds of one evaluation of the model so far; None before the second."""
        if self._first is None or self.step <= self._first[0]:
            return None
        return (self._last - self._first[1]) / (self.step - self._first[0])

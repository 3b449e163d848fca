"""A batch on its way through a worker."""

from sdgui.errors import UserError
from sdgui.events import Batch
from sdgui.studio.job import Job


class RunningBatch:
    """What is known of a batch while a worker makes it; times in seconds of the studio's clock."""

    def __init__(self, batch: Batch, jobs: tuple[Job, ...], begun: float) -> None:
        self.batch = batch
        self.jobs = jobs
        self.begun = begun
        self.step = 0
        self.steps = batch.tasks[0].spec.steps
        self.settled: set[str] = set()
        self.decoded = 0
        self.fault: UserError | None = None
        self._first: tuple[int, float] | None = None
        self._last = begun

    def stepped(self, step: int, steps: int, now: float) -> None:
        """The worker has finished `step` of `steps`."""
        if self._first is None or step < self.step:
            self._first = (step, now)
        self.step, self.steps, self._last = step, steps, now

    def seconds_left(self, now: float) -> float | None:
        """Seconds until the last step at the pace so far; None before the second step."""
        if self._first is None or self.step <= self._first[0]:
            return None
        each = (self._last - self._first[1]) / (self.step - self._first[0])
        return max(0.0, each * (self.steps - self.step) - (now - self._last))

    def members(self, job: Job) -> int:
        """How many unsettled pictures of the job are in this batch."""
        return sum(
            task.id in job.index and task.id not in self.settled for task in self.batch.tasks
        )

    def attempt(self, task: str, job: Job) -> int:
        """Counts that the worker broke while it made this task; how often that has happened."""
        job.attempts[task] = job.attempts.get(task, 0) + 1
        return job.attempts[task]

"""What jobs are told of the time to come: their place, their wait, the seconds left."""

from collections import Counter
from collections.abc import Iterable

from sdgui.events import Queued
from sdgui.studio.job import Job
from sdgui.studio.ledger import Ledger
from sdgui.studio.pace import Pace, kind_of
from sdgui.studio.queue import PictureQueue
from sdgui.studio.running import RunningBatch


def tell_progress(running: RunningBatch, pace: Pace, now: float) -> None:
    """Tells the jobs of a running batch its step, and the seconds until their last picture."""
    left = running.seconds_left(now)
    for job in running.jobs:
        if job.end is None:
            job.progress(running.step, running.steps, _until_last(job, running, left, pace))


def _until_last(job: Job, running: RunningBatch, left: float | None, pace: Pace) -> float | None:
    if left is None:
        return None
    spec = running.batch.tasks[0].spec
    behind = Counter(job.work)
    behind[kind_of(spec)] -= running.members(job) * spec.steps
    more = pace.expect_work(+behind)
    return None if more is None else left + more


def tell_places(
    queue: PictureQueue,
    ledger: Ledger,
    pace: Pace,
    *,
    running: Iterable[float | None],
    workers: int,
) -> None:
    """Tells every job that waits how many batches are before it and how long that may take.

    `running` holds the seconds left of each batch under way, where known. Batches are thought through only as far as
    a job waits behind them.
    """
    waiting = {name for name, job in ledger.active.items() if not job.started}
    under_way = list(running)
    free = len(under_way) < workers
    wait = 0.0 if free else min((s for s in under_way if s is not None), default=None)
    place = 0 if free else 1
    for batch in queue.batches() if waiting else ():
        for job in ledger.jobs_of(batch):
            if job.record.id in waiting:
                waiting.remove(job.record.id)
                job.tell(Queued(place=place, wait=wait))
        if not waiting:
            return
        expected = pace.expect(batch.tasks[0].spec, len(batch.tasks))
        wait = None if wait is None or expected is None else wait + expected
        place += 1

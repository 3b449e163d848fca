"""What jobs are told of the time to come: their place, their wait, the seconds left."""

import heapq
import math
from collections import Counter
from collections.abc import Iterator, Sequence

from sdgui.events import Batch, Queued
from sdgui.studio.live_job import LiveJob
from sdgui.studio.live_jobs import LiveJobs
from sdgui.studio.pace import Pace
from sdgui.studio.queue import PictureQueue
from sdgui.studio.running_batch import RunningBatch


def tell_progress(running: RunningBatch, now: float) -> None:
    """Tells the jobs of a running batch its step, and the seconds until their last picture, as far as known."""
    left = running.seconds_left(now)
    for job in running.jobs:
        behind = running.behind.get(job, 0.0)
        known = None if left is None or behind is None else left + behind
        job.progress(running.step, running.steps, known)


def look_ahead(
    queue: PictureQueue,
    jobs: LiveJobs,
    pace: Pace,
    *,
    running: Sequence[RunningBatch],
    workers: int,
    now: float,
    paused: bool = False,
) -> None:
    """Goes through the batches to come, each begun by the worker that is free first.

    A job of which nothing is being made is told how many batches and jobs are before its next batch, which others begin
    with it, and how long that may take. For
    the jobs of running batches it is reckoned what is `behind` these, the turns of others included. Batches are
    thought through only as far as one of them matters. While nothing begins (`paused`) nobody knows how long it takes.
    """
    lefts = [_or_for_ever(batch.seconds_left(now)) for batch in running]
    ends: dict[LiveJob, float] = {}
    for under_way, left in zip(running, lefts, strict=True):
        ends |= {job: max(left, ends.get(job, 0.0)) for job in under_way.jobs}
    idle = 0 if paused else max(0, workers - len(running))
    queued = _queued(jobs, running)
    unseen = dict(queued)
    free = [math.inf] * workers if paused else [*lefts, *[0.0] * idle]
    coming = _schedule(queue, pace, free) if queued else ()
    ahead = int(bool(running) and not idle)
    dreams = len(ends)
    for place, (batch, begin, end) in enumerate(coming):
        beginning: list[LiveJob] = []
        for job, count in Counter(jobs.owners(batch).values()).items():
            if job in ends:
                ends[job] = max(ends[job], end)
                unseen[job] -= count
            elif unseen.pop(job, 0):
                beginning.append(job)
        for job in beginning:
            # what has started and is next is about to go on: not worth a word
            if not (job.started and place < idle):
                beside = len(beginning) - 1
                wait = _or_unknown(begin)
                job.tell(Queued(place=place + ahead, wait=wait, dreams=dreams, beside=beside))
        dreams += len(beginning)
        if not any(unseen.values()):
            break
    for under_way, left in zip(running, lefts, strict=True):
        under_way.behind = {
            job: 0.0 if job not in queued and ends[job] == left else _or_unknown(ends[job] - left)
            for job in under_way.jobs
        }


def _schedule(
    queue: PictureQueue, pace: Pace, free: list[float]
) -> Iterator[tuple[Batch, float, float]]:
    """The batches to come, each with the seconds until it begins and ends; `free`: until each worker is free."""
    heapq.heapify(free)
    for batch in queue.batches():
        begin = heapq.heappop(free)
        end = begin + _or_for_ever(pace.expect(batch.tasks[0].spec, len(batch.tasks)))
        heapq.heappush(free, end)
        yield batch, begin, end


def _queued(jobs: LiveJobs, running: Sequence[RunningBatch]) -> dict[LiveJob, int]:
    """How many pictures of each job wait in the queue, for those of which any does."""
    begun = Counter(batch.owner(task.id) for batch in running for task in batch.batch.tasks)
    waiting = {job: job.pending - begun[job] for job in jobs.active.values()}
    return {job: count for job, count in waiting.items() if count}


def _or_for_ever(seconds: float | None) -> float:
    return math.inf if seconds is None else seconds


def _or_unknown(seconds: float) -> float | None:
    return seconds if math.isfinite(seconds) else None

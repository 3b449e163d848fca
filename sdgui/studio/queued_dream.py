"""Everybody's queue as its owner sees it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sdgui.events import LiveStrip, Progress, Queued
from sdgui.studio.live_job import LiveJob


@dataclass(frozen=True, kw_only=True)
class QueuedDream:
    """A dream that is alive: whose, where it stands in the queue (0 while it is made), the seconds until it begins or,
    while it is made, ends, where that is known, and the step that its pictures are at."""

    job: str
    visitor: str
    prompt: str
    pictures: int
    place: int = 0
    """How many dreams are under way or begin before it."""
    beside: int = 0
    """How many others begin in the same batch."""
    wait: float | None = None
    step: int = 0
    steps: int = 0
    live: LiveStrip | None = None
    """What forms of it, of several pictures the first."""

    @property
    def is_under_way(self) -> bool:
        """Whether its pictures form now."""
        return self.steps > 0


def queued_dreams(jobs: Iterable[LiveJob]) -> tuple[QueuedDream, ...]:
    """The dreams of which something is still to be made; the owner of the jobs holds a lock."""
    found = [_queued(job) for job in jobs if job.pending]
    return tuple(sorted(found, key=lambda one: (not one.is_under_way, one.place)))


def _queued(job: LiveJob) -> QueuedDream:
    place, beside, step, steps = 0, 0, 0, 0
    wait: float | None = None
    match job.passing:
        case Queued(dreams=place, wait=wait, beside=beside):
            pass
        case Progress(step=step, steps=steps, seconds_left=wait):
            pass
    return QueuedDream(
        job=job.record.id,
        visitor=job.record.visitor,
        prompt=job.record.tasks[0].spec.prompt if job.record.tasks else "",
        pictures=job.pending,
        place=place,
        beside=beside,
        wait=wait,
        step=step,
        steps=steps,
        live=next(iter(job.strips.values()), None),
    )

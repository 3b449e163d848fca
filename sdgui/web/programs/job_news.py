"""A job as programs follow it: how far it is, and at last the files."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from fastapi import Request

from sdgui.errors import UserError
from sdgui.events import ModelLoading, Progress, Queued
from sdgui.people import Who
from sdgui.ports import Store
from sdgui.records import JobRecord, JobState, PictureRecord
from sdgui.web.programs.latest import latest_of
from sdgui.web.shared.gallery.pictures import file_name

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

TELL = 0.25
"""Seconds between two tellings of progress: programs look at it more seldom than people."""

How = dict[str, Any]
"""How far a job is: `job`, `state`, `step` of `steps`, `done` of `total`, `seconds_left` or None; at the end in
`held_back` the indices of pictures that the model's own safety checker held back, which have no file."""


async def progress_of(studio: "Studio", job: JobRecord) -> AsyncIterator[How]:
    """How far the job is, a few times a second, until it has ended; only watches, so that whoever leaves takes
    nothing with them."""
    begun = {
        "job": job.id,
        "state": "waiting",
        "step": 0,
        "steps": job.tasks[0].spec.steps,
        "done": sum(task.stored for task in job.tasks),
        "total": len(job.tasks),
        "seconds_left": None,
        "held_back": [],
    }
    yield begun
    async for how in latest_of(_every_progress(studio, job, begun), TELL):
        yield how


async def _every_progress(studio: "Studio", job: JobRecord, how: How) -> AsyncIterator[How]:
    async for _, event in studio.watch(Who(visitor=studio.whose(job)), job.id):
        match event:
            case Queued():
                how = {**how, "state": "waiting", "seconds_left": event.wait}
            case ModelLoading():
                how = {**how, "state": "loading the model"}
            case Progress():
                how = {
                    **how,
                    "state": "dreaming",
                    "step": event.step,
                    "steps": event.steps,
                    "done": event.done,
                    "seconds_left": event.seconds_left,
                }
            case _:
                continue
        yield how


async def outcome_of(
    studio: "Studio", store: Store, job: JobRecord
) -> tuple[list[PictureRecord | None], str, list[int]]:
    """What became of each picture of an ended job, its state in words, and the indices of those that the model's own
    safety checker held back; UserError when none is to be had."""
    visitor = studio.whose(job)
    stored = await asyncio.to_thread(store.job, job.id, visitor)
    job = studio.as_it_stands(job if stored is None else stored)
    held_back = [i for i, task in enumerate(job.tasks) if task.held_back]
    if not any(task.stored for task in job.tasks):
        match job.state:
            case JobState.FAILED:
                raise UserError(job.message, job.hint)
            case _ if held_back:
                raise UserError(job.tasks[held_back[0]].fault)
            case JobState.CANCELLED:
                raise UserError("The dream was stopped.")
            case _:
                raise UserError("The studio closed before the dream was done.", "Ask again later.")

    def look_up() -> list[PictureRecord | None]:
        found = store.find_pictures([task.id for task in job.tasks if task.stored], visitor)
        return [found.get(task.id) for task in job.tasks]

    return await asyncio.to_thread(look_up), _STATES[job.state], held_back


_STATES = {
    JobState.QUEUED: "interrupted",
    JobState.FINISHED: "done",
    JobState.CANCELLED: "stopped",
    JobState.FAILED: "failed in part",
}
"""How a dream ended of which there are pictures; one that the end of the studio interrupted comes back with it."""


def file_of(record: PictureRecord, origin: str) -> dict[str, Any]:
    """A file as Gradio's clients know it: as a "stream" they fetch it from its own address, with the visitor's cookie,
    and not from Gradio's cache, which knows no owner."""
    name = file_name(record)
    return {
        "path": name,
        "url": f"{origin}/picture/{record.id}/{name}",
        "orig_name": name,
        "mime_type": "image/png",
        "is_stream": True,
        "meta": {"_type": "gradio.FileData"},
    }


def origin_of(request: Request) -> str:
    """Where the client found us, also behind the public link's tunnel."""
    root = request.scope.get("root_path", "").rstrip("/")
    return f"{request.url.scheme}://{request.headers.get('host', '')}{root}"

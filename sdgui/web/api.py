"""The typed endpoint `dream` for programs (gradio_client)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from sdgui.errors import UserError
from sdgui.events import ModelLoading, Progress, Queued
from sdgui.ports import Store
from sdgui.records import JobRecord, JobState
from sdgui.spec import DreamRequest, parse_seed
from sdgui.web.asking import OUR_FAULT, submit
from sdgui.web.pictures import file_name
from sdgui.web.visitors import visitor_of

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

log = logging.getLogger(__name__)

News = tuple[list[dict[str, Any]], list[int], dict[str, Any]]
"""Finished files (empty until the end), their seeds, and how far the dream is."""


def add_dream_endpoint(studio: "Studio", store: Store) -> None:
    """Adds `/dream` to the Blocks that is being built."""

    async def dream(
        request: gr.Request,
        prompt: str,
        negative_prompt: str = "",
        seed: int | None = None,
        count: int = 1,
        steps: int | None = None,
        guidance: float | None = None,
        width: int | None = None,
        height: int | None = None,
        sampler: str | None = None,
        model: str | None = None,
    ) -> AsyncIterator[News]:
        """Dreams pictures: yields progress on the way, and at last the finished files and their seeds."""
        asked = DreamRequest(
            prompt=prompt,
            negative_prompt=negative_prompt,
            model=model,
            width=width,
            height=height,
            steps=steps,
            guidance=guidance,
            sampler=sampler,
            count=count,
        )
        try:
            asked = replace(asked, seed=parse_seed(seed))
            visitor = visitor_of(request)
            job = await asyncio.to_thread(submit, studio, asked, visitor)
            async for news in _follow(studio, store, job, _origin(request)):
                yield news
        except UserError as fault:
            raise gr.Error(str(fault), print_exception=False) from None
        except Exception:
            log.exception("the endpoint failed")
            raise gr.Error(str(OUR_FAULT), print_exception=False) from None

    # Gradio reads the types of what is yielded where a plain function says what it returns.
    dream.__annotations__["return"] = News
    gr.api(dream, api_name="dream", concurrency_limit=None)


async def _follow(
    studio: "Studio", store: Store, job: JobRecord, origin: str
) -> AsyncIterator[News]:
    """Only watches: a client that leaves takes nothing with it."""
    seeds = [task.spec.seed for task in job.tasks]
    progress: dict[str, Any] = {
        "job": job.id,
        "state": "waiting",
        "step": 0,
        "steps": job.tasks[0].spec.steps,
        "done": 0,
        "total": len(seeds),
        "seconds_left": None,
    }
    yield [], seeds, progress
    async for _, event in studio.watch(job.visitor, job.id):
        match event:
            case Queued():
                progress = {**progress, "state": "waiting", "seconds_left": event.wait}
            case ModelLoading():
                progress = {**progress, "state": "loading the model"}
            case Progress():
                progress = {
                    **progress,
                    "state": "dreaming",
                    "step": event.step,
                    "steps": event.steps,
                    "done": event.done,
                    "seconds_left": event.seconds_left,
                }
            case _:
                continue
        yield [], seeds, progress

    stored = await asyncio.to_thread(store.job, job.id, job.visitor)
    job = studio.as_it_stands(job if stored is None else stored)
    made = [task.id for task in job.tasks if task.stored]
    if not made:
        match job.state:
            case JobState.FAILED:
                raise UserError(job.message, job.hint)
            case JobState.CANCELLED:
                raise UserError("The dream was stopped.")
            case _:
                raise UserError("The studio closed before the dream was done.", "Ask again later.")
    files = []
    kept_seeds = []
    for picture in made:
        record = await asyncio.to_thread(store.picture, picture, job.visitor)
        if record is not None:
            files.append(_file(f"{origin}/picture/{picture}", file_name(record)))
            kept_seeds.append(record.spec.seed)
    yield (
        files,
        kept_seeds,
        {**progress, "state": _STATES[job.state], "done": len(files), "seconds_left": 0.0},
    )


_STATES = {
    JobState.QUEUED: "interrupted",
    JobState.FINISHED: "done",
    JobState.CANCELLED: "stopped",
    JobState.FAILED: "failed in part",
}
"""How a dream ended of which there are pictures; one that the end of the studio interrupted comes back with it."""


def _file(address: str, name: str) -> dict[str, Any]:
    """A file as Gradio's clients know it: as a "stream" they fetch it from its own address, with the visitor's cookie,
    and not from Gradio's cache, which knows no owner."""
    return {
        "path": name,
        "url": f"{address}/{name}",
        "orig_name": name,
        "mime_type": "image/png",
        "is_stream": True,
        "meta": {"_type": "gradio.FileData"},
    }


def _origin(request: gr.Request) -> str:
    """Where the client found us, also behind the public link's tunnel."""
    headers = request.request.headers
    scheme = headers.get("x-forwarded-proto", request.request.url.scheme).split(",")[0].strip()
    host = headers.get("x-forwarded-host", headers.get("host", "")).split(",")[0].strip()
    return f"{scheme}://{host}"

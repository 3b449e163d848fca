"""The visitor's dreams for the page: pages of rows, a stream of news, stop, the model's state, tokens."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse

from sdgui.batches import MAX_CHUNKS
from sdgui.emphasis import MAX_WEIGHT, read_prompt, without_loras
from sdgui.errors import UserError
from sdgui.people import Who
from sdgui.ports import Store
from sdgui.web.doors.streams import TELLS_ITSELF
from sdgui.web.doors.visitors import visitor_of, who_of
from sdgui.web.shared.dreams.descriptions import describe_event, describe_job
from sdgui.web.shared.dreams.stream import event_stream
from sdgui.web.shared.gallery.pictures import Id
from sdgui.written_values import MAX_PROMPT

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

Before = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Limit = Annotated[int, Query(ge=1, le=48)]


def dream_routes(studio: "Studio", store: Store) -> APIRouter:
    """Routes that tell a visitor of their dreams, and stop them."""
    routes = APIRouter()

    @routes.get("/dreams")
    def dreams(
        request: Request,
        before: Before = None,
        limit: Limit = 12,
    ) -> dict[str, Any]:
        """A page of dreams, newest first; `next` tells where older ones begin."""
        return page_of_jobs(studio, store, who_of(request), before=before, limit=limit)

    @routes.get("/dreams/{job}")
    def dream(request: Request, job: Id) -> dict[str, Any]:
        """One dream."""
        who = who_of(request)
        active = job in studio.active_jobs(who)
        found = store.job(job, who.visitor)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such dream here.")
        return describe_job(studio.as_it_stands(found), active)

    @routes.get("/revision")
    def revision(request: Request) -> dict[str, str]:
        """Another one after each change of what the visitor has: a page that nobody touches asks whether it is old."""
        return {"revision": store.revision(visitor_of(request))}

    @routes.get("/watch")
    async def watch(request: Request) -> StreamingResponse:
        """News of the visitor's active dreams as server-sent events, until none is active."""
        setattr(request.state, TELLS_ITSELF, True)
        return event_stream(_news(studio, who_of(request)))

    @routes.post("/jobs/{job}/cancel")
    def cancel(request: Request, job: Id) -> dict[str, bool]:
        """Stops one dream; pictures that are finished stay."""
        return {"cancelled": studio.cancel(job, who_of(request))}

    @routes.post("/jobs/{job}/continue")
    def go_on(request: Request, job: Id) -> dict[str, bool]:
        """Queues what a stopped, failed or interrupted dream has not made; pictures that are finished stay."""
        return {"continued": studio.resume(job, who_of(request))}

    @routes.post("/cancel")
    def cancel_all(request: Request) -> dict[str, int]:
        """Stops all dreams of the visitor."""
        return {"cancelled": studio.cancel_all(who_of(request))}

    @routes.get("/status")
    def status() -> dict[str, Any]:
        """Whether the model is there, and where it runs."""
        return asdict(studio.status())

    @routes.get("/tokens")
    def tokens(prompt: str, model: str | None = None, emphasis: bool = False) -> dict[str, Any]:
        """How many tokens a prompt has for a model and how many it reads at once; with `emphasis` what weighs how much.

        `emphasis` says whether the model can weigh at all. The start and the end that every prompt has are not counted.
        `fault`: why a LoRA of the prompt cannot be used, so that it would not be dreamt.
        """
        names = studio.models.names()
        name = model if model in names else names[0]
        info = studio.models.look(name)
        text = prompt[:MAX_PROMPT]
        fault = _fault_of_loras(studio, name, text) if emphasis else {}
        if not (emphasis and info.emphasis):
            plain = without_loras(text) if emphasis else text
            ends = studio.models.count_tokens(name, "")
            return {
                "tokens": studio.models.count_tokens(name, plain) - ends,
                "chunks": 1,
                "room": info.token_limit - ends,
                "emphasis": info.emphasis,
                **fault,
            }
        read = read_prompt(text)
        return {
            **asdict(studio.models.measure_prompt(name, text)),
            "emphasis": True,
            "most_chunks": MAX_CHUNKS,
            "weights": [[one.text, one.weight] for one in read.emphasised],
            "most": MAX_WEIGHT if read.is_limited else None,
            "loras": [one.name for one in read.loras],
            **fault,
        }

    return routes


def _fault_of_loras(studio: "Studio", model: str, prompt: str) -> dict[str, str]:
    try:
        studio.models.check_loras(model, prompt)
    except UserError as fault:
        return {"fault": fault.message}
    return {}


PAGE_PICTURES = 400
"""Pictures from which on no further dream is put on a page."""


def page_of_jobs(
    studio: "Studio",
    store: Store,
    who: Who,
    *,
    before: str | None,
    limit: int,
    sheets: bool = False,
) -> dict[str, Any]:
    """A page of the visitor's dreams, or of their sheets alone, newest first; what is alive is on the first page.

    Where they are large, there are fewer on a page: older ones are asked for when somebody scrolls there.
    """
    found = store.jobs(
        who.visitor, before=before, limit=limit, sheets=sheets, pictures=PAGE_PICTURES
    )
    is_full = len(found) == limit or sum(len(job.tasks) for job in found) >= PAGE_PICTURES
    active = studio.active_jobs(who)
    rows = list(found)
    if before is None:
        known = {job.id for job in found}
        missing = (store.job(job, who.visitor) for job in active if job not in known)
        rows += [job for job in missing if job is not None and not (sheets and job.sheet is None)]
        rows.sort(key=lambda job: job.created, reverse=True)
    return {
        "dreams": [describe_job(studio.as_it_stands(job), job.id in active) for job in rows],
        "next": found[-1].id if is_full else None,
    }


async def _news(studio: "Studio", who: Who) -> AsyncIterator[str]:
    """Server-sent events: which dreams are active, then their news, then `idle` when all have ended, as those of
    somebody do who is turned out and told so."""
    yield _message({"type": "attached", "active": studio.active_jobs(who)})
    while True:
        async for event in studio.watch(who):
            yield _message(describe_event(*event))
        if not studio.active_jobs(who):
            break
        await asyncio.sleep(0.2)  # a dream began just as the watch ended, or the studio is closing
    yield _message({"type": "idle"})


def _message(fields: dict[str, Any]) -> str:
    return f"data: {json.dumps(fields, ensure_ascii=False, separators=(',', ':'))}\n\n"

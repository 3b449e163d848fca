"""The memory of the workers for the header's pill: what has how much of it, and what can be freed. Guests are told
what is warm, and nothing of the machine."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from sdgui.errors import UserError
from sdgui.people import Allowance
from sdgui.studio.status import WorkerStatus
from sdgui.web.doors.visitors import who_of

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_NOT_YOURS = "Only the owner of this place frees its memory."


class Freed(BaseModel):
    """Models that are to leave the workers' memory."""

    model_config = ConfigDict(extra="forbid")

    models: list[str] = Field(min_length=1, max_length=100)


def memory_routes(studio: "Studio") -> APIRouter:
    """Tells of the memory to everybody, and frees models for the owner."""
    routes = APIRouter()

    def title(model: str) -> str:
        """Its title; its name where it is warm, and here no more."""
        try:
            return studio.models.look(model).title
        except UserError:
            return model

    @routes.get("/memory")
    def memory(request: Request) -> dict[str, Any]:
        """The workers' memory as it was told last; those that are at nothing measure it for the next time."""
        may = studio.policy.of(who_of(request))
        if may.models:
            studio.measure()
        app = studio.resident()
        workers = [describe_worker(one, app=app, title=title) for one in studio.status().workers]
        return {
            "workers": workers if may.models else [_for_guests(one, may) for one in workers],
            "may_free": may.models,
        }

    @routes.post("/memory/free")
    def free(request: Request, asked: Freed) -> dict[str, Any]:
        """Frees models as soon as the batches under way are over."""
        if not studio.policy.of(who_of(request)).models:
            raise HTTPException(HTTPStatus.FORBIDDEN, _NOT_YOURS)
        studio.free(asked.models)
        return memory(request)

    return routes


def describe_worker(
    worker: WorkerStatus, *, app: int, title: Callable[[str], str]
) -> dict[str, Any]:
    """One worker for the page: rows of kind, text and bytes that add up to `total`, and its warm models.

    `total` is None where the system does not tell; `app` are the bytes of this process.
    """
    rows = _on_its_own(worker, title) if worker.device.startswith("cuda") else _in_main(worker, app)
    if worker.memory is not None and worker.free is not None:
        others = max(0, worker.memory - worker.free - sum(size for _, _, size in rows))
        rows += [("others", "Other programs", others), ("free", "Free", worker.free)]
    return {
        "title": worker.title or worker.device,
        "state": worker.state,
        "total": worker.memory,
        "rows": [{"kind": kind, "text": text, "bytes": size} for kind, text, size in rows],
        "models": [
            {
                "model": one.model,
                "title": title(one.model),
                "bytes": one.bytes,
                "used": one.used,
                "seconds": one.seconds,
                "dreaming": one.model == worker.dreaming,
            }
            for one in reversed(worker.held)
        ],
    }


def _for_guests(worker: dict[str, Any], may: Allowance) -> dict[str, Any]:
    """Neither what else runs on the machine, nor models that they may not choose."""
    warm = [one for one in worker["models"] if may.only is None or one["model"] in may.only]
    return {**worker, "total": None, "rows": [], "models": warm}


def _in_main(worker: WorkerStatus, app: int) -> list[tuple[str, str, int]]:
    return [("models", "The worker, with its models", worker.process), ("warm", "The app", app)]


def _on_its_own(worker: WorkerStatus, title: Callable[[str], str]) -> list[tuple[str, str, int]]:
    dreaming = sum(one.bytes for one in worker.held if one.model == worker.dreaming)
    warm = sum(one.bytes for one in worker.held) - dreaming
    rows = []
    if dreaming:
        rows.append(("models", f"{title(worker.dreaming)}, dreaming", dreaming))
    if warm:
        rows.append(("warm", "Other warm models" if dreaming else "Warm models", warm))
    if worker.pictures:
        count = f"{worker.pictures} picture{'s' if worker.pictures > 1 else ''}"
        text = f"This batch: {count}, {worker.width} × {worker.height}"
        rows.append(("batch", text, worker.batch))
    return rows

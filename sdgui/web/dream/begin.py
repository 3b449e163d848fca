"""Beginning a dream: the settings of the page, by name, become a request."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request

from sdgui.people import Who
from sdgui.plans import wrap_notices
from sdgui.ports import Store
from sdgui.web.doors.visitors import who_of
from sdgui.web.shared.dreams.once import Once
from sdgui.web.shared.dreams.outcome import Told, guarded
from sdgui.web.shared.dreams.submission import info_of, submit
from sdgui.web.shared.settings.controls import Controls, read, to_request, values_in

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio


def begin_routes(studio: "Studio", store: Store) -> APIRouter:
    """The route behind the Dream button."""
    routes = APIRouter()
    once = Once(store)
    studio.adopted.append(once.adopt)

    @routes.post("/dreams")
    def dream(request: Request, asked: Annotated[dict[str, Any], Body()]) -> Told:
        """Queues what the settings in `values` ask for; what comes again under the same `key` is begun once."""
        who = who_of(request)
        return once(who, asked, lambda job: begin(studio, who, values_in(asked), job))

    return routes


def begin(studio: "Studio", who: Who, values: Mapping[str, Any], job_id: str | None = None) -> Told:
    """The job that was queued, and the seed to show: a locked one stays for the next dream, another is used up."""

    def act() -> Told:
        controls = read(Controls, values)
        info = info_of(controls.model, studio.models)
        asked = to_request(controls, info, studio.policy.of(who).pixels)
        job = submit(studio, asked, who, job_id)
        specs = [task.spec for task in job.tasks]
        seed = str(specs[0].seed) if values.get("lock") else ""
        told: Told = {"job": job.id, "values": {"seed": seed}}
        if notices := wrap_notices(specs):
            told["notice"] = " ".join(notices)
        return told

    return guarded(act, lambda told: told)

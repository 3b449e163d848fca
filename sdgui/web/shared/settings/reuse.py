"""Taking over settings: what made a picture, as values of the page's settings."""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request

from sdgui.errors import UserError
from sdgui.made_with import MadeWith
from sdgui.people import Who
from sdgui.ports import Store
from sdgui.spec import MAX_COUNT, DreamRequest, PictureSpec
from sdgui.web.doors.visitors import who_of
from sdgui.web.shared.dreams.outcome import Told, guarded
from sdgui.web.shared.made_with.restoring import OfSheet, restored
from sdgui.web.shared.settings.controls import from_request

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio


def reuse_routes(studio: "Studio", store: Store, of_sheet: OfSheet) -> APIRouter:
    """The route that gives back settings."""
    routes = APIRouter()

    @routes.post("/reuse")
    def reuse(request: Request, asked: Annotated[dict[str, Any], Body()]) -> Told:
        """The settings of picture `index` of `job`; where `seed` is true, also its seed, locked.

        Where `sheet` is true, a wall or a grid is asked for again, not one of its pictures. For a picture of another
        program `made_with` is told as of a file that is dropped, with its settings for the model that is `chosen`.
        """
        return reused(studio, store, who_of(request), asked, of_sheet=of_sheet)

    return routes


def reused(
    studio: "Studio", store: Store, who: Who, asked: dict[str, Any], *, of_sheet: OfSheet
) -> Told:
    """As `values`; what is wrong is said in words."""

    def act() -> Told:
        job = store.job(str(asked.get("job")), who.visitor)
        task = None
        if job is not None:
            task = next((t for i, t in enumerate(job.tasks) if i == asked.get("index")), None)
        if job is None or task is None:
            raise UserError("That dream is not here any more.", "Reload the page.")
        spec = task.spec
        keeps_seed = asked.get("seed") is True
        picture = store.picture(task.id, who.visitor)
        imported = None if picture is None else picture.imported
        if imported is not None and imported.made_with is not None:
            made = _of_others(studio, imported.made_with, asked.get("chosen"), keeps_seed)
            return {"made_with": made | {"picture": task.id}}
        told: Told = {}
        model = spec.model.id
        is_here = model in studio.models.names()
        if not is_here:
            told["notice"] = f"The model of that dream ({model}) is not here now."
            model = studio.models.names()[0]
        if keeps_seed and spec.variation is not None:
            told.setdefault("notice", "That is a variation; these settings make what it varies.")
        told.setdefault("notice", _changed(studio, spec))
        info = studio.models.look(model)
        if is_here and not info.ref.hash:
            info = studio.models.describe(model)  # only its content tells how its owner has it read
        wanted = replace(
            DreamRequest.again(spec),
            model=model,
            correction=spec.correction if is_here else None,
            seed=spec.seed if keeps_seed else None,
            count=min(len(job.tasks), MAX_COUNT),
        )
        controls = from_request(wanted, info)
        if controls.sampler not in info.samplers:
            told["notice"] = told["notice"] or (
                f"The sampler {controls.sampler} of that dream is not one of this model now."
            )
            controls = replace(controls, sampler=info.sampler)
        values = asdict(controls) | {"lock": keeps_seed}
        if job.sheet is not None:
            # How many a sheet has says nothing of how many a dream should have.
            del values["count"]
            if asked.get("sheet") is True:
                values |= of_sheet(job.sheet, len(job.tasks))
        told = {name: value for name, value in told.items() if value}
        return told | {"values": values}

    return guarded(act, lambda told: told)


def _of_others(
    studio: "Studio", made: MadeWith, chosen: object, keeps_seed: bool
) -> dict[str, Any]:
    """What another program made a picture with, and what of it is absent here."""
    names = studio.models.names()
    model = chosen if isinstance(chosen, str) and chosen in names else names[0]
    told = restored(made, studio.models, model)
    if told["request"] and not keeps_seed:
        told["request"] |= {"seed": "", "lock": False}
    return told


def _changed(studio: "Studio", spec: PictureSpec) -> str:
    """What is to be known where a LoRA, learnt words or a VAE are not what made a picture; else nothing."""
    vae = spec.correction.vae
    try:
        if vae is not None and spec.model.id in studio.models.names():
            studio.models.check_vae(vae, studio.models.look(spec.model.id))
        studio.models.check_adapters(spec.adapters)
    except UserError as fault:
        return fault.message
    return ""

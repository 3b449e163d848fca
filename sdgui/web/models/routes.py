"""The owner's models for the page: told, made the default, removed, looked up on the hub and fetched from there."""

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from sdgui.correction import PREDICTIONS, Correction
from sdgui.errors import UserError
from sdgui.library import Card, Checking, Corrected, Defaults
from sdgui.model_info import ModelInfo
from sdgui.ports import Library, Store
from sdgui.records import ModelUse
from sdgui.studio.status import ModelStatus
from sdgui.vae_info import VaeInfo, vae_doubt, vae_misfit
from sdgui.web.doors.visitors import who_of
from sdgui.web.models.choice import Named

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_NOT_YOURS = "Only the owner of this place looks after its models."


class Removal(Named):
    """A model that is to be removed; the first time it is only told how much that frees."""

    confirmed: bool = False


class Correcting(Named):
    """A model as its owner has it; None is as its files or its family say."""

    prediction_type: str | None = Field(default=None, max_length=40)
    zero_snr: bool | None = None
    clip_skip: int = 1
    vae: str | None = Field(default=None, max_length=200)
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = Field(default=None, max_length=80)


class Wish(BaseModel):
    """A model's id on the hub, or an address that holds it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=1000)


class Token(BaseModel):
    """A token for the hub."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=1000)


def library_routes(studio: "Studio", store: Store, library: Library) -> APIRouter:
    """Routes for the owner alone."""
    routes = APIRouter()

    def check_owner(request: Request) -> None:
        if not studio.policy.of(who_of(request)).models:
            raise HTTPException(HTTPStatus.FORBIDDEN, _NOT_YOURS)

    @routes.get("/models")
    def models(request: Request) -> dict[str, Any]:
        """All that the tab shows but for what is on its way; sizes in bytes."""
        check_owner(request)
        status, used = studio.status(), store.models_used()
        cards = library.cards()
        return {
            "models": [_told(card, status, used) for card in cards],
            "default": cards[0].model if cards else "",
            "memory": _memory(status, library),
            "known": [asdict(one) for one in library.known()],
            "offline": library.is_offline,
            "token": library.has_token,
        }

    @routes.get("/models/choices")
    def choices(request: Request) -> dict[str, Any]:
        """The models that who asks may choose from, by their titles and families."""
        allowance = studio.policy.of(who_of(request))
        only, unchecked = allowance.only, allowance.unchecked
        return {
            "models": [
                {"model": one.model, "title": one.title, "family": one.family_title}
                for one in library.cards()
                if not one.fault
                and (only is None or one.model in only)
                and (unchecked or one.checker is not Checking.UNREADABLE)
            ]
        }

    @routes.put("/models/default")
    def set_default(request: Request, asked: Named) -> dict[str, str]:
        """Remembers the page's default model; what keeps it from being so at once, in words."""
        check_owner(request)
        return {"notice": library.set_default(asked.model)}

    @routes.post("/models/corrected")
    def corrected(request: Request, asked: Named) -> dict[str, Any]:
        """What is corrected of a model, and what it is without."""
        check_owner(request)
        return _corrected(library.corrected(asked.model))

    @routes.put("/models/corrected")
    def correct(request: Request, asked: Correcting) -> dict[str, Any]:
        """Has a model read, and its dreams begun, so from now on."""
        check_owner(request)
        correction = Correction(
            prediction_type=asked.prediction_type,
            zero_snr=asked.zero_snr,
            clip_skip=asked.clip_skip,
            vae=None if asked.vae is None else library.choose_vae(asked.model, asked.vae),
        )
        defaults = Defaults(
            width=asked.width,
            height=asked.height,
            steps=asked.steps,
            guidance=asked.guidance,
            sampler=asked.sampler,
        )
        return _corrected(library.correct(asked.model, correction, defaults))

    @routes.post("/models/remove")
    def remove(request: Request, asked: Removal) -> dict[str, int]:
        """Takes a model off the disk where that is confirmed, and tells how many bytes that frees."""
        check_owner(request)
        if studio.uses(asked.model):
            raise UserError(
                "This model is in use.", "Wait until its pictures are made, or stop them."
            )
        if not asked.confirmed:
            return {"frees": library.removal(asked.model)}
        return {"freed": library.remove(asked.model)}

    @routes.post("/models/look-up")
    def look_up(request: Request, asked: Wish) -> dict[str, Any]:
        """What the hub has under an id, before anything large is fetched."""
        check_owner(request)
        return asdict(library.look_up(asked.text))

    @routes.get("/models/downloads")
    def downloads(request: Request) -> dict[str, Any]:
        """How what is on its way stands."""
        check_owner(request)
        return {"downloads": [asdict(one) for one in library.downloads()]}

    @routes.post("/models/downloads")
    def begin(request: Request, asked: Named) -> dict[str, Any]:
        """Begins to fetch a model, or goes on with it."""
        check_owner(request)
        library.begin(asked.model)
        return downloads(request)

    @routes.post("/models/downloads/pause")
    def pause(request: Request, asked: Named) -> dict[str, Any]:
        """Holds a download; what is here stays."""
        check_owner(request)
        library.pause(asked.model)
        return downloads(request)

    @routes.post("/models/downloads/cancel")
    def cancel(request: Request, asked: Named) -> dict[str, Any]:
        """Gives a download up, and removes what was fetched."""
        check_owner(request)
        library.cancel(asked.model)
        return downloads(request)

    @routes.put("/models/token", status_code=HTTPStatus.NO_CONTENT)
    def token(request: Request, asked: Token) -> None:
        """Keeps a token for the hub, which nobody is told again; an empty one forgets it."""
        check_owner(request)
        library.set_token(asked.token)

    return routes


def _told(card: Card, status: ModelStatus, used: Mapping[str, ModelUse]) -> dict[str, Any]:
    use = used.get(card.model)
    return {
        **asdict(card),
        "warm": any(card.model in worker.warm for worker in status.workers),
        "loading": any(
            worker.state == "loading" and worker.model == card.model for worker in status.workers
        ),
        "pictures": 0 if use is None else use.pictures,
        "last": None if use is None else use.last,
    }


def _corrected(told: Corrected) -> dict[str, Any]:
    own = told.own
    return {
        "can": own.corrections,
        "values": {**asdict(told.correction), **asdict(told.defaults), "vae": _name_of(told)},
        "vaes": [_vae(one, own) for one in told.vaes],
        "own": {name: getattr(own, name) for name in asdict(told.defaults)},
        "samplers": told.now.samplers,
        "size_step": own.size_step,
        "predictions": PREDICTIONS,
    }


def _name_of(told: Corrected) -> str | None:
    vae = told.correction.vae
    return None if vae is None else vae.id


def _vae(vae: VaeInfo, model: ModelInfo) -> dict[str, str]:
    """One VAE as it is offered: why it does not fit the model, or what its file leaves open."""
    fault = vae_misfit(vae, model)
    return {
        "name": vae.name,
        "misfit": "" if fault is None else fault.message,
        "doubt": vae_doubt(vae),
    }


def _memory(status: ModelStatus, library: Library) -> dict[str, Any]:
    """The memory that models run in, and where that is, in words."""
    own = next((worker for worker in status.workers if worker.memory is not None), None)
    if own is None or own.device == "cpu":
        return {"bytes": library.memory, "place": "main memory", "main": library.memory}
    return {"bytes": own.memory, "place": own.device, "main": library.memory}

"""Switching to a model: loaded ahead, so that the next dream need not wait for it."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from sdgui.web.doors.visitors import who_of
from sdgui.web.shared.dreams.submission import check_model

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio


class Named(BaseModel):
    """A model by its name."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(min_length=1, max_length=4096)


def choice_routes(studio: "Studio") -> APIRouter:
    """The route behind a change of model, for everybody who may dream."""
    routes = APIRouter()

    @routes.post("/models/switch", status_code=HTTPStatus.NO_CONTENT)
    def switch(request: Request, asked: Named) -> None:
        """Has a model loaded once a worker has nothing else to do."""
        if not studio.policy.of(who_of(request)).dreams:
            raise HTTPException(HTTPStatus.FORBIDDEN, "You may look here, and not dream.")
        check_model(asked.model, studio.models)
        studio.warm_up(asked.model, who_of(request))

    return routes

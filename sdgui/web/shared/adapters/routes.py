"""The LoRAs and learnt words that there are for a model, by names; nobody learns where they lie."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from sdgui.adapter_info import misfit
from sdgui.web.shared.dreams.submission import info_of

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio


def adapter_routes(studio: "Studio") -> APIRouter:
    """The route that the picker asks."""
    routes = APIRouter()

    @routes.get("/adapters")
    def adapters(model: str | None = None) -> dict[str, Any]:
        """All of them, those that fit the model first; of the others `misfit` says why they do not."""
        info = info_of(model, studio.models)
        told = []
        for one in studio.models.adapters():
            fault = misfit(one, info)
            told.append(
                {
                    "name": one.name,
                    "kind": one.kind.value,
                    "base_model": one.base_model or one.made_for,
                    "trigger_words": one.trigger_words,
                    "vectors": one.vectors,
                    "misfit": None if fault is None else fault.message,
                }
            )
        told.sort(key=lambda one: (one["misfit"] is not None, str(one["name"]).casefold()))
        return {"adapters": told}

    return routes

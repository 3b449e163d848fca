"""Links: pages of pictures for whoever has their address, and settings that come with an address. It has no tab."""

from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from fastapi import APIRouter

from sdgui.ports import Store
from sdgui.web.capability import Capability
from sdgui.web.links.choosing.gatherings import Gatherings
from sdgui.web.links.choosing.maker import maker_routes
from sdgui.web.links.choosing.strangers import HEARD, TOLD, stranger_routes
from sdgui.web.links.dream_again import NAMES
from sdgui.web.links.pages import FOR_STRANGERS, TOLD_BY_STRANGERS, page_routes, refused
from sdgui.web.links.routes import link_routes

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio


def _routes(studio: "Studio", store: Store, heavy: CapacityLimiter) -> tuple[APIRouter, ...]:
    gatherings = Gatherings(store)
    studio.heeding.append(gatherings.heed)
    studio.adopted.append(gatherings.adopt)
    studio.turned_out.append(gatherings.doubt)
    return (
        maker_routes(studio, store, gatherings),
        link_routes(studio, store, gatherings),
        stranger_routes(store, gatherings, refused),
        page_routes(studio, store, heavy, gatherings),
    )


LINKS = Capability(
    name="links",
    title="",
    styles=("links/links.css", "links/choosing/choosing.css"),
    routes=_routes,
    facts={"names": list(NAMES)},
    for_strangers=FOR_STRANGERS,
    heard_by_strangers=HEARD,
    told_by_strangers=(*TOLD_BY_STRANGERS, *TOLD),
)

"""Links: pages of pictures for whoever has their address, and settings that come with an address. It has no tab."""

from sdgui.web.capability import Capability
from sdgui.web.links.dream_again import NAMES
from sdgui.web.links.pages import FOR_STRANGERS, TOLD_BY_STRANGERS, page_routes
from sdgui.web.links.routes import link_routes

LINKS = Capability(
    name="links",
    title="",
    styles=("links/links.css",),
    routes=lambda studio, store, heavy: (
        link_routes(studio, store),
        page_routes(studio, store, heavy),
    ),
    facts={"names": list(NAMES)},
    for_strangers=FOR_STRANGERS,
    told_by_strangers=TOLD_BY_STRANGERS,
)

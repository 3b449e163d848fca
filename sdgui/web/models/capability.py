"""The Models tab, the owner's: what is here, what is on its way, and what can be fetched."""

from sdgui.web.capability import Capability, Components
from sdgui.web.models.choice import choice_routes
from sdgui.web.models.routes import library_routes
from sdgui.web.shared.seam.html import add_html

_MODELS = '<section id="models" class="models" aria-label="Models" tabindex="-1"></section>'


def _add_place() -> Components:
    add_html(_MODELS, "models-block")
    return {}


MODELS = Capability(
    name="models",
    title="Models",
    styles=("models/models.css", "models/detail.css"),
    add_middle=_add_place,
    routes=lambda studio, store, heavy: (choice_routes(studio),),
    library_routes=lambda studio, store, library: (library_routes(studio, store, library),),
)

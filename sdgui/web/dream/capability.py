"""The Dream tab: every dream, newest on top."""

from sdgui.web.capability import Capability, Components
from sdgui.web.dream.begin import begin_routes
from sdgui.web.dream.routes import dream_routes
from sdgui.web.shared.seam.html import add_html

_GALLERY = '<section id="gallery" class="gallery" aria-label="Your dreams" tabindex="-1"></section>'


def _add_gallery() -> Components:
    add_html(_GALLERY, "gallery-block")
    return {}


DREAM = Capability(
    name="dream",
    title="Dream",
    styles=("dream/dream.css",),
    add_middle=_add_gallery,
    routes=lambda studio, store, heavy: (dream_routes(studio, store), begin_routes(studio, store)),
)

"""The Dream tab: every dream, newest on top."""

import gradio as gr

from sdgui.web.capability import Capability, Components
from sdgui.web.dream.begin import begin_routes
from sdgui.web.dream.routes import dream_routes

_GALLERY = '<section id="gallery" class="gallery" aria-label="Your dreams" tabindex="-1"></section>'


def _add_gallery() -> Components:
    gr.HTML(_GALLERY, elem_id="gallery-block", js_on_load=None, apply_default_css=False)
    return {}


DREAM = Capability(
    name="dream",
    title="Dream",
    styles=("dream/dream.css",),
    add_middle=_add_gallery,
    routes=lambda studio, store, heavy: (dream_routes(studio, store), begin_routes(studio)),
)

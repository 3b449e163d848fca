"""The page: header, tabs, head. One file per tab."""

import contextlib
import json
from typing import TYPE_CHECKING, Any

import gradio as gr

from sdgui.errors import UserError
from sdgui.model_info import ModelInfo
from sdgui.ports import Models, Store
from sdgui.samplers import steady
from sdgui.web.compare.axis_examples import example_values, hints
from sdgui.web.compare.events import CompareEvents
from sdgui.web.compare.tab import add_compare, add_compare_settings, bind_compare
from sdgui.web.dream.events import Events
from sdgui.web.dream.tab import add_gallery, bind_dream
from sdgui.web.programs.endpoints import add_endpoints
from sdgui.web.shared.controls import ASPECTS, OWN_SIZE, size_for
from sdgui.web.shared.panel import Panel, add_prompt_bar, add_settings, add_settings_head
from sdgui.web.shared.theme import variables

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_STYLES = (
    *("shared/screen.css", "shared/settings.css", "shared/gallery.css", "shared/viewer.css"),
    *("dream/dream.css", "compare/compare.css", "compare/pair/pair.css"),
)
"""In the order in which they apply."""

_HEADER = """
<header class="top">
  <div class="logo" translate="no">sd<i>gui</i></div>
  <nav class="tabs" role="tablist" aria-label="What to do">
    <button id="tab-dream" type="button" role="tab" aria-selected="true" aria-controls="gallery">Dream</button>
    <button id="tab-compare" type="button" role="tab" aria-selected="false" aria-controls="compare">Compare</button>
  </nav>
  <div class="top-right">
    <span id="model-pill" class="pill" role="status" data-state="waiting"><b aria-hidden="true">●</b>
      <span class="pill-text">…</span></span>
    <button id="help-button" type="button" class="quiet-button" aria-label="Help and keyboard shortcuts">?</button>
  </div>
</header>
"""


def make_page(studio: "Studio", store: Store) -> gr.Blocks:
    """All of the Blocks: the tabs Dream and Compare, what they share, and the endpoints for programs."""
    names = studio.models.names()
    info = studio.models.describe(names[0])
    compare_events = CompareEvents(studio, store)
    with gr.Blocks(title="sdgui", analytics_enabled=False, delete_cache=(600, 3600)) as page:
        gr.HTML(_HEADER, elem_id="header", js_on_load=None, apply_default_css=False)
        gallery = add_gallery()
        mode, compare_block = add_compare()
        with gr.Column(elem_id="settings"):
            add_settings_head()
            widgets = add_compare_settings(mode)
            settings = add_settings(info, names)
        panel = Panel(**settings, **add_prompt_bar())
        outcome = gr.JSON(visible="hidden", elem_id="outcome")
        bind_dream(
            page,
            Events(studio, store, compare_events),
            gallery=gallery,
            panel=panel,
            own_of_compare=widgets.controls,
            outcome=outcome,
        )
        bind_compare(
            page,
            compare_events,
            block=compare_block,
            widgets=widgets,
            panel=panel,
            outcome=outcome,
        )
        add_endpoints(studio, store)
    return page


def make_head(models: Models) -> str:
    """Style, script and what the script must know of the models, for the document's head."""
    facts = json.dumps(_facts(models), ensure_ascii=True).replace("<", "\\u003c")
    styles = "".join(f'<link rel="stylesheet" href="/sdgui/{style}">' for style in _STYLES)
    return (
        '<meta name="color-scheme" content="dark light">'
        f"<style>{variables()}</style>"
        f"{styles}"
        f"<script>window.sdguiModels = {facts};</script>"
        '<script type="module" src="/sdgui/main.js"></script>'
    )


def _facts(models: Models) -> dict[str, Any]:
    names = models.names()
    known = {}
    for name in names:
        with contextlib.suppress(UserError):  # said when it is chosen
            info = models.describe(name)
            known[name] = {**_facts_of(info), "values": example_values(info, names)}
    return {"now": names[0], "known": known, "axes": hints()}


def _facts_of(info: ModelInfo) -> dict[str, Any]:
    return {
        "samplers": info.samplers,
        "steady": steady(info.samplers),
        "examples": info.examples,
        "sizes": {aspect: size_for(aspect, info) for aspect in ASPECTS if aspect != OWN_SIZE},
    }

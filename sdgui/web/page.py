"""The page: header, tabs, head. One file per tab."""

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from sdgui.errors import UserError
from sdgui.model_info import ModelInfo
from sdgui.ports import Models, Store
from sdgui.web.api import add_dream_endpoint
from sdgui.web.controls import ASPECTS, OWN_SIZE, size_for
from sdgui.web.dream_tab import add_dream_tab
from sdgui.web.theme import variables

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

STATIC = Path(__file__).parent / "static"

_HEADER = """
<header class="top">
  <div class="logo" translate="no">sd<i>gui</i></div>
  <div class="top-right">
    <span id="model-pill" class="pill" role="status" data-state="waiting"><b aria-hidden="true">●</b>
      <span class="pill-text">…</span></span>
    <button id="help-button" type="button" class="quiet-button" aria-label="Help and keyboard shortcuts">?</button>
  </div>
</header>
"""


def make_page(studio: "Studio", store: Store) -> gr.Blocks:
    """All of the Blocks: the Dream tab and the endpoint for programs."""
    with gr.Blocks(title="sdgui", analytics_enabled=False, delete_cache=(600, 3600)) as page:
        gr.HTML(_HEADER, elem_id="header", js_on_load=None, apply_default_css=False)
        add_dream_tab(page, studio, store)
        add_dream_endpoint(studio, store)
    return page


def make_head(models: Models) -> str:
    """Style, script and what the script must know of the models, for the document's head."""
    facts = json.dumps(_facts(models), ensure_ascii=True).replace("<", "\\u003c")
    return (
        '<meta name="color-scheme" content="dark light">'
        f"<style>{variables()}</style>"
        '<link rel="stylesheet" href="/sdgui/sdgui.css">'
        f"<script>window.sdguiModels = {facts};</script>"
        '<script type="module" src="/sdgui/main.js"></script>'
    )


def _facts(models: Models) -> dict[str, Any]:
    names = models.names()
    known = {}
    for name in names:
        with contextlib.suppress(UserError):  # said when it is chosen
            known[name] = _facts_of(models.describe(name))
    return {"now": names[0], "known": known}


def _facts_of(info: ModelInfo) -> dict[str, Any]:
    return {
        "samplers": info.samplers,
        "examples": info.examples,
        "sizes": {aspect: size_for(aspect, info) for aspect in ASPECTS if aspect != OWN_SIZE},
    }

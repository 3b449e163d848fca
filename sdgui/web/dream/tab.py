"""The Dream tab: its gallery, and what the shared controls do."""

from typing import Any

import gradio as gr
from gradio.components import Component

from sdgui.web.dream.events import Events
from sdgui.web.shared.panel import Panel

_GALLERY = '<section id="gallery" class="gallery" aria-label="Your dreams" tabindex="-1"></section>'

# Gives our script the way to Python; a quoted name makes it an event: 'reuse'
_GALLERY_JS = "window.sdguiTrigger = (data) => trigger('reuse', data);"

# Which tab is asking, and what only our script knows; the rest of the values goes as it is.
_ASKED_JS = "(_, ...values) => [window.sdgui?.asked?.() ?? { tab: 'dream' }, ...values]"
OUTCOME_JS = "(outcome) => { window.sdgui?.outcome(outcome); return []; }"

# The fields of Controls and the lock. Of a model that is gone only what suits every model stays: prompt, what to
# avoid, number of images, seed and lock.
_RESTORE_JS = """
(saved, ...now) => {
  const models = window.sdguiModels;
  const values = Array.isArray(saved) && saved.length === now.length ? [...saved] : now;
  const model = models?.known[values[10]];
  if (!model) [2, 3, 4, 6, 7, 9, 10].forEach((i) => { values[i] = now[i]; });
  else if (!model.samplers.includes(values[9])) values[9] = now[9];
  if (models) models.now = values[10];
  window.sdguiRestored = true;
  return values;
}
"""

# How the page asks our handlers. Our queue is the only queue, so a click goes straight to it. Values go unjudged by
# the components: what is wrong with them is said by the resolver, in the same words as to programs.
STRAIGHT: dict[str, Any] = {
    "queue": False,
    "preprocess": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}
_SAVE_JS = """
(saved, ...now) => {
  if (!window.sdguiRestored) return [saved];
  window.sdguiModels.now = now[10];
  return [now];
}
"""
_SIZE_JS = "(aspect, model, ...now) => window.sdguiModels?.known[model]?.sizes[aspect] ?? now"
_DIE_JS = "() => String(crypto.getRandomValues(new Uint32Array(1))[0])"
_LOCK_TYPED_JS = "(seed) => String(seed).trim() !== ''"


def add_gallery() -> Component:
    """Adds the place where dreams form."""
    return gr.HTML(
        _GALLERY, elem_id="gallery-block", js_on_load=_GALLERY_JS, apply_default_css=False
    )


def bind_dream(
    page: gr.Blocks,
    events: Events,
    *,
    gallery: Component,
    panel: Panel,
    own_of_compare: list[Component],
    outcome: Component,
) -> None:
    """Binds the shared controls to the studio; the Dream button is that of both tabs."""
    controls = panel.controls
    asked = gr.JSON(visible="hidden", elem_id="asked")

    told = panel.dream.click(
        events.dream,
        [asked, panel.lock, *controls, *own_of_compare],
        [outcome, panel.seed],
        js=_ASKED_JS,
        trigger_mode="multiple",
        api_name="begin",  # `dream` is the programs' endpoint
        **STRAIGHT,
    )
    told.then(None, outcome, None, js=OUTCOME_JS)
    reused = gallery.reuse(
        events.reuse,
        None,
        [outcome, panel.lock, *controls, *own_of_compare],
        **STRAIGHT,
    )
    reused.then(None, outcome, None, js=OUTCOME_JS)
    panel.model.input(events.defaults, panel.model, controls[2:10], **STRAIGHT)
    size = [panel.width, panel.height]
    panel.aspect.input(None, [panel.aspect, panel.model, *size], size, js=_SIZE_JS)
    panel.die.click(None, None, panel.seed, js=_DIE_JS)
    panel.seed.input(None, panel.seed, panel.lock, js=_LOCK_TYPED_JS)
    survive_reload(
        page,
        [*controls, panel.lock],
        storage_key="sdgui-controls-1",
        restore=_RESTORE_JS,
        save=_SAVE_JS,
    )


def survive_reload(
    page: gr.Blocks, kept: list[Component], *, storage_key: str, restore: str, save: str
) -> None:
    """Keeps values in the browser; the scripts `restore` and `save` get what is saved and then the values."""
    saved = gr.BrowserState(None, storage_key=storage_key, secret="kept in the open")
    page.load(None, [saved, *kept], kept, js=restore)
    gr.on(
        [component.change for component in kept],
        None,
        [saved, *kept],
        saved,
        js=save,
        show_progress="hidden",
    )

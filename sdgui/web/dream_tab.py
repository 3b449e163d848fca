"""The Dream tab: gallery in the middle, settings on the right, the prompt bar at the bottom."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import gradio as gr
from gradio.components import Component

from sdgui.model_info import ModelInfo
from sdgui.ports import Store
from sdgui.spec import MAX_COUNT, MAX_GUIDANCE, MAX_STEPS
from sdgui.web.controls import ASPECTS, MIN_GUIDANCE, Controls, default_controls
from sdgui.web.dream_events import Events

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_GALLERY = '<section id="gallery" class="gallery" aria-label="Your dreams" tabindex="-1"></section>'
_SHEET_HEAD = (
    '<div class="sheet-head"><h2>Settings</h2>'
    '<button id="settings-close" type="button" class="quiet-button">Done</button></div>'
)
_HINT = '<p id="prompt-hint" class="prompt-hint"></p>'

# Gives our script the way to Python; a quoted name makes it an event: 'reuse'
_GALLERY_JS = "window.sdguiTrigger = (data) => trigger('reuse', data);"

# The fields of Controls and the lock, unless they name what has gone meanwhile.
_RESTORE_JS = """
(saved, ...now) => {
  const models = window.sdguiModels;
  const fits = Array.isArray(saved) && saved.length === now.length
    && models?.known[saved[10]]?.samplers.includes(saved[9]);
  const values = fits ? saved : now;
  if (models) models.now = values[10];
  window.sdguiRestored = true;
  return values;
}
"""
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
_OUTCOME_JS = "(outcome) => { window.sdgui?.outcome(outcome); return []; }"


@dataclass(frozen=True, kw_only=True)
class _Widgets:
    """The components that hold what is asked; the first eleven are the fields of Controls, in their order."""

    prompt: Component
    negative_prompt: Component
    aspect: Component
    width: Component
    height: Component
    count: Component
    steps: Component
    guidance: Component
    seed: Component
    sampler: Component
    model: Component
    lock: Component
    die: Component
    dream: Component

    @property
    def controls(self) -> list[Component]:
        return [getattr(self, field.name) for field in fields(Controls)]


def add_dream_tab(page: gr.Blocks, studio: "Studio", store: Store) -> None:
    """Builds the tab into the page and binds its controls to the studio."""
    names = studio.models.names()
    info = studio.models.describe(names[0])
    gallery = gr.HTML(
        _GALLERY, elem_id="gallery-block", js_on_load=_GALLERY_JS, apply_default_css=False
    )
    widgets = _build(info, names)
    outcome = gr.JSON(visible="hidden", elem_id="outcome")
    controls = widgets.controls
    events = Events(studio, store)

    # Our queue is the only queue, so a click goes straight to it. Values go unjudged by the components:
    # what is wrong with them is said by the resolver, in the same words as to programs.
    told = widgets.dream.click(
        events.dream,
        [widgets.lock, *controls],
        [outcome, widgets.seed],
        queue=False,
        preprocess=False,
        trigger_mode="multiple",
        show_progress="hidden",
        api_name="begin",  # `dream` is the programs' endpoint
        api_visibility="private",
    )
    told.then(None, outcome, None, js=_OUTCOME_JS)
    reused = gallery.reuse(
        events.reuse,
        None,
        [outcome, widgets.lock, *controls],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    reused.then(None, outcome, None, js=_OUTCOME_JS)
    widgets.model.input(
        events.defaults,
        widgets.model,
        controls[2:10],
        queue=False,
        preprocess=False,
        show_progress="hidden",
        api_visibility="private",
    )
    size = [widgets.width, widgets.height]
    widgets.aspect.input(None, [widgets.aspect, widgets.model, *size], size, js=_SIZE_JS)
    widgets.die.click(None, None, widgets.seed, js=_DIE_JS)
    widgets.seed.input(None, widgets.seed, widgets.lock, js=_LOCK_TYPED_JS)

    saved = gr.BrowserState(None, storage_key="sdgui-controls-1", secret="kept in the open")
    kept = [*controls, widgets.lock]
    page.load(None, [saved, *kept], kept, js=_RESTORE_JS)
    gr.on(
        [component.change for component in kept],
        None,
        [saved, *kept],
        saved,
        js=_SAVE_JS,
        show_progress="hidden",
    )


def _build(info: ModelInfo, names: tuple[str, ...]) -> _Widgets:
    first = default_controls(info)
    with gr.Column(elem_id="settings"):
        gr.HTML(_SHEET_HEAD, elem_id="settings-head", js_on_load=None, apply_default_css=False)
        aspect = gr.Radio(list(ASPECTS), value=first.aspect, label="Aspect", elem_id="aspect")
        with gr.Row(elem_id="own-size"):
            width, height = (
                gr.Number(value, label=label, step=info.size_step, elem_id=label.lower())
                for label, value in (("Width", first.width), ("Height", first.height))
            )
        count, steps, guidance = (
            gr.Slider(low, high, value, step=step, label=label, elem_id=name)
            for name, label, low, high, step, value in (
                ("count", "Images", 1, MAX_COUNT, 1, first.count),
                ("steps", "Steps", 1, MAX_STEPS, 1, first.steps),
                ("guidance", "Cfg scale", MIN_GUIDANCE, MAX_GUIDANCE, 0.5, first.guidance),
            )
        )
        with gr.Row(elem_id="seed-row"):
            seed = gr.Textbox(label="Seed", placeholder="random", elem_id="seed", max_lines=1)
            die = gr.Button("New random seed", elem_id="seed-die")
            lock = gr.Checkbox(label="Keep this seed", elem_id="seed-lock", container=False)
        sampler = gr.Dropdown(
            list(info.samplers),
            value=first.sampler,
            label="Sampler",
            elem_id="sampler",
            filterable=False,
        )
        model = gr.Dropdown(
            [
                (info.title, names[0]),
                *((n, n) for n in names[1:]),
            ],
            value=names[0],
            label="Model",
            elem_id="model",
            filterable=False,
        )
        negative_prompt = gr.Textbox(
            label="What to avoid",
            placeholder="e.g. blurry, extra wheels",
            elem_id="negative-prompt",
            lines=2,
            max_lines=6,
            visible=info.negative_prompt,
        )
    with gr.Row(elem_id="prompt-bar"):
        with gr.Column(elem_id="prompt-box"):
            prompt = gr.Textbox(
                label="Prompt",
                container=False,
                placeholder="What do you want to see?",
                elem_id="prompt",
                lines=1,
                max_lines=4,
            )
            gr.HTML(_HINT, elem_id="prompt-hint-block", js_on_load=None, apply_default_css=False)
        gr.Button("Settings", elem_id="settings-button")
        gr.Button("Stop", elem_id="stop-button")
        dream = gr.Button("Dream", variant="primary", elem_id="dream-button")
    return _Widgets(
        prompt=prompt,
        negative_prompt=negative_prompt,
        aspect=aspect,
        width=width,
        height=height,
        count=count,
        steps=steps,
        guidance=guidance,
        seed=seed,
        sampler=sampler,
        model=model,
        lock=lock,
        die=die,
        dream=dream,
    )

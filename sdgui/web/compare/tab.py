"""The Compare tab: its place in the middle, and the controls that only it has."""

from dataclasses import dataclass, fields
from functools import partial

import gradio as gr
from gradio.components import Component

from sdgui.axes import AXES, GUIDANCE, STEPS
from sdgui.plans import ROW, USUAL_COUNT, USUAL_STRENGTH, WALL
from sdgui.spec import MAX_STEPS
from sdgui.web.compare.controls import BY_SEEDS, BY_STRENGTHS, MODES, NO_AXIS, CompareControls
from sdgui.web.compare.events import CompareEvents
from sdgui.web.dream.tab import OUTCOME_JS, STRAIGHT, survive_reload
from sdgui.web.shared.panel import Panel

_COMPARE = '<section id="compare" class="compare" tabindex="-1" aria-label="Compare"></section>'
_PAIR = (
    '<section id="pair" aria-label="A and B"></section>'
    '<section id="tray" aria-label="Kept pictures"></section>'
)
_PLAN = '<p id="plan" class="plan" role="status"></p>'
_USUAL_WALL = 16
_USUAL_DRAFT = 8

# Gives our script the way to Python; quoted names make them events: 'refine', 'vary', 'plan'
_COMPARE_JS = """
window.sdguiCompare = {
  refine: (data) => trigger('refine', data),
  vary: (data) => trigger('vary', data),
  plan: () => trigger('plan', {}),
};
"""
_PLAN_JS = "(planned) => { window.sdgui?.plan?.(planned); return []; }"

# The fields of CompareControls, unless they name what has gone meanwhile.
_RESTORE_JS = """
(saved, ...now) => {
  const axes = Object.keys(window.sdguiModels?.axes ?? {});
  const fits = Array.isArray(saved) && saved.length === now.length
    && ["wall", "variations", "grid"].includes(saved[0])
    && axes.includes(saved[9]) && [...axes, "Nothing"].includes(saved[11]);
  window.sdguiCompareRestored = true;
  return fits ? saved : now;
}
"""
# Another axis begins with values that suit it.
_VALUES_JS = "(axis, model, now) => window.sdguiModels?.known[model]?.values[axis] ?? now"
_SAVE_JS = "(saved, ...now) => [window.sdguiCompareRestored ? now : saved]"


@dataclass(frozen=True, kw_only=True)
class CompareWidgets:
    """The components that hold what only Compare asks: the fields of CompareControls, in their order."""

    mode: Component
    wall_count: Component
    draft: Component
    draft_steps: Component
    vary_by: Component
    vary_count: Component
    vary_strength: Component
    vary_strengths: Component
    vary_seed: Component
    x_axis: Component
    x_values: Component
    y_axis: Component
    y_values: Component

    @property
    def controls(self) -> list[Component]:
        """The components, in the order of the fields."""
        return [getattr(self, field.name) for field in fields(CompareControls)]


def add_compare() -> tuple[Component, Component]:
    """Adds the choice of what to compare and the place where it forms, in this order."""
    mode = gr.Radio(
        [(title, name) for name, title in MODES.items()],
        value=next(iter(MODES)),
        label="What to compare",
        elem_id="compare-mode",
        container=False,
    )
    block = gr.HTML(
        _COMPARE, elem_id="compare-block", js_on_load=_COMPARE_JS, apply_default_css=False
    )
    return mode, block


def add_compare_settings(mode: Component) -> CompareWidgets:
    """Adds the pair, the tray and the settings of each mode on top of the settings that both tabs share."""
    gr.HTML(_PAIR, elem_id="pair-block", js_on_load=None, apply_default_css=False)
    with gr.Column(elem_id="wall-settings"):
        wall_count = gr.Slider(
            *WALL,
            _USUAL_WALL,
            step=1,
            label="How many",
            elem_id="wall-count",
            elem_classes="sd-slider",
        )
        draft = gr.Checkbox(False, label="Draft first", elem_id="draft", container=False)
        draft_steps = gr.Slider(
            1,
            MAX_STEPS,
            _USUAL_DRAFT,
            step=1,
            label="Draft steps",
            elem_id="draft-steps",
            elem_classes="sd-slider",
        )
    with gr.Column(elem_id="variation-settings"):
        vary_by = gr.Radio(
            [BY_SEEDS, BY_STRENGTHS], value=BY_SEEDS, label="A row of", elem_id="vary-by"
        )
        vary_count = gr.Slider(
            *ROW,
            USUAL_COUNT,
            step=1,
            label="How many",
            elem_id="vary-count",
            elem_classes="sd-slider",
        )
        vary_strength = gr.Slider(
            0.05,
            1,
            USUAL_STRENGTH,
            step=0.05,
            label="Strength",
            elem_id="vary-strength",
            elem_classes="sd-slider",
        )
        vary_strengths = gr.Textbox(
            "0-1 [6]", label="Strengths", elem_id="vary-strengths", max_lines=1
        )
    with gr.Column(elem_id="grid-settings"):
        x_axis = gr.Dropdown(
            list(AXES),
            value=STEPS,
            label="X: across",
            elem_id="x-axis",
            elem_classes="sd-choice",
            filterable=False,
        )
        x_values = gr.Textbox(
            "5, 10, 20", label="Values of X", elem_id="x-values", lines=2, max_lines=6
        )
        y_axis = gr.Dropdown(
            [NO_AXIS, *AXES],
            value=GUIDANCE,
            label="Y: down",
            elem_id="y-axis",
            elem_classes="sd-choice",
            filterable=False,
        )
        y_values = gr.Textbox(
            "3, 7, 11", label="Values of Y", elem_id="y-values", lines=2, max_lines=6
        )
        gr.HTML(_PLAN, elem_id="plan-block", js_on_load=None, apply_default_css=False)
    vary_seed = gr.Textbox(  # of rows, and of grids with strengths
        label="Variation seed", placeholder="random", elem_id="vary-seed", max_lines=1
    )
    return CompareWidgets(
        mode=mode,
        wall_count=wall_count,
        draft=draft,
        draft_steps=draft_steps,
        vary_by=vary_by,
        vary_count=vary_count,
        vary_strength=vary_strength,
        vary_strengths=vary_strengths,
        vary_seed=vary_seed,
        x_axis=x_axis,
        x_values=x_values,
        y_axis=y_axis,
        y_values=y_values,
    )


def bind_compare(
    page: gr.Blocks,
    events: CompareEvents,
    *,
    block: Component,
    widgets: CompareWidgets,
    panel: Panel,
    outcome: Component,
) -> None:
    """Binds what only Compare has to the studio."""
    values = [*panel.controls, *widgets.controls]
    for event, handler in ((block.refine, events.refine), (block.vary, events.vary)):
        told = event(handler, values, outcome, trigger_mode="multiple", **STRAIGHT)
        told.then(None, outcome, None, js=OUTCOME_JS)

    for axis, written in ((widgets.x_axis, widgets.x_values), (widgets.y_axis, widgets.y_values)):
        axis.input(None, [axis, panel.model, written], written, js=_VALUES_JS)

    planned = gr.JSON(visible="hidden", elem_id="planned")
    what_counts = [
        *(widgets.mode, widgets.x_axis, widgets.x_values, widgets.y_axis, widgets.y_values),
        *(panel.aspect, panel.width, panel.height, panel.steps, panel.guidance),
        *(panel.seed, panel.sampler, panel.model),
    ]
    changes = [
        *(component.change for component in what_counts),
        panel.negative_prompt.blur,  # each key would be too much
    ]
    # The page asks when typing the prompt pauses, and when a dream has ended, since its speed counts.
    for event in (partial(gr.on, changes), block.plan):
        told = event(events.plan, values, planned, trigger_mode="always_last", **STRAIGHT)
        told.then(None, planned, None, js=_PLAN_JS)
    survive_reload(
        page,
        widgets.controls,
        storage_key="sdgui-compare-1",
        restore=_RESTORE_JS,
        save=_SAVE_JS,
    )

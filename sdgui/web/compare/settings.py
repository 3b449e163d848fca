"""The Compare tab: its place in the middle, and the settings that only it has."""

import gradio as gr

from sdgui.axes import AXES, GUIDANCE, STEPS
from sdgui.plans import ROW, USUAL_COUNT, USUAL_STRENGTH, WALL
from sdgui.spec import MAX_STEPS
from sdgui.web.capability import Components
from sdgui.web.compare.controls import BY_SEEDS, BY_STRENGTHS, MODES, NO_AXIS

_COMPARE = '<section id="compare" class="compare" tabindex="-1" aria-label="Compare"></section>'
_PAIR = (
    '<section id="pair" aria-label="A and B"></section>'
    '<section id="tray" aria-label="Kept pictures"></section>'
)
_PLAN = '<p id="plan" class="plan" role="status"></p>'
_USUAL_WALL = 16
_USUAL_DRAFT = 8


def add_compare() -> Components:
    """Adds the choice of what to compare and the place where it forms."""
    mode = gr.Radio(
        [(title, name) for name, title in MODES.items()],
        value=next(iter(MODES)),
        label="What to compare",
        elem_id="compare-mode",
        container=False,
    )
    gr.HTML(_COMPARE, elem_id="compare-block", js_on_load=None, apply_default_css=False)
    return {"mode": mode}


def add_compare_settings() -> Components:
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
    return {
        "wall_count": wall_count,
        "draft": draft,
        "draft_steps": draft_steps,
        "vary_by": vary_by,
        "vary_count": vary_count,
        "vary_strength": vary_strength,
        "vary_strengths": vary_strengths,
        "vary_seed": vary_seed,
        "x_axis": x_axis,
        "x_values": x_values,
        "y_axis": y_axis,
        "y_values": y_values,
    }

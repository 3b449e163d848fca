"""The Compare tab: its place in the middle, and the settings that only it has."""

from typing import Any

import gradio as gr
from gradio.components import Component

from sdgui.request_fields import SETTINGS
from sdgui.web.capability import Components
from sdgui.web.compare.controls import MODES
from sdgui.web.shared.seam.html import add_html

_COMPARE = '<section id="compare" class="compare" tabindex="-1" aria-label="Compare"></section>'
_PAIR = (
    '<section id="pair" aria-label="A and B"></section>'
    '<section id="tray" aria-label="Kept pictures"></section>'
)
_PLAN = '<p id="plan" class="plan" role="status"></p>'


def add_compare() -> Components:
    """Adds the choice of what to compare and the place where it forms."""
    mode = gr.Radio(
        [(title, name) for name, title in MODES.items()],
        value=SETTINGS["mode"].first,
        label=SETTINGS["mode"].label,
        elem_id="compare-mode",
        container=False,
    )
    add_html(_COMPARE, "compare-block")
    return {"mode": mode}


def add_compare_settings() -> Components:
    """Adds the pair, the tray and the settings of each mode on top of the settings that both tabs share."""
    add_html(_PAIR, "pair-block")
    with gr.Column(elem_id="wall-settings"):
        wall_count = _slider("wall_count")
        draft = gr.Checkbox(
            SETTINGS["draft"].first,
            label=SETTINGS["draft"].label,
            elem_id="draft",
            container=False,
        )
        draft_steps = _slider("draft_steps")
    with gr.Column(elem_id="variation-settings"):
        by = SETTINGS["vary_by"]
        vary_by = gr.Radio(
            list(by.choices or ()), value=by.first, label=by.label, elem_id="vary-by"
        )
        vary_count = _slider("vary_count")
        vary_strength = _slider("vary_strength")
        vary_strengths = _text("vary_strengths", max_lines=1)
    with gr.Column(elem_id="grid-settings"):
        x_axis, x_values = _axis("x_axis"), _text("x_values", lines=2, max_lines=6)
        y_axis, y_values = _axis("y_axis"), _text("y_values", lines=2, max_lines=6)
        add_html(_PLAN, "plan-block")
    # of rows, and of grids with strengths
    vary_seed = _text("vary_seed", placeholder="random", max_lines=1)
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


def _slider(name: str) -> Component:
    one = SETTINGS[name]
    return gr.Slider(
        **one.slider, value=one.first, elem_id=_element(name), elem_classes="sd-slider"
    )


def _text(name: str, **how: Any) -> Component:
    one = SETTINGS[name]
    return gr.Textbox(one.first, label=one.label, elem_id=_element(name), **how)


def _axis(name: str) -> Component:
    one = SETTINGS[name]
    return gr.Dropdown(
        list(one.choices or ()),
        value=one.first,
        label=one.label,
        elem_id=_element(name),
        elem_classes="sd-choice",
        filterable=False,
    )


def _element(name: str) -> str:
    return name.replace("_", "-")

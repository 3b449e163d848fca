"""What both tabs share: the settings on the right, and the prompt bar at the bottom."""

from typing import Any

import gradio as gr

from sdgui.model_info import ModelInfo
from sdgui.request_fields import SETTINGS
from sdgui.web.capability import Components
from sdgui.web.shared.page.templates import render
from sdgui.web.shared.seam.html import add_html
from sdgui.web.shared.settings.controls import ASPECTS, default_controls, lengths

_HINT = '<p id="prompt-hint" class="prompt-hint"></p>'

_MODEL = '<div id="model-choice" class="model-choice"></div>'


def add_settings_head() -> None:
    """Adds the title that the settings have where they are a drawer, on phones."""
    add_html(render("shared/settings/drawer-head.html"), "settings-head")


def add_settings(info: ModelInfo, names: tuple[str, ...]) -> Components:
    """Adds the settings; the components that hold them, by name."""
    first = default_controls(info)
    aspect = gr.Radio(
        list(ASPECTS), value=first.aspect, label=SETTINGS["aspect"].label, elem_id="aspect"
    )
    with gr.Row(elem_id="own-size"):
        width, height = (
            gr.Number(
                getattr(first, name),
                label=SETTINGS[name].label,
                **lengths(info),
                elem_id=name,
            )
            for name in ("width", "height")
        )
    count, steps, guidance = (
        gr.Slider(
            **SETTINGS[name].slider,
            value=getattr(first, name),
            elem_id=name,
            elem_classes="sd-slider",
        )
        for name in ("count", "steps", "guidance")
    )
    with gr.Row(elem_id="seed-row"):
        seed = gr.Textbox(
            label=SETTINGS["seed"].label, placeholder="random", elem_id="seed", max_lines=1
        )
        gr.Button("New random seed", elem_id="seed-die")
        lock = gr.Checkbox(label=SETTINGS["lock"].label, elem_id="seed-lock", container=False)
    sampler = gr.Dropdown(
        list(info.samplers),
        value=first.sampler,
        label=SETTINGS["sampler"].label,
        elem_id="sampler",
        elem_classes="sd-choice",
        filterable=False,
    )
    add_html(_MODEL, "model")
    # Only keeps the value; what one chooses by is model-choice.js, which groups and searches.
    model = gr.Dropdown(
        **model_choices(info, names),
        label=SETTINGS["model"].label,
        elem_id="model-value",
        filterable=False,
    )
    # Of a picture whose settings were taken over; read-as.js says it below the model.
    correction = gr.Textbox(
        first.correction, label=SETTINGS["correction"].label, elem_id="correction-value"
    )
    negative_prompt = gr.Textbox(
        label=SETTINGS["negative_prompt"].label,
        placeholder="e.g. blurry, extra wheels",
        elem_id="negative-prompt",
        lines=2,
        max_lines=6,
    )
    emphasis = gr.Checkbox(
        first.emphasis,
        label=SETTINGS["emphasis"].label,
        info="(red:1.3) weighs more, [red] less; BREAK and long prompts are read in chunks",
        elem_id="emphasis",
    )
    return {
        "aspect": aspect,
        "width": width,
        "height": height,
        "count": count,
        "steps": steps,
        "guidance": guidance,
        "seed": seed,
        "lock": lock,
        "sampler": sampler,
        "model": model,
        "correction": correction,
        "negative_prompt": negative_prompt,
        "emphasis": emphasis,
    }


def model_choices(info: ModelInfo, names: tuple[str, ...]) -> dict[str, Any]:
    """What the control of the model offers, and holds first: `info` is the first one's."""
    choices = [(info.title, names[0]), *((name, name) for name in names[1:])]
    return {"choices": choices, "value": names[0]}


def add_prompt_bar() -> Components:
    """Adds the prompt and its buttons; the component that holds it, by name."""
    with gr.Row(elem_id="prompt-bar"):
        with gr.Column(elem_id="prompt-box"):
            prompt = gr.Textbox(
                label=SETTINGS["prompt"].label,
                container=False,
                placeholder="What do you want to see?",
                elem_id="prompt",
                lines=1,
                max_lines=40,  # the style ends it at some of the window's height
            )
            add_html(_HINT, "prompt-hint-block")
        gr.Button("LoRA", elem_id="adapters-button")
        gr.Button("Settings", elem_id="settings-button")
        gr.Button("Stop", elem_id="stop-button")
        gr.Button("Dream", variant="primary", elem_id="dream-button")
    return {"prompt": prompt}

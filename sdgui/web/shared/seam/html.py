"""HTML of our own among Gradio's components."""

import gradio as gr


def add_html(html: str, elem_id: str) -> None:
    """Adds it as it is: Gradio neither styles it nor runs a script for it."""
    gr.HTML(html, elem_id=elem_id, js_on_load=None, apply_default_css=False)

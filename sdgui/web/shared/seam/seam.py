"""The only way between Gradio's components and the page: our half that names them; the script's half is seam.js.

The state lives in the page's own settings, by name. A component writes its value there when it changes, and what the
page sets is written into the components. Gradio calls no Python for that.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

# The whole address: browsers remember code like this across pages of one process, with the first page's server in it.
_SEAM = "import(new URL('sdgui/shared/seam/seam.js', document.baseURI).href)"
_CONNECT_JS = (
    f"{_SEAM}.then((seam) => seam.connect((what) => trigger(what === 'read' ? 'read' : 'write')));"
)
_SECRET = "kept in the open"
"""With which the former version saved values; Gradio wants one."""

_AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


def add_seam(
    page: gr.Blocks,
    components: Mapping[str, Component],
    former: Mapping[str, Sequence[str]],
) -> None:
    """Binds the components by their names; `former`: the keys under which the former version saved values."""
    names = json.dumps(list(components))
    # Quoted names make them events: 'write' and 'read'
    way = gr.HTML("", elem_id="seam", js_on_load=_CONNECT_JS, apply_default_css=False)
    all_of_them = list(components.values())
    write = f"() => window.sdguiSeam.outgoing({names})"
    way.write(None, None, all_of_them, js=write, **_AT_ONCE)
    read = f"(...values) => window.sdguiSeam.receive({names}, values)"
    way.read(None, all_of_them, None, js=read, **_AT_ONCE)
    for name, component in components.items():
        component.change(
            None,
            component,
            None,
            js=f"(value) => window.sdguiSeam?.take({json.dumps(name)}, value) ?? []",
            **_AT_ONCE,
        )
    keys = json.dumps(list(former))
    saved = [gr.BrowserState(None, storage_key=key, secret=_SECRET) for key in former]
    page.load(
        None,
        [*components.values(), *saved],
        None,
        js=f"(...values) => {_SEAM}.then((seam) => seam.begin(...seam.parted({names}, values, {keys})))",
        **_AT_ONCE,
    )

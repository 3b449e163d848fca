"""All colours of the page, as few named variables, and Gradio's theme in terms of them."""

import gradio as gr

DARK = {
    "bg": "#0e1014",
    "panel": "#15181e",
    "raise": "#1c2027",
    "line": "#272c35",
    "edge": "#687282",
    "text": "#e8eaee",
    "dim": "#9aa3b0",
    "accent": "#7c6cff",
    "accent2": "#d25cf0",
    "button": "#6d5cf6",
    "button2": "#b03ccf",
    "ok": "#58c98b",
    "warn": "#f0a35c",
    "bad": "#ff8080",
    "heart": "#ff9db5",
    "star": "#ffd479",
    "owner": "#a99dff",
    "guest1": "#4cc9b8",
    "guest2": "#f0b85c",
    "guest3": "#f58ab8",
    "guest4": "#7fb4ff",
    "guest5": "#d3dc5c",
    "guest6": "#ff9a76",
    "guest7": "#d8dde6",
    "guest8": "#7fd67f",
    "shade": "rgb(0 0 0 / 60%)",
}
LIGHT = {
    "bg": "#f6f7f9",
    "panel": "#ffffff",
    "raise": "#eceef2",
    "line": "#d9dde4",
    "edge": "#7d8694",
    "text": "#14171c",
    "dim": "#59616e",
    "accent": "#5b48e8",
    "accent2": "#a92fca",
    "button": "#5b48e8",
    "button2": "#a92fca",
    "ok": "#187a49",
    "warn": "#a85a08",
    "bad": "#c02b36",
    "heart": "#b8265c",
    "star": "#8a5d00",
    "owner": "#5b48e8",
    "guest1": "#0f756b",
    "guest2": "#8a5d00",
    "guest3": "#b8265c",
    "guest4": "#1f5fbf",
    "guest5": "#5f6b00",
    "guest6": "#b0421a",
    "guest7": "#4a5361",
    "guest8": "#1d7a35",
    "shade": "rgb(0 0 0 / 60%)",
}


def variables() -> str:
    """The colours as CSS: dark, and light for those whose system is light, unless the page was told which."""
    light = f"color-scheme:light;{_declare(LIGHT)}"
    return (
        f":root{{color-scheme:dark;{_declare(DARK)}}}"
        f"@media (prefers-color-scheme: light){{:root:not([data-theme=dark]){{{light}}}}}"
        f":root[data-theme=light]{{{light}}}"
    )


def _declare(colours: dict[str, str]) -> str:
    return "".join(f"--sd-{name}:{value};" for name, value in colours.items())


def make_theme() -> gr.themes.Base:
    """Gradio's components in our colours and density; system fonts, so that nothing is fetched from elsewhere."""
    fonts = ("Inter", "system-ui", "-apple-system", "Segoe UI", "sans-serif")
    mono = ("ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace")
    # One accent in all shades: rings, links and loaders that nothing below names are not of Gradio's blue.
    shades = (50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950)
    accent = gr.themes.Color(name="sd", **{f"c{shade}": "var(--sd-accent)" for shade in shades})
    theme = gr.themes.Base(primary_hue=accent, secondary_hue=accent, font=fonts, font_mono=mono)
    both = {
        "body_text_color": "var(--sd-text)",
        "body_text_color_subdued": "var(--sd-dim)",
        "background_fill_primary": "var(--sd-bg)",
        "background_fill_secondary": "var(--sd-panel)",
        "border_color_primary": "var(--sd-line)",
        "border_color_accent": "var(--sd-accent)",
        "color_accent_soft": "var(--sd-raise)",
        "block_background_fill": "transparent",
        "block_border_color": "transparent",
        "block_label_text_color": "var(--sd-dim)",
        "block_title_text_color": "var(--sd-dim)",
        "input_background_fill": "var(--sd-bg)",
        "input_background_fill_focus": "var(--sd-bg)",
        "input_border_color": "var(--sd-edge)",
        "input_border_color_focus": "var(--sd-accent)",
        "input_placeholder_color": "var(--sd-dim)",
        "slider_color": "var(--sd-accent)",
        "button_secondary_background_fill": "var(--sd-raise)",
        "button_secondary_background_fill_hover": "var(--sd-line)",
        "button_secondary_text_color": "var(--sd-text)",
        "button_secondary_border_color": "var(--sd-line)",
        "checkbox_background_color": "var(--sd-bg)",
        "checkbox_background_color_selected": "var(--sd-accent)",
        "checkbox_border_color": "var(--sd-dim)",
        "checkbox_border_color_focus": "var(--sd-accent)",
        "checkbox_border_color_hover": "var(--sd-accent)",
        "checkbox_border_color_selected": "var(--sd-accent)",
        "checkbox_label_background_fill": "transparent",
        "checkbox_label_background_fill_hover": "var(--sd-raise)",
        "checkbox_label_background_fill_selected": "transparent",
        "checkbox_label_text_color": "var(--sd-dim)",
        "checkbox_label_text_color_selected": "var(--sd-text)",
        "checkbox_label_border_color": "var(--sd-line)",
        "checkbox_label_border_color_selected": "var(--sd-accent)",
    }
    values = {
        "body_background_fill": LIGHT["bg"],
        "body_background_fill_dark": DARK["bg"],
        "block_border_width": "0px",
        "block_padding": "0px",
        "block_shadow": "none",
        "block_title_text_size": "13px",
        "block_title_text_weight": "400",
        "layout_gap": "0px",
        "input_border_width": "1px",
        "input_radius": "8px",
        "input_shadow": "none",
        "input_shadow_focus": "none",
    }
    for name, value in both.items():
        values[name] = value
        values[f"{name}_dark"] = value
    return theme.set(**values)

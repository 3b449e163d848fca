"""The one way between Gradio's components and the page's settings."""

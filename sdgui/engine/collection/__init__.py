"""The owner's models folders, as A1111, Forge, ComfyUI and InvokeAI lay them out: what lies there, by its headers."""

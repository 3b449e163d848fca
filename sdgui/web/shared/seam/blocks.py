"""Gradio's Blocks without what we have no use for, and which costs something with nobody there."""

from typing import Any

import gradio as gr

SESSIONS = 16
"""Sessions of which Gradio remembers anything: none of ours has a state on its side, and each would cost 0.15 MB."""


class StillBlocks(gr.Blocks):
    """Blocks whose queue never starts: its loops wake eleven hundred times a second, and nothing waits in it.

    What calls Python goes through our own routes; what Gradio's queue is asked for all the same it refuses, as full.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.state_session_capacity = SESSIONS
        self.queue(api_open=False, max_size=0, default_concurrency_limit=None)

    def run_startup_events(self) -> None:
        """What Gradio does when its server starts, but for the queue."""
        self.is_running = True
        self.create_limiter()

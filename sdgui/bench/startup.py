"""How long the page and the first picture take from the start, against `import gradio` alone."""

import subprocess
import sys
import time

from sdgui.bench.client import AppClient
from sdgui.bench.server import running_app


def import_gradio() -> float:
    """Seconds that a fresh Python takes to import gradio."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import gradio"], check=True, capture_output=True)
    return time.perf_counter() - begun


class PageWay:
    """Seconds from the start of the app until its page answers."""

    def __init__(self, *flags: str) -> None:
        self._flags = flags

    def __call__(self) -> float:
        with running_app(*self._flags) as app:
            return app.wait_for_page()


class FirstPictureWay:
    """Seconds from the start of the app until the first picture that was asked for has arrived."""

    def __init__(self, *flags: str) -> None:
        self._flags = flags

    def __call__(self) -> float:
        with running_app(*self._flags) as app:
            app.wait_for_page()
            AppClient(app.url).dream(prompt="a red boat at sea", seed=1041, count=1)
            return time.perf_counter() - app.begun

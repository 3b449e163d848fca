"""The whole app in a process of its own, for tests."""

import functools
import signal
import subprocess
import sys
from pathlib import Path

from sdgui.bench.server import ENVIRONMENT, PATIENCE, ROOT, AppProcess


class RunningApp(AppProcess):
    """`python app.py`, up and answering."""

    def __init__(self, folder: Path, *flags: str) -> None:
        super().__init__(folder, *flags)
        self.wait_for_page()

    def pictures(self) -> list[Path]:
        """The finished PNGs on disk, oldest first."""
        return sorted(self.outputs.glob("*/*.png"), key=lambda file: file.stat().st_mtime_ns)


def start(*flags: str, folder: Path) -> subprocess.Popen[str]:
    """The app on its way up; Ctrl+C reaches it even where the tests run in the background, which ignores it."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=ENVIRONMENT,
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def start_and_fail(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Starts the app with flags that it must refuse."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *flags],
        capture_output=True,
        text=True,
        cwd=folder,
        env=ENVIRONMENT,
        timeout=PATIENCE,
        check=False,
    )

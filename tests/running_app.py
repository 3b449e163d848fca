"""The whole app in a process of its own, as a person starts it, on a free port."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).parent.parent
PATIENCE = 120.0
"""Seconds after which an app that does not answer has failed."""
ENVIRONMENT = {**os.environ, "NO_PROXY": "127.0.0.1,localhost", "GRADIO_ANALYTICS_ENABLED": "False"}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RunningApp:
    """`python app.py` with its output folder and log under `folder`."""

    def __init__(self, folder: Path, *flags: str, port: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port() if port is None else port
        self.url = f"http://127.0.0.1:{self.port}"
        self.outputs = folder / "outputs"
        self.log = folder / "app.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, str(ROOT / "app.py"), "--port", str(self.port)),
                    *("--output-dir", str(self.outputs), *flags),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=ENVIRONMENT,
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            with (
                contextlib.suppress(URLError, OSError),
                urllib.request.urlopen(self.url, timeout=30),
            ):
                return
        raise AssertionError(f"the app did not come up:\n{self.log.read_text()}")

    def pictures(self) -> list[Path]:
        """The finished PNGs on disk, oldest first."""
        return sorted(self.outputs.glob("*/*.png"))

    def stop(self) -> int:
        """Ends it as Ctrl+C or a service manager would; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """Ends it as a power cut would: the app and its workers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


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

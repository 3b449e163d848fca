"""The whole app in a process of its own, as a person starts it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from urllib.error import URLError

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
"""Seconds after which a server that does not answer is given up."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class AppProcess:
    """`app.py` on a free port with an output folder of its own; a context manager."""

    def __init__(self, *flags: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = tempfile.TemporaryDirectory(prefix="sdgui-bench-")
        self._log = Path(self._folder.name) / "app.log"
        self.begun = time.perf_counter()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, str(ROOT / "app.py"), "--port", str(self.port)),
                    *("--output-dir", str(Path(self._folder.name) / "outputs"), *flags),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder.name,
                env={**os.environ, "NO_PROXY": "127.0.0.1,localhost"},
            )

    @property
    def pid(self) -> int:
        """The id of the server's process."""
        return self._process.pid

    def wait_for_page(self) -> float:
        """Seconds from the start until the page answered."""
        while time.perf_counter() - self.begun < PATIENCE:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(URLError, OSError), urllib.request.urlopen(self.url) as page:
                page.read()
                return time.perf_counter() - self.begun
            time.sleep(0.01)
        raise RuntimeError(f"the app did not come up:\n{self._log.read_text()}")

    def peak_memory(self) -> int:
        """Bytes that the server and its workers have held at most, summed (Linux; 0 elsewhere)."""
        return sum(_peak(pid) for pid in _family(self.pid))

    def __enter__(self) -> "AppProcess":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child))


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    for line in status.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0

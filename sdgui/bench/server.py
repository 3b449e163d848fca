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
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0
"""Seconds after which a server that does not answer is given up."""
BREATH = 0.01
"""Seconds between two looks whether it answers: looking without a pause takes a core of those that start it."""
ENVIRONMENT = {**os.environ, "NO_PROXY": "127.0.0.1,localhost"}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class AppProcess:
    """`python app.py` on a free port, with its output folder and its log under `folder`."""

    def __init__(self, folder: Path, *flags: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.outputs = folder / "outputs"
        self.log = folder / "app.log"
        self.begun = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
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

    def wait_for_page(self) -> float:
        """Seconds from the start until the page answered, or the question for a name and a password before it."""
        while time.perf_counter() - self.begun < PATIENCE and self._process.poll() is None:
            try:
                with urllib.request.urlopen(self.url) as page:
                    page.read()
                return time.perf_counter() - self.begun
            except HTTPError as fault:
                if fault.code == HTTPStatus.UNAUTHORIZED:
                    return time.perf_counter() - self.begun
            except (URLError, OSError):
                time.sleep(BREATH)
        raise RuntimeError(f"the app did not come up:\n{self.log.read_text()}")

    @property
    def pid(self) -> int:
        """The id of the server's process."""
        return self._process.pid

    def processes(self) -> tuple[int, ...]:
        """The ids of the server's process and all below it (Linux; the first alone elsewhere)."""
        return tuple(_family(self.pid))

    def peak_memory(self) -> int:
        """Bytes that the server and its workers have held at most, summed (Linux; 0 elsewhere)."""
        return sum(_status(pid, "VmHWM:") for pid in self.processes())

    def stop(self) -> int:
        """Ends it as Ctrl+C or a service manager would; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """Ends it as a power cut would: the app and its workers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextlib.contextmanager
def running_app(*flags: str) -> Iterator[AppProcess]:
    """The app with an output folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="sdgui-bench-") as folder:
        app = AppProcess(Path(folder), *flags)
        try:
            yield app
        finally:
            app.stop()


def held_memory(app: AppProcess) -> tuple[int, ...]:
    """Bytes that the server, and then each process below it, hold now (Linux)."""
    return tuple(_status(pid, "VmRSS:") for pid in app.processes())


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child))


def _status(pid: int, name: str) -> int:
    """Bytes that the system tells under this name of a process; 0 where it does not."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    for line in status.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0

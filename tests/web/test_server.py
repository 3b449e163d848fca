"""The server as a process: what it imports, and how it ends."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.fake_engine import PATIENCE
from tests.studio.conftest import ManyModels
from tests.web.conftest import Site, open_site


def end_with_a_stream_open() -> tuple[int, str, str]:
    """Exit code of a server that is told to end while a stream is open, and what it has said on both channels."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.web.painter", "0", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        with httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as client:
            client.get("/status")
            with client.stream("GET", "/gradio_api/heartbeat/abc") as stream:
                next(stream.iter_text())
                server.send_signal(signal.SIGTERM)
                out, err = server.communicate(timeout=PATIENCE)
    return server.returncode, out.strip(), err


@pytest.mark.beside.with_args(end_with_a_stream_open)
def test_open_streams_do_not_hold_up_the_end(beside: Callable[[], tuple[int, str, str]]) -> None:
    assert beside() == (0, "closed", "")


def test_what_a_person_can_mend_is_answered_in_their_words(tmp_path: Path) -> None:
    with open_site(tmp_path) as site:
        client = site.visitor()
        picture = site.dream(client).tasks[0].id
        shutil.rmtree(tmp_path / ".thumbs")
        (tmp_path / ".thumbs").touch()
        reply = client.get(f"/thumb/{picture}")
    assert reply.status_code == 503
    assert "cannot be written" in reply.json()["detail"]


def test_what_cannot_be_asked_is_the_askers_fault(tmp_path: Path) -> None:
    models = ManyModels("other")
    with open_site(tmp_path, models=models) as site:
        client = site.visitor()
        site.engine.go.clear()
        job = site.begin(client, model="other")
        client.post(f"/jobs/{job.id}/cancel")
        site.engine.go.set()
        models.change("other")
        for reply, said in (
            (client.get("/model", params={"name": "nope"}), "no model called “nope”"),
            (client.post(f"/jobs/{job.id}/continue"), "The model other has changed"),
        ):
            assert reply.status_code == 422
            assert said in reply.json()["detail"]


def test_no_traceback_and_no_docs_are_served(site: Site) -> None:
    client = site.visitor()
    for path in ("/docs", "/redoc", "/openapi.json", "/gradio_api/runs", "/monitoring"):
        reply = client.get(path)
        assert reply.status_code in (401, 403, 404), path
        assert "Traceback" not in reply.text


def test_unqueued_calls_of_the_endpoint_are_refused(site: Site) -> None:
    reply = site.visitor().post("/gradio_api/run/dream", json={"data": ["a cat"]})
    assert reply.status_code == 404


def test_files_of_this_machine_are_not_served(site: Site) -> None:
    client = site.visitor()
    for path in ("/etc/passwd", str(Path(__file__).resolve())):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)

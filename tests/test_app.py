"""Starting the app: what it refuses, and what survives."""

import contextlib
import hashlib
import json
import logging
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from PIL import Image

import app as app_module
from app import Plain, make_catalog
from sdgui.bench.client import AppClient
from sdgui.bench.server import BREATH, PATIENCE, free_port
from sdgui.engine.allocator import FREED_MEMORY
from sdgui.engine.waiting import SPIN_COUNT, SPINS
from sdgui.errors import UserError
from sdgui.settings import AUTH, Settings, parse_settings
from sdgui.storage.pictures import read_spec
from sdgui.storage.whole_file import write_whole
from sdgui.studio.guest_book import GuestBook
from sdgui.web.doors.on_network import address_on_network
from sdgui.web.share.told import HELD
from tests import peers_files as peers
from tests.engine.checkpoints.writing import write_single_file
from tests.engine.tiny_model import write_tiny_model
from tests.running_app import ROOT, RunningApp, start, start_and_fail

PASSWORD = "sesame-open-sesame"


def the_refusal(folder: Path, *flags: str) -> str:
    """What the app said; checks that it was one plain sentence with a hint, and exit code 2."""
    done = start_and_fail(folder, *flags)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} is already in use" in the_refusal(tmp_path, "--port", str(port))


def test_an_output_folder_under_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = the_refusal(tmp_path, "--port", str(free_port()), "--output-dir", "file/outputs")
    assert "file/outputs" in said


def test_an_output_folder_on_a_file_system_that_takes_nothing(tmp_path: Path) -> None:
    said = the_refusal(tmp_path, "--port", str(free_port()), "--output-dir", "/proc/outputs")
    assert "/proc/outputs" in said


@pytest.mark.parametrize(
    "flags", [("--model", "./nothing-here"), ("--model", "demo", "--model", "/nothing/here")]
)
def test_a_model_that_is_not_there(tmp_path: Path, flags: tuple[str, ...]) -> None:
    said = the_refusal(tmp_path, "--port", str(free_port()), *flags)
    assert f"There is no model at “{flags[-1]}”" in said


def test_all_models_that_are_named_can_be_chosen_and_the_one_inside(tmp_path: Path) -> None:
    folder = str(write_tiny_model(tmp_path / "own"))
    flags = ["--output-dir", str(tmp_path / "outputs"), "--model"]
    assert make_catalog(parse_settings([*flags, folder])).names() == ("own", "demo")
    both = make_catalog(parse_settings([*flags, "demo", "--model", folder]))
    assert both.names() == ("demo", "own")
    assert both.describe("own").ref.id == "own"


def test_visitors_learn_no_place_of_a_model_and_pictures_made_when_they_did_find_it(
    tmp_path: Path,
) -> None:
    folder = str(write_tiny_model(tmp_path / "own"))
    output = str(tmp_path / "outputs")
    catalog = make_catalog(parse_settings(["--output-dir", output, "--model", folder]))
    with pytest.raises(UserError) as caught:
        catalog.describe("boats")
    told = (str(caught.value), repr(catalog.describe("own")), *catalog.names())
    assert not any(str(tmp_path) in one for one in told)
    before = catalog.describe(folder).ref
    assert (before.id, before.hash) == (folder, catalog.describe("own").ref.hash)
    assert catalog.locate(folder).info.ref == before


def test_a_single_file_out_of_a_models_folder_is_dreamt_with_by_its_name(tmp_path: Path) -> None:
    tiny = write_single_file("sd1", tmp_path / "work")
    folder = tmp_path / "models" / "Stable-diffusion"
    folder.mkdir(parents=True)
    tiny.rename(folder / "tiny.safetensors")
    running = RunningApp(tmp_path, "--models-dir", str(tmp_path / "models"))
    try:
        until = time.monotonic() + PATIENCE
        asked = f"{running.url}/model?name=tiny"
        while httpx.get(asked).status_code != 200:  # it is found beside the page
            assert time.monotonic() < until
        (picture,) = AppClient(running.url).dream(
            prompt="a cat", model="tiny", seed=1, steps=1, width=64, height=64
        )
    finally:
        running.kill()
    (path,) = running.pictures()
    assert path.read_bytes() == picture
    spec = read_spec(path)
    assert spec is not None
    assert spec.model.id == "tiny"
    content = (folder / "tiny.safetensors").read_bytes()
    assert spec.model.hash == hashlib.sha256(content).hexdigest()


def test_a_models_folder_that_is_not_there(tmp_path: Path) -> None:
    said = the_refusal(tmp_path, "--port", str(free_port()), "--models-dir", "./nowhere")
    assert "There is no folder at nowhere" in said


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "empty" in the_refusal(tmp_path, "--port", str(free_port()), "--model", "./empty")


def test_a_folder_that_the_command_line_names_comes_in_for_the_owner(tmp_path: Path) -> None:
    (tmp_path / "peers").mkdir()
    file = tmp_path / "peers" / "fox.png"
    file.write_bytes(peers.png({"parameters": peers.INFOTEXT}))
    running = RunningApp(tmp_path, "--import", "peers", "--import-copy", "--host", "0.0.0.0")
    try:
        said = running.log.read_text()
        [link] = re.findall(rf"{running.url}/\?token=[\w-]{{43}}", said)
        others = address_on_network("0.0.0.0", httpx.URL(running.url).port or 0)
        assert (f"Others in your network find it at {others}" in said) == (others is not None)
        guest, owner = (httpx.Client(trust_env=False, follow_redirects=True) for _ in range(2))
        assert guest.get(f"{running.url}/history/imports").json() == {"may": False, "imports": []}
        owner.get(link)
        until = time.monotonic() + PATIENCE
        while True:
            [told] = owner.get(f"{running.url}/history/imports").json()["imports"]
            if told["state"] == "finished":
                break
            assert time.monotonic() < until, told
        assert told["sentence"] == "1 picture came in."
        found = owner.get(f"{running.url}/history/ids?section=all&q=fox").json()["pictures"]
        assert owner.get(f"{running.url}/picture/{found[0]}").content == file.read_bytes()
    finally:
        running.kill()
    [copy] = (running.outputs / "imported").rglob("*.png")
    assert copy.read_bytes() == file.read_bytes()
    assert "1 picture came in." in running.log.read_text()


def test_where_others_can_come_the_terminal_has_the_owner_s_link_and_they_are_guests(
    tmp_path: Path,
) -> None:
    flags = ("--host", "0.0.0.0", "--new-token", "--guest-steps", "9", "--auth", f"ann:{PASSWORD}")
    (tmp_path / "outputs").mkdir()
    GuestBook(tmp_path / "outputs", write_whole).hold(True)
    app = RunningApp(tmp_path, *flags)
    try:
        [link] = re.findall(rf"{app.url}/\?token=[\w-]{{43}}", app.log.read_text())
        guest, owner = (httpx.Client(trust_env=False, follow_redirects=True) for _ in range(2))
        assert guest.get(app.url).status_code == 401
        guest.auth = ("ann", PASSWORD)
        assert owner.get(link).url == f"{app.url}/"
        told = [client.get(f"{app.url}/me").json() for client in (guest, owner)]
        assert [one["role"] for one in told] == ["guest", "owner"]
        assert [one["limits"]["steps"] for one in told] == [9, None]
        assert [one["paused"] for one in told] == [True, True] and HELD in app.log.read_text()
        asked = {"prompt": "a cat", "steps": 10}
        refused = guest.post(f"{app.url}/gradio_api/call/v2/dream", json=asked)
        assert "You may ask for 9 steps, and these are 10." in refused.text
        said = app.log.read_text()
        assert "can read the passwords of --auth" in said and PASSWORD not in said
        token = link.partition("=")[2]
        shown = [one for one in command_lines() if PASSWORD in one or token in one]
        assert len(shown) == 1 and "app.py" in shown[0]  # none of what it starts
        assert said.count(token) == 1
    finally:
        app.kill()


def command_lines() -> list[str]:
    """What the list of processes shows."""
    shown = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            shown.append(file.read_bytes().decode("utf-8", "replace"))
    return shown


def test_the_environment_may_hold_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Settings] = []
    monkeypatch.setattr(app_module, "serve", served.append)
    monkeypatch.setenv(AUTH, "ann:sesame")
    assert app_module.main(["--share"]) == 0
    assert served[0].auth == (("ann", "sesame"),)


def test_ctrl_c_while_it_starts_is_no_fault(tmp_path: Path) -> None:
    port = free_port()
    starting = start("--port", str(port), folder=tmp_path)
    while starting.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            starting.wait(BREATH)
    starting.send_signal(signal.SIGINT)
    _, said = starting.communicate(timeout=PATIENCE)
    assert starting.returncode == 130
    assert said == ""


def test_what_a_person_can_mend_stands_in_the_log_as_on_the_page() -> None:
    terminal = Plain("%(levelname)s %(name)s: %(message)s")

    def logged(message: str, told: object) -> str:
        record = logging.LogRecord(
            "sdgui", logging.ERROR, __file__, 1, message, (told,), exc_info=None
        )
        return terminal.format(record)

    assert logged("%s", UserError("No GPU.", "Use --device cpu.")) == "No GPU. Use --device cpu."
    assert logged("%s is lost", "the device") == "ERROR sdgui: the device is lost"


def test_nothing_that_somebody_wrote_begins_a_line_of_the_log_or_orders_the_terminal() -> None:
    """The name of a file may have any letter but two in it."""
    name = "a.png\n2026-01-01 00:00:00,000 WARNING sdgui: forged\r\x1b[2Jgone\x9b\u202e"
    fault = ValueError(f"no picture: {name!r}")
    record = logging.LogRecord(
        "sdgui", logging.WARNING, __file__, 1, "%s is damaged", (name,), (ValueError, fault, None)
    )
    layout = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    line = Plain(layout).format(record)
    assert "a.png" in line and "ValueError: no picture" in line
    assert all(char == "\n" or char.isprintable() for char in line)
    assert [one for one in line.split("\n") if one.startswith("20")] == line.split("\n")[:1]
    careless = logging.Formatter(layout).format(record)
    assert "\x1b" in careless and "\n2026-01-01" in careless


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    app = RunningApp(tmp_path_factory.mktemp("shared"))
    yield app
    app.kill()


def test_a_second_instance_on_the_same_folder_is_refused_and_the_first_goes_on(
    shared_app: RunningApp, tmp_path: Path
) -> None:
    said = the_refusal(
        tmp_path, "--port", str(free_port()), "--output-dir", str(shared_app.outputs)
    )
    assert str(shared_app.outputs) in said
    client = Client(shared_app.url, verbose=False, download_files=False)
    assert client.predict(prompt="a cat", steps=2, seed=1, api_name="/dream")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_pictures_are_made_and_served_without_torch_in_the_server(shared_app: RunningApp) -> None:
    client = Client(shared_app.url, verbose=False, download_files=False)
    assert client.predict(prompt="a cat", steps=12, seed=2, count=2, api_name="/dream")
    with_torch = {
        pid: "libtorch" in Path(f"/proc/{pid}/maps").read_text() for pid in shared_app.processes()
    }
    assert not with_torch.pop(shared_app.pid)
    assert any(with_torch.values())  # of the worker


def test_the_worker_never_imports_how_the_model_inside_was_made() -> None:
    code = "import app, sdgui.api, sdgui.engine.engine, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ours = [name for name in done.stdout.split() if name.startswith("sdgui.demo.")]
    assert ours == ["sdgui.demo.embedded"]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
def test_the_worker_starts_with_the_settings_that_are_read_once(shared_app: RunningApp) -> None:
    environments = {
        pid: Path(f"/proc/{pid}/environ").read_text().split("\0")
        for pid in shared_app.processes()
        if pid != shared_app.pid
    }
    settings = {f"{SPIN_COUNT}={SPINS}", *(f"{name}={n}" for name, n in FREED_MEMORY.items())}
    assert environments
    for environment in environments.values():
        assert settings <= set(environment)


def call(app: RunningApp, **asked: object) -> str:
    """The id of a call over HTTP that was taken."""
    reply = httpx.post(f"{app.url}/gradio_api/call/v2/dream", json=asked, trust_env=False)
    event: str = reply.json()["event_id"]
    return event


def get(url: str) -> str:
    return httpx.get(url, trust_env=False, timeout=PATIENCE).text


def test_finished_pictures_survive_a_power_cut_and_the_queue_comes_back(tmp_path: Path) -> None:
    app = RunningApp(tmp_path)
    client = Client(app.url, verbose=False, download_files=False)
    client.submit(prompt="a red boat", seed=7, count=10, steps=10, api_name="/dream")
    first = client.submit(prompt="a cat", seed=1, count=1, steps=2, api_name="/dream")
    waiting = [call(app, prompt="a dog", seed=seed, steps=2) for seed in (31, 32)]
    first.result(timeout=120)
    app.kill()
    before = {path.name: path.read_bytes() for path in app.pictures()}
    assert before

    again = RunningApp(tmp_path)
    try:
        client = Client(again.url, verbose=False, download_files=False)
        client.predict(prompt="a cat", seed=2, count=1, steps=11, api_name="/dream")
        for event in waiting:  # by somebody without a cookie, before and after
            assert "event: complete" in get(f"{again.url}/gradio_api/call/dream/{event}")
        after = {path.name: path.read_bytes() for path in again.pictures()}
        assert before.items() <= after.items()
        seeds = sorted(spec.seed for path in again.pictures() if (spec := read_spec(path)))
        assert set(range(7, 17)) <= set(seeds)
        for path in again.pictures():
            with Image.open(path) as image:
                image.load()
    finally:
        again.kill()


@dataclass(frozen=True)
class Stopped:
    """An app that was told to stop when somebody had dreamt."""

    app: RunningApp
    code: int
    client: AppClient
    made: tuple[bytes, ...]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    app = RunningApp(tmp_path_factory.mktemp("stopped"))
    try:
        client = AppClient(app.url)
        client.cookie()
        made = client.dream(prompt="a cat", seed=1, count=2, steps=1, width=64, height=64)
        return Stopped(app, app.stop(), client, tuple(made))
    finally:
        app.kill()


def test_the_terminal_shows_the_address_and_nothing_else_until_it_is_told_to_stop(
    stopped: Stopped,
) -> None:
    assert stopped.code == 0
    assert stopped.app.log.read_text() == f"sdgui is at {stopped.app.url}\n"


def test_a_damaged_list_is_refused_and_made_again_for_whoever_dreamt(
    stopped: Stopped, tmp_path: Path
) -> None:
    client, outputs = stopped.client, tmp_path / "outputs"
    shutil.copytree(stopped.app.outputs, outputs)
    # Of an app that was killed the journal beside it would have the whole beginning of the file.
    database = outputs / "sdgui.db"
    damaged = b"no database" + database.read_bytes()[11:]
    database.write_bytes(damaged)
    said = the_refusal(tmp_path, "--port", str(free_port()), "--output-dir", str(outputs))
    assert f"{database}, is damaged" in said and "--rebuild" in said
    again = RunningApp(tmp_path, "--rebuild")
    try:
        client.url = again.url
        shown = json.loads(client.get("/history/ids?section=all&sort=rating"))["pictures"]
        found = [client.get(f"/picture/{picture}") for picture in shown]
        assert sorted(found) == sorted(stopped.made)
        assert json.loads(AppClient(again.url).get("/history/sections"))["total"] == 0
        assert "2 of 2 files" in again.log.read_text()
        [kept] = again.outputs.glob("sdgui.damaged-*.db")
        assert kept.read_bytes() == damaged
    finally:
        again.kill()

"""The page's scripts: types, lint, and unit tests of what needs no page. `npm ci` fetches the pinned tools once."""

import functools
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sdgui.web.page import page_facts
from sdgui.web.rooms import ROOT as SCRIPTS
from sdgui.web.rooms import served_files
from tests.studio.conftest import OneModel
from tests.web.said import FILE, said

ROOT = Path(__file__).parent.parent.parent
HERE = ROOT / "tests" / "scripts"
_OLDEST = 18


def why_not() -> str:
    """Why the scripts cannot be checked here; "" where they can."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return "node and npm are not installed"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    major = int(version.strip().lstrip("v").split(".")[0])
    return "" if major >= _OLDEST else f"node {version.strip()} is older than {_OLDEST}"


@functools.cache
def tools() -> Path:
    """The folder of the pinned tools, fetched where they are missing or others than the lock file's."""
    if reason := why_not():
        pytest.skip(reason)
    modules, lock = HERE / "node_modules", HERE / "package-lock.json"
    fetched = modules / ".fetched"
    if not fetched.is_file() or fetched.read_bytes() != lock.read_bytes():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.copyfile(lock, fetched)
    return modules / ".bin"


def run(*command: object, facts: Path | None = None) -> None:
    environment = os.environ if facts is None else {**os.environ, "FACTS": str(facts)}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def check_types() -> None:
    run(tools() / "tsc", "--project", HERE / "tsconfig.json")


def lint() -> None:
    run(tools() / "eslint", "--config", HERE / "eslint.config.js", "sdgui/web", "tests/scripts")


def run_units(facts: str) -> None:
    tools()
    tests = sorted(HERE.glob("*.test.js"))
    assert tests
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "facts.json"
        file.write_text(facts)
        run("node", "--import", HERE / "setup.js", "--test", *tests, facts=file)


@pytest.mark.beside.with_args(check_types)
def test_the_types_of_all_scripts_fit(beside: Callable[[], None]) -> None:
    beside()


@pytest.mark.beside.with_args(lint)
def test_the_linter_finds_nothing(beside: Callable[[], None]) -> None:
    beside()


@pytest.mark.beside.with_args(run_units, json.dumps(page_facts(OneModel())))
def test_what_needs_no_page_does_what_it_says(beside: Callable[[], None]) -> None:
    beside()


def test_every_script_is_checked() -> None:
    scripts = [file for name, file in served_files().items() if name.endswith(".js")]
    for script in [*scripts, *HERE.glob("*.js")]:
        assert script.read_text(encoding="utf-8").startswith("// @ts-check\n"), script


def test_what_the_scripts_of_sharing_ask_for_begins_where_the_server_is() -> None:
    """Which behind a proxy is a path of its own."""
    for script in sorted((SCRIPTS / "share").glob("*.js")):
        text = script.read_text(encoding="utf-8")
        askers = re.findall(r"(\w*)\(?[`\"]/(?:share|me|d)\b", text)
        assert set(askers) <= {"at", "ask", "tell"}, script
        assert re.findall(r"\b(?:href|src): (?!at\().*", text) == [], script


def test_no_control_is_greyed_without_its_reason() -> None:
    """`grey` says why. Places without a picture, and lines of a list that are their own reason, are no controls."""
    places = {"shared/dom/grey.js", "shared/gallery/tile.js", "compare/sheet/sheet.js"}
    for name, file in served_files().items():
        if not name.endswith(".js") or file.relative_to(SCRIPTS).as_posix() in places:
            continue
        greyed = re.findall(
            r"^.*(?:\.disabled = |\bdisabled: (?!true)|toggleAttribute\(\"disabled).*$",
            file.read_text(encoding="utf-8"),
            re.M,
        )
        assert greyed == [], file


def test_the_scripts_know_what_python_says() -> None:
    assert FILE.read_text(encoding="utf-8") == said(), "python -m tests.web.said writes it anew"


def test_the_tools_are_pinned_and_come_from_nowhere_in_particular() -> None:
    wanted = json.loads((HERE / "package.json").read_text())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert "resolved" not in (HERE / "package-lock.json").read_text()

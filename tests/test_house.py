"""The house rules that tools check: lint, format, types, floors, and what the README promises."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "floors": ["importlinter"],
}


@pytest.mark.parametrize("name", TOOLS)
def test_the_tools_find_nothing(name: str) -> None:
    tool, *rest = TOOLS[name]
    command = [sys.executable, "-m", tool, *rest]
    if tool == "importlinter":
        command = [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as m; m()",
        ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_page_needs_is_imported_without_torch() -> None:
    modules = (
        "app, sdgui.web.server, sdgui.studio.studio, sdgui.storage.disk_store, sdgui.engine.catalog"
    )
    code = f"import sys, {modules}; print(*{{'torch', 'diffusers', 'transformers'}} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_the_app_never_imports_how_the_model_inside_was_made() -> None:
    modules = "app, sdgui.api, sdgui.web.server, sdgui.engine.engine"
    code = f"import sys, {modules}; print([m for m in sys.modules if m.startswith('sdgui.demo.')])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['sdgui.demo.embedded']"


def test_every_flag_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    usage = subprocess.run(
        [sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    flags = set(re.findall(r"--[a-z-]+", usage.stdout)) - {"--help"}
    assert len(flags) >= 8
    assert not [flag for flag in sorted(flags) if f"`{flag}" not in readme]


def test_dependencies_are_pinned() -> None:
    for name in ("requirements.txt", "tests/requirements.txt"):
        lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        assert all("==" in line for line in lines if line), name

"""The house rules that tools check: lint, format, floors, and what the README promises."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "floors": ["-c", "from importlinter.cli import lint_imports_command as m; m()"],
}


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """What another Python says."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(name, marks=pytest.mark.beside.with_args(python, *tool))
        for name, tool in TOOLS.items()
    ],
    indirect=True,
)
def test_the_tools_find_nothing(beside: Callable[[], "subprocess.CompletedProcess[str]"]) -> None:
    done = beside()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.beside.with_args(
    python,
    "-c",
    "import app, sdgui.web.server, sdgui.studio.studio, sdgui.storage.disk_store, sdgui.engine.catalog\n"
    "import sys; print(*sys.modules)",
)
def test_the_server_imports_neither_torch_nor_how_the_model_inside_was_made(
    beside: Callable[[], "subprocess.CompletedProcess[str]"],
) -> None:
    done = beside()
    assert done.returncode == 0, done.stderr
    modules = set(done.stdout.split())
    assert not {"torch", "diffusers", "transformers"} & modules
    assert [name for name in modules if name.startswith("sdgui.demo.")] == ["sdgui.demo.embedded"]


def test_every_flag_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    usage = subprocess.run(
        [sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    flags = set(re.findall(r"--[a-z-]+", usage.stdout)) - {"--help"}
    assert len(flags) >= 8
    assert not [flag for flag in sorted(flags) if f"`{flag}" not in readme]


def test_the_readme_shows_the_rooms_as_they_are() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = readme.split("## How it is built")[1].split("```")[1]
    path: list[str] = []
    shown: set[str] = set()
    for line in tree.splitlines():
        if found := re.match(r"((?:  ){0,3})([\w.]+)(/| |$)", line):
            path[len(found[1]) // 2 :] = [found[2]]
            shown.add("/".join(path))
    packages = [*ROOT.glob("sdgui/*/__init__.py"), *ROOT.glob("sdgui/web/*/__init__.py")]
    rooms = {file.parent.relative_to(ROOT).as_posix() for file in packages}
    assert "sdgui/web/dream" in rooms
    assert rooms <= shown
    assert not [name for name in sorted(shown) if not (ROOT / name).exists()]


NOT_IMPORTED = {
    "requirements.txt": set(),
    "tests/requirements.txt": {"ruff", "mypy", "import-linter", "pytest-xdist"},  # run as tools
}


def pinned(name: str) -> set[str]:
    """The distributions that a file of requirements pins; each line that says anything pins one."""
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    pins = [re.fullmatch(r"([\w.-]+)==[\w.]+", line) for line in lines if line]
    assert all(pins), name
    return {normal(pin[1]) for pin in pins if pin is not None}


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def imported(files: Iterable[Path]) -> set[str]:
    """The distributions of all modules that these files import anywhere, the standard library's and ours left out."""
    modules: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
                modules.add(node.module)
    tops = {module.split(".")[0] for module in modules}
    theirs = tops - sys.stdlib_module_names - {"app", "sdgui", "tests"}
    known = packages_distributions()
    return {normal(known[top][0]) for top in theirs}


def test_what_is_imported_is_pinned_and_nothing_else() -> None:
    """The bench, which measures a page in a browser, may use what the tests use."""
    app, tests = "requirements.txt", "tests/requirements.txt"
    bench = set((ROOT / "sdgui" / "bench").rglob("*.py"))
    needed = imported({ROOT / "app.py", *(ROOT / "sdgui").rglob("*.py")} - bench)
    assert pinned(app) - NOT_IMPORTED[app] == needed
    theirs = imported({*(ROOT / "tests").rglob("*.py"), *bench})
    assert pinned(tests) - NOT_IMPORTED[tests] == theirs - needed

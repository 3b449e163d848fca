"""What `.ci/run` installs on a machine where something is missing, with stubs for the machine's own commands."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEEDED = ("bash", "dirname", "sed", "grep", "id", "env", "touch", "chmod")
APT_GET = """#!/usr/bin/env bash
what="${*: -1}"
[ "$1" = install ] || exit 0
case " $REFUSED " in *" $what "*) exit 100 ;; esac
echo "installs $what"
touch "$BIN/${what/nodejs/node}"
chmod +x "$BIN/${what/nodejs/node}"
"""


class Machine:
    """A machine on which only the commands named are there; what apt-get refuses, it does not install."""

    def __init__(self, folder: Path, present: tuple[str, ...]) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in NEEDED:
            real = shutil.which(name)
            assert real is not None
            (self.bin / name).symlink_to(real)
        self.stub("sudo", '#!/usr/bin/env bash\n"$@"\n')
        self.stub("apt-get", APT_GET)
        for name in present:
            self.stub(name, "#!/usr/bin/env bash\n")
        self.tree = folder / "tree"
        (self.tree / ".ci").mkdir(parents=True)
        shutil.copy(ROOT / ".ci" / "run", self.tree / ".ci" / "run")
        readme = "<!-- the test command -->\n```sh\necho runs the tests\n```\n"
        (self.tree / "README.md").write_text(readme)

    def stub(self, name: str, script: str) -> None:
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def run(self, refused: str = "") -> tuple[int, list[str]]:
        """The exit status, and what was installed and run, in this order."""
        done = subprocess.run(
            [self.bin / "bash", self.tree / ".ci" / "run"],
            env={"PATH": str(self.bin), "BIN": str(self.bin), "REFUSED": refused},
            capture_output=True,
            text=True,
            check=False,
        )
        told = [
            line for line in done.stdout.splitlines() if line.split()[0] in ("installs", "runs")
        ]
        return done.returncode, told


@pytest.mark.skipif(os.name != "posix", reason="the script is for a shell")
@pytest.mark.parametrize(
    ("present", "refused", "status", "told"),
    [
        ((), "", 0, ["installs chromium", "installs nodejs", "installs npm", "runs the tests"]),
        (("chromium", "node", "npm"), "", 0, ["runs the tests"]),
        (("chromium", "node"), "", 0, ["installs npm", "runs the tests"]),
        (("node",), "npm", 0, ["installs chromium", "runs the tests"]),
        (("node", "npm"), "", 0, ["installs chromium", "runs the tests"]),
        (("node", "npm"), "chromium", 1, []),
    ],
)
def test_only_what_is_missing_is_installed_each_by_itself(
    tmp_path: Path, present: tuple[str, ...], refused: str, status: int, told: list[str]
) -> None:
    assert Machine(tmp_path, ("python3", *present)).run(refused) == (status, told)

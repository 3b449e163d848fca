"""What of the main memory is free, as Linux tells it, inside of a container too."""

import os
import sys
from pathlib import Path

import pytest

from sdgui.engine.main_memory import Memory, main_memory, resident, return_freed

pytestmark = pytest.mark.quick
KIB = 1024


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "proc/meminfo", "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 600 kB\n")
    return tmp_path


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def limit(folder: Path, names: tuple[str, str, str], numbers: tuple[object, int, int]) -> None:
    """A control group's limit, use, and what of that is files."""
    (most, used, kept), (limit, now, files) = names, numbers
    write(folder / most, f"{limit}\n")
    write(folder / used, f"{now}\n")
    write(folder / "memory.stat", f"anon 1\n{kept} {files}\n")


V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
V2 = ("memory.max", "memory.current", "inactive_file")


def test_what_the_system_can_give_is_free(root: Path) -> None:
    assert main_memory(root) == Memory(total=1000 * KIB, free=600 * KIB)


def test_a_container_has_what_it_is_limited_to(root: Path) -> None:
    limit(root / "sys/fs/cgroup", V2, (500 * KIB, 300 * KIB, 50 * KIB))
    assert main_memory(root) == Memory(total=500 * KIB, free=250 * KIB)


def test_the_tightest_of_all_groups_counts(root: Path) -> None:
    write(root / "proc/self/cgroup", "4:memory:/a\n0::/b\n")
    limit(root / "sys/fs/cgroup/b", V2, ("max", 300 * KIB, 0))
    limit(root / "sys/fs/cgroup/memory/a", V1, (400 * KIB, 500 * KIB, 0))
    assert main_memory(root) == Memory(total=400 * KIB, free=0)


def test_a_group_without_a_limit_leaves_the_machines_memory(root: Path) -> None:
    limit(root / "sys/fs/cgroup", V2, ("max", 300 * KIB, 0))
    limit(root / "sys/fs/cgroup/memory", V1, (2**63 - 4096, 300 * KIB, 0))
    assert main_memory(root) == Memory(total=1000 * KIB, free=600 * KIB)


@pytest.mark.parametrize(
    "text", ["", "MemTotal: 1000 kB\n", "MemTotal: much\nMemAvailable: 1 kB\n"]
)
def test_it_is_not_known_where_the_system_does_not_tell(tmp_path: Path, text: str) -> None:
    assert main_memory(tmp_path) is None
    write(tmp_path / "proc/meminfo", text)
    assert main_memory(tmp_path) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_this_machine_tells() -> None:
    memory = main_memory()
    assert memory is not None
    assert 0 < memory.free <= memory.total
    assert 0 < resident() == pytest.approx(resident(os.getpid()), rel=0.5)
    assert resident(2**22 + 1) == 0  # more than Linux numbers
    return_freed()

"""The machine's main memory: how much there is, how much is free, what a process has of it. No torch."""

import ctypes
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a device has, and what of it is free; in bytes."""

    total: int
    free: int


def main_memory(root: Path = Path("/")) -> Memory | None:
    """What this process may have of the main memory: the machine's, or what its container is limited to.

    What the system keeps of files counts as free, for it gives that up. None where the system does not tell, which
    only Linux does. (proc_meminfo(5), kernel.org/doc/html/latest/admin-guide/cgroup-v2.html)
    """
    try:
        lines = (root / "proc/meminfo").read_text().splitlines()
        told = {
            name: int(rest.split()[0]) * 1024 for name, _, rest in (x.partition(":") for x in lines)
        }
        memory = Memory(total=told["MemTotal"], free=told["MemAvailable"])
    except (OSError, ValueError, LookupError):
        return None
    for limit in _limits(root):
        memory = Memory(total=min(memory.total, limit.total), free=min(memory.free, limit.free))
    return memory


def resident(pid: int | None = None) -> int:
    """The main memory that a process has, this one where none is named; 0 where that is not told."""
    try:
        pages = Path(f"/proc/{'self' if pid is None else pid}/statm").read_text().split()[1]
    except (OSError, LookupError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def return_freed() -> None:
    """Gives the system what the C library kept of freed memory, where it is glibc: else nobody else can have it."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


_VERSIONS = (
    ("", "memory.max", "memory.current", "inactive_file"),
    ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""Of control groups: the hierarchy's folder, the limit, the use, and what of that is files that nobody reads."""


def _limits(root: Path) -> list[Memory]:
    """What the control groups of this process leave it, inside of a container and outside."""
    groups: list[str] = []
    with suppress(OSError):
        groups = (root / "proc/self/cgroup").read_text().splitlines()
    paths = {"", *(line.split(":", 2)[-1].lstrip("/") for line in groups)}
    found = []
    for hierarchy, most, used, kept in _VERSIONS:
        for path in sorted(paths):
            folder = root / "sys/fs/cgroup" / hierarchy / path
            with suppress(OSError, ValueError):
                limit = int((folder / most).read_text())  # "max" where there is none
                now = int((folder / used).read_text())
                stat = dict(
                    line.split() for line in (folder / "memory.stat").read_text().splitlines()
                )
                free = limit - now + int(stat.get(kept, 0))
                found.append(Memory(total=limit, free=max(0, free)))
    return found

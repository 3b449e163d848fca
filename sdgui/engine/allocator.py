"""How the C library treats memory that a process frees; no torch, for it is read when a process starts."""

import os

FREED_MEMORY = {"MALLOC_MMAP_THRESHOLD_": 2**26, "MALLOC_TRIM_THRESHOLD_": 2**29}
"""Bytes up to which glibc keeps what is freed, instead of asking the system for it anew at every step."""


def keep_freed_memory() -> bool:
    """Lets processes that start from now on keep it, unless the environment says otherwise; whether that is news."""
    missing = [name for name in FREED_MEMORY if name not in os.environ]
    for name in missing:
        os.environ[name] = str(FREED_MEMORY[name])
    return bool(missing)

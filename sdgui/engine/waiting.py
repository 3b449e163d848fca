"""How torch's threads wait for each other; no torch, for it is read when that is first imported by a process."""

import os

SPIN_COUNT = "GOMP_SPINCOUNT"
SPINS = 1000
"""Looks before a thread goes to sleep. By itself libgomp looks for milliseconds, which other processes lack: beside a
busy one a step then takes three times as long. With none at all each step takes 1.4 times as long where it is quiet."""
WAIT_POLICY = "OMP_WAIT_POLICY"


def wait_briefly() -> bool:
    """Lets threads of processes that start from now on spin briefly only, unless the environment says how they wait;
    whether that is news."""
    if SPIN_COUNT in os.environ or WAIT_POLICY in os.environ:
        return False
    os.environ[SPIN_COUNT] = str(SPINS)
    return True

"""All types fit; mypy reads torch's, too, for which it takes longer than all other tools together."""

import subprocess
from collections.abc import Callable

import pytest

from tests.test_house import python


@pytest.mark.beside.with_args(python, "-m", "mypy")
def test_the_types_fit(beside: Callable[[], "subprocess.CompletedProcess[str]"]) -> None:
    done = beside()
    assert done.returncode == 0, done.stdout + done.stderr

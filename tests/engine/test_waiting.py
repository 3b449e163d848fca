"""How the threads of processes that are started wait."""

import os

import pytest

from sdgui.engine.waiting import SPIN_COUNT, WAIT_POLICY, wait_briefly


@pytest.fixture(autouse=True)
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of it, and is put back."""
    for name in (SPIN_COUNT, WAIT_POLICY):
        monkeypatch.setenv(name, "0")
        monkeypatch.delenv(name)


def test_it_is_news_once() -> None:
    assert wait_briefly() is True
    assert os.environ[SPIN_COUNT] == "1000"
    assert wait_briefly() is False


@pytest.mark.parametrize(("name", "value"), [(SPIN_COUNT, "0"), (WAIT_POLICY, "ACTIVE")])
def test_what_the_environment_says_stays(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    before = dict(os.environ)
    assert wait_briefly() is False
    assert dict(os.environ) == before

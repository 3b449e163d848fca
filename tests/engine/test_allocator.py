"""What processes that are started do with memory that they free."""

import os

import pytest

from sdgui.engine.allocator import FREED_MEMORY, keep_freed_memory


@pytest.fixture(autouse=True)
def unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of it, and is put back."""
    for name in FREED_MEMORY:
        monkeypatch.setenv(name, "0")
        monkeypatch.delenv(name)


def test_it_is_news_once() -> None:
    assert keep_freed_memory() is True
    assert {name: os.environ[name] for name in FREED_MEMORY} == {
        name: str(value) for name, value in FREED_MEMORY.items()
    }
    assert keep_freed_memory() is False


def test_what_the_environment_says_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FREED_MEMORY:
        monkeypatch.setenv(name, "4096")
    assert keep_freed_memory() is False
    assert {os.environ[name] for name in FREED_MEMORY} == {"4096"}

"""Tiny checkpoints of each family, as a folder and as one file, written when a test first wants them."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.engine.checkpoints.writing import write_tiny


@dataclass(frozen=True)
class Tiny:
    """One model twice."""

    folder: Path
    file: Path
    tensors: dict[str, Any]


@pytest.fixture(scope="session")
def tiny_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tiny]:
    made: dict[str, Tiny] = {}

    def get(family: str) -> Tiny:
        if family not in made:
            work = tmp_path_factory.mktemp(family)
            tensors = write_tiny(family, work)
            made[family] = Tiny(work / "folder", work / "model.safetensors", tensors)
        return made[family]

    return get


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)

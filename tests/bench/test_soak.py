"""The soak measures real dreams, here of a fake engine."""

import argparse
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sdgui.bench.__main__ import _soak
from sdgui.bench.soak import Growth, soak
from tests.web.conftest import open_site

GIVEN = argparse.Namespace(soak=1000, model="demo", device="cpu", dtype="float32")


def test_both_kinds_are_dreamt_and_what_they_cost_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    with open_site(tmp_path) as site:
        app: Any = SimpleNamespace(url=site.url, processes=lambda: (os.getpid(), os.getppid()))
        grown = soak(app, 2, warm_up=1, say=said.append)
        made = [task.spec for batch in site.engine.batches for task in batch.tasks]
    assert [(one.kind, one.dreams) for one in grown] == [("by the page", 2), ("over HTTP", 2)]
    assert [(spec.width, spec.height, spec.steps) for spec in made] == [(64, 64, 1)] * 6


@pytest.mark.parametrize(("mib", "is_told"), [(10, False), (60, True)])
def test_too_much_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mib: int, is_told: bool
) -> None:
    class App:
        def __enter__(self) -> "App":
            return self

        def __exit__(self, *_: object) -> None: ...

        def wait_for_page(self) -> None: ...

    grown = [Growth(kind="over HTTP", dreams=1000, server=mib * 2**20, workers=0)]
    monkeypatch.setattr("sdgui.bench.server.running_app", lambda *flags: App())
    monkeypatch.setattr("sdgui.bench.soak.soak", lambda *given, **how: grown)
    if is_told:
        with pytest.raises(SystemExit, match="more than the 50 MiB"):
            _soak(GIVEN)
    else:
        _soak(GIVEN)
    assert f"| 1000 over HTTP | +{mib}.0 | +0.0 |" in capsys.readouterr().out

"""Who watches the dream that is measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from sdgui.bench import viewers
from sdgui.bench.client import AppClient
from sdgui.bench.viewers import Shown, StandIn, find_viewer
from sdgui.bench.watched import WatchedWay
from tests import samples
from tests.fake_engine import HoldsAfterPreview
from tests.web.conftest import open_site

SPECS = tuple(replace(samples.SPEC, seed=seed) for seed in (1, 2))


class LooksFirst(StandIn):
    """The engine waits before its second step until the page has fetched a preview."""

    def __init__(self, engine: HoldsAfterPreview) -> None:
        self.engine = engine

    @contextmanager
    def open(self, client: AppClient) -> Iterator[Shown]:
        self.engine.holds = True
        get = client.get

        def get_and_go_on(path: str) -> bytes:
            content = get(path)
            if path.startswith("/live/"):
                self.engine.go.set()
            return content

        client.get = get_and_go_on  # type: ignore[method-assign]
        with super().open(client) as shown:
            yield shown


def test_a_client_stands_in_for_a_browser(tmp_path: Path) -> None:
    """It is the visitor who asked, is told of every picture, and fetches previews meanwhile."""
    engine = HoldsAfterPreview()
    with open_site(tmp_path, engine=engine) as site:
        app = SimpleNamespace(url=site.url)
        way = WatchedWay(app, SPECS, LooksFirst(engine))  # type: ignore[arg-type]
        assert way() > 0
        assert way.previews[0] >= 1


def test_without_chromium_a_client_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewers, "find_chromium", lambda: None)
    assert isinstance(find_viewer(), StandIn)

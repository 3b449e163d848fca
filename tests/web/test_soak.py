"""What dreams leave behind in the server: nothing that grows."""

import gc
from collections import Counter
from pathlib import Path

import pytest

from tests.web.conftest import Site, open_site
from tests.web.dream.test_routes import listen_to
from tests.web.programs.test_routes import call, told

DREAMS = 10
BOUNDED = (
    "urllib.parse.SplitResult",
    "weakref.ReferenceType",
    "asyncio.events.TimerHandle",
    "_contextvars.Context",
)
"""Python keeps the latest addresses that it took apart, sqlite3 up to 200 dead references to cursors, and asyncio up
to 100 cancelled timers, each with its context."""
VALUES = {
    "prompt": "a cat",
    "negative_prompt": "",
    "aspect": "1:1",
    "count": 1,
    "steps": 1,
    "guidance": 4,
    "seed": "",
    "sampler": "Euler",
    "model": "demo",
}


def things(site: Site) -> Counter[str]:
    """How many objects of each kind there are, but for what the fake engine has written down."""
    site.engine.batches.clear()
    gc.collect()
    return Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())


def test_dreams_by_page_and_by_http_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdgui.studio.live_jobs.KEPT_ENDED", 2)
    with open_site(tmp_path) as site:
        page, program = site.visitor(), site.visitor()

        def dream(times: int) -> None:
            for _ in range(times):
                assert "job" in page.post("/dreams", json={"values": VALUES}).json()
                listen_to(page)
                assert told(program, call(program))[-1][0] == "complete"

        dream(4)
        before = things(site)
        dream(DREAMS)
        grown = things(site) - before
    for kind in BOUNDED:
        del grown[kind]
    assert {kind: more for kind, more in grown.items() if more >= DREAMS} == {}

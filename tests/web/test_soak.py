"""What dreams leave behind in the server: nothing that grows."""

import gc
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.web.conftest import Site, open_site
from tests.web.dream.test_routes import listen_to
from tests.web.programs.test_routes import call, told

DREAMS = 6
BOUNDED = (
    "urllib.parse.SplitResult",
    "weakref.ReferenceType",
    "asyncio.events.TimerHandle",
    "_contextvars.Context",
    "collections.deque",
)
"""Python keeps the latest addresses that it took apart, sqlite3 up to 200 dead references to cursors, asyncio up to 100
cancelled timers, each with its context, and the pool of threads a queue for each that it ever needed at once."""
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
    """How many objects of each kind there are, but for what the fake engine has written down, and when guests began
    their dreams, which is remembered for a minute."""
    site.engine.batches.clear()
    site.studio._begun.clear()
    gc.collect()
    return Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())


def left_behind(site: Site, act: Callable[[], None]) -> dict[str, int]:
    """The kinds of which there are more with every dream: whenever `act` makes so many, not only once, for what came
    before in this process settles at some time, too."""
    counts = [things(site)]
    for _ in range(2):
        act()
        counts.append(things(site))
    first, second = counts[1] - counts[0], counts[2] - counts[1]
    both = first & second
    return {kind: more for kind, more in both.items() if more >= DREAMS and kind not in BOUNDED}


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
        assert left_behind(site, lambda: dream(DREAMS)) == {}


def test_guests_who_come_once_leave_nothing_behind_however_they_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One walks off in the middle of the stream, one stops the dream, one waits for the picture."""
    monkeypatch.setattr("sdgui.studio.live_jobs.KEPT_ENDED", 2)
    monkeypatch.setattr("sdgui.studio.guest_book._MOST_PEOPLE", 2)
    monkeypatch.setattr("sdgui.web.doors.gate.NEWCOMERS", 1000)
    with open_site(tmp_path, share=True) as site:

        def come(times: int) -> None:
            for turn in range(times):
                with closing(site.visitor()) as guest:
                    site.studio.pause(True)
                    job = guest.post("/dreams", json={"values": VALUES}).json()["job"]
                    with guest.stream("GET", "/watch") as news:
                        assert "attached" in next(news.iter_lines())
                    if turn % 3 == 1:
                        assert guest.post(f"/jobs/{job}/cancel").json() == {"cancelled": True}
                    site.studio.pause(False)
                    if turn % 3 == 2:
                        listen_to(guest)
                        [tile] = guest.get(f"/dreams/{job}").json()["tiles"]
                        assert guest.get(f"/thumb/{tile['picture']}").status_code == 200
            last = site.visitor()
            assert "job" in last.post("/dreams", json={"values": VALUES}).json()
            listen_to(last)

        come(4)
        assert left_behind(site, lambda: come(3 * DREAMS)) == {}
        assert len(site.app.state.gate.book.people()) <= 2

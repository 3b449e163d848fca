"""The site that many tests share: nothing of what one does outlives it."""

from sdgui.errors import UserError
from tests.fake_engine import PATIENCE
from tests.people import who
from tests.web.conftest import Site, visitor_in


def test_whoever_comes_next_finds_nothing_of_what_was_begun_and_set(site: Site) -> None:
    client = site.visitor()
    site.dream(client)
    engine = site.engine
    engine.go.clear()
    engine.can_load.clear()
    engine.most, engine.match = 0, lambda spec: 0.5
    engine.breaks = [RuntimeError("the device is lost")]
    engine.unloadable["demo"] = UserError("The model cannot be loaded.")
    site.library.default, site.library.token = "other", "hf_secret"
    under_way, waiting = site.begin(client, "under way"), site.begin(client, "waiting")
    assert all(engine.began.acquire(timeout=PATIENCE) for _ in range(2))
    site.settle()
    assert site.studio._machine.jobs.active == {}
    assert [site.stored(job).state for job in (under_way, waiting)] == ["cancelled"] * 2
    assert not engine.began.acquire(blocking=False)
    assert (engine.batches, engine.loads, engine.frees) == ([], ["demo"], [])
    assert (engine.loaded, site.studio.status().workers[0].warm) == ({"demo"}, ("demo",))
    assert site.studio.status().state == "ready"
    assert site.library.default is None and not site.library.has_token
    assert site.dream(client, "next").state == "finished"
    assert site.studio.active_jobs(who(visitor_in(client.cookies))) == ()

"""Several people at one server, each in a browser of their own: their turns, what is theirs alone, and the owner."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor, ask, dream, finished, shoot
from tests.web.conftest import Site, open_site

pytestmark = pytest.mark.browser


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Site]:
    """A site that guests come to, with room for four pictures in a batch; the engine waits before each step."""
    with open_site(tmp_path, share=True) as site:
        site.engine.go.clear()
        yield site


def row(page: Page, prompt: str) -> Locator:
    return page.locator(".dream-row").filter(has_text=prompt)


def test_several_people_have_their_turns_and_each_their_own(
    make_visitor: Callable[..., Visitor], shared: Site
) -> None:
    engine = shared.engine
    owner = make_visitor().open(f"{shared.url}/?token={shared.app.state.gate.keys.token}")
    ann, bob = make_visitor(), make_visitor()
    many, small = ann.open(shared.url), bob.open(shared.url)

    # Ann has more than one batch holds, and something of another kind behind it.
    ask(many, "ann's eight", count=8, steps=3)
    dream(many)
    expect(row(many, "ann's eight")).to_have_attribute("data-stage", "forming")
    ask(many, "ann's other", count=4, steps=2)
    dream(many)
    expect(row(many, "ann's other").locator(".dream-meta")).to_contain_text("2nd in the queue")
    ask(small, "bob's one", count=1, steps=5)
    dream(small)
    expect(row(small, "bob's one").locator(".dream-meta")).to_contain_text("2nd in the queue")
    expect(row(many, "ann's other").locator(".dream-meta")).to_contain_text("3rd in the queue")

    # The owner sees all of it and holds it: what is under way is made, and nothing begins.
    owner.click("#share-button")
    queued = owner.get_by_test_id("queued")
    expect(queued).to_contain_text(["ann's eight", "bob's one", "ann's other"])
    owner.get_by_role("button", name="Pause").click()
    expect(owner.locator("#share")).to_contain_text("Paused: ")
    shoot(owner, "company-1440")
    many.reload()
    many.wait_for_selector("html[data-sdgui=ready]")
    forming = row(many, "ann's eight").locator(".tile")
    expect(forming).to_have_count(8)
    expect(many.locator("#stop-button")).to_be_visible()
    engine.go.set()
    expect(row(many, "ann's eight").locator(".tile[data-state=done]")).to_have_count(4)
    expect(row(small, "bob's one").locator(".tile[data-state=done]")).to_have_count(0)
    assert len(engine.batches) == 1

    # The small dream is made in between; its stop, and that of others, touch nobody else's.
    engine.most = 1
    owner.locator("#share").get_by_role("button", name="Go on").click()
    finished(small, 1)
    expect(row(many, "ann's eight").locator(".tile[data-state=done]")).to_have_count(4)
    ask(small, "bob's second", count=1, steps=5)
    dream(small)
    expect(row(small, "bob's second").locator(".dream-meta")).to_contain_text("2nd in the queue")
    with small.expect_response(re.compile("/cancel$")):
        small.click("#stop-button")
    expect(row(small, "bob's second")).to_have_attribute("data-state", "cancelled")
    engine.most = None
    engine.go.set()
    expect(row(many, "ann's eight").locator(".tile[data-state=done]")).to_have_count(8)
    expect(row(many, "ann's other").locator(".tile[data-state=done]")).to_have_count(4)
    told = [{task.spec.prompt for task in batch.tasks} for batch in engine.batches]
    assert told == [{"ann's eight"}, {"bob's one"}, {"ann's eight"}, {"ann's other"}]

    # Nobody has anything of another's: not in Dream, not in History, not by its address.
    assert small.locator(".dream-title").all_inner_texts() == ["bob's second", "bob's one"]
    small.click("#tab-history")
    expect(small.locator(".history-tile")).to_have_count(1)
    addresses = many.locator(".tile img").evaluate_all("(all) => all.map((one) => one.src)")
    assert len(addresses) == 12
    for address in addresses:
        assert bob.context.request.get(address).status == 404
        assert ann.context.request.get(address).status == 200
    expect(queued).to_have_count(0)

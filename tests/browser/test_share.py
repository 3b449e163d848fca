"""One machine, several people: the owner's panel, and what a guest sees and may."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gradio import networking
from playwright.sync_api import Page, expect

from sdgui.web.share import tunnel
from tests.browser.accessibility import violations_everywhere
from tests.browser.conftest import PHONE, Visitor, dream, shoot
from tests.browser.test_accessibility import SMALL, flat
from tests.studio.conftest import ManyModels
from tests.web.conftest import Site, open_site

pytestmark = pytest.mark.browser


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Site]:
    """A site of its own: once others may come, that stays so until its end."""
    with open_site(tmp_path, models=ManyModels("other")) as site:
        yield site


class Service:
    """A stand-in for the service that gives links: it leads here, or cannot be reached."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.is_there = False

    def __call__(self, **_: object) -> str:
        if not self.is_there:
            raise RuntimeError("Could not get share link from Gradio API Server.")
        return self.address


def save_number(page: Page, name: str, value: str) -> None:
    with page.expect_response(re.compile("/share/limits$")) as saved:
        page.fill(f"#share-{name}", value)
        page.press(f"#share-{name}", "Enter")
    assert saved.value.ok


def test_the_owner_shares_a_link_and_decides_what_a_guest_may(
    make_visitor: Callable[..., Visitor], own: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(own.url)
    monkeypatch.setattr(networking, "setup_tunnel", service)
    monkeypatch.setattr(tunnel, "_BETWEEN", 0.0)
    owner = make_visitor().open(own.url)
    owner.click("#share-button")
    owner.get_by_role("button", name="Share a public link").click()
    expect(owner.locator(".share-last")).to_contain_text("the service for it could not be reached")
    service.is_there = True
    owner.get_by_role("button", name="Try again").click()
    expect(owner.get_by_label("Address of the public link")).to_have_value(own.url)
    expect(owner.get_by_alt_text("QR code of the public link")).to_have_js_property(
        "complete", True
    )
    assert owner.locator(".share-qr").evaluate("(image) => image.naturalWidth") > 0
    save_number(owner, "pictures", "2")
    save_number(owner, "steps", "3")
    owner.fill("#share-waiting", "0")
    owner.press("#share-waiting", "Enter")
    expect(owner.locator("#share-waiting-fault")).to_have_text("From 1 to 512.")
    save_number(owner, "waiting", "12")
    expect(owner.locator("#share-waiting-fault")).to_be_empty()
    with owner.expect_response(re.compile("/share/limits$")):
        owner.locator(".share-models").get_by_role("button", name="other").click()
    owner.fill("#share-word", "naked")
    owner.press("#share-word", "Enter")
    expect(owner.get_by_role("button", name="Allow “naked” again")).to_be_visible()

    guest = make_visitor(PHONE).open(own.url)
    expect(guest.locator("#guest-line")).to_have_text(
        "You are a guest: up to 2 pictures of 3 steps"
    )
    for absent in ("#tab-models", "#share-button"):
        expect(guest.locator(absent)).to_have_count(0)
    guest.click("#guest-line button")
    expect(guest.locator("#guest li").first).to_have_text("up to 2 pictures in a dream or a sheet")
    broken = {"guest's limits": violations_everywhere(guest, SMALL)}
    guest.keyboard.press("Escape")
    guest.click("#settings-button")
    for name, most in (("count", "2"), ("steps", "3")):
        expect(guest.locator(f"#{name} input[type=range]")).to_have_attribute("max", most)
        expect(guest.locator(f"#{name} input[type=number]")).to_have_value(most)
    guest.click("#model-input")
    expect(guest.locator("#model-list [role=option]")).to_have_text(["demo"])
    guest.locator("#model-list [role=option]").click()
    guest.click("#settings-close")
    own.engine.go.clear()
    guest.fill("#prompt textarea", "a naked castle")
    dream(guest)
    expect(guest.locator("#prompt-box .field-error, .toast.is-error").first).to_contain_text(
        "naked"
    )
    guest.fill("#prompt textarea", "a red boat at sea")
    dream(guest)
    expect(guest.locator(".dream-row")).to_have_count(1)
    broken["guest"] = violations_everywhere(guest, SMALL)
    shoot(guest, "share-guest-390")

    row = owner.get_by_test_id("queued")
    expect(row).to_contain_text("a red boat at sea")
    expect(owner.locator("#share-button .share-button-words")).to_have_text("Share ·")
    person = owner.get_by_test_id("guest")
    expect(person).to_contain_text("dreaming")
    broken["panel"] = violations_everywhere(owner)
    shoot(owner, "share-1440")
    row.get_by_role("button", name="Stop “a red boat at sea”").click()
    expect(guest.locator(".dream-row[data-state=cancelled]")).to_have_count(1)
    expect(row).to_have_count(0)
    own.engine.go.set()

    person.get_by_role("button", name="Send away").click()
    assert not any(one["sent_away"] for one in people(owner))
    person.get_by_role("button", name="Send away?").click()
    expect(person).to_contain_text("sent away for an hour")
    expect(person.get_by_role("button", name="Let in again")).to_be_visible()
    sent_away = guest.request.get(f"{own.url}/me")
    assert sent_away.status == 403
    person.get_by_role("button", name="Let in again").click()
    expect(person).not_to_contain_text("sent away")
    owner.keyboard.press("Escape")
    expect(owner.locator("#share")).to_be_hidden()
    expect(owner.locator("#share-button")).to_be_focused()
    assert flat(broken) == []


def people(owner: Page) -> list[dict[str, object]]:
    told: list[dict[str, object]] = owner.evaluate(
        "async () => (await (await fetch('/share')).json()).people"
    )
    return told

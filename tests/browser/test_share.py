"""One machine, several people: the owner's panel, and what a guest sees and may."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gradio import networking
from playwright.sync_api import Page, expect

from sdgui.errors import no_room
from sdgui.web.share import tunnel
from tests.browser.accessibility import violations_everywhere
from tests.browser.conftest import DESKTOP, PHONE, Visitor, ask, dream, finished, shoot
from tests.browser.test_accessibility import SMALL, flat
from tests.fake_engine import PATIENCE, HoldsAfterPreview
from tests.studio.conftest import ManyModels
from tests.web.conftest import Site, open_site

pytestmark = pytest.mark.browser
TWO = (DESKTOP, PHONE)


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


SHEET = """() => {
    const was = window.matchMedia;
    window.matchMedia = (asked) => (asked.includes("coarse") ? { matches: true } : was(asked));
    navigator.canShare = () => true;
    navigator.share = async (what) => (window.sent = what);
}"""
"""As on a phone, which has a sheet of the system to share with."""


LATER = "const was = performance.now.bind(performance); performance.now = () => was() + 60_000;"
"""The page has not looked for long: it looks as soon as the pointer moves."""

NEVER = """
const later = setTimeout;
window.setTimeout = (act, wait, ...rest) => (wait < 1000 ? later(act, wait, ...rest) : 0);
document.querySelector("#share-button").click();
document.querySelector("#share").close();
"""
"""The page does not look again by itself."""


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
    monkeypatch.setattr(own.app.state, "on_network", lambda: "http://192.168.4.2:7860")
    owner.click("#share-button")
    expect(owner.get_by_label("Address for guests")).to_have_value("http://192.168.4.2:7860")
    expect(owner.locator(".share-last")).to_contain_text("Only who is in your network can open")
    owner.get_by_role("button", name="Open a public link").click()
    expect(owner.locator(".share-last")).to_contain_text("the service for it could not be reached")
    service.is_there = True
    owner.get_by_role("button", name="Try again").click()
    expect(owner.get_by_label("Address of the public link")).to_have_value(own.url)
    expect(owner.get_by_alt_text("QR code of the public link")).to_have_js_property(
        "complete", True
    )
    assert owner.locator(".share-qr").evaluate("(image) => image.naturalWidth") > 0
    owner.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    owner.get_by_role("button", name="Copy the address").click()  # as in a network without https
    expect(owner.get_by_role("button", name="Copied the address")).to_be_focused()
    owner.focus("#share-word")
    owner.keyboard.press("Control+V")
    expect(owner.locator("#share-word")).to_have_value(own.url)
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
    me = guest.request.get(f"{own.url}/me").json()
    guest.route("**/me", lambda route: route.fulfill(json=me))  # as before it is looked again
    save_number(owner, "steps", "2")
    guest.fill("#prompt textarea", "a red boat at sea")
    dream(guest)
    steps = guest.locator("#steps input[type=number]")
    expect(guest.locator("#steps .field-error")).to_have_text(
        "You may ask for 2 steps, and these are 3. Ask for fewer."
    )
    expect(steps).to_be_focused()
    expect(steps).to_have_attribute("aria-invalid", "true")
    expect(guest.locator(".toast")).to_have_count(0)
    broken["steps refused"] = violations_everywhere(guest, SMALL)
    shoot(guest, "share-refused-390")
    # Who was refused is told the limits that hold now, and one press takes what may be.
    guest.unroute("**/me")
    guest.click("#settings-close")
    dream(guest)
    expect(guest.locator("#steps .field-error")).to_have_text("Guests: up to 2 steps. Use 2")
    broken["steps beyond a limit"] = violations_everywhere(guest, SMALL)
    guest.click("#settings-close")
    expect(guest.locator("#guest-more span")).to_have_text("More than guests may: 3 steps")
    guest.click("#guest-more button")
    expect(guest.locator("#guest-more")).to_be_empty()
    expect(steps).to_have_value("2")
    expect(guest.locator("#steps .field-error")).to_have_count(0)
    dream(guest)
    expect(guest.locator(".dream-row")).to_have_count(1)
    broken["guest"] = violations_everywhere(guest, SMALL)
    shoot(guest, "share-guest-390")

    row = owner.get_by_test_id("queued")
    expect(row).to_contain_text("a red boat at sea")
    expect(owner.locator("#share-button .share-button-words")).to_have_text("Guests ·")
    persons = owner.get_by_test_id("guest")
    person = persons.first
    expect(person).to_contain_text("dreaming")
    broken["panel"] = violations_everywhere(owner)
    shoot(owner, "share-1440")
    row.get_by_role("button", name="Stop “a red boat at sea”").click()
    expect(guest.locator(".dream-row[data-state=cancelled]")).to_have_count(1)
    expect(row).to_have_count(0)
    own.engine.go.set()
    save_number(owner, "dreams_a_minute", "1")
    for prompt in (
        "a green boat",
        "a blue boat",
    ):  # the first is admitted where a minute is over by now
        guest.fill("#prompt textarea", prompt)
        with guest.expect_response(re.compile("/dreams$")):
            dream(guest)
    again = guest.locator(".toast.is-counted")
    expect(again).to_contain_text("You may begin 1 dream a minute.")
    counted = again.locator(".counted")
    first = int(re.findall(r"\d+", counted.inner_text())[0])
    place = again.bounding_box()
    expect(counted).not_to_have_text(f"Come again in {first} seconds.")
    assert again.bounding_box() == place
    broken["refused for a while"] = violations_everywhere(guest, SMALL)
    shoot(guest, "share-again-390")
    guest.evaluate("const now = Date.now; Date.now = () => now() + 60_000;")  # as after a sleep
    expect(again).to_contain_text("You can dream again.")
    expect(counted).to_have_count(0)
    assert again.bounding_box() == place

    guest.goto("about:blank")  # else it may be told, and the console of what was refused
    person.get_by_role("button", name="Send away").click()
    assert not any(one["sent_away"] for one in people(owner))
    own.visitor()  # nobody else comes to lie under who is about to be sent away
    with owner.expect_response(re.compile("/share$")):
        owner.evaluate(LATER)
        person.locator(".is-asked").hover(position={"x": 5, "y": 5})
    owner.evaluate("new Promise(requestAnimationFrame)")
    assert persons.count() == 1
    person.get_by_role("button", name="Send away?").click()
    expect(person).to_contain_text("sent away for an hour")
    expect(persons).to_have_count(2)
    expect(person.get_by_role("button", name="Let in again")).to_be_visible()
    sent_away = guest.request.get(f"{own.url}/me")
    assert sent_away.status == 403
    person.get_by_role("button", name="Let in again").click()
    expect(person).not_to_contain_text("sent away")
    owner.keyboard.press("Escape")
    expect(owner.locator("#share")).to_be_hidden()
    expect(owner.locator("#share-button")).to_be_focused()
    owner.evaluate(NEVER)
    own.engine.go.clear()
    owner.fill("#prompt textarea", "a cat")
    with owner.expect_response(re.compile("/watch$")):
        dream(owner)
    own.studio.pause(True)  # on another device of theirs
    expect(owner.locator("#queue-held")).to_contain_text("You have paused everybody’s queue")
    owner.goto("about:blank")  # before the site ends
    assert flat(broken) == []


@pytest.fixture
def holding(tmp_path: Path) -> Iterator[Site]:
    """A site whose engine can wait after a preview, and to which others come."""
    with open_site(tmp_path, engine=HoldsAfterPreview()) as site:
        yield site


def test_the_owner_looks_at_what_guests_make_and_keeps_somebody_out(
    make_visitor: Callable[..., Visitor], holding: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_visitor().open(holding.url)
    holding.app.state.gate.share()
    guest = make_visitor(PHONE).open(holding.url)
    guest.fill("#prompt textarea", "a red boat at sea")
    dream(guest)
    done = guest.locator(".tile[data-state=done]")
    expect(done).to_have_count(4)
    stranger = make_visitor(PHONE).page
    stranger.goto(link_to_one_of(guest))
    stranger.get_by_role("link", name="Report").click()
    broken = {"report": violations_everywhere(stranger, TWO[1:])}
    shoot(stranger, "share-report-390")
    stranger.get_by_label("Why?").fill("That is <b>my</b> boat")
    stranger.get_by_role("button", name="Report").click()
    expect(stranger.get_by_role("heading", name="Thank you")).to_be_visible()

    owner.get_by_role("button", name="Guests").hover()
    owner.click("#share-button")
    expect(owner.locator(".share-reported")).to_have_text("1")
    report = owner.get_by_test_id("report")
    expect(report).to_contain_text("“That is <b>my</b> boat”")
    broken["reported"] = violations_everywhere(owner, TWO)
    owner.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert owner.locator(".tabs").evaluate("(tabs) => tabs.scrollWidth <= tabs.clientWidth")
    in_order = (".share-people", ".share-queue", ".share-link", ".share-invitations", ".share-fold")
    tops = [owner.locator(one).evaluate("(e) => e.getBoundingClientRect().top") for one in in_order]
    assert tops == sorted(tops)
    expect(owner.locator("#share-steps")).to_be_hidden()
    fold = owner.get_by_role("button", name="What guests may do")
    expect(fold).to_contain_text("up to 8 pictures of 50 steps · 1024 × 1024 · 6 dreams a minute")
    shoot(owner, "share-panel-390")
    fold.click()
    expect(owner.locator("#share-steps")).to_be_visible()
    broken["limits unfolded"] = violations_everywhere(owner, TWO[1:])
    owner.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    expect(fold).to_be_hidden()
    shoot(owner, "share-reported-1440")
    report.get_by_role("button", name="Hide “").click()
    expect(report.locator(".share-judged")).to_have_text("Hidden")
    expect(owner.locator(".share-reported")).to_be_hidden()
    guest.reload()
    expect(guest.locator(".tile[data-state=hidden] .tile-word")).to_have_text(
        "The owner of this machine has hidden this picture."
    )
    expect(done).to_have_count(3)
    broken["hidden"] = violations_everywhere(guest, TWO[1:])
    shoot(guest, "share-hidden-390")

    person = owner.get_by_test_id("guest")
    person.get_by_role("button", name="look at them").click()
    tiles = owner.get_by_test_id("theirs")
    expect(tiles).to_have_count(4)
    blurs = "(image) => getComputedStyle(image).filter.startsWith('blur')"
    assert tiles.first.locator("img").evaluate(blurs)
    tiles.first.get_by_role("button", name="Show clearly").click()
    assert not tiles.first.locator("img").evaluate(blurs)
    broken["pictures of a guest"] = violations_everywhere(owner, TWO)
    shoot(owner, "share-pictures-1440")
    kept = tiles.filter(has_not_text="Hidden").first
    kept.get_by_role("button", name="Delete").click()
    deleted = tiles.filter(has_text="Deleted")
    expect(deleted).to_have_count(1)
    deleted.get_by_role("button", name="Bring back").click()
    expect(deleted).to_have_count(0)
    owner.get_by_role("button", name="Show all clearly").click()
    owner.get_by_role("button", name="Back to the guests").click()
    expect(person.get_by_role("button", name="look at them")).to_be_focused()
    report.get_by_role("button", name="Show again").click()
    expect(owner.locator(".share-reported")).to_have_text("1")
    report.get_by_role("button", name="Dismiss").click()
    expect(report).to_have_count(0)

    owner.evaluate(SHEET)
    owner.get_by_role("button", name="New", exact=True).click()
    owner.fill("#share-note", "for the living room")
    owner.press("#share-note", "Enter")
    invitation = owner.get_by_test_id("invitation")
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    invitation.get_by_role("button", name="Copy").click()
    expect(invitation).to_contain_text("Copied")
    link = str(owner.evaluate("navigator.clipboard.readText()"))
    assert f"{holding.url}/?i=" in link
    invitation.get_by_role("button", name="Send the link").click()
    assert owner.evaluate("window.sent") == {"url": link}
    invitation.get_by_role("button", name="QR code").click()
    code = invitation.get_by_alt_text("QR code of the invitation: for the living room")
    expect(code).to_be_visible()
    owner.wait_for_function("(image) => image.naturalWidth > 0", arg=code.element_handle())
    broken["invitation"] = violations_everywhere(owner, TWO[:1])
    invitation.get_by_role("button", name="Withdraw").click()
    invitation.get_by_role("button", name="Withdraw?").click()
    expect(invitation).to_have_count(0)

    owner.get_by_role("button", name="Pause").click()
    expect(owner.locator("#share").get_by_role("button", name="Go on")).to_be_visible()
    guest.fill("#prompt textarea", "a blue castle")
    dream(guest)
    queued = owner.get_by_test_id("queued")
    expect(queued).to_contain_text("a blue castle")
    expect(guest.locator("#guest-held")).to_have_text(
        "The owner has paused dreaming. Yours begins when it goes on."
    )
    expect(guest.locator(".dream-meta").first).to_have_text("paused by the owner")
    assert len(holding.engine.batches) == 1
    assert isinstance(holding.engine, HoldsAfterPreview)
    holding.engine.holds = True
    full = no_room("nothing more can be saved")
    with monkeypatch.context() as patch:
        patch.setattr(type(holding.studio), "fault", full)
        owner.keyboard.press("Escape")
        owner.click("#share-button")
        expect(owner.locator("#share > .share-inside > .share-fault")).to_have_text(str(full))
        expect(owner.locator(".share-reported")).to_have_text("!")
        broken["held, a full disk"] = violations_everywhere(owner, TWO[:1])
        owner.keyboard.press("Escape")
    held = owner.locator("#queue-held")
    expect(held).to_contain_text("You have paused everybody’s queue")
    held.get_by_role("button", name="Go on").click()
    expect(held).to_be_empty()
    expect(guest.locator("#guest-held")).to_be_empty()
    owner.click("#share-button")
    live = queued.locator(".share-live")
    expect(live).to_be_visible()
    owner.wait_for_function("document.querySelector('.share-live').naturalWidth > 0")
    shoot(owner, "share-queue-1440")

    person.get_by_role("button", name="Block guest").click()
    person.get_by_role("button", name="Block?").click()
    expect(guest.locator("#turned-out")).to_contain_text("does not let you in any more")
    guest.keyboard.press("Escape")
    expect(guest.locator("#turned-out")).to_be_visible()
    broken["turned out"] = violations_everywhere(guest, TWO[1:])
    shoot(guest, "share-turned-out-390")
    expect(queued).to_have_count(0)
    expect(owner.locator(".share-hint")).to_contain_text("can come back as a new guest")
    broken["somebody blocked"] = violations_everywhere(owner, TWO[:1])
    shoot(owner, "share-blocked-1440")
    owner.get_by_role("button", name="Only who is invited").click()
    expect(owner.locator("#share-invited_only")).to_be_checked()
    expect(owner.locator(".share-hint")).to_be_hidden()
    person.get_by_role("button", name="look at them").click()
    tiles.first.get_by_role("button", name="Let in again").click()
    expect(tiles.get_by_role("button", name="Let in again")).to_have_count(0)
    owner.keyboard.press("Escape")
    expect(tiles.first).to_be_hidden()
    expect(person).not_to_contain_text("blocked")
    assert flat(broken) == []


def link_to_one_of(guest: Page) -> str:
    """The page of a picture that a guest shows."""
    address: str = guest.evaluate(
        """async () => {
            const pictures = [document.querySelector(".tile .download").href.match(/picture\\/(\\w+)/)[1]];
            const asked = { method: "POST", headers: { "content-type": "application/json" },
                body: JSON.stringify({ kind: "picture", pictures }) };
            return new URL((await (await fetch("/links", asked)).json()).address).pathname;
        }"""
    )
    return f"{guest.evaluate('location.origin')}{address}"


def people(owner: Page) -> list[dict[str, object]]:
    told: list[dict[str, object]] = owner.evaluate(
        "async () => (await (await fetch('/share')).json()).people"
    )
    return told


def test_what_another_browser_made_is_brought_to_an_empty_history_and_both_go_on_with_it(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    chrome = make_visitor().open(site.url)
    ask(chrome, "a boat", count=2, steps=2)
    dream(chrome)
    finished(chrome, 2)
    site.engine.go.clear()
    site.engine.began.acquire(timeout=PATIENCE)
    ask(chrome, "a slow boat", count=1, steps=2)
    dream(chrome)
    assert site.engine.began.acquire(timeout=PATIENCE)
    firefox = make_visitor().open(f"{site.url}/#history")
    shown = firefox.locator(".history-tile")
    note = firefox.locator(".history-note")
    expect(note).to_contain_text("made in other browsers of this machine.")
    expect(shown).to_have_count(0)
    note.get_by_role("button", name="Show them…").click()
    row = firefox.get_by_test_id("other-browser").first
    expect(row).to_contain_text("2 pictures")
    expect(row.locator("img")).to_have_count(2)
    act = row.get_by_role("button")
    act.click()
    expect(act).to_have_text("Yes, bring them")
    expect(shown).to_have_count(0)  # nothing comes by one click
    act.click()
    expect(firefox.locator(".toast")).to_contain_text("2 pictures brought. Both browsers")
    expect(shown).to_have_count(2)
    firefox.keyboard.press("Escape")
    firefox.click("#tab-dream")
    site.engine.go.set()
    finished(chrome, 1)
    finished(firefox, 1)
    chrome.click("#tab-history")
    expect(chrome.locator(".history-tile")).to_have_count(3)

"""Sharing as people do it: who makes a page, who is sent it, with scripts and without, and that it ends."""

import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import violations_everywhere
from tests.browser.conftest import PHONE, Visitor, shoot
from tests.web.conftest import Site

TWO = ((1440, 900), (390, 844))


def settings_of(page: Page) -> dict[str, str]:
    return {
        "prompt": page.locator("#prompt textarea").input_value(),
        "seed": page.locator("#seed input").input_value(),
        "steps": page.locator("#steps input[type=number]").input_value(),
        "count": page.locator("#count input[type=number]").input_value(),
    }


def make_link(page: Page) -> str:
    """The address of a new link, from the dialog that is open; it closes it."""
    page.click("#links-make")
    expect(page.locator("#links-address")).to_have_value(re.compile(r"/d/[\w-]{22}$"))
    address = page.locator("#links-address").input_value()
    expect(page.locator(".links-reach")).to_contain_text("Nobody else can open this address")
    page.click("#links-close")
    return address


def is_within(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return wide


def is_at_hand(page: Page) -> bool:
    """Whether all that can be done is within the narrowest phone, downloads too."""
    page.set_viewport_size({"width": 320, "height": 640})
    ends: list[float] = page.locator(".go, .get").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect()).map((box) => box.right || 1e9)"
    )
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    return max(ends) <= 320


def test_what_is_shared_is_seen_compared_dreamt_again_and_withdrawn(
    make_visitor: Callable[..., Visitor], browser: Browser, site: Site
) -> None:
    asked = "?prompt=a+red+boat&seed=4294967000&steps=3&count=2&cfg=900&other=1"
    page = make_visitor().open(f"{site.url}/{asked}")
    wanted = {"prompt": "a red boat", "seed": "4294967000", "steps": "3", "count": "2"}
    assert settings_of(page) == wanted and page.url == f"{site.url}/?other=1"
    expect(page.get_by_test_id("toast")).to_contain_text("cfg scale “900” (0 to 30)")
    expect(page.locator(".dream-row")).to_have_count(0)
    page.click("#dream-button")
    expect(page.locator(".tile[data-state=done]")).to_have_count(2)

    page.locator(".tile .open").first.click()
    for key in ("a", "ArrowRight", "b", "ArrowLeft"):
        page.keyboard.press(key)
    page.click("#viewer [data-name=share]")
    broken = {"dialog": violations_everywhere(page, TWO)}
    shoot(page, "links-dialog")
    picture = make_link(page)
    page.click("#viewer-close")
    page.click("#tab-compare")
    page.click("#pair-share")
    expect(page.locator(".links-shown img")).to_have_count(2)
    broken["dialog of a pair"] = violations_everywhere(page, TWO)
    shoot(page, "links-dialog-pair")
    pair = make_link(page)
    page.click("#tab-dream")
    page.click(".row-share")
    dream = make_link(page)

    stranger = make_visitor(PHONE).page
    stranger.goto(picture)
    expect(stranger.locator("h1")).to_have_text("a red boat")
    assert stranger.evaluate("document.querySelector('.frame img').naturalWidth") == 64
    assert is_within(stranger) and is_at_hand(stranger)
    broken["picture"] = violations_everywhere(stranger, TWO)
    shoot(stranger, "d-page-390")
    stranger.goto(dream)
    expect(stranger.locator(".many img")).to_have_count(2)
    stranger.set_viewport_size({"width": 320, "height": 640})
    assert is_within(stranger) and is_at_hand(stranger)
    broken["dream"] = violations_everywhere(stranger, (PHONE,))

    stranger.goto(pair)
    stage = stranger.locator("#pair")
    expect(stage).to_have_attribute("data-mode", "slider")
    assert is_within(stranger) and is_at_hand(stranger)
    box = stage.bounding_box()
    assert box is not None
    stranger.mouse.click(box["x"] + box["width"] / 4, box["y"] + 200)
    share = stage.evaluate("(element) => parseFloat(element.style.getPropertyValue('--x'))")
    assert abs(share - 25) < 1
    stranger.keyboard.press("ArrowRight")
    assert stage.evaluate("(one) => parseFloat(one.style.getPropertyValue('--x'))") == share + 0.5
    broken["pair"] = violations_everywhere(stranger, TWO)
    second = stage.locator("figure").nth(1)
    stranger.get_by_label("Flip").check(force=True)
    expect(second).not_to_be_visible()
    stranger.get_by_label("Show the other").click()
    expect(second).to_be_visible()
    stranger.goto(picture)
    stranger.get_by_role("link", name="Dream this again").click()
    stranger.wait_for_selector("html[data-sdgui=ready]")
    assert settings_of(stranger) == {**wanted, "count": "1"}
    expect(stranger.locator(".dream-row")).to_have_count(0)

    plain = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    still = plain.new_page()
    still.goto(pair)
    one, other = (still.locator("#pair figure").nth(i).bounding_box() for i in range(2))
    assert one is not None and other is not None
    assert one["x"] + one["width"] <= other["x"] and one["y"] == other["y"]
    assert plain.cookies() == []
    plain.close()

    page.click("#choices-button")
    page.click(".links-all")
    expect(page.locator(".links-list li[data-link]")).to_have_count(3)
    last = page.locator(f".links-list li[data-link='{picture[-22:]}']")
    last.get_by_text("Withdraw").click()
    assert httpx.get(picture, trust_env=False).status_code == 200
    last.get_by_text("Withdraw for good?").click()
    expect(page.locator(".links-list li[data-link]")).to_have_count(2)
    assert httpx.get(picture, trust_env=False).status_code == 410
    assert {name: found for name, found in broken.items() if found} == {}

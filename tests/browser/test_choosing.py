"""Choosing together: the maker of a wall and two others, each with a browser of their own."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.accessibility import violations_everywhere
from tests.browser.compare_page import kept, open_button, press, stand_on, wall
from tests.browser.conftest import DESKTOP, PHONE, Visitor, shoot
from tests.web.conftest import Site

TWO = (DESKTOP, PHONE)


def tile(page: Page, number: int) -> str:
    return f"#wall [data-number='{number}']"


def test_what_one_keeps_the_others_see_and_the_maker_takes_over(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    maker = make_visitor().open(f"{site.url}/#compare")
    wall(maker)
    maker.locator("#compare .row-share").click()
    maker.get_by_label("to choose together").check()
    maker.click("#links-make")
    expect(maker.locator("#links-address")).to_have_value(re.compile(r"/d/[\w-]{22}$"))
    address = maker.locator("#links-address").input_value()
    broken = {"dialog": violations_everywhere(maker, (PHONE,))}
    shoot(maker, "choosing-dialog")
    maker.click("#links-close")
    expect(maker.locator("#compare .row-choosing")).to_have_text("Choosing together")

    one, other = make_visitor(), make_visitor(PHONE, touch=True)
    ann, ben = one.page, other.page
    for page in (ann, ben):
        page.goto(address)
        page.wait_for_selector(".is-live")
    press(ann, "ArrowRight", "ArrowRight", "k", "ArrowRight", "x")
    expect(ann.locator(tile(ann, 1))).to_have_attribute("data-mine", "kept")
    expect(ben.locator(f"{tile(ben, 1)} .said")).to_have_text("Kept by guest 1")
    expect(ben.locator(f"{tile(ben, 2)} .who[data-no]")).to_have_text("1")
    ben.locator(f"{tile(ben, 1)} .keep").tap()
    expect(ann.locator(f"{tile(ann, 1)} .said")).to_have_text("Kept by you and guest 2")
    ben.locator(f"{tile(ben, 3)} .open").tap()
    ben.locator("#big .keep").tap()
    expect(ben.locator("#big .big-said")).to_have_text("Kept by you")
    small = ben.locator("button:visible").evaluate_all(
        "(all) => all.filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 44).length"
    )
    assert small == 0
    broken["large"] = violations_everywhere(ben, (PHONE,))
    shoot(ben, "choosing-large-390")
    ben.locator("#big .close").tap()
    other.context.set_offline(True)
    ben.locator(f"{tile(ben, 0)} .reject").tap()
    fault = ben.locator("#fault")
    expect(fault).to_contain_text("What you say is kept")
    broken["not connected"] = violations_everywhere(ben, (PHONE,))
    shoot(ben, "choosing-offline-390")
    other.context.set_offline(False)
    expect(ann.locator(f"{tile(ann, 0)} .said")).to_have_text("Rejected by guest 2")
    expect(fault).to_be_hidden()
    ben.locator(f"{tile(ben, 0)} .reject").tap()
    expect(ann.locator(f"{tile(ann, 0)} .said")).to_be_empty()
    ann.fill("#name-text", "Ann <b>\u202e")
    ann.press("#name-text", "Enter")
    expect(ann.locator("#name-text")).to_have_value("Ann <b>")
    expect(ben.locator("#who")).to_contain_text("Ann <b>")
    # Who chooses is in sight on a phone, wherever one is on the page, and counts are told from signs.
    ben.locator(".tile").last.scroll_into_view_if_needed()
    expect(ben.locator("#crew")).to_contain_text("Ann <b>")
    expect(ben.locator("#crew")).to_be_in_viewport()
    expect(ben.locator(f"{tile(ben, 1)} .marks > *")).to_have_text(["♥ 2", "1", "2"])
    expect(ben.locator(f"{tile(ben, 2)} .marks > *")).to_have_text(["✕ 1", "1"])
    ben.locator("#crew-name").tap()
    expect(ben.locator("#name-text")).to_be_focused()
    ben.evaluate("scrollTo(0, 0)")
    expect(ben.locator(f"{tile(ben, 1)} .said")).to_have_text("Kept by Ann <b> and you")
    ann.click("[data-sort=kept]")
    expect(ann.locator("#wall .tile").first).to_have_attribute("data-number", "1")
    ann.reload()
    ann.wait_for_selector(".is-live")
    expect(ann.locator(tile(ann, 1))).to_have_attribute("data-mine", "kept")
    expect(ann.locator("#most li").first).to_contain_text("2 of 2")
    for page in (ann, ben):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    broken["wide"] = violations_everywhere(ann, TWO[:1])
    broken["phone"] = violations_everywhere(ben, (PHONE,))
    shoot(ann, "choosing-1440")

    expect(maker.locator("#compare .row-choosing")).to_have_text("Choosing together · 2")
    label = re.compile(r"Kept by Ann <b> and guest 2")
    expect(open_button(maker, 1)).to_have_attribute("aria-label", label)
    expect(maker.locator("[data-index='1'] .chooser")).to_have_text(["1", "2"])
    stand_on(maker, 0)
    press(maker, "k")
    expect(ann.locator(f"{tile(ann, 0)} .said")).to_have_text("Kept by who shared this")
    shoot(maker, "choosing-compare")
    broken["compare"] = violations_everywhere(maker, TWO[:1])
    maker.locator("#compare .row-choosing").click()
    broken["panel"] = violations_everywhere(maker, TWO)
    shoot(maker, "choosing-panel")
    maker.click("#choosing-all")
    expect(kept(maker)).to_have_count(2)
    maker.get_by_role("button", name="Undo").click()
    expect(kept(maker)).to_have_count(1)

    maker.locator("#compare .row-choosing").click()
    maker.locator("#choosing [data-away='1']").click()
    expect(ann.locator("#fault")).to_contain_text("has taken your marks away")
    expect(ann.locator("#name-text")).to_have_value("")
    maker.click("#choosing-end")
    maker.click("#choosing-end")
    for page in (ann, ben):
        expect(page.locator("h1")).to_have_text("This link has ended")
    expect(maker.locator("#compare .row-choosing")).to_be_hidden()
    expect(maker.locator("#compare .choosers:visible")).to_have_count(0)
    for visitor in (one, other):
        visitor.complaints.clear()  # of the page that ended
    assert {name: found for name, found in broken.items() if found} == {}

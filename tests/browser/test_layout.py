"""The page at every width and height, on a phone, and by the keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser.conftest import PHONE, Visitor, ask, dream, finished, moved
from tests.web.conftest import Site

pytestmark = pytest.mark.browser

# What a finger has to hit, without what bar and settings are told elsewhere; labels of a field count as the field.
SMALL = """
() => [...document.querySelectorAll("button, a[href], select, [role=tab], input[type=range]")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1)
  .filter((e) => !e.closest("#seed-row, .sd-choice, .explain, [inert]"))
  .filter((e) => e.getBoundingClientRect().width < 43.5 || e.getBoundingClientRect().height < 43.5)
  .map((e) => e.id || e.className || e.textContent)
"""
# Where the prompt's box and Dream are, and where they are drawn until they are there.
PLACES = """
() => {
  const found = ["#prompt-box", "#dream-button"].map((name) => document.querySelector(name).getBoundingClientRect());
  const page = document.documentElement;
  page.dataset.sdgui = "";
  const drawn = [[document.body, "::after"], [document.querySelector("gradio-app"), "::before"]]
    .map(([element, part]) => getComputedStyle(element, part));
  const places = [...found, ...drawn].map(({ left, top, width, height }) => [left, top, width, height].map(parseFloat));
  page.dataset.sdgui = "ready";
  return [places.slice(0, 2).flat(), places.slice(2).flat()];
}
"""
FOCUSED = "document.activeElement?.id || document.activeElement?.className || ''"


def box(page: Page, selector: str) -> FloatRect:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return found


def test_small_windows_have_room_for_the_prompt_and_the_pictures(quick: Page, site: Site) -> None:
    page = quick
    ask(page, "a red boat at sea", count=4, steps=2)
    dream(page)
    finished(page, 4)
    site.engine.go.clear()
    page.fill("#prompt textarea", "a blue boat at sea")
    dream(page)
    expect(page.locator("#stop-button")).to_be_visible()
    page.fill("#prompt textarea", "\n".join(["a long prompt"] * 4))
    for width, height in ((720, 450), (768, 1024), (390, 844), (320, 640), (320, 256)):
        page.set_viewport_size({"width": width, "height": height})
        assert box(page, "#prompt-box")["width"] > 0.45 * width, width
        assert box(page, "#gallery")["height"] > 0.5 * height, (width, height)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        tabs = page.locator(".tabs")
        if height <= 500:  # what is more than two lines is scrolled to
            assert box(page, "#prompt textarea")["height"] <= 44
        assert width < 390 or tabs.evaluate("(e) => e.scrollWidth <= e.clientWidth"), width
        stop, begin = box(page, "#stop-button"), box(page, "#dream-button")
        assert stop["y"] < begin["y"] + begin["height"] and begin["y"] < stop["y"] + stop["height"]
        assert begin["x"] + begin["width"] <= width
    # At 400 % nothing is docked over the pictures: what is below is scrolled to.
    assert box(page, "#prompt-bar")["y"] >= 256
    page.click("#tab-compare")
    assert box(page, "#prompt-bar")["y"] >= 256
    tab, all_tabs = box(page, "#tab-compare"), box(page, ".tabs")
    assert tab["x"] + tab["width"] <= all_tabs["x"] + all_tabs["width"] - 24  # not where they fade
    page.click("#tab-dream")
    remove, gallery = (
        box(page, ".dream-row[data-state=finished] .row-remove"),
        box(page, "#gallery"),
    )
    assert remove["x"] + remove["width"] <= gallery["x"] + gallery["width"]
    page.locator("#dream-button").scroll_into_view_if_needed()
    expect(page.locator("#dream-button")).to_be_in_viewport()


def test_on_a_phone_the_settings_are_a_dialog_and_back_closes_what_lies_over_the_page(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    page = make_visitor(PHONE, touch=True).open(site.url)
    expect(page.get_by_role("button", name="demo · fake · ready", exact=True)).to_be_visible()
    assert moved(page) == []
    there, drawn = page.evaluate(PLACES)
    assert drawn == pytest.approx(there, abs=1)
    ask(page, "a red boat at sea", count=2, steps=2)
    site.engine.go.clear()
    dream(page)
    expect(page.locator(".dream-row .row-stop")).to_be_visible()
    forming = box(page, ".dream-row .grid")
    site.engine.go.set()
    finished(page, 2)
    expect(page.locator(".dream-row .dream-meta")).to_contain_text("just now")
    assert box(page, ".dream-row .grid") == forming  # its words take one line, as before
    assert page.evaluate(SMALL) == []
    drawer = page.locator("#settings")
    page.click("#settings-button")
    expect(drawer).to_have_attribute("role", "dialog")
    assert page.evaluate(SMALL) == []
    assert page.evaluate(FOCUSED) == "settings-close"
    for _ in range(40):  # once round, and never behind it
        page.keyboard.press("Tab")
        outside = "!!document.activeElement.closest('#header, #gallery, #prompt-bar')"
        assert not page.evaluate(outside)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert page.evaluate(FOCUSED) == "settings-button"
    page.click("#settings-button")
    expect(drawer).to_be_visible()
    page.go_back()
    expect(drawer).to_be_hidden()
    viewer = page.locator("#viewer")
    page.locator(".tile .open").last.click()
    expect(viewer).to_be_visible()
    assert page.evaluate(SMALL) == []
    page.set_viewport_size({"width": 320, "height": 256})
    scale, back = box(page, ".viewer-scale"), box(page, ".viewer-step.back")
    assert scale["x"] >= back["x"] + back["width"] and box(page, ".viewer-stage img")["height"] > 60
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.go_back()
    expect(viewer).to_be_hidden()
    page.click("#more-button")
    page.get_by_role("menuitem", name="Preferences").click()
    expect(page.locator("#choices")).to_be_visible()
    assert page.evaluate(SMALL) == []
    page.go_back()
    page.click("#more-button")
    page.get_by_role("menuitem", name="Help and keys").click()
    assert page.locator("#help").evaluate("(e) => e.scrollTop") == 0
    page.go_back()
    expect(page.locator("#help")).to_be_hidden()
    # Closed by hand, nothing of it stays for Back.
    page.locator(".tile .open").first.click()
    page.wait_for_function("history.state?.layers === 1")
    page.click("#viewer-close")
    page.wait_for_function("!history.state?.layers")
    expect(page.locator(".dream-row")).to_have_count(1)


def test_the_keyboard_reaches_the_prompt_at_once_and_a_dream_is_one_stop(
    quick: Page, site: Site
) -> None:
    page = quick
    for begun, name in enumerate(("the older", "the newer"), start=1):
        ask(page, name, count=4, steps=2)
        dream(page)
        expect(page.locator(".tile[data-state=done]")).to_have_count(4 * begun)
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    expect(page.locator(".tile[data-state=done]")).to_have_count(8)
    pill = page.get_by_role("button", name="demo · fake · ready", exact=True)
    expect(pill).to_have_id("model-pill")
    assert moved(page) == []
    there, drawn = page.evaluate(PLACES)
    assert drawn == pytest.approx(there, abs=1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('#prompt textarea')")
    assert page.locator('#gallery .open:enabled:not([tabindex="-1"])').count() == 2
    page.locator(".tile .open").first.focus()
    seen = []
    for key in ("ArrowRight", "End", "ArrowRight", "ArrowUp", "Home"):
        page.keyboard.press(key)
        tile = "document.activeElement.closest('.tile')"
        name = page.evaluate(f"{tile}.closest('.dream-row').getAttribute('aria-label')")
        seen.append((name, page.evaluate(f"{tile}.dataset.index")))
    newer, older = "the newer", "the older"
    assert seen == [(newer, "1"), (newer, "3"), (older, "0"), (newer, "0"), (newer, "0")]
    site.engine.go.clear()
    dream(page)
    expect(page.locator("#stop-button")).to_be_visible()
    page.locator(".tile[data-state=done] .open").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#viewer")).to_be_visible()
    for _ in range(3):  # once too often
        page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    assert page.evaluate(
        "fetch('/dreams').then((r) => r.json()).then((p) => p.dreams[0].state)"
    ) == ("active")
    page.keyboard.press("Control+.")
    expect(page.locator(".dream-row[data-state=cancelled]")).to_have_count(1)

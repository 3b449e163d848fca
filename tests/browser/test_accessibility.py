"""axe-core finds nothing wrong, in whatever state the page is, in both themes, at four widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import WIDTHS, violations_everywhere
from tests.browser.compare_page import press, stand_on, wall
from tests.browser.conftest import Visitor, ask, dream
from tests.web.conftest import Site

pytestmark = pytest.mark.browser

LARGE, SMALL = WIDTHS[:2], WIDTHS[2:]


def flat(broken: dict[str, dict[str, list[str]]]) -> list[str]:
    """What is wrong where, one a line."""
    return [
        f"{state}, {where}: {what}"
        for state, found in broken.items()
        for where, faults in found.items()
        for what in faults
    ]


def test_nothing_is_wrong_with_the_dream_tab(quick: Page, site: Site) -> None:
    """One page goes through its states: a page load each would take longer than all the rest."""
    page = quick
    broken = {"empty": violations_everywhere(page)}
    site.engine.go.clear()
    ask(page, "a red boat at sea", count=2, steps=2)
    for begun in (1, 2, 3):  # of one name, and the others wait
        dream(page)
        expect(page.locator(".dream-row")).to_have_count(begun)
    page.locator(".dream-row").first.locator(".row-stop").click()
    expect(page.locator(".dream-row[data-state=cancelled]")).to_have_count(1)
    broken["dreaming"] = violations_everywhere(page)
    site.engine.go.set()
    expect(page.locator(".tile[data-state=done]")).to_have_count(4)
    broken["pictures"] = violations_everywhere(page)
    page.locator(".tile[data-state=done] .open").first.click()
    broken["viewer"] = violations_everywhere(page)
    page.keyboard.press("Escape")
    page.click("#help-button")
    broken["help"] = violations_everywhere(page)
    page.keyboard.press("Escape")
    page.click("#model-pill")
    broken["memory"] = violations_everywhere(page, LARGE)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("#settings-button")
    broken["drawer"] = violations_everywhere(page, SMALL)
    assert flat(broken) == []


def test_nothing_is_wrong_with_compare_and_models(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    page = make_visitor().open(f"{site.url}/#compare")
    broken = {"no sheet": violations_everywhere(page)}
    wall(page)
    stand_on(page, 0)
    press(page, "k")
    press(page, "a")
    stand_on(page, 1)
    press(page, "b")
    expect(page.locator("#pair-swap")).to_be_visible()
    broken["wall"] = violations_everywhere(page)
    page.locator(".sheet-export").first.click()
    broken["menu"] = violations_everywhere(page, LARGE)
    page.keyboard.press("Escape")
    page.click("#tab-models")
    expect(page.locator("#tab-models")).to_have_attribute("aria-selected", "true")
    broken["models"] = violations_everywhere(page)
    page.click("#share-button")
    expect(page.locator(".share-columns")).to_be_visible()
    page.locator(".share-invitations .share-title button").click()
    broken["sharing"] = violations_everywhere(page)
    assert flat(broken) == []

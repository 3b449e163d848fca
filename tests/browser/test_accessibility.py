"""axe-core finds nothing wrong, in whatever state the page is, in both themes, at four widths."""

import io
import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, Route, expect

from tests.browser.accessibility import WIDTHS, violations_everywhere
from tests.browser.compare_page import begin, pin_both, press, sheet, stand_on, wall
from tests.browser.conftest import DESKTOP, Visitor, ask, dream, finished
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


def test_nothing_is_wrong_with_the_dream_tab(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    """One page goes through its states: a page load each would take longer than all the rest."""
    visitor = make_visitor()
    page, complaints = visitor.open(site.url), visitor.complaints
    broken = {"empty": violations_everywhere(page)}
    site.engine.go.clear()
    for begun in (1, 2, 3):  # of one name, and the others wait
        ask(page, "a red boat at sea", count=2, steps=2, seed=1041 + begun)
        dream(page)
        expect(page.locator(".dream-row")).to_have_count(begun)
    page.locator(".dream-row").last.locator(".row-stop").click()
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
    page.click("#choices-button")
    broken["preferences"] = violations_everywhere(page, LARGE)
    page.keyboard.press("Escape")
    page.click("#model-pill")
    broken["memory"] = violations_everywhere(page, LARGE)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    page.click("#settings-button")
    broken["drawer"] = violations_everywhere(page, SMALL)
    page.click("#settings-close")
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    wrong = page.locator("#steps input[type=number]")
    wrong.fill("500")
    wrong.press("Tab")
    expect(page.locator("#steps-error")).to_be_visible()
    broken["error at a field"] = violations_everywhere(page)
    wrong.fill("3")
    page.route("**/dreams", lambda route: route.abort())
    page.locator("#prompt textarea").press("Enter")
    expect(page.locator("#kept-dreams")).to_contain_text("is kept")
    broken["server gone"] = violations_everywhere(page)
    page.unroute("**/dreams")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#kept-dreams")).to_be_empty()
    expect(page.locator(".tile[data-state=done]")).to_have_count(6)
    complaints.clear()  # of what was lost
    assert flat(broken) == []


def test_nothing_is_wrong_with_compare_and_models(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    site.begin(site.visitor())  # in another browser
    site.wait_for_the_worker()
    page = make_visitor().open(f"{site.url}/#compare")
    broken = {"no sheet": violations_everywhere(page)}
    page.click("#tab-history")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    broken["no picture"] = violations_everywhere(page, LARGE)
    page.locator(".history-note").get_by_role("button", name="Show them…").click()
    expect(page.get_by_test_id("other-browser").first).to_be_visible()
    broken["other browsers"] = violations_everywhere(page, SMALL)
    page.keyboard.press("Escape")
    page.click("#tab-compare")
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
    site.engine.go.clear()
    for name in ("what forms", "what was stopped", "what waits"):
        page.fill("#prompt textarea", name)
        begin(page)
    lines = page.locator("#compare .sheet.is-bare")
    sheet(page, 1).locator(".row-stop").click()
    expect(lines).to_have_count(1)
    broken["queue"] = violations_everywhere(page, SMALL)
    for stopped in (2, 3):
        page.locator("#compare .row-stop:visible").first.click()
        expect(lines).to_have_count(stopped)
    site.engine.go.set()
    page.click("#tab-models")
    expect(page.locator("#tab-models")).to_have_attribute("aria-selected", "true")
    broken["models"] = violations_everywhere(page)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.locator(".known").evaluate("(list) => { list.open = true; }")
    higher = "(names) => names.map((e) => e.scrollHeight > e.parentElement.clientHeight)"
    assert set(page.locator(".known li b").evaluate_all(higher)) == {False}
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.click("#tab-history")
    shown = page.locator(".history-tile")
    expect(shown).to_have_count(4)
    broken["history"] = violations_everywhere(page)
    page.get_by_role("button", name="Date").click()
    broken["days"] = violations_everywhere(page, LARGE)
    page.keyboard.press("Escape")
    shown.first.click(modifiers=["Control"])
    broken["selected"] = violations_everywhere(page)
    shown.first.press("Enter")
    expect(page.locator("#viewer")).to_be_visible()
    broken["history's viewer"] = violations_everywhere(page, SMALL)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("Escape")  # lets go of what is selected
    page.click("#history-filters")
    broken["filters"] = violations_everywhere(page, SMALL)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    shown.first.click(modifiers=["Control"])
    page.keyboard.press("Delete")
    expect(page.locator(".toast")).to_contain_text("Undo")
    page.click("#history-bin")
    expect(page.locator("#history-empty")).to_be_visible()
    expect(shown).to_have_count(1)
    broken["bin"] = violations_everywhere(page)
    shown.first.click()
    expect(page.locator("#viewer-restore")).to_be_visible()
    broken["seen in the bin"] = violations_everywhere(page)
    page.keyboard.press("Escape")
    shown.first.click(modifiers=["Control"])
    expect(page.locator(".history-bar").get_by_role("button", name="Restore")).to_be_visible()
    broken["selected in the bin"] = violations_everywhere(page)
    page.keyboard.press("Escape")
    page.click("#history-empty")
    broken["emptying"] = violations_everywhere(page, LARGE)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Import a folder…").click()
    expect(page.get_by_label("Path of the folder on this machine")).to_be_focused()
    broken["import"] = violations_everywhere(page, LARGE)
    page.keyboard.press("Escape")
    page.route(re.compile("/share$"), with_guests)
    page.click("#share-button")
    expect(page.locator(".share-columns")).to_be_visible()
    expect(page.get_by_test_id("guest")).to_have_count(3)
    page.locator(".share-invitations .share-title button").click()
    page.get_by_role("button", name="Not here now · 2 · 1 blocked").click()
    broken["sharing"] = violations_everywhere(page)
    assert flat(broken) == []


def with_guests(route: Route) -> None:
    """What the panel of guests is told where some are here, somebody is out, all is held and a disk is full."""
    reply = route.fetch()
    states = ({"state": "dreaming"}, {"state": "away", "blocked": True}, {"sent_away": True})
    guest = {"pictures": 3, "seconds": 9, "seen": 0, "anonymous": True} | {"state": "here"}
    people = [
        {**guest, "id": f"g{number}", "name": name, "number": number, "blocked": False}
        | {"sent_away": False, **state}
        for number, name, state in zip((1, 2, 3), ("ann", "مريم" * 15, "<b>"), states, strict=True)
    ]
    queued = {
        "person": "g1",
        "name": "ann",
        "number": 1,
        "mine": False,
        "pictures": 4,
        "live": None,
    }
    queue = [
        {**queued, "job": "a", "prompt": "a boat", "state": "dreaming", "place": 0, "wait": 9}
        | {"step": 3, "steps": 25},
        {**queued, "job": "b", "prompt": "a cat " * 20, "state": "waiting", "place": 1, "wait": 40}
        | {"step": 0, "steps": 25},
    ]
    invitation = {
        "id": "i",
        "note": "for ben",
        "made": 0,
        "ends": None,
        "came": ["ann"],
        "query": "?i=x",
    }
    told = {"fault": "The disk is full.", "paused": True, "words": ["gore"], "people": people}
    told |= {"guests": "http://192.168.4.2:7860/", "reach": "network"}
    route.fulfill(
        response=reply,
        json={**reply.json(), **told, "queue": queue, "invitations": [invitation]},
    )


# One of each kind of control in each of the tabs; what shows the focus may be what is around it.
KINDS = {
    "dream": (
        "#tab-dream",
        "#model-pill",
        "#help-button",
        "#choices-button",
        "#prompt textarea",
        "#dream-button",
        "#aspect input:checked",
        "#steps input[type=range]",
        "#steps input[type=number]",
        "#seed input",
        "#seed-die",
        "#seed-lock input",
        "#sampler select",
        "#model-input",
        "#negative-prompt textarea",
        ".explain",
        ".dream-row .open",
        ".dream-row .heart",
        ".dream-row .download",
        ".reuse",
    ),
    "compare": (
        "#compare-mode input:checked",
        "#wall-count input[type=range]",
        ".sheet-export",
        "#pair .pair-handle",
        ".pair-modes input:checked",
        "#pair-swap",
        "#tray button",
    ),
    "history": (
        "#history-search",
        "[data-filter=rating]",
        ".history-sizes input:checked",
        ".history-tile",
    ),
    "models": (
        "#model-address",
        ".models .adding button",
        ".known summary",
        ".family-cards button",
    ),
}
ROOM = 8
"""Pixels around a control in which its focus may be seen."""


def test_focus_is_seen_on_each_kind_of_control_and_nothing_moves_for_who_wants_no_motion(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    """In each theme: around the control, three to one to what was there, as much as a line along its long side."""
    page = make_visitor().open(f"{site.url}/#compare")
    page.emulate_media(reduced_motion="reduce")
    wall(page)
    pin_both(page)
    press(page, "k")
    page.click("#tab-dream")
    ask(page, "a red boat at sea", count=2, steps=2)
    dream(page)
    finished(page, 2)
    hidden = []
    for tab, controls in KINDS.items():
        page.click(f"#tab-{tab}")
        expect(page.locator(f"#tab-{tab}")).to_have_attribute("aria-selected", "true")
        for selector in controls:
            for theme in ("dark", "light"):
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                if not shows_focus(page, selector):
                    hidden.append(f"{selector}, {theme}")
    assert not hidden, "; ".join(hidden)
    site.engine.go.clear()
    page.click("#tab-dream")
    dream(page)
    expect(page.locator(".dream-row[data-state=active]")).to_be_visible()
    endless = "document.getAnimations().filter((one) => one.effect?.getTiming().iterations === Infinity).length"
    assert page.evaluate(endless) == 0
    smooth = "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).scrollBehavior === 'smooth').length"
    assert page.evaluate(smooth) == 0


def shows_focus(page: Page, selector: str) -> bool:
    """Whether one sees by the pixels that the keyboard has come to the first of these that is to be seen."""
    control = page.locator(selector).locator("visible=true").first
    control.scroll_into_view_if_needed()
    page.mouse.move(0, 0)
    page.keyboard.press("Shift")  # what follows comes from the keyboard
    control.focus()
    seen = pixels(page, clip_of(page, control))
    size = control.bounding_box()
    control.evaluate("(element) => element.blur()")
    before = pixels(page, clip_of(page, control))
    assert size is not None
    light, dark = np.maximum(seen, before) + 0.05, np.minimum(seen, before) + 0.05
    return int((light / dark >= 3).sum()) >= max(size["width"], size["height"])


def clip_of(page: Page, control: Locator) -> FloatRect:
    """The control and what is around it, as far as that is on the page."""
    box = control.evaluate("""(e) => {
      const around = e.closest("#prompt-box") ?? e.closest("label, .tile") ?? e;
      const { x, y, width, height } = around.getBoundingClientRect();
      return { x, y, width, height };
    }""")
    x, y = max(0, box["x"] - ROOM), max(0, box["y"] - ROOM)
    width = min(DESKTOP[0], box["x"] + box["width"] + ROOM) - x
    height = min(DESKTOP[1], box["y"] + box["height"] + ROOM) - y
    return {"x": x, "y": y, "width": width, "height": height}


def pixels(page: Page, clip: FloatRect) -> npt.NDArray[np.float64]:
    """The luminance of each pixel, 0 to 1: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    png = page.screenshot(clip=clip, animations="disabled")
    with Image.open(io.BytesIO(png)) as image:
        c = np.asarray(image.convert("RGB"), np.float64) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))

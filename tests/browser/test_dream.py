"""The Dream page as people use it."""

import io
import json
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from sdgui.web.doors.cookies import COOKIE
from tests.browser.conftest import PHONE, Visitor, ask, dream, finished, set_slider, shoot
from tests.running_app import RunningApp
from tests.web.conftest import Site

pytestmark = pytest.mark.browser

BOAT = "a red boat at sea"
COUNT_PREVIEWS = """
() => {
  window.seen = {};
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const tile = target.closest?.(".tile[data-revision]");
      if (!tile) continue;
      (window.seen[tile.dataset.index] ??= new Set()).add(tile.dataset.revision);
    }
  }).observe(document.querySelector("#gallery"), {
    subtree: true, attributes: true, attributeFilter: ["data-revision"],
  });
}
"""
FOLLOW_SHIFTS = """
() => {
  window.shifted = 0;
  new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shifted += value)))
    .observe({ type: "layout-shift" });
}
"""
SEEN = "() => Object.fromEntries(Object.entries(window.seen).map(([k, v]) => [k, v.size]))"


def test_all_four_pictures_form_live_and_are_kept(page: Page, app: RunningApp) -> None:
    shoot(page, "welcome-1440")
    ask(page, BOAT, steps=45)
    page.evaluate(COUNT_PREVIEWS)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    dream(page)
    row = page.locator(".dream-row").first
    expect(row.locator(".tile")).to_have_count(4)
    expect(row.locator(".dream-meta")).to_contain_text(re.compile(r"step \d+ of 45 · .* left"))
    expect(row.locator(".tile[data-state=preview]")).to_have_count(4)
    shoot(page, "forming-1440")
    assert re.fullmatch(r"\d of 4 · sdgui", page.title())
    finished(page, 4)
    shoot(page, "dream-1440")
    seen = page.evaluate(SEEN)
    assert sorted(seen) == ["0", "1", "2", "3"]
    assert min(seen.values()) >= 8, seen
    # One image for all four tiles, each of them asked for once.
    previews = [url for url in asked if "/live/" in url]
    assert len({url.partition("?")[0] for url in previews}) == 1
    assert len(set(previews)) == len(previews) <= 45
    assert len([url for url in asked if "/thumb/" in url]) == 4
    assert page.title() == "done · sdgui"
    assert row.locator(".seed").all_inner_texts() == ["1041", "1042", "1043", "1044"]
    assert len(app.pictures()) >= 4


def test_no_preview_is_fetched_that_nobody_can_see(quick: Page) -> None:
    page = quick
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, BOAT, steps=25)
    dream(page)
    finished(page, 4)
    assert [url for url in asked if "/watch" in url]
    assert [url for url in asked if "/live/" in url] == []


def test_nothing_jumps_while_pictures_come(page: Page) -> None:
    ask(page, BOAT, steps=6)
    dream(page)
    tile = page.locator(".dream-row").first.locator(".tile").nth(3)
    expect(tile).to_be_visible()
    before = tile.bounding_box()
    prompt = page.locator("#prompt-box").bounding_box()
    finished(page, 4)
    expect(page.locator("#stop-button")).to_be_hidden()
    assert tile.bounding_box() == before
    assert page.locator("#prompt-box").bounding_box() == prompt


def test_stop_keeps_what_is_there_and_the_next_dream_works(page: Page) -> None:
    ask(page, BOAT, steps=150)
    dream(page)
    expect(page.locator(".tile[data-state=preview]")).to_have_count(4)
    page.click("#stop-button")
    expect(page.locator("#stop-button")).to_be_hidden()
    ask(page, "a cat", count=1, steps=4)
    dream(page)
    finished(page, 1)


def test_what_forms_is_on_top_and_what_waits_or_was_stopped_is_one_line(
    quick: Page, site: Site
) -> None:
    page = quick
    rows, titles = page.locator(".dream-row"), page.locator("#gallery .dream-title")
    ended = page.locator(".dream-row[data-state=finished]")
    bare = page.locator(".dream-row.is-bare")
    ask(page, "the one before", count=4, steps=2)
    dream(page)
    finished(page, 4)
    site.engine.go.clear()
    for begun, name in enumerate(("the first", "the second", "the third"), start=2):
        page.fill("#prompt textarea", name)
        dream(page)
        expect(rows).to_have_count(begun)
    expect(titles).to_have_text(["the third", "the second", "the first", "the one before"])
    first = rows.filter(has_text="the first")
    expect(first).to_have_attribute("data-stage", "forming")
    for waiting in (rows.nth(0), rows.nth(1)):
        expect(waiting.locator(".grid")).to_be_hidden()
        expect(waiting.locator(".row-stop")).to_have_text("Cancel")
        box = waiting.bounding_box()
        assert box is not None and box["height"] < 48
    assert page.title() == "0 of 4 · sdgui"

    # What ends stays where it is, and what begins opens above it: nothing leaps.
    page.evaluate(FOLLOW_SHIFTS)
    site.engine.most = 0
    site.engine.go.set()
    expect(ended).to_have_count(2)
    expect(rows.filter(has_text="the second").locator(".grid")).to_be_visible()
    expect(titles).to_have_text(["the third", "the second", "the first", "the one before"])
    page.wait_for_function(
        "!document.getAnimations().some((one) => one.effect.target.matches('.dream-row'))"
    )
    # A frame that comes late may show a row before it glides; the leaps of before were 0.2 and more.
    assert page.evaluate("window.shifted") < 0.15

    # The same again is said and not begun; who presses Stop stops what forms, and no queue.
    dream(page)
    expect(page.locator("#repeated")).to_contain_text("That dream waits already")
    expect(rows).to_have_count(4)
    page.keyboard.press("Control+.")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("“the second” is stopped; 1 more goes on")
    message, bar = toast.bounding_box(), page.locator("#prompt-bar").bounding_box()
    assert message is not None and bar is not None
    assert message["y"] + message["height"] <= bar["y"]
    expect(rows.filter(has_text="the third").locator(".grid")).to_be_visible()
    page.get_by_role("button", name="Dream it all the same").click()
    expect(rows).to_have_count(5)
    toast.get_by_role("button", name="Stop all").click()
    expect(toast).to_contain_text("2 dreams stopped")
    expect(bare).to_have_count(3)
    page.locator("#prompt textarea").focus()
    page.keyboard.press("F6")
    expect(toast.get_by_role("button", name="Continue all")).to_be_focused()
    page.keyboard.press("Enter")
    expect(bare).to_have_count(1)
    expect(page.locator("#prompt textarea")).to_be_focused()
    stop = rows.filter(has_text="Cancel").locator(".row-stop")
    stop.press("Enter")
    expect(bare).to_have_count(2)
    assert page.evaluate("document.activeElement.matches('.dream-row .dream-title')")

    # Of what ended with nothing it is said; it goes at once, and the keyboard is not lost with a row.
    expect(bare.first.locator(".dream-count")).to_have_text("none of 4 was finished")
    expect(bare.first.locator(".bare-line")).to_contain_text("2 ended without a picture")
    expect(bare.first.locator(".dream-actions .row-clear")).to_have_count(0)
    page.get_by_role("button", name="Clear all 2").press("Enter")
    expect(rows).to_have_count(3)
    expect(toast).to_contain_text("2 dreams deleted")
    first.locator(".row-remove").press("Enter")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="the one before").locator(".row-remove")).to_be_focused()


def test_what_was_deleted_is_brought_back_by_a_click_or_a_key(quick: Page) -> None:
    page = quick
    for begun, name in enumerate(("the older", "the newer"), start=1):
        ask(page, name, count=3, steps=2)
        dream(page)
        expect(page.locator(".tile[data-state=done]")).to_have_count(3 * begun)
    tiles, toast = page.locator(".dream-row .tile"), page.locator(".toast")
    tiles.nth(1).locator(".open").focus()
    page.keyboard.press("Delete")
    expect(toast).to_contain_text("1 picture deleted")
    expect(tiles).to_have_count(5)
    assert page.evaluate("document.activeElement.closest('.tile').dataset.index") == "2"
    page.locator("#prompt textarea").focus()
    page.keyboard.press("Control+z")  # there it undoes what was typed
    expect(tiles).to_have_count(5)
    tiles.first.locator(".open").focus()
    page.keyboard.press("Control+z")
    expect(tiles).to_have_count(6)
    expect(toast).to_have_count(0)
    assert page.locator(".dream-row").first.locator(".seed").all_inner_texts() == [
        "1041",
        "1042",
        "1043",
    ]
    tiles.last.locator(".open").click()  # the last of its shelf
    page.click("#viewer-delete")
    page.keyboard.press("Escape")
    expect(tiles).to_have_count(5)
    toast.get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(6)
    page.locator(".dream-row").nth(1).locator(".row-remove").click()
    expect(page.locator("#gallery .dream-title")).to_have_text(["the newer"])
    expect(toast).to_contain_text("3 pictures deleted")
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("#gallery .dream-title")).to_have_text(["the newer", "the older"])
    expect(tiles).to_have_count(6)


def test_pictures_are_kept_and_rated_where_they_are_seen(quick: Page, site: Site) -> None:
    page = quick
    site.engine.match = lambda spec: 0.7 + (spec.seed - 1041) / 100
    ask(page, "a boat " * 60, count=4, steps=2)
    dream(page)
    finished(page, 4)
    row, below = page.locator(".dream-row"), page.locator(".dream-row .match")
    expect(below).to_have_text(["match 0.70", "match 0.71", "match 0.72", "match 0.73 · best of 4"])
    expect(row.locator(".seed").first).to_have_css("opacity", "0")
    row.locator(".tile").first.hover()
    expect(row.locator(".seed").first).to_have_css("opacity", "1")
    heart = row.locator(".heart")
    heart.first.click()
    expect(heart.first).to_have_attribute("aria-pressed", "true")
    row.locator(".tile .open").nth(1).focus()
    page.keyboard.press("k")
    expect(heart.nth(1)).to_have_attribute("aria-pressed", "true")
    page.locator("#prompt textarea").hover()
    expect(heart.nth(1)).to_have_css("opacity", "1")  # it is seen from afar
    for width in (1024, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        left, right = (row.locator(".tile").nth(place).bounding_box() for place in (0, 3))
        head = row.locator(".dream-head").bounding_box()
        assert left and right and head
        assert right["y"] == left["y"]
        assert abs(right["x"] + right["width"] - head["x"] - head["width"]) < 2
    row.locator(".tile .open").first.click()
    image = "document.querySelector('.viewer-stage img')?.getBoundingClientRect().width"
    page.wait_for_function(f"{image} > 64 && {image} <= 4 * 64")
    page.get_by_role("button", name="1:1").click()
    page.wait_for_function(f"{image} === 64")
    cut = page.locator(".viewer-prompt")
    before = cut.bounding_box()
    page.click("#viewer-more")
    after = cut.bounding_box()
    assert before and after and after["height"] > before["height"]


def test_a_hidden_tab_tells_of_the_end_of_what_took_a_while(quick: Page, site: Site) -> None:
    page = quick
    icon = "document.querySelector('link[rel~=icon]').href"
    calm = page.evaluate(icon)
    site.engine.go.clear()
    ask(page, BOAT, count=1, steps=4)
    dream(page)
    expect(page.locator(".dream-row")).to_have_count(1)
    page.evaluate(
        """() => {
          const now = Date.now;
          Date.now = () => now() + 11_000;
          Object.defineProperty(document, "hidden", { value: true, configurable: true });
          window.told = [];
          window.Notification = class extends EventTarget {
            static permission = "granted";
            static requestPermission = async () => "granted";
            constructor(...words) { super(); window.told.push(words); }
          };
          localStorage.setItem("sdgui-notify", "on");
        }"""
    )
    site.engine.go.set()
    page.wait_for_function(f"{icon}.startsWith('data:image/png')")
    [[title, how]] = page.evaluate("window.told")
    assert title == f"done: {BOAT}"
    assert how["silent"] and how["body"] == "1 of 1"
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: false });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    page.wait_for_function(f"{icon} === {calm!r}")
    page.evaluate("localStorage.removeItem('sdgui-notify')")


def test_a_reload_finds_the_dream_still_forming(page: Page) -> None:
    ask(page, BOAT, steps=45)
    dream(page)
    expect(page.locator(".tile[data-state=preview]")).to_have_count(4)
    page.reload()
    expect(page.locator(".dream-row").first.locator(".tile[data-state=preview]")).to_have_count(4)
    expect(page.locator("#prompt textarea")).to_have_value(BOAT)
    finished(page, 4)


def test_a_dream_ends_in_the_page_that_found_it_again(quick: Page, site: Site) -> None:
    page = quick
    site.engine.go.clear()
    ask(page, BOAT, steps=3)
    dream(page)
    expect(page.locator(".dream-row").first.locator(".tile")).to_have_count(4)
    page.reload()
    expect(page.locator(".dream-row").first.locator(".tile")).to_have_count(4)
    expect(page.locator("#stop-button")).to_be_visible()
    site.engine.go.set()
    finished(page, 4)
    expect(page.locator("#stop-button")).to_be_hidden()


def test_settings_survive_a_reload(quick: Page) -> None:
    page = quick
    page.fill("#prompt textarea", "a green cat")
    set_slider(page, "steps", 17)
    set_slider(page, "count", 3)
    set_slider(page, "guidance", 6.5)
    page.fill("#negative-prompt textarea", "snow")
    page.locator("#prompt textarea").focus()
    page.wait_for_function(
        "() => JSON.parse(localStorage.getItem('sdgui-settings'))?.values.negative_prompt === 'snow'"
    )
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    expect(page.locator("#prompt textarea")).to_have_value("a green cat")
    expect(page.locator("#steps input[type=number]")).to_have_value("17")
    expect(page.locator("#count input[type=number]")).to_have_value("3")
    expect(page.locator("#guidance input[type=number]")).to_have_value("6.5")
    expect(page.locator("#negative-prompt textarea")).to_have_value("snow")


def test_the_viewer_shows_settings_moves_downloads_reuses_and_deletes(page: Page) -> None:
    ask(page, "a blue house in the snow", count=3, steps=5, seed=77)
    dream(page)
    finished(page, 3)
    page.locator(".tile").first.locator("button.open").click()
    viewer = page.locator("#viewer")
    expect(viewer).to_be_visible()
    expect(viewer).to_contain_text("a blue house in the snow")
    expect(viewer).to_contain_text("77")
    shoot(page, "viewer-1440")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("78")
    page.keyboard.press("ArrowLeft")
    expect(viewer.locator(".viewer-facts dd").first).to_have_text("77")
    with page.expect_download() as download:
        page.click("#viewer-download")
    path = download.value.path()
    with Image.open(path) as image:
        image.load()
        assert "Seed: 77" in image.info["parameters"]
        assert json.loads(image.info["sdgui"])["spec"]["seed"] == 77
    page.click("#viewer-same-seed")
    expect(viewer).to_be_hidden()
    expect(page.locator("#seed input, #seed textarea")).to_have_value("77")
    page.locator(".tile").nth(1).locator("button.open").click()
    page.click("#viewer-delete")
    expect(page.locator(".dream-row").first.locator(".tile")).to_have_count(2)
    page.reload()
    expect(page.locator(".dream-row").first.locator(".tile")).to_have_count(2)


def test_reuse_takes_over_what_was_asked(quick: Page) -> None:
    page = quick
    page.fill("#negative-prompt textarea", "rain")
    ask(page, "a yellow rocket", count=2, steps=3, seed=9)
    dream(page)
    finished(page, 2)
    ask(page, "something else", count=1, steps=20, seed=None)
    page.fill("#negative-prompt textarea", "")
    page.locator(".dream-row").first.locator(".reuse").click()
    expect(page.locator("#prompt textarea")).to_have_value("a yellow rocket")
    expect(page.locator("#steps input[type=number]")).to_have_value("3")
    expect(page.locator("#count input[type=number]")).to_have_value("2")
    expect(page.locator("#negative-prompt textarea")).to_have_value("rain")


def test_the_keyboard_alone_is_enough(quick: Page, site: Site) -> None:
    page = quick
    page.locator("#prompt textarea").focus()
    page.keyboard.type("a green tree")
    page.keyboard.press("Control+Enter")
    finished(page, 4)
    page.locator(".tile").first.locator("button.open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#viewer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    focused = page.evaluate("document.activeElement.className")
    assert "open" in focused
    site.engine.go.clear()
    page.fill("#prompt textarea", "a yellow tree")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#stop-button")).to_be_visible()
    page.keyboard.press("Control+.")
    expect(page.locator("#stop-button")).to_be_hidden()


def test_the_download_is_the_original_file(
    make_visitor: Callable[..., Visitor], app: RunningApp
) -> None:
    visitor = make_visitor()
    page = visitor.open(app.url)
    ask(page, "a pink mushroom", count=1, steps=4, seed=3)
    dream(page)
    finished(page, 1)
    address = page.locator(".tile .download").first.get_attribute("href") or ""
    body = visitor.context.request.get(app.url + address).body()
    assert any(path.read_bytes() == body for path in app.pictures())
    with Image.open(io.BytesIO(body)) as image:
        assert image.format == "PNG"


@pytest.mark.parametrize(
    ("seed", "prompt", "words"),
    [
        ("abc", BOAT, "seed"),
        ("-1", BOAT, "seed"),
        ("4294967296", BOAT, "seed"),
        ("1", "", "empty"),
        ("1", "x" * 10_000, "10,000"),
    ],
)
def test_bad_input_is_told_in_a_sentence(quick: Page, seed: str, prompt: str, words: str) -> None:
    page = quick
    page.fill("#prompt textarea", prompt)
    page.fill("#seed input, #seed textarea", seed)
    dream(page)
    fault = page.locator(".field-error")
    expect(fault).to_contain_text(words)
    assert "Traceback" not in fault.inner_text()
    expect(page.locator("[aria-invalid=true]")).to_be_focused()
    expect(page.locator(".dream-row")).to_have_count(0)


def test_a_prompt_is_shown_and_never_run(quick: Page) -> None:
    page = quick
    prompt = "<img src=x onerror=\"document.title='broken'\"><script>alert(1)</script> שלום 🚀"
    ask(page, prompt, count=1, steps=2)
    dream(page)
    finished(page, 1)
    expect(page.locator(".dream-title").first).to_have_text(prompt)
    page.locator(".tile button.open").first.click()
    expect(page.locator(".viewer-prompt")).to_have_text(prompt)
    assert page.locator("#gallery script, #gallery img[src=x], #viewer script").count() == 0
    assert page.title() != "broken"


def test_seeds_that_run_over_say_so(quick: Page) -> None:
    page = quick
    ask(page, "a cat", count=2, steps=2, seed=2**32 - 1)
    dream(page)
    expect(page.locator(".toast").first).to_contain_text("0")
    finished(page, 2)
    assert page.locator(".seed").all_inner_texts() == [str(2**32 - 1), "0"]


def test_older_dreams_come_while_scrolling(quick: Page, site: Site) -> None:
    page = quick
    cookie = next(
        each for each in page.context.cookies() if each.get("name", "").startswith(COOKIE)
    )
    with site.client(cookies={cookie.get("name", ""): cookie.get("value", "")}) as client:
        for number in range(13):
            site.begin(client, f"a cat {number}", steps=1)
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    expect(page.locator(".dream-title").first).to_have_text("a cat 12")
    expect(page.locator(".dream-row")).to_have_count(12)
    page.locator(".dream-row").last.scroll_into_view_if_needed()
    expect(page.locator(".dream-row")).to_have_count(13)


def test_on_a_phone(make_visitor: Callable[..., Visitor], app: RunningApp) -> None:
    page = make_visitor(PHONE, touch=True).open(app.url)
    shoot(page, "welcome-390")
    expect(page.locator("#steps input[type=number]")).to_be_hidden()
    page.click("#settings-button")
    expect(page.locator("#steps input[type=number]")).to_be_visible()
    shoot(page, "settings-390")
    page.click("#settings-close")
    expect(page.locator("#steps input[type=number]")).to_be_hidden()
    ask(page, BOAT, steps=16)
    dream(page)
    expect(page.locator(".tile[data-state=preview]")).to_have_count(4)
    shoot(page, "forming-390")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE[0]
    finished(page, 4)
    shoot(page, "dream-390")
    for name in ("#dream-button", "#settings-button"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["height"] >= 40


def test_everything_that_can_be_used_has_a_name(quick: Page) -> None:
    page = quick
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, textarea, select, a[href]")]
          .filter((e) => e.offsetParent !== null)
          .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.title
            || e.labels?.length || e.getAttribute("aria-labelledby")))
          .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


def test_no_request_leaves_the_machine(
    make_visitor: Callable[..., Visitor], app: RunningApp
) -> None:
    visitor = make_visitor()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    page = visitor.open(app.url)
    ask(page, "a cat", count=1, steps=2)
    dream(page)
    finished(page, 1)
    assert asked
    assert [url for url in asked if not url.startswith((app.url, "data:", "blob:"))] == []

"""What the page does where something goes wrong, comes back, or nobody does anything."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from sdgui.errors import NotYetSaved
from sdgui.web.doors.cookies import COOKIE
from tests.browser.compare_page import (
    PROMPT,
    ask_wall,
    box,
    choose,
    choose_mode,
    kept,
    press,
    stand_on,
    wall,
    write,
)
from tests.browser.conftest import Visitor, ask, dream, finished, set_slider
from tests.web.conftest import Site

pytestmark = pytest.mark.browser

# As the version before wrote them for prompt "a green cat", seed 7, 17 steps, and walls of 23.
FORMER = {
    "sdgui-controls-1": "DpTWXF7jP056TxKWvuAXEA==:U2FsdGVkX19DUu7FMI1zljupJ4JWHzoaWaCTpXPaVyZhRTm+5HsUbD60DmUMomkWZXS6"
    "HRc8Tj8R3Z+Ot+2ozgAzvggKzduii4BEIGY7RnF482ySOIX6aTonU7kZjsm2",
    "sdgui-compare-1": "338UfULDiPNae1CySGZL4Q==:U2FsdGVkX19kql0DOGyrePdq0gQmpM4ipYbRl76Nu1hpDkRuh34hAnsQHJ2wNURFviHUT5"
    "wxxzPCA9IR9hhT3PcjYbJaiP3UM+1jckDfxbhkB9HyZgCkyDPfDXBPTyJh65qI82+o9MyTzlbdgA9dX98GFhRmVSa491JtkQLorMI=",
}
# What is still to come of timers and frames, each with its wait and who asked for it.
AHEAD = """
() => {
  const ahead = new Map();
  window.ahead = ahead;
  const watch = (name, ends, clear) => {
    const [real, drop] = [window[name], window[clear]];
    window[name] = (act, wait, ...rest) => {
      const id = real((...values) => {
        if (ends) ahead.delete(`${name} ${id}`);
        act(...values);
      }, wait, ...rest);
      ahead.set(`${name} ${id}`, { wait: wait ?? 0, asker: new Error().stack });
      return id;
    };
    window[clear] = (id) => {
      ahead.delete(`${name} ${id}`);
      drop(id);
    };
  };
  watch("setTimeout", true, "clearTimeout");
  watch("setInterval", false, "clearInterval");
  watch("requestAnimationFrame", true, "cancelAnimationFrame");
  window.ours = () => [...ahead.values()].filter(({ asker }) => asker.includes("/sdgui/"));
}
"""


def number(page: Page, name: str) -> Any:
    return page.locator(f"#{name} input[type=number]")


def test_leaving_the_list_of_models_keeps_the_settings(quick: Page) -> None:
    page = quick
    set_slider(page, "steps", 17)
    page.locator("#model input").focus()
    page.keyboard.press("Tab")
    page.locator("#model input").focus()
    page.locator("#prompt textarea").click()
    choose(page, "sampler", "Heun")  # told after whatever leaving the list may have begun
    expect(number(page, "steps")).to_have_value("17")


def test_another_model_keeps_what_was_set_says_what_is_another_and_takes_it_back(
    quick: Page,
) -> None:
    page = quick
    set_slider(page, "steps", 17)
    page.evaluate(
        "import('/sdgui/shared/settings/facts.js')"
        ".then(({ facts }) => { facts.models.other.defaults.guidance = 9; })"
    )
    choose(page, "model", "other")
    line = page.locator("#model-changes")
    expect(line).to_have_text("Now cfg 9 · Undo")
    expect(number(page, "steps")).to_have_value("17")
    expect(number(page, "guidance")).to_have_value("9")
    line.get_by_role("button", name="Undo").click()
    expect(page.locator("#model input")).to_have_value("demo")
    expect(number(page, "guidance")).not_to_have_value("9")
    expect(line).to_be_empty()

    # The lock goes with each edit of the seed.
    lock, seed = page.locator("#seed-lock input"), page.locator("#seed :is(input, textarea)")
    seed.focus()
    page.keyboard.insert_text("1041")
    expect(lock).to_be_checked()
    seed.fill("")
    expect(lock).not_to_be_checked()
    expect(seed).to_have_attribute("placeholder", "random")


def test_what_is_written_and_begun_before_the_page_is_ready_is_dreamt_then(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    page = make_visitor().open(site.url)
    page.fill("#prompt textarea", "what was written before")
    page.wait_for_function("() => localStorage.getItem('sdgui-settings')?.includes('before')")
    late = re.compile(r"/(main|seam)\.js$")
    page.route(late, lambda route: None)
    page.reload(wait_until="commit")
    page.fill("#prompt textarea", "a red boat")
    page.keyboard.press("Enter")
    expect(page.locator("#prompt-hint")).to_contain_text("getting ready")
    page.keyboard.insert_text(" at sea")
    page.unroute(late)  # and what was held goes on
    expect(page.locator(".dream-title")).to_have_text(["a red boat at sea"])
    expect(page.locator("#prompt textarea")).to_have_value("a red boat at sea")
    expect(page.locator("#prompt-hint")).to_contain_text("Enter dreams")


def test_settings_of_the_former_version_are_taken_over_once(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    page = make_visitor().open(site.url)
    page.evaluate(
        "(all) => { localStorage.clear(); for (const key in all) localStorage.setItem(key, all[key]); }",
        FORMER,
    )
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    expect(page.locator("#prompt textarea")).to_have_value("a green cat")
    expect(page.locator("#seed :is(input, textarea)")).to_have_value("7")
    expect(number(page, "steps")).to_have_value("17")
    expect(number(page, "wall-count")).to_have_value("23")
    assert page.evaluate("Object.keys(localStorage)") == ["sdgui-settings"]


def test_many_dreams_begun_in_another_tab_leave_no_gap(quick: Page, site: Site) -> None:
    page = quick
    ask(page, "the first", count=1, steps=1)
    dream(page)
    finished(page, 1)
    cookie = next(
        each for each in page.context.cookies() if each.get("name", "").startswith(COOKIE)
    )
    with site.client(cookies={cookie.get("name", ""): cookie.get("value", "")}) as client:
        for begun in range(14):
            site.begin(client, f"a cat {begun}", steps=1, count=1)
    page.wait_for_function(
        """async () => {
          const { dreams } = await (await fetch("/dreams?limit=40")).json();
          return dreams.length === 15 && dreams.every(({ state }) => state === "finished");
        }"""
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wanted = [*(f"a cat {begun}" for begun in reversed(range(14))), "the first"]
    expect(page.locator("#gallery .dream-title")).to_have_text(wanted)


def test_a_small_picture_that_did_not_load_is_tried_again(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    visitor = make_visitor()
    page = visitor.open(site.url)
    page.route("**/thumb/*", lambda route: route.abort())
    ask(page, PROMPT, count=1, steps=2)
    dream(page)
    tile = page.locator("#gallery .tile").first
    expect(tile.locator(".tile-broken")).to_contain_text("Open the original")
    tile.locator(".open").click()
    expect(page.locator("#viewer .viewer-facts")).to_contain_text("Euler")
    page.keyboard.press("Escape")
    page.unroute("**/thumb/*")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(tile.locator("img")).to_be_visible()
    expect(tile.locator(".tile-broken")).to_have_count(0)
    visitor.complaints.clear()  # the browser names each picture that did not load


def test_a_small_picture_comes_to_who_points_at_its_place(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    visitor = make_visitor()
    page = visitor.open(site.url)
    page.route("**/thumb/*", lambda route: route.abort())
    ask(page, PROMPT, count=1, steps=2)
    dream(page)
    broken = page.locator("#gallery .tile-broken")
    expect(broken).to_be_visible()
    # Where nobody looks nothing comes by itself as time goes by.
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    page.unroute("**/thumb/*")
    broken.hover()
    expect(page.locator("#gallery .tile img")).to_be_visible()
    visitor.complaints.clear()


def test_a_kept_picture_and_a_large_one_that_did_not_load_come_again(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    visitor = make_visitor()
    page = visitor.open(f"{site.url}/#compare")
    wall(page)
    stand_on(page, 0)
    press(page, "k")
    expect(kept(page)).to_have_count(1)
    page.route("**/thumb/*", lambda route: route.abort())
    page.route(re.compile(r"/picture/\w+$"), lambda route: route.abort())
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    small = kept(page).locator("img")
    page.wait_for_function(
        "(image) => image.complete && !image.naturalWidth", arg=small.element_handle()
    )
    page.locator("#tray .tray-open").click()
    said = page.locator("#viewer .viewer-broken")
    expect(said).to_contain_text("could not be loaded")
    page.unroute_all()
    said.locator("button").click()
    expect(said).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    for image in (small, page.locator(".viewer-stage img")):
        page.wait_for_function("(image) => image.naturalWidth > 0", arg=image.element_handle())
    visitor.complaints.clear()


@pytest.mark.parametrize("tab", ["dream", "compare"])
def test_a_picture_that_cannot_be_saved_yet_is_shown_and_offered(
    tab: str,
    make_visitor: Callable[..., Visitor],
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = make_visitor().open(f"{site.url}/#{tab}")
    save = site.store.save_picture

    def full(*_: object) -> None:
        raise NotYetSaved("The disk is full.", "Free some space.")

    monkeypatch.setattr(site.store, "save_picture", full)
    if tab == "dream":
        ask(page, PROMPT, count=4, steps=2)
    else:
        ask_wall(page)
    dream(page)
    row = page.locator(".dream-row, .sheet").locator("visible=true").first
    tile = row.locator(".tile[data-state=unsaved]").first
    expect(tile.locator("img")).to_be_visible()
    expect(tile.locator(".tile-word")).to_have_text("not saved yet")
    expect(row.locator(".dream-note")).to_contain_text("The disk is full. Free some space.")
    expect(row.locator(".dream-note")).to_contain_text("↓ on a picture saves a copy")
    expect(row.locator(".dream-meta")).to_contain_text("0 of 4 saved")
    page.locator("#prompt textarea").hover()  # it is offered also to who points elsewhere
    expect(tile.locator(".download")).to_have_css("opacity", "1")
    with page.expect_download() as download:
        tile.locator(".download").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    monkeypatch.setattr(site.store, "save_picture", save)
    expect(row.locator(".tile[data-state=done]")).to_have_count(4)
    expect(row.locator(".dream-note")).to_have_text("")


def test_a_page_that_nobody_uses_waits_for_nothing(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    """No timer and no frame of ours is ahead, but for the minute after which a dream is older, and that after which the
    server is asked whether another device changed something.

    What an idle page still costs is Gradio's: its loading sign goes on asking for frames when it is gone.
    """
    page = make_visitor().page
    page.add_init_script(f"({AHEAD})()")
    page.goto(site.url)
    page.wait_for_selector("html[data-sdgui=ready]")
    page.wait_for_selector("#model-pill[data-state=ready]")
    page.wait_for_function("() => window.ours().map(({ wait }) => wait).join() === '60000'")
    ask(page, PROMPT, count=1, steps=2)
    dream(page)
    finished(page, 1)
    expect(page.locator("#prompt-hint")).to_contain_text("tokens")
    page.wait_for_function(
        "() => window.ours().length === 2 && window.ours().every(({ wait }) => wait >= 30_000)"
    )


def test_the_state_of_the_server_is_asked_for_when_somebody_comes_back(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    visitor = make_visitor()
    page = visitor.page
    page.add_init_script(
        "const now = performance.now.bind(performance); let later = 0;"
        "performance.now = () => now() + later; window.pass = (time) => (later += time);"
    )
    visitor.open(site.url)
    pill = page.locator("#model-pill")
    expect(pill).to_have_attribute("data-state", "ready")
    page.route("**/status", lambda route: route.abort())
    page.evaluate("window.pass(31_000)")
    page.mouse.move(310, 300)
    expect(pill).to_have_text(re.compile("does not answer"))
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".pill-text")).to_be_in_viewport(ratio=1)
    tab, held = box(page.locator("#tab-models")), box(page.locator(".pill-holder"))
    assert tab["x"] + tab["width"] <= held["x"], "tabs stay in sight"
    said, shown = box(page.locator(".pill-text")), box(page.locator("main .gallery").first)
    assert said["y"] + said["height"] <= shown["y"], "it covers no picture"
    page.unroute("**/status")
    expect(pill).to_have_attribute("data-state", "ready")
    visitor.complaints.clear()


def test_what_a_model_does_not_have_is_hidden_for_itself_alone(quick: Page, site: Site) -> None:
    page = quick
    address = f"{site.url}/"
    page.route(address, where_demo_is_not_guided)
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    page.unroute(address)
    for setting in ("#negative-prompt", "#guidance"):
        expect(page.locator(setting)).to_be_hidden()
    choose(page, "model", "other")
    for setting in ("#negative-prompt", "#guidance"):
        expect(page.locator(setting)).to_be_visible()


def test_the_fields_of_the_size_have_the_steps_and_limits_of_the_model_that_is_chosen(
    quick: Page,
) -> None:
    page = quick
    page.evaluate(
        "() => { sdguiFacts.models.other.lengths = { step: 32, minimum: 128, maximum: 1024 }; }"
    )
    for model, lengths in (("other", ("32", "128", "1024")), ("demo", ("8", "64", "256"))):
        choose(page, "model", model)
        for field in (number(page, "width"), number(page, "height")):
            for attribute, value in zip(("step", "min", "max"), lengths, strict=True):
                expect(field).to_have_attribute(attribute, value)


def where_demo_is_not_guided(route: Route) -> None:
    page = route.fetch()
    changed = page.text()
    for fact in ("negative_prompt", "guided"):
        told = f'\\"{fact}\\": true'  # JSON within JSON
        assert told in changed
        changed = changed.replace(told, told.replace("true", "false"), 1)
    # What runs in it is named by its hash, which is another one now.
    headers = {name: text for name, text in page.headers.items() if "security-policy" not in name}
    route.fulfill(response=page, headers=headers, body=changed)


def test_what_is_typed_counts_however_quickly_it_is_asked(sheets: Page, site: Site) -> None:
    page = sheets
    choose_mode(page, "grid")
    choose(page, "y-axis", "Nothing")
    write(page, "x-values", "2, 3")
    with page.expect_request("**/sheets") as asked:
        page.evaluate(
            """() => {
              const prompt = document.querySelector("#prompt textarea");
              prompt.value = "a boat";
              prompt.dispatchEvent(new Event("input", { bubbles: true }));
              const steps = document.querySelector("#steps input[type=number]");
              steps.focus();
              steps.value = "9";
              steps.dispatchEvent(new Event("input", { bubbles: true }));
              steps.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
            }"""
        )
    values = asked.value.post_data_json["values"]
    assert (values["prompt"], values["steps"], values["x_values"]) == ("a boat", 9, "2, 3")

"""The prompt bar as a person uses it: words that the model inside knows, keys, and the way back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from sdgui.demo.embedded import EMBEDDED
from sdgui.vocabulary import read_vocabulary
from tests.browser.accessibility import violations_everywhere
from tests.browser.conftest import DESKTOP, Visitor, Visitors, finished, set_slider
from tests.studio.conftest import ManyModels
from tests.web.conftest import BROWSER, Site, open_site


def told(name: str) -> Any:
    return json.loads((EMBEDDED["demo"] / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose first model says what it knows, as the one inside does."""
    models = ManyModels("other")
    models.infos["demo"] = replace(
        models.infos["demo"],
        vocabulary=read_vocabulary(told("words.json")),
        examples=tuple(told("sdgui.json")["examples"]),
    )
    with open_site(tmp_path_factory.mktemp("small"), models=models) as site:
        yield site


@pytest.fixture
def small(small_site: Site, visitors: Visitors) -> Iterator[Page]:
    with visitors.come() as visitor:
        yield visitor.open(small_site.url)
    small_site.settle()


def test_words_that_the_model_does_not_know_are_named_and_others_offered(small: Page) -> None:
    page = small
    prompt, line = page.locator("#prompt textarea"), page.locator("#unknown-words")
    expect(line).to_be_hidden()
    asked = "an astronaut on a horse in the desert, watercolor"
    prompt.fill(asked)
    expect(line.locator("b")).to_have_text("astronaut, horse")

    page.click("#what-it-draws")
    draft = page.locator(".words-draft")
    expect(draft).to_have_text("in the desert, watercolor")
    chip = page.locator("#words").get_by_role("button", name="octopus", exact=True)
    chip.press("Enter")
    expect(chip).to_be_focused()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(draft).to_have_text("an octopus in the desert, watercolor")
    assert violations_everywhere(page) == {}
    page.click("#words-use")
    expect(prompt).to_have_value("an octopus in the desert, watercolor")
    expect(line).to_be_hidden()
    expect(prompt).to_be_focused()
    page.keyboard.press("ControlOrMeta+z")
    expect(prompt).to_have_value(asked)

    page.click("#get-a-model")
    expect(page.locator("#model-address")).to_be_focused()
    page.click("#tab-dream")

    page.click("#prompt-die")
    expect(prompt).not_to_have_value(asked)
    expect(line).to_be_hidden()
    page.locator("#model-input").click()
    page.locator("#model [role=option][aria-label=other]").click()
    prompt.fill(asked)
    expect(page.locator("#prompt-hint")).to_contain_text("tokens")
    expect(line).to_be_hidden()
    expect(page.locator("#words-button")).to_be_hidden()


def test_enter_dreams_former_prompts_come_back_and_what_was_replaced_too(
    small: Page, small_site: Site
) -> None:
    page = small
    prompt = page.locator("#prompt textarea")
    rows = page.locator(".dream-row")
    prompt.focus()
    page.keyboard.type("a red boat")
    # A word that is still being composed is ended by Enter, and nothing else.
    prompt.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("at sea")
    expect(prompt).to_have_value("a red boat\nat sea")
    expect(rows).to_have_count(0)
    page.keyboard.press("Enter")
    finished(page, 4)
    expect(rows).to_have_count(1)
    expect(prompt).to_have_value("a red boat\nat sea")

    prompt.fill("a blue house")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    finished(page, 4)
    page.keyboard.press("ArrowUp")
    expect(prompt).to_have_value("a red boat\nat sea")
    page.keyboard.press("ArrowDown")
    expect(prompt).to_have_value("a blue house")
    prompt.fill("my own words")
    page.keyboard.press("ArrowUp")
    expect(prompt).to_have_value("my own words")

    set_slider(page, "steps", 9)
    rows.nth(1).get_by_role("button", name="Reuse").click()
    expect(prompt).to_have_value("a red boat\nat sea")
    expect(page.locator("#reused")).to_have_text("Settings of “a red boat at sea” · Undo")
    expect(page.locator("#steps input[type=number]")).to_have_value("4")
    expect(prompt).to_be_focused()
    page.keyboard.press("ControlOrMeta+z")
    expect(prompt).to_have_value("my own words")
    expect(page.locator("#steps input[type=number]")).to_have_value("9")
    expect(page.locator("#reused")).to_be_empty()

    # It grows with its text, up to some of the window.
    prompt.fill("\n".join(str(i) for i in range(60)))
    box = page.locator("#prompt-box").bounding_box()
    assert box is not None
    assert 250 < box["height"] <= 0.4 * DESKTOP[1] + 1

    page.click("#choices-button")
    page.locator("#choices").get_by_label("New line").check()
    page.locator("#choices").get_by_label("Light").check()
    expect(page.locator("html")).to_have_css("color-scheme", "light")
    page.keyboard.press("Escape")
    prompt.fill("a cat")
    page.keyboard.press("Enter")
    page.keyboard.type("x")
    expect(prompt).to_have_value("a cat\nx")
    expect(rows).to_have_count(2)


def test_each_control_is_reached_used_and_explained_by_keyboard(
    small: Page, small_site: Site
) -> None:
    page = small
    # One group of radios: one stop of Tab, and the arrows go through it.
    page.locator("#aspect input:checked").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#aspect input[value='3:2']")).to_be_checked()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "size-swap"
    expect(page.locator("#size-note")).to_have_text("80 × 64")

    slider = page.locator("#steps input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_css("outline-style", "solid")
    expect(page.locator("#steps input[type=number]")).to_have_value("5")

    # The list of samplers keeps the keyboard.
    sampler = page.locator("#sampler select")
    sampler.focus()
    page.keyboard.press("ArrowDown")
    expect(sampler).not_to_have_value("Euler")
    expect(sampler).to_be_focused()
    expect(page.get_by_role("combobox", name="Sampler", exact=True)).to_have_attribute(
        "id", "sampler-list"
    )

    ask = page.get_by_role("button", name="What is seed?")
    ask.press("Enter")
    expect(page.locator(".explained")).to_contain_text("makes the same picture again")
    page.keyboard.press("Escape")
    expect(page.locator(".explained")).to_have_count(0)
    expect(ask).to_be_focused()

    # Stop has its place only while something dreams, and is as high as Dream.
    button, box = page.locator("#dream-button"), page.locator("#prompt-box")
    at, field = button.bounding_box(), box.bounding_box()
    assert at is not None and field is not None
    assert at["x"] - (field["x"] + field["width"]) < 20
    assert abs(at["height"] - field["height"]) <= 1
    small_site.engine.go.clear()
    page.fill("#prompt textarea", "a cat")
    button.click()
    stop = page.locator("#stop-button")
    expect(stop).to_be_visible()
    beside, after = stop.bounding_box(), button.bounding_box()
    assert beside is not None and after is not None
    assert (beside["y"], beside["height"]) == (after["y"], after["height"])
    stop.click()
    expect(stop).to_be_hidden()


def test_what_is_wrong_is_said_at_its_field_and_what_nobody_answers_is_kept(
    make_visitor: Callable[..., Visitor], small_site: Site
) -> None:
    visitor = make_visitor()
    page = visitor.open(small_site.url)
    expect(page.locator("#prompt textarea")).to_be_focused()  # who comes first can write at once
    page.route("**/tokens?**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.keyboard.type("a dog")
    page.unroute("**/tokens?**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#prompt-hint")).to_contain_text("tokens")
    visitor.complaints.clear()  # of what was lost
    steps = page.locator("#steps input[type=number]")
    steps.fill("500")
    steps.press("Tab")
    expect(page.locator("#steps-error")).to_have_text("Steps: from 1 to 150.")
    expect(steps).to_have_value("500")
    expect(steps).to_have_attribute("aria-invalid", "true")
    page.fill("#prompt textarea", "a cat")
    page.keyboard.press("Enter")
    expect(steps).to_be_focused()
    expect(page.locator("#steps-error")).to_contain_text("“500” is too large")
    expect(page.locator(".toast")).to_have_count(0)
    steps.fill("3")
    expect(page.locator(".field-error")).to_have_count(0)
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)

    # The answer is lost after the server heard it, then all is well again: one dream.
    asked: list[Any] = []

    def lose(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.abort()

    page.route("**/dreams", lose)
    page.locator("#prompt textarea").press("Enter")
    kept = page.locator("#kept-dreams")
    expect(kept).to_contain_text("“a cat” is kept, and sent when it is back")
    heard = page.request.post(f"{small_site.url}/dreams", data=asked[0], headers=BROWSER)
    assert "job" in heard.json()
    page.unroute("**/dreams")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(kept).to_be_empty()
    visitor.complaints.clear()  # of what was lost
    expect(page.locator(".dream-row")).to_have_count(1)
    finished(page, 4)
    expect(page.locator(".dream-row")).to_have_count(1)

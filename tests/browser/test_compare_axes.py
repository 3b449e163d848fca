"""The axes of a grid as a person fills them in."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.compare_page import (
    PROMPT,
    begin,
    choose,
    choose_mode,
    dreams,
    made,
    sheet,
    write,
)
from tests.browser.conftest import set_slider
from tests.web.conftest import Site

pytestmark = pytest.mark.browser

SAVED = "JSON.parse(localStorage.getItem('sdgui-settings')).values"


@pytest.fixture
def grid(sheets: Page) -> Page:
    choose_mode(sheets, "grid")
    return sheets


def test_an_axis_begins_with_values_that_fit_it_and_says_how_they_are_written(grid: Page) -> None:
    plan = grid.locator("#plan")
    expect(plan).to_contain_text(re.compile(r"^\d+ cells · "))  # without a prompt, too
    # How ranges are written is said in words, and that a setting below is the axis' now.
    choose(grid, "x-axis", "Steps")
    grid.locator("#x-hint").get_by_role("button", name="What is a range?").click()
    expect(grid.locator(".explained")).to_contain_text("1-10 (+3) every third of them")
    grid.keyboard.press("Escape")
    expect(grid.locator("#steps")).to_contain_text("From the axis: X sets it in this grid")
    choose(grid, "x-axis", "Sampler")
    expect(grid.locator("#steps .from-axis")).to_have_count(0)
    values = grid.locator("#x-values textarea")
    expect(values).to_have_value(re.compile(r"^\w.*, "))
    expect(grid.locator("#x-hint")).to_contain_text("commas between")
    choose(grid, "y-axis", "Nothing")
    names = values.input_value().split(", ")
    expect(plan).to_contain_text(f"{len(names)} cells")
    # What is set stays while an axis is edited, and where its list is left as it was.
    set_slider(grid, "steps", 17)
    write(grid, "x-values", "Heun, Euler")
    choose(grid, "y-axis", "Seed")
    write(grid, "y-values", "5-6")
    for axis in ("x-axis", "y-axis"):
        grid.locator(f"#{axis} select").focus()
        grid.keyboard.press("Tab")
    expect(plan).to_contain_text("4 cells")
    expect(values).to_have_value("Heun, Euler")
    expect(grid.locator("#y-values textarea")).to_have_value("5-6")
    expect(grid.locator("#steps input[type=number]")).to_have_value("17")


def test_prompts_are_written_line_by_line_and_title_their_grid(grid: Page) -> None:
    choose(grid, "x-axis", "Prompt")
    choose(grid, "y-axis", "Nothing")
    grid.fill("#prompt textarea", PROMPT)
    values = grid.locator("#x-values textarea")
    values.press_sequentially("a boat, red")
    values.press("Enter")
    values.press_sequentially("a fish")
    expect(grid.locator("#plan")).to_contain_text("2 cells")
    begin(grid)
    made(grid, 2)
    expect(grid.locator("#compare .dream-title").first).to_have_text("2 prompts")
    values.fill("")
    choose_mode(grid, "wall")
    sheet(grid).locator(".reuse").click()
    expect(grid.locator("body[data-mode=grid]")).to_be_visible()
    expect(values).to_have_value('"a boat, red"\na fish')


def test_strengths_of_a_grid_have_a_variation_seed(grid: Page) -> None:
    expect(grid.locator("#vary-seed")).to_be_hidden()
    choose(grid, "x-axis", "Variation strength")
    choose(grid, "y-axis", "Nothing")
    grid.fill("#prompt textarea", PROMPT)
    write(grid, "x-values", "0.5, 1")
    write(grid, "vary-seed", "77")
    begin(grid)
    made(grid, 2)
    assert {tile["own"]["variation"]["seed"] for tile in dreams(grid)[0]["tiles"]} == {77}


def test_what_suits_every_model_outlives_one_that_is_gone(quick: Page, site: Site) -> None:
    page = quick
    page.fill("#prompt textarea", PROMPT)
    write(page, "seed", "7")
    choose(page, "model", "other")
    page.wait_for_function(f"() => {SAVED}.model === 'other'")
    address = f"{site.url}/"
    page.route(address, without_the_other_model)
    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    page.unroute(address)
    expect(page.locator("#prompt textarea")).to_have_value(PROMPT)
    expect(page.locator("#seed :is(input, textarea)")).to_have_value("7")
    expect(page.locator("#model input")).not_to_have_value("other")


def without_the_other_model(route: Route) -> None:
    """The page of a server that was started without it."""
    page = route.fetch()
    body = page.text()
    known = '\\"other\\": {'  # JSON within JSON
    assert known in body
    # What runs in it is named by its hash, which is another one now.
    headers = {name: text for name, text in page.headers.items() if "security-policy" not in name}
    changed = body.replace(known, known.replace("other", "gone"))
    route.fulfill(response=page, headers=headers, body=changed)

"""The header's pill opens into the memory of the workers, and frees what nobody needs."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visitor, ask, dream, finished, shoot
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site

pytestmark = pytest.mark.browser


def test_the_pill_tells_of_memory_and_a_model_is_freed(quick: Page, site: Site) -> None:
    page, pill, memory = quick, quick.locator("#model-pill"), quick.locator("#memory")
    pill.focus()
    page.keyboard.press("Enter")
    expect(memory).to_be_focused()
    expect(pill).to_have_attribute("aria-expanded", "true")
    expect(memory.get_by_role("heading", name=re.compile("CPU, 8 cores"))).to_be_visible()
    expect(memory.locator("dt").first).to_have_text("The worker, with its models")
    expect(memory.locator("dd").first).to_have_text("1.1 GB")
    model = memory.get_by_test_id("warm-model")
    expect(model).to_contain_text("42 MB")
    model.get_by_role("button", name="Free it: demo").click()
    expect(memory).to_contain_text("None.")
    assert ("demo",) in site.engine.frees
    page.keyboard.press("Escape")
    expect(memory).to_be_hidden()
    expect(pill).to_be_focused()


def test_a_model_at_work_is_not_offered_to_be_freed(quick: Page, site: Site) -> None:
    page = quick
    row = page.locator("#memory").get_by_test_id("warm-model")
    page.click("#model-pill")
    expect(row.get_by_role("button")).to_be_visible()
    page.click("#model-pill")
    expect(row).to_be_hidden()
    site.engine.go.clear()
    ask(page, "a boat", count=1, steps=2)
    dream(page)
    assert site.engine.began.acquire(timeout=PATIENCE)
    page.click("#model-pill")
    expect(row).to_contain_text("dreaming now")
    expect(row.get_by_role("button")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#memory")).to_be_hidden()
    expect(
        page.locator("#stop-button")
    ).to_be_visible()  # Esc closed the memory, and stopped nothing
    site.engine.go.set()
    finished(page, 1)


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_fits_the_page(
    make_visitor: Callable[..., Visitor], site: Site, size: tuple[int, int], scheme: str
) -> None:
    page = make_visitor(size).page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(site.url)
    page.wait_for_selector("html[data-sdgui=ready]")
    page.click("#model-pill")
    memory = page.locator("#memory")
    expect(memory.get_by_test_id("warm-model")).to_be_visible()
    box = memory.bounding_box()
    assert box is not None
    assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
    assert box["y"] + box["height"] <= size[1]
    below = page.locator("#model-pill").bounding_box()
    assert below is not None and box["y"] >= below["y"] + below["height"]
    shoot(page, f"memory-{size[0]}-{scheme}")
    page.emulate_media(color_scheme="dark")


def test_the_dot_alone_is_in_the_middle_of_the_pill_on_a_phone(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    page = make_visitor(PHONE).open(site.url)
    expect(page.locator(".pill-text")).to_contain_text("ready")
    pill, dot = page.locator("#model-pill").bounding_box(), page.locator(".pill b").bounding_box()
    assert pill is not None and dot is not None
    assert dot["x"] + dot["width"] / 2 == pytest.approx(pill["x"] + pill["width"] / 2, abs=0.5)
    assert dot["y"] + dot["height"] / 2 == pytest.approx(pill["y"] + pill["height"] / 2, abs=0.5)

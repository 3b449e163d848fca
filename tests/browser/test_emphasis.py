"""Words that weigh more, from the prompt to the picture."""

import pytest
from playwright.sync_api import Page, expect

from sdgui.storage.pictures import read_spec
from tests.browser.conftest import ask, dream, finished, shoot
from tests.running_app import RunningApp

pytestmark = pytest.mark.browser

PROMPT = "(red:1.4) boat"


def test_the_hint_tells_what_weighs_and_the_switch_makes_brackets_plain(
    page: Page, app: RunningApp
) -> None:
    hint, switch = page.locator("#prompt-hint"), page.locator("#emphasis input")
    expect(switch).to_be_checked()
    ask(page, PROMPT, count=1, steps=2)
    expect(hint).to_contain_text("2 of 75 tokens · red 1.4")
    shoot(page, "emphasis-1440")
    dream(page)
    finished(page, 1)

    switch.uncheck()
    expect(hint).to_contain_text("of 75 tokens")
    expect(hint).not_to_contain_text("red 1.4")
    dream(page)
    expect(page.locator(".dream-row")).to_have_count(2)
    finished(page, 1)
    specs = [read_spec(file) for file in app.pictures()]
    made = {one.emphasis for one in specs if one is not None and one.prompt == PROMPT}
    assert made == {True, False}

    page.reload()
    page.wait_for_selector("html[data-sdgui=ready]")
    expect(switch).not_to_be_checked()
    page.fill("#prompt textarea", "<img src=x onerror=alert(1)> boat BREAK (<b>sea</b>)")
    switch.check()
    expect(hint).to_contain_text("2 chunks")
    expect(hint).to_contain_text("<b>sea</b> 1.1")
    assert page.locator("#prompt-hint b, #prompt-hint img").count() == 0

    page.fill("#negative-prompt textarea", "(fog:1.2)")
    expect(hint).to_contain_text("to avoid: 2 of 75 tokens, fog 1.2")

"""A file that is dropped, pasted or chosen shows what it was made with; nothing changes before it is asked for."""

import base64

import pytest
from playwright.sync_api import Page, expect

from tests import peers_files as peers
from tests.browser.accessibility import violations_everywhere
from tests.browser.conftest import shoot
from tests.web.conftest import Site

pytestmark = pytest.mark.browser

_GIVE = """([type, content]) => {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "fox.png", { type: "image/png" }));
    const how = { bubbles: true, cancelable: true };
    const event = type === "paste"
        ? new ClipboardEvent("paste", { ...how, clipboardData: data })
        : new DragEvent(type, { ...how, dataTransfer: data });
    return document.querySelector("#prompt textarea").dispatchEvent(event);
}"""


def give(page: Page, how: str, content: bytes) -> None:
    page.evaluate(_GIVE, [how, base64.b64encode(content).decode()])


def test_a_file_is_shown_and_its_settings_are_taken_over_when_they_are_asked_for(
    quick: Page, site: Site
) -> None:
    page, dialog = quick, quick.locator("#made-with")
    prompt = page.locator("#prompt textarea")
    prompt.fill("mine")
    fox = peers.png({"parameters": peers.INFOTEXT})
    give(page, "dragenter", fox)
    expect(page.locator("#drop-veil")).to_be_visible()
    give(page, "drop", fox)
    expect(page.locator("#drop-veil")).to_be_hidden()
    expect(dialog).to_contain_text("Made with A1111.")
    expect(dialog).to_contain_text("Not here: the model “v1-5-pruned-emaonly”")
    expect(dialog.locator("img")).to_be_visible()
    assert violations_everywhere(page) == {}
    shoot(page, "made-with-1440")
    dialog.get_by_role("button", name="Cancel").click()
    expect(prompt).to_have_value("mine")

    give(page, "paste", fox)
    dialog.get_by_role("button", name="Use these settings").click()
    expect(prompt).to_have_value("a photo of a fox <lora:add_detail:0.6>, (sharp:1.2)")
    expect(page.locator("#seed input, #seed textarea").first).to_have_value("965400086")

    with page.expect_file_chooser() as chosen:
        page.click("#choices-button")
        page.get_by_role("button", name="Open a picture’s settings").click()
    plain = peers.png()
    chosen.value.set_files({"name": "plain.png", "mimeType": "image/png", "buffer": plain})
    expect(dialog).to_contain_text("This picture does not say what it was made with.")
    expect(dialog.get_by_role("button", name="Use these settings")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    give(page, "drop", fox[:-30])
    expect(dialog).to_contain_text("Made with A1111.")
    expect(dialog).to_contain_text("its picture cannot be shown whole")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    give(page, "drop", b"<svg>")
    expect(dialog).to_contain_text("That file is no PNG, JPEG or WebP.")
    expect(dialog.get_by_role("button", name="Choose another…")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

"""What a person does on the Compare tab, and what a test reads there."""

from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext, FloatRect, Locator, Page, expect

from tests.browser.conftest import set_slider

PROMPT = "a red boat at sea"


def choose_mode(page: Page, mode: str) -> None:
    """Chooses `wall`, `variations` or `grid`."""
    page.locator(f"#compare-mode label:has([value='{mode}'])").click()
    page.wait_for_selector(f"body[data-mode={mode}]")


def choose(page: Page, name: str, option: str) -> None:
    """Chooses from a dropdown of the settings."""
    if name != "model":
        page.locator(f"#{name} select").select_option(option)
        return
    page.locator(f"#{name} input").click()
    page.locator(f"#{name} [role=option][aria-label='{option}']").click()
    expect(page.locator(f"#{name} input")).to_have_value(option)


def write(page: Page, name: str, text: str) -> None:
    """Fills in a text of the settings."""
    box = page.locator(f"#{name} :is(input, textarea)")
    box.fill(text)
    box.blur()


def ask_wall(
    page: Page, *, prompt: str = PROMPT, count: int = 4, steps: int = 2, seed: int | None = 500
) -> None:
    """Fills in what a wall needs; does not begin it."""
    page.fill("#prompt textarea", prompt)
    with_settings = not page.locator("#wall-count input[type=number]").is_visible()
    if with_settings:
        page.click("#settings-button")
    set_slider(page, "wall-count", count)
    set_slider(page, "steps", steps)
    write(page, "seed", "" if seed is None else str(seed))
    if with_settings:
        page.click("#settings-close")


def ask_grid(
    page: Page,
    x: tuple[str, str],
    y: tuple[str, str] | None = None,
    *,
    prompt: str = PROMPT,
    seed: int = 500,
) -> None:
    """Fills in the axes of a grid; does not begin it."""
    choose_mode(page, "grid")
    page.fill("#prompt textarea", prompt)
    write(page, "seed", str(seed))
    choose(page, "x-axis", x[0])
    write(page, "x-values", x[1])
    choose(page, "y-axis", "Nothing" if y is None else y[0])
    if y is not None:
        write(page, "y-values", y[1])


def click_dream(page: Page) -> None:
    page.click("#dream-button")


def begin(page: Page) -> None:
    """Clicks Dream and waits for the sheet that it makes."""
    before = page.locator("#compare .sheet").count()
    click_dream(page)
    expect(page.locator("#compare .sheet")).to_have_count(before + 1)


def sheet(page: Page, place: int = 0) -> Locator:
    """A sheet, counted from the newest."""
    return page.locator("#compare .sheet").nth(place)


def tiles(page: Page, state: str = "", place: int = 0) -> Locator:
    """The tiles of a sheet, all or those in one state, in the order in which they are seen."""
    return sheet(page, place).locator(f".tile[data-state={state}]" if state else ".tile")


def made(page: Page, count: int, place: int = 0) -> None:
    """Waits until so many pictures of a sheet are there."""
    expect(tiles(page, "done", place)).to_have_count(count)


def wall(page: Page, **asked: Any) -> None:
    """A wall that is made."""
    ask_wall(page, **asked)
    begin(page)
    made(page, asked.get("count", 4))


def open_button(page: Page, index: int, place: int = 0) -> Locator:
    """What one presses on a tile, by its place in what was asked."""
    return sheet(page, place).locator(f".tile[data-index='{index}'] .open")


def stand_on(page: Page, index: int, place: int = 0) -> None:
    """Puts the keyboard on a tile."""
    open_button(page, index, place).focus()
    expect(sheet(page, place).locator(".tile.is-selected")).to_have_attribute(
        "data-index", str(index)
    )


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def kept(page: Page) -> Locator:
    """What lies in the tray."""
    return page.locator("#tray .tray-item")


def pin_both(page: Page, a: int = 0, b: int = 1) -> None:
    """Pins two pictures of the newest sheet and waits until they are compared."""
    stand_on(page, a)
    press(page, "a")
    stand_on(page, b)
    press(page, "b")
    compared(page)


def compared(page: Page) -> None:
    """Waits for the numbers of A and B."""
    expect(page.locator("#pair .pair-table[aria-busy=false]")).to_be_visible()


def box(element: Locator) -> FloatRect:
    """Where it is seen."""
    found = element.bounding_box()
    assert found is not None
    return found


def look(page: Page, mode: str) -> None:
    """Chooses how A and B are seen."""
    page.locator(f".pair-modes label:has([value={mode}])").click()
    page.wait_for_selector(f".pair-stage[data-mode={mode}]")


def export(page: Page, words: str, folder: Path, *, place: int = 0) -> Path:
    """Saves the newest sheet by its menu; the file under the name that it was given."""
    sheet(page).locator(".sheet-export").click()
    with page.expect_download() as download:
        page.locator('.sd-menu[role="menu"] button', has_text=words).nth(place).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    expect(page.locator(".toast", has_text=f"Saved as {path.name}")).to_be_visible()
    return path


def dreams(page: Page) -> list[dict[str, Any]]:
    """What the server says of this visitor's sheets, newest first."""
    return asked(page, "/sheets?limit=10")["dreams"]


def asked(page: Page, address: str) -> Any:
    """JSON from the server, as this visitor."""
    reply = request(page).get(url_of(page) + address)
    assert reply.ok, reply.status
    return reply.json()


def request(page: Page) -> APIRequestContext:
    return page.context.request


def url_of(page: Page) -> str:
    return str(page.evaluate("location.origin"))

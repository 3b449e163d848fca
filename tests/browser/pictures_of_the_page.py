"""The pictures of the README, taken of the real app with the model inside, and those that a designer looks through.

`python -m tests.browser.pictures_of_the_page` renews what lies in tests/browser/pictures. With a folder behind it, it
instead writes there what the page looks like at four widths and in both themes.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from sdgui.bench.viewers import CHROMIUM_FLAGS, find_chromium
from tests.browser.accessibility import WIDTHS
from tests.browser.compare_page import (
    ask_grid,
    ask_wall,
    begin,
    choose_mode,
    compared,
    look,
    made,
    press,
    stand_on,
    tiles,
    wall,
)
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, ask, dream, finished
from tests.running_app import RunningApp

PICTURES = Path(__file__).with_name("pictures")
DREAMS = (
    ("a pink mushroom in a meadow", 60),
    ("a brown rabbit in the woods, pencil drawing", 70),
    ("a blue elephant in the desert, papercraft", 80),
    ("an orange balloon over a green hill, paper cut-out", 90),
    ("a white house in the snow, watercolor", 2042),
    ("neon sign of a pink cat in the city", 77),
    ("pixel art of a blue castle at night", 512),
    ("a yellow rocket in the night sky", 300),
    ("a red boat at sea, watercolor", 1041),
)
WALL = "a red boat at sea, watercolor"
MOVING = (1120, 700)
LONGEST = 2_000_000
"""Bytes of the moving picture at most."""
_LAST_FRAME = 2000
"""Milliseconds for which the moving picture stands still at its end."""


@contextmanager
def opened(browser: Browser, url: str, size: tuple[int, int] = DESKTOP) -> Iterator[Page]:
    """The page of a new visitor."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark",
        has_touch=size == PHONE,
        device_scale_factor=2 if size == PHONE else 1,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.wait_for_selector("html[data-sdgui=ready]")
    yield page
    context.close()


def at_rest(page: Page) -> None:
    """Takes away what passes: the pointer, the focus, what a toast says, and pictures that are on their way."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    expect(page.locator(".toast")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")


def shot(page: Page, place: Path | None = None) -> Image.Image:
    """What is seen now, kept as a WebP or PNG where a place is named."""
    image = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    if place is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
        image.save(place, quality=86, method=6)
    return image


def show(page: Page, tab: str) -> None:
    page.click(f"#tab-{tab}")
    expect(page.locator(f"#tab-{tab}")).to_have_attribute("aria-selected", "true")


def dream_all(page: Page) -> None:
    """A gallery as somebody has it after some minutes."""
    for i, (prompt, seed) in enumerate(DREAMS, start=1):
        ask(page, prompt, seed=seed)
        dream(page)
        expect(page.locator(".tile[data-state=done]")).to_have_count(4 * i)


def chosen(page: Page) -> None:
    """A wall of which three are kept and two are compared."""
    wall(page, prompt=WALL, count=16, steps=20, seed=500)
    for index in (1, 7, 10):
        stand_on(page, index)
        press(page, "k")
    stand_on(page, 4)
    press(page, "x")
    stand_on(page, 10)
    press(page, "a")
    stand_on(page, 7)
    press(page, "b")
    compared(page)


def frames_until(
    page: Page, done: Locator, count: int, frames: list[tuple[Image.Image, int]]
) -> None:
    """Takes pictures of the page until so many of `done` are there."""
    while done.count() < count:
        frames.append((shot(page), 120))


def moving(browser: Browser, url: str) -> list[tuple[Image.Image, int]]:
    """A dream that forms, and a wall that forms and is chosen from: each frame with its milliseconds."""
    frames: list[tuple[Image.Image, int]] = []
    with opened(browser, url, MOVING) as page:
        prompt = "a red boat at sea, watercolor"
        ask(page, "", steps=50)
        box = page.locator("#prompt textarea")
        box.focus()
        for end in range(0, len(prompt) + 1, 4):
            box.fill(prompt[:end])
            frames.append((shot(page), 100))
        box.fill(prompt)
        frames.append((shot(page), 600))
        dream(page)
        frames_until(page, page.locator(".tile[data-state=done]"), 4, frames)
        at_rest(page)
        frames.append((shot(page), 1400))
        show(page, "compare")
        ask_wall(page, prompt=prompt, count=16, steps=30, seed=500)
        frames.append((shot(page), 700))
        begin(page)
        frames_until(page, tiles(page, "done"), 16, frames)
        frames.append((shot(page), 500))
        for index, keys in ((1, "k"), (4, "x"), (7, "kb"), (10, "ka")):
            stand_on(page, index)
            frames.append((shot(page), 350))
            press(page, *keys)
            frames.append((shot(page), 450))
        compared(page)
        frames.append((shot(page), 1500))
        look(page, "flip")
        frames.append((shot(page), 900))
        look(page, "diff")
        expect(page.locator(".pair-map img")).to_be_visible()
        frames.append((shot(page), _LAST_FRAME))
    return frames


def write_moving(frames: list[tuple[Image.Image, int]], place: Path) -> None:
    """One WebP of all frames, as fine as its size allows."""
    for quality in (70, 55, 40, 30):
        images = [image for image, _ in frames]
        durations = [milliseconds for _, milliseconds in frames]
        images[0].save(
            place,
            save_all=True,
            append_images=images[1:],
            duration=durations,
            loop=0,
            quality=quality,
            method=4,
            kmax=60,
        )
        if place.stat().st_size < LONGEST:
            return
    raise RuntimeError(f"{place.name} is larger than {LONGEST} bytes")


def renew(browser: Browser, url: str) -> None:
    """All pictures of the README."""
    write_moving(moving(browser, url), PICTURES / "moving.webp")
    with opened(browser, url) as page:
        dream_all(page)
        ask(page, "a green octopus in the forest, watercolor", steps=50, seed=900)
        dream(page)
        expect(page.locator(".tile[data-state=preview]")).to_have_count(4)
        page.wait_for_function(
            "document.querySelector('.dream-row [role=progressbar]').getAttribute('aria-valuenow') >= 30"
        )
        shot(page, PICTURES / "dream.webp")
        finished(page, 4)
        show(page, "compare")
        chosen(page)
        at_rest(page)
        shot(page, PICTURES / "compare.webp")
        show(page, "history")
        expect(page.locator(".history-tile.is-there").first).to_be_visible()
        at_rest(page)
        shot(page, PICTURES / "history.webp")
        show(page, "models")
        at_rest(page)
        shot(page, PICTURES / "models.webp")
    with opened(browser, url, PHONE) as page:
        ask(page, "a yellow rocket in the night sky", seed=300)
        dream(page)
        finished(page, 4)
        at_rest(page)
        shot(page, PICTURES / "phone.webp")


def everywhere(browser: Browser, url: str, folder: Path) -> None:
    """What the page looks like in each of its states, at four widths, dark and light."""
    with opened(browser, url) as page:

        def keep(state: str) -> None:
            for width, height in WIDTHS:
                page.set_viewport_size({"width": width, "height": height})
                for theme in ("dark", "light"):
                    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                    shot(page, folder / f"{state}-{width}-{theme}.png")
            page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
            page.emulate_media(color_scheme="dark")

        def narrowed(state: str, click: str) -> None:
            """What lies over a narrow page."""
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            page.click(click)
            shot(page, folder / f"{state}-390-dark.png")
            page.keyboard.press("Escape")
            page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})

        keep("dream-empty")
        narrowed("settings", "#settings-button")
        dream_all(page)
        keep("dream-done")
        for steps in (150, 25, 24):
            ask(page, "a purple dinosaur in the snow", steps=steps)
            dream(page)
        expect(page.locator(".tile[data-state=preview]")).to_have_count(4)
        keep("dream-queue")
        page.locator(".tile[data-state=done] .open").first.click()
        keep("viewer")
        page.keyboard.press("Escape")
        page.evaluate("document.getElementById('help').showModal()")
        keep("help")
        page.keyboard.press("Escape")
        page.click("#model-pill")
        keep("memory")
        page.keyboard.press("Escape")
        page.fill("#prompt textarea", "an astronaut on a horse")
        page.click("#what-it-draws")
        keep("words")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+.")
        show(page, "compare")
        keep("compare-empty")
        chosen(page)
        keep("compare-wall")
        ask_grid(page, ("Prompt S/R", "boat, fish, house"), ("Cfg scale", "2, 4, 8"), prompt=WALL)
        begin(page)
        made(page, 9)
        keep("compare-grid")
        choose_mode(page, "wall")
        page.click("#pair-enlarge")
        keep("pair-large")
        page.keyboard.press("Escape")
        show(page, "history")
        expect(page.locator(".history-tile.is-there").first).to_be_visible()
        keep("history")
        page.locator(".history-tile").first.click(modifiers=["Control"])
        page.locator(".history-tile").nth(5).click(modifiers=["Control"])
        keep("history-selected")
        page.keyboard.press("Escape")
        show(page, "models")
        keep("models")


def main(folder: Path | None) -> None:
    path = find_chromium()
    if path is None:
        raise RuntimeError("No Chromium on the path.")
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as outputs, sync_playwright() as playwright:
        app = RunningApp(Path(outputs))
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        try:
            if folder is None:
                renew(browser, app.url)
            else:
                everywhere(browser, app.url, folder)
        finally:
            browser.close()
            app.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)

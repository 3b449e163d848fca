"""The Models tab: cards, switching, the default, removing, and fetching from a hub."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from safetensors.numpy import save_file

from sdgui.correction import Correction
from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.engine.library.library import OwnersLibrary
from sdgui.library import Offer
from sdgui.model_info import ModelInfo, ModelRef, VaeForm
from sdgui.storage.whole_file import write_whole
from sdgui.vae_info import VaeInfo
from tests.browser.compare_page import choose
from tests.browser.conftest import PHONE, Visitor, ask, dream, finished, shoot
from tests.engine.checkpoints.writing import write_single_file
from tests.engine.small_hub import PATIENCE, SmallHub
from tests.fake_library import GB
from tests.web.conftest import Site, open_site

pytestmark = pytest.mark.browser

LAYER = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_v"
OFFER = Offer(
    model="owner/known",
    title="known",
    family_title="Flux.1",
    bytes=34 * GB,
    left=34 * GB,
    memory_bytes=34 * GB,
    files=21,
    licence="Apache-2.0",
)


@pytest.fixture
def room(make_visitor: Callable[..., Visitor], site: Site) -> Page:
    """The Models tab of a fresh visitor, with the fake library."""
    site.library.removable = {"other": 2 * GB}
    return make_visitor().open(f"{site.url}/#models")


def card(page: Page, model: str) -> Locator:
    return page.locator(f".model-card[data-model='{model}']")


def look_up(page: Page, text: str) -> None:
    page.fill("#model-address", text)
    page.click("text=Look it up")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_switch_sets_the_model_of_dreams_and_loads_it(room: Page, site: Site) -> None:
    card(room, "other").click()
    expect(room.locator("#model-detail h2")).to_have_text("other")
    press(room, "Use")
    expect(room.locator("#model input")).to_have_value("other")
    expect(room.locator("[data-testid=toast]")).to_contain_text("Dreams are made with other now")
    ask(room, "a boat", count=1, steps=2)
    dream(room)
    finished(room, 1)
    assert site.engine.loads.count("other") == 1
    room.click("#tab-models")
    expect(card(room, "other")).to_contain_text("warm")
    expect(card(room, "other")).to_contain_text("used just now")


def test_esc_closes_the_model_that_is_shown_and_stops_no_dream(room: Page, site: Site) -> None:
    site.engine.go.clear()
    room.click("#tab-dream")
    ask(room, "a boat", count=1, steps=2)
    dream(room)
    expect(room.locator("#stop-button")).to_be_visible()
    room.click("#tab-models")
    card(room, "other").click()
    detail = room.locator("#model-detail")
    detail.get_by_role("button", name="Use", exact=True).focus()
    room.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    expect(card(room, "other")).to_be_focused()
    site.engine.go.set()
    room.click("#tab-dream")
    finished(room, 1)


def test_another_default_is_chosen_and_said(room: Page, site: Site) -> None:
    card(room, "other").click()
    press(room, "Make default")
    expect(card(room, "other")).to_contain_text("default")
    expect(card(room, "demo")).not_to_contain_text("default")
    assert site.library.default == "other"


def test_a_model_is_removed_after_two_questions(room: Page, site: Site) -> None:
    card(room, "demo").click()
    expect(room.locator(".detail-removal")).to_have_count(0)
    card(room, "other").click()
    press(room, "Remove from disk…")
    expect(room.get_by_role("button", name="Keep it")).to_be_focused()
    press(room, "Keep it")
    press(room, "Remove from disk…")
    assert site.library.removed == []
    press(room, "Remove, and free 2.0 GB")
    expect(room.locator("[data-testid=toast]")).to_contain_text("that freed 2.0 GB")
    expect(card(room, "other")).to_have_count(0)


def test_a_corrected_model_begins_its_dreams_so(
    room: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = site.studio.models
    describe = models.describe

    def corrected(model: str) -> ModelInfo:
        info = describe(model)
        [defaults] = [one for name, _, one in site.library.corrections if name == model] or [None]
        return info if defaults is None else replace(info, steps=defaults.steps)

    monkeypatch.setattr(models, "describe", corrected)
    monkeypatch.setattr(models, "look", corrected)
    wide = VaeInfo(name="wide", form=VaeForm(channels=16, factor=8))
    site.library.vaes = (VaeInfo(name="mse", form=VaeForm(channels=4, factor=8)), wide)
    room.evaluate(
        "import('/sdgui/shared/settings/settings.js')"
        ".then(({ settings }) => settings.set({ correction: '{\"clip_skip\":3}' }))"
    )
    card(room, "demo").click()
    room.locator(".correcting summary").click()
    room.get_by_label("Prediction type").select_option("v_prediction")
    vae = room.locator("#correct-vae")
    expect(vae.locator("option:disabled")).to_contain_text("16 latent channels")
    vae.select_option("mse")
    room.locator(".correcting").scroll_into_view_if_needed()
    expect(room.locator(".correcting-doubt")).to_contain_text("SD 1.x and 2.x or for XL")
    room.get_by_label("Default steps").fill("9")
    room.get_by_label("Clip skip").fill("2")
    press(room, "Keep")
    expect(room.locator("[data-testid=toast]")).to_contain_text("Kept")
    [(_, correction, _)] = site.library.corrections
    vae_chosen = ModelRef(id="mse", hash="ee" * 32)
    assert correction == Correction(prediction_type="v_prediction", clip_skip=2, vae=vae_chosen)
    room.click("#tab-dream")
    expect(room.locator("#model-read-as")).to_be_empty()  # it is corrected anew
    expect(room.locator("#steps input[type=number]")).to_have_value("9")


def test_what_is_fetched_is_told_first_and_can_be_held_and_given_up(room: Page, site: Site) -> None:
    expect(room.locator(".known li", has_text="too large").first).to_be_visible()
    lines = room.locator(".known .link-button").evaluate_all(
        "(all) => all.map((one) => {"
        " const words = document.createRange(); words.selectNodeContents(one);"
        " return words.getClientRects().length; })"
    )
    assert set(lines) == {1}, "a button keeps to its line"
    site.library.offers = {OFFER.model: OFFER}
    look_up(room, OFFER.model)
    expect(room.locator(".offer")).to_contain_text("34.0 GB in 21 files · Apache-2.0")
    expect(room.locator(".offer")).to_contain_text("needs 34.0 of 16.0 GB · too large")
    assert site.library.downloads() == ()
    press(room, "Fetch 34.0 GB")
    bar = room.get_by_role("progressbar", name="known on its way")
    expect(bar).to_have_attribute("aria-valuenow", "62")
    coming = room.locator("[data-download]")
    expect(coming).to_contain_text("18 MB/s · 3 min left")
    press(room, "Pause")
    expect(coming).to_contain_text("held")
    press(room, "Go on")
    expect(coming).to_contain_text("18 MB/s")
    press(room, "Cancel")
    press(room, "Remove what is here")
    expect(coming).to_have_count(0)
    assert site.library.downloads() == ()


def test_what_no_hub_has_is_said_in_place(make_visitor: Callable[..., Visitor], site: Site) -> None:
    visitor = make_visitor()
    page = visitor.open(f"{site.url}/#models")
    look_up(page, "no/such")
    expect(page.locator("#model-answer")).to_contain_text("There is no model called “no/such”")
    [complaint] = visitor.complaints  # the browser's own, of the refusal
    assert "422" in complaint
    visitor.complaints.clear()


def test_a_gated_model_takes_a_token_that_is_not_shown(room: Page, site: Site) -> None:
    locked = Offer(
        model="a/b", title="b", bytes=GB, left=GB, files=3, licence="strict", locked=True
    )
    site.library.offers = {"a/b": locked}
    look_up(room, "a/b")
    expect(room.locator(".offer")).to_contain_text("read its licence (strict) and accept it on")
    field = room.locator("#hub-token")
    expect(field).to_have_attribute("type", "password")
    field.fill("hf_secret")
    site.library.offers = {"a/b": OFFER}
    press(room, "Keep the token, and look again")
    expect(room.get_by_role("button", name="Fetch 34.0 GB")).to_be_focused()
    assert site.library.token == "hf_secret"
    assert "hf_secret" not in room.content()


def test_the_model_is_found_by_some_of_its_name_with_the_keyboard(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    page = make_visitor().open(site.url)
    box = page.get_by_role("combobox", name="Model")
    box.click()
    expect(page.get_by_role("group", name="Stable Diffusion 1.x")).to_be_visible()
    expect(page.locator("#model").get_by_role("option")).to_have_count(2)
    box.fill("OTH")
    expect(page.locator("#model").get_by_role("option")).to_have_count(1)
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "model-option-0")
    box.press("Escape")
    expect(box).to_have_value("demo")
    box.press("ArrowUp")
    box.press("Enter")
    expect(box).to_have_value("other")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_a_switch_says_in_place_how_far_it_is_and_the_prompt_stays_usable(
    make_visitor: Callable[..., Visitor], site: Site
) -> None:
    engine = site.engine
    page = make_visitor().open(site.url)
    site.studio.warm_up("demo")
    ask(page, "a first boat", count=1, steps=2)
    dream(page)
    finished(page, 1)
    engine.can_load.clear()
    choose(page, "model", "other")
    try:
        expect(page.locator("#model-loading")).to_have_text("loading 50 %")
        page.fill("#prompt textarea", "a boat meanwhile")
        expect(page.locator("#prompt textarea")).to_have_value("a boat meanwhile")
    finally:
        engine.can_load.set()
    expect(page.locator("#model-loading")).to_have_text("")
    ask(page, "a second boat", count=1, steps=2)
    dream(page)
    finished(page, 1)


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1440, 900), PHONE], ids=["1440", "390"])
def test_the_tab_fits_the_screen_and_the_fingers(
    make_visitor: Callable[..., Visitor], site: Site, size: tuple[int, int], scheme: str
) -> None:
    site.library.begin("a/z-image")
    visitor = make_visitor(size, touch=size == PHONE)
    visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page = visitor.open(f"{site.url}/#models")
    expect(page.locator("[data-download]")).to_be_visible()
    card(page, "demo").click()
    shoot(page, f"models-{size[0]}-{scheme}")
    page.emulate_media(color_scheme="dark")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    middle = page.locator(".models-middle")
    assert not wide and middle.evaluate("one => one.scrollWidth <= one.clientWidth")
    if size == PHONE:
        small = page.locator("#models :is(button, input, summary):visible").evaluate_all(
            "all => all.map(one => [one.textContent, one.getBoundingClientRect().height])"
            ".filter(([, height]) => height < 43.5)"
        )
        assert small == []
    page.locator("#model-detail").press("Escape")
    expect(page.locator("#model-detail")).to_be_hidden()
    expect(card(page, "demo")).to_be_focused()


def test_from_an_empty_folder_to_pictures_of_a_file_corrected_with_a_lora_and_of_a_download(
    make_visitor: Callable[..., Visitor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person does with models of their own, with the real catalog, library and engine, and a hub that breaks."""
    folder, cache, out = (tmp_path / name for name in ("models", "cache", "out"))
    folder.mkdir()
    out.mkdir()
    shutil.copytree(EMBEDDED["demo"], tmp_path / "hub" / "someone" / "scenes")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("sdgui.engine.collection.collection.SECONDS", 0.0)
    catalog = Catalog("demo", embedded=EMBEDDED, hub_cache=cache, models_dirs=(folder,))
    library = OwnersLibrary(catalog, out, write_whole, models_dirs=(folder,), hub_cache=cache)
    engine: Any = TorchEngine(catalog, "cpu", previews=False)
    engine.go = threading.Event()  # as the engine has that a site is usually opened with
    unet = "unet/diffusion_pytorch_model-00001-of-00002.safetensors"

    def pictures() -> list[Any]:
        return [np.asarray(Image.open(file)).astype(int) for file in sorted(out.glob("*/*.png"))]

    with SmallHub(tmp_path / "hub") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        library.start()
        catalog.collection.start()
        with open_site(out, models=catalog, library=library, engine=engine) as site:
            visitor = make_visitor()
            page = visitor.open(f"{site.url}/#models")
            expect(page.locator(".model-card")).to_have_count(1)

            def put(path: Path) -> None:
                path.rename(folder / path.name)
                catalog.inventory()
                catalog.collection.wait()
                page.reload()

            def dreamt(prompt: str, rows: int) -> None:
                ask(page, prompt, count=1, steps=2)
                dream(page)
                expect(page.locator(".dream-row")).to_have_count(rows)
                finished(page, 1)

            put(write_single_file("sd1", tmp_path / "made"))
            card(page, "model").click()
            press(page, "Use")
            expect(page.locator("#model input")).to_have_value("model")
            dreamt("a boat", 1)

            page.click("#tab-models")
            page.locator(".correcting summary").click()
            page.get_by_label("Prediction type").select_option("v_prediction")
            press(page, "Keep")
            expect(page.locator("[data-testid=toast]").last).to_contain_text("Kept")
            page.click("#tab-dream")
            dreamt("a boat", 2)

            into = catalog.look("model").text_widths[0]
            draw = np.random.default_rng(0)
            lora = {f"{LAYER}.lora_A.weight": draw.normal(size=(4, into)).astype(np.float32)}
            lora[f"{LAYER}.lora_B.weight"] = draw.normal(size=(32, 4)).astype(np.float32)
            prompt = page.locator("#prompt textarea")
            prompt.fill("a boat<lora:ink:2>")
            expect(page.locator("#prompt-hint")).to_contain_text("There is no LoRA called “ink”")
            save_file(lora, tmp_path / "ink.safetensors")
            put(tmp_path / "ink.safetensors")
            page.click("#tab-dream")
            prompt.fill("a boat<lora:ink:1>")
            expect(page.locator("#prompt-hint")).to_contain_text("LoRA ink")
            dreamt("a boat<lora:ink:1>", 3)
            dreamt("a boat", 4)
            first, corrected, inked, without = pictures()
            assert np.abs(corrected - first).max() > 8
            assert np.abs(inked - corrected).max() > 8
            assert np.array_equal(without, corrected)

            page.click("#tab-models")
            look_up(page, f"{hub.url}/someone/scenes")
            hub.holding = unet
            page.locator(".offer .is-main").click()
            assert hub.halfway.acquire(timeout=PATIENCE)
            press(page, "Pause")
            expect(page.locator("[data-download]")).to_contain_text("held")
            hub.go.set()
            page.reload()
            press(page, "Go on")
            card(page, "someone/scenes").click()
            press(page, "Use")
            dreamt("a boat", 5)
            assert [str(one)[:6] for one in hub.downloads(unet)] == ["None", "bytes="]
        library.close()
        catalog.collection.close()
        engine.close()

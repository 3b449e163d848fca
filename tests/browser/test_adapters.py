"""A LoRA is found in the picker, put into the prompt, dreamt with, and left out again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from safetensors import safe_open
from safetensors.numpy import save_file

from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.catalog import Catalog
from tests.browser.conftest import PHONE, Visitor, ask, dream, finished, shoot
from tests.engine.adapters.test_shelf import KOHYA, low_rank, write
from tests.running_app import RunningApp
from tests.web.conftest import Site, open_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shelved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("models")
    (width,) = Catalog("demo", embedded=EMBEDDED).look("demo").text_widths
    said = {"modelspec.trigger_phrase": "ink wash, <i>paper</i>", "ss_base_model_version": "demo"}
    write(folder / "ink.safetensors", low_rank(KOHYA, width), said)
    write(folder / "xl style.safetensors", low_rank(KOHYA, 2048))
    write(folder / "bad-hands.safetensors", {"emb_params": (3, width)})
    models = Catalog("demo", embedded=EMBEDDED, models_dirs=(folder,))
    with open_site(tmp_path_factory.mktemp("site"), models=models) as site:
        yield site


def test_a_lora_is_picked_dreamt_with_and_left_out(
    make_visitor: Callable[..., Visitor], shelved: Site
) -> None:
    page = make_visitor().open(shelved.url)
    ask(page, "a boat at sea", count=1, steps=2)
    prompt = page.locator("#prompt textarea")
    prompt.evaluate("area => area.setSelectionRange(6, 6)")
    page.click("#adapters-button")
    search = page.get_by_role("searchbox", name="Search LoRAs and embeddings")
    expect(search).to_be_focused()
    rows = page.locator("#adapters-list li")
    expect(rows).to_have_count(3)
    expect(page.locator(".adapters-pick:disabled")).to_contain_text(
        "is made for Stable Diffusion XL"
    )
    shoot(page, "adapters-1440")
    search.fill("paper demo")
    expect(rows).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(prompt).to_have_value("a boat<lora:ink:0.8> at sea")
    page.get_by_role("button", name="<i>paper</i>").click()
    expect(page.locator(".adapters-told")).to_have_text("<i>paper</i> is in the prompt now.")
    page.keyboard.press("Escape")
    expect(prompt).to_be_focused()
    expect(page.locator("#prompt-hint")).to_contain_text("LoRA ink")
    dream(page)
    finished(page, 1)
    prompt.fill("a boat at sea, bad-hands")
    expect(page.locator("#prompt-hint")).to_contain_text("8 of 75 tokens")
    dream(page)
    expect(page.locator(".dream-row")).to_have_count(2)
    finished(page, 1)
    made = [batch.tasks[0].spec.adapters for batch in shelved.engine.batches]
    assert [[one.ref.id for one in adapters] for adapters in made] == [["ink"], ["bad-hands"]]
    prompt.fill("a boat <lora:gone:1>")
    dream(page)
    expect(page.locator(".toasts")).to_contain_text("There is no LoRA called “gone” here.")
    # What was wrong there is not said in another room.
    page.click("#tab-compare")
    expect(page.locator(".toast")).to_have_count(0)


def test_on_a_phone_the_picker_fits_and_its_targets_are_large(
    make_visitor: Callable[..., Visitor], shelved: Site, quick: Page
) -> None:
    expect(quick.locator("#adapters-button")).to_be_hidden()  # where there is nothing to pick
    page = make_visitor(PHONE, touch=True).open(shelved.url)
    page.tap("#adapters-button")
    expect(page.locator("#adapters-list li")).to_have_count(3)
    for one in page.locator("#adapters, #adapters button, #adapters input, #adapters-button").all():
        box = one.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]
    shoot(page, "adapters-390")
    page.get_by_role("button", name="Close").tap()
    dream, lora = (
        page.locator(one).bounding_box() for one in ("#dream-button", "#adapters-button")
    )
    assert dream is not None and lora is not None and dream["y"] == lora["y"]


def test_a_lora_changes_the_picture_and_without_it_all_is_as_before(
    make_visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    """The whole app, with a folder of models and the model inside."""
    write_for_the_model_inside(tmp_path / "models" / "Lora" / "ink.safetensors")
    app = RunningApp(tmp_path / "app", "--models-dir", str(tmp_path / "models"))
    try:
        page = make_visitor().open(app.url)
        prompts = ["a red boat", "a red boat<lora:ink:1>", "a red boat"]
        expect(page.locator("#adapters-button")).to_be_visible()
        for count, prompt in enumerate(prompts, start=1):
            ask(page, prompt, count=1, steps=2)
            dream(page)
            expect(page.locator(".dream-row")).to_have_count(count)
            finished(page, 1)
        before, inked, after = (np.asarray(Image.open(file)).astype(int) for file in app.pictures())
        assert np.array_equal(before, after)
        assert np.abs(inked - before).max() > 8
        text = Image.open(app.pictures()[1]).info["parameters"]
        assert 'Lora hashes: "ink: ' in text
    finally:
        app.kill()


def write_for_the_model_inside(path: Path) -> None:
    """Random matrices for what each layer of its UNet reads of the prompt."""
    draw = np.random.default_rng(0)
    tensors: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = {}
    for weights in (EMBEDDED["demo"] / "unet").glob("*.safetensors"):
        with safe_open(weights, framework="np") as file:
            for name in file.keys():  # noqa: SIM118
                if name.endswith("attn2.to_v.weight"):
                    out, into = file.get_slice(name).get_shape()
                    stem = "lora_unet_" + name.removesuffix(".weight").replace(".", "_")
                    down, up = draw.normal(size=(4, into)), draw.normal(size=(out, 4))
                    tensors[f"{stem}.lora_down.weight"] = down.astype(np.float32)
                    tensors[f"{stem}.lora_up.weight"] = up.astype(np.float32)
                    tensors[f"{stem}.alpha"] = np.array(1.0, np.float32)
    path.parent.mkdir(parents=True)
    save_file(tensors, path)

"""The engine with the embedded model: what only a trained one can show."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.catalog import Catalog
from sdgui.engine.preview import Previewer
from sdgui.engine.samplers import make_scheduler
from sdgui.events import Decoded, Pixels, Preview
from tests.engine.conftest import Lab, of_type

pytestmark = pytest.mark.skipif(
    not (EMBEDDED["demo"] / "model_index.json").is_file(), reason="no embedded model yet"
)
PROMPT = "a red car on a green hill"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(Path("demo"), tmp_path_factory.mktemp("cache"), embedded=EMBEDDED)
    yield lab
    lab.engine.close()


def difference(one: Pixels, other: Pixels) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def test_it_describes_itself() -> None:
    info = Catalog("demo", embedded=EMBEDDED).describe("demo")
    assert (info.min_size, info.max_size, info.size_step) == (64, 256, 8)
    assert min(info.width, info.height) >= 128
    assert info.memory_bytes <= 48 * 10**6
    assert info.examples


@pytest.mark.parametrize("sampler", ["Euler", "DPM++ SDE", "UniPC"])
def test_batch_picture_equals_the_single(demo: Lab, sampler: str) -> None:
    specs = demo.specs(prompt=PROMPT, count=3, steps=8, sampler=sampler)
    together = demo.pictures(specs)
    # fp32: 1e-3 of the range is a quarter of a level, so bytes differ by one at most.
    assert difference(demo.pictures(specs[2:])[0], together[2]) <= 1


def test_equals_diffusers_called_directly(demo: Lab) -> None:
    (spec,) = demo.specs(prompt=PROMPT, negative_prompt="blue", steps=10, seed=7)
    pipe = StableDiffusionPipeline.from_pretrained(EMBEDDED["demo"], safety_checker=None)
    pipe = pipe.to(torch.float32)
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler = make_scheduler(spec.sampler, pipe.scheduler.config, spec.steps)
    direct = pipe(
        spec.prompt,
        negative_prompt=spec.negative_prompt,
        num_inference_steps=spec.steps,
        guidance_scale=spec.guidance,
        generator=[torch.Generator("cpu").manual_seed(7)],
        output_type="np",
    ).images[0]
    (picture,) = demo.pictures((spec,))
    assert np.abs(picture / 255 - direct).max() <= 0.5 / 255 + 1e-3


@pytest.mark.parametrize("sampler", ["Euler", "Heun", "DDIM", "DPM++ 2M Karras", "LCM"])
def test_the_error_of_previews_falls_with_the_step(
    demo: Lab, sampler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the finished picture itself, at its own size."""
    offer = Previewer.offer

    def offer_and_settle(previewer: Previewer, *args: object) -> None:
        offer(previewer, *args)  # type: ignore[arg-type]
        previewer.settle()

    monkeypatch.setattr(Previewer, "offer", offer_and_settle)
    events = demo.run(demo.specs(prompt=PROMPT, steps=20, sampler=sampler))
    (done,) = of_type(events, Decoded)
    height, width = done.pixels.shape[:2]
    errors = []
    for preview in of_type(events, Preview):
        image = Image.open(io.BytesIO(preview.jpeg)).resize((width, height))
        errors.append(np.abs(np.asarray(image, float) - done.pixels).mean())
    first, middle, third = (np.mean(part) for part in np.array_split(errors, 3))
    assert first > middle > third
    # The map is linear and the latents are coarse: colours and shapes, not edges.
    assert errors[-1] < 20


@pytest.mark.parametrize(("width", "height"), [(64, 64), (72, 200), (256, 256), (104, 136)])
def test_sizes_come_out_as_asked(demo: Lab, width: int, height: int) -> None:
    (picture,) = demo.pictures(demo.specs(width=width, height=height, steps=1))
    assert picture.shape == (height, width, 3)


def test_the_prompt_guides(demo: Lab) -> None:
    """Red against blue: by the mean of the two channels."""
    red, blue = (
        np.mean(demo.pictures(demo.specs(prompt=f"a {colour} house", count=4, steps=10)), (0, 1, 2))
        for colour in ("red", "blue")
    )
    assert red[0] - red[2] > blue[0] - blue[2]

"""The weights that ship: their layout and size, and that plain diffusers and transformers load them."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from safetensors import safe_open
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from sdgui.demo.training.captions import canonical_caption
from sdgui.demo.training.judge import Judge, load_judge
from sdgui.demo.training.scenes import Scene, draw

WEIGHTS = Path(__file__).parents[2] / "sdgui" / "demo" / "weights"
MEBIBYTE = 2**20


@pytest.fixture(scope="module")
def pipe() -> StableDiffusionPipeline:
    loaded = StableDiffusionPipeline.from_pretrained(WEIGHTS)
    loaded.set_progress_bar_config(disable=True)
    return loaded


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge()


def test_all_weights_fit_in_48_mib() -> None:
    sizes = [path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()]
    assert sum(sizes) <= 48 * MEBIBYTE


def test_no_shard_is_over_15_mib() -> None:
    for path in WEIGHTS.rglob("*.safetensors"):
        assert path.stat().st_size <= 15 * MEBIBYTE, path


def test_every_weight_is_half_precision() -> None:
    for path in WEIGHTS.rglob("*.safetensors"):
        with safe_open(path, framework="pt") as file:
            kinds = {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118
        assert kinds <= {"F16", "I64"}, path


def test_loads_without_importing_sdgui() -> None:
    code = (
        "import sys; from diffusers import StableDiffusionPipeline as P; "
        "from transformers import CLIPModel; "
        f"P.from_pretrained({str(WEIGHTS)!r}); CLIPModel.from_pretrained({str(WEIGHTS / 'clip')!r}); "
        "assert not any(name.split('.')[0] == 'sdgui' for name in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_defaults_name_a_size_and_examples() -> None:
    defaults = json.loads((WEIGHTS / "sdgui.json").read_text(encoding="utf-8"))
    assert (defaults["width"], defaults["height"]) == (128, 128)
    assert len(defaults["examples"]) >= 12


@pytest.mark.parametrize(
    ("width", "height"), [(64, 64), (72, 72), (200, 200), (256, 64), (104, 136)]
)
def test_sizes_in_steps_of_eight_run(
    pipe: StableDiffusionPipeline, width: int, height: int
) -> None:
    image = pipe("a red car", num_inference_steps=1, width=width, height=height).images[0]
    assert image.size == (width, height)


@pytest.mark.parametrize("text", ["", "🙂 مرحبا \x00 <script>", "zebra " * 500, "x" * 10_000])
def test_any_text_has_77_tokens(text: str) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(WEIGHTS / "tokenizer")
    ids = tokenizer(text, padding="max_length", truncation=True).input_ids
    assert len(ids) == tokenizer.model_max_length == 77


def test_text_encoder_is_clips(pipe: StableDiffusionPipeline) -> None:
    clip = CLIPModel.from_pretrained(WEIGHTS / "clip")
    ids = torch.arange(77)[None]
    ours = pipe.text_encoder(ids).last_hidden_state
    theirs = clip.text_model(input_ids=ids).last_hidden_state
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)  # the same fp16 weights


def test_vae_gives_a_drawing_back(pipe: StableDiffusionPipeline) -> None:
    image = draw(Scene(thing="boat", colour="red", place="sea", style="watercolor", seed=1))
    pixels = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.no_grad():
        again = pipe.vae.decode(pipe.vae.encode(pixels).latent_dist.mean).sample
    error = ((again - pixels) / 2).square().mean()
    assert -10 * error.log10() > 26  # dB; the mean over drawings is 29 or more


def test_clip_tells_a_drawings_caption_from_others() -> None:
    clip = CLIPModel.from_pretrained(WEIGHTS / "clip")
    tokenizer = CLIPTokenizer.from_pretrained(WEIGHTS / "clip")
    processor = CLIPImageProcessorPil.from_pretrained(WEIGHTS / "clip")
    scenes = [
        Scene(thing="car", colour="red", place="snow", style="plain", seed=1),
        Scene(thing="cat", colour="blue", place="forest", style="watercolor", seed=2),
        Scene(thing="castle", colour="green", place="desert", style="neon", seed=3),
        Scene(thing="fish", colour="orange", place="sea", style="pixel art", seed=4),
    ]
    pictures = processor([draw(scene) for scene in scenes], return_tensors="pt")
    words = tokenizer(
        [canonical_caption(scene) for scene in scenes], padding="max_length", return_tensors="pt"
    )
    with torch.no_grad():
        scores = clip(input_ids=words.input_ids, **pictures).logits_per_image
    assert scores.argmax(dim=1).tolist() == [0, 1, 2, 3]


def test_judge_names_a_drawing(judge: Judge) -> None:
    verdict = judge.classify(
        [draw(Scene(thing="house", colour="red", place="green hill", style="plain", seed=5))]
    )[0]
    found = (verdict.thing, verdict.colour, verdict.place, verdict.style)
    assert found == ("house", "red", "green hill", "plain")


def test_judge_sees_nothing_in_noise(judge: Judge) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    assert judge.classify([Image.fromarray(noise)])[0].thing is None

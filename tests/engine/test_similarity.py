"""How well pictures fit their prompts, as CLIP sees it; a score never costs a picture."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPModel, CLIPProcessor

from sdgui.demo.embedded import EMBEDDED
from sdgui.demo.training.judge import load_judge
from sdgui.engine.catalog import Catalog
from sdgui.engine.clip import Clip
from sdgui.engine.engine import TorchEngine
from sdgui.engine.similarity import Similarity
from sdgui.events import Decoded, Pixels
from sdgui.records import MATCH, match_in
from tests.engine.conftest import Lab, of_type
from tests.engine.small_hub import SmallHub
from tests.engine.test_loading import run_one, spec_of
from tests.engine.test_memory import Limit
from tests.engine.tiny_clip import write_tiny_clip

LONG = "cat " * 40
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_clip(tmp_path_factory.mktemp("clip") / "tiny")


@pytest.fixture
def picture() -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (40, 64, 3), dtype=np.uint8)


@pytest.fixture
def scoring(clip_folder: Path, tiny_folder: Path) -> Iterator[Lab]:
    """A model without a CLIP of its own, and a CLIP named beside it."""
    lab = Lab(tiny_folder, None)
    lab.engine = TorchEngine(lab.catalog, "cpu", clip=str(clip_folder), previews=False)
    yield lab
    lab.engine.close()


def scores(lab: Lab, **asked: object) -> list[float | None]:
    return [match_in(one.notes) for one in of_type(lab.run(lab.specs(**asked)), Decoded)]


def clip_of(lab: Lab) -> Any:
    """The CLIP that scores the lab's pictures."""
    similarity = lab.engine._load(lab.specs()[0].model, lambda event: None).similarity
    assert similarity is not None
    return similarity._clip


@pytest.mark.parametrize("shape", [(32, 32, 3), (40, 64, 3), (20, 16, 3)])
def test_it_is_the_cosine_of_the_embeddings(clip_folder: Path, shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    network = CLIPModel.from_pretrained(clip_folder).eval()
    processor = CLIPProcessor.from_pretrained(clip_folder)
    inputs = processor(text="a red car", images=Image.fromarray(pixels), return_tensors="pt")
    with torch.no_grad():
        out = network(**inputs)
    cosine = float(out.logits_per_image / network.logit_scale.detach().exp())
    # The same network in the same precision: only the order of sums may differ.
    assert Clip(clip_folder).similarity("a red car", pixels) == pytest.approx(cosine, abs=1e-5)


def test_of_a_long_prompt_the_beginning_is_read(clip_folder: Path, picture: Pixels) -> None:
    clip = Clip(clip_folder)
    assert clip.similarity(LONG, picture) == clip.similarity(LONG + "a red car", picture)
    assert clip.similarity(LONG, picture) != clip.similarity("a red car", picture)


def test_a_prompt_is_read_once_and_the_negative_prompt_never(scoring: Lab) -> None:
    read: list[int] = []
    hook = clip_of(scoring)._network.text_model.register_forward_pre_hook(lambda *_: read.append(1))
    for negative_prompt in ("", "blue"):
        scores(scoring, prompt="never seen before", negative_prompt=negative_prompt, count=2)
    hook.remove()
    assert len(read) == 1


def test_a_model_without_a_clip_is_scored_by_the_one_that_is_named(
    scoring: Lab, clip_folder: Path
) -> None:
    (done,) = of_type(scoring.run(scoring.specs(prompt="cat")), Decoded)
    expected = Clip(clip_folder).similarity("cat", done.pixels)
    assert done.notes[MATCH] == f"{expected:.4f}"


def test_without_any_clip_there_is_no_score(lab: Lab) -> None:
    (done,) = of_type(lab.run(lab.specs()), Decoded)
    assert MATCH not in done.notes


def test_a_models_own_clip_goes_first(
    tiny_folder: Path, clip_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_folder, folder)
    shutil.copytree(clip_folder, folder / "clip")
    lab = Lab(folder, None)
    lab.engine = TorchEngine(lab.catalog, "cpu", clip="/no/where")
    assert scores(lab) != [None]
    assert not caplog.records
    lab.engine.close()


def no_clip(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "bert"}')


def only_pickles(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder / "pytorch_model.bin")


def cut_short(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-10])


def weights_missing(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    del tensors["visual_projection.weight"]
    save_file(tensors, folder / WEIGHTS, {"format": "pt"})


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def nothing_there(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (no_clip, "is no CLIP (it says bert)"),
        (only_pickles, "has no safetensors"),
        (cut_short, "cut short"),
        (weights_missing, "some of its weights are missing"),
        (no_tokenizer, "tokenizer.json"),
        (nothing_there, "There is no CLIP at"),
    ],
)
def test_a_clip_that_cannot_be_loaded_is_said_once_and_costs_no_picture(
    spoil: Callable[[Path], None],
    said: str,
    tiny_folder: Path,
    clip_folder: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "clip"
    shutil.copytree(clip_folder, folder)
    spoil(folder)
    lab = Lab(tiny_folder, None)
    lab.engine = TorchEngine(lab.catalog, "cpu", clip=str(folder))
    assert scores(lab, count=2) == [None, None]
    assert scores(lab) == [None]
    lab.engine.close()
    (record,) = caplog.records
    assert said in record.getMessage()
    assert record.exc_info is None and "\n" not in record.getMessage()


def test_a_clip_that_breaks_costs_no_picture(
    scoring: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    fault = Limit(RuntimeError("a secret"), largest=0)
    clip_of(scoring)._network.visual_projection.register_forward_pre_hook(fault)
    assert scores(scoring, count=2) == [None, None]
    (record,) = caplog.records
    assert "secret" not in record.getMessage()
    assert record.exc_info is not None  # the log says more


def test_a_clip_without_memory_costs_no_picture(
    scoring: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    fault = Limit(MemoryError(), largest=0)
    clip_of(scoring)._network.visual_projection.register_forward_pre_hook(fault)
    assert scores(scoring, count=2) == [None, None]
    (record,) = caplog.records
    assert "not enough memory for CLIP" in record.getMessage()


def test_clip_gives_way_before_a_batch_is_split(scoring: Lab) -> None:
    pipe = scoring.engine._load(scoring.specs()[0].model, lambda event: None).pipe
    refused: list[int] = []

    def refuse_once(_module: object, _inputs: object) -> None:
        if not refused:
            refused.append(1)
            raise MemoryError

    hook = pipe.unet.conv_in.register_forward_pre_hook(refuse_once)
    done = of_type(scoring.run(scoring.specs(count=2)), Decoded)
    hook.remove()
    assert [match_in(one.notes) for one in done] == [None, None]
    assert not [name for one in done for name in one.notes if name.startswith("memory")]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_clip_that_left_the_gpu_gives_the_same_score(clip_folder: Path, picture: Pixels) -> None:
    similarity = Similarity(lambda on_bytes: clip_folder, torch.device("cuda"))
    similarity.load()
    before = similarity.match("a red car", picture)
    assert similarity.give_way()
    after = similarity.match("a red car", picture)
    assert before is not None and after is not None
    # float16 keeps 11 bits of a number.
    assert before == pytest.approx(after, abs=1e-2)


def test_a_clip_is_fetched_from_the_hub_once_and_without_pickles(
    clip_folder: Path, tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "someone/tiny-clip"
    served = tmp_path / "hub" / name
    shutil.copytree(clip_folder, served)
    for other in ("pytorch_model.bin", "flax_model.msgpack", "open_clip_model.safetensors"):
        (served / other).write_bytes(b"other")
    catalog = Catalog(str(tiny_folder), hub_cache=tmp_path / "cache")
    spec = spec_of(catalog, str(tiny_folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def score() -> float | None:
        engine = TorchEngine(catalog, "cpu", clip=name)
        (done,) = of_type(run_one(engine, spec), Decoded)
        engine.close()
        return match_in(done.notes)

    with SmallHub(tmp_path / "hub") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        first = score()
        fetched = {path.rpartition("/")[2] for method, path, _ in hub.log if "/resolve/" in path}
        hub.log.clear()
        assert first is not None
        assert score() == first
        assert hub.log == []
    assert WEIGHTS in fetched
    assert not fetched & {"pytorch_model.bin", "flax_model.msgpack", "open_clip_model.safetensors"}


THINGS = ("car", "house", "boat", "cat", "rocket", "tree", "balloon", "castle")
ASKED = {thing: f"a red {thing} on a green hill" for thing in THINGS}
"""Prompts that differ in nothing but the thing."""


def test_pictures_of_the_asked_thing_rank_above_pictures_of_another(tmp_path: Path) -> None:
    """Only pictures count on which the judge, which is apart from CLIP, sees the thing that was asked for."""
    demo = Lab(Path("demo"), tmp_path, embedded=EMBEDDED)
    judge = load_judge()
    shown: dict[str, list[Decoded]] = {}
    for thing, prompt in ASKED.items():
        done = of_type(demo.run(demo.specs(prompt=prompt, seed=500, count=3, steps=10)), Decoded)
        verdicts = judge.classify([Image.fromarray(one.pixels) for one in done])
        shown[thing] = [
            one for one, said in zip(done, verdicts, strict=True) if said.thing == thing
        ]
    demo.engine.close()
    assert sum(map(len, shown.values())) >= 18
    assert all(shown.values())

    clip = Clip(EMBEDDED["demo"] / "clip")
    pairs = [
        one > clip.similarity(prompt, other.pixels)
        for thing, prompt in ASKED.items()
        for one in [float(picture.notes[MATCH]) for picture in shown[thing]]
        for another in ASKED
        if another != thing
        for other in shown[another]
    ]
    assert np.mean(pairs) >= 0.95

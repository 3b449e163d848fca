"""Learnt words are read as diffusers reads them, wherever they stand, and weigh as others do."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from sdgui.bench.random_models.tiny_families import write_family
from sdgui.engine.catalog import Catalog
from tests.engine.adapter_files import write_a1111_words, write_diffusers_words, write_xl_words
from tests.engine.adapters.test_loras import Studio, close, finished
from tests.engine.conftest import Lab
from tests.engine.tiny_model import write_tiny_model

CHUNK = 75


def vectors(count: int, width: int = 16, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, width, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    root = tmp_path_factory.mktemp("words")
    studio = Studio(write_tiny_model(root / "tiny"), root)
    write_a1111_words(studio.models / "ink-3.safetensors", vectors(3))
    write_diffusers_words(studio.models / "oil.safetensors", vectors(1, seed=1))
    yield studio
    studio.lab.engine.close()


@pytest.mark.parametrize("where", ["prompt", "negative_prompt"])
@pytest.mark.parametrize(("name", "token"), [("Ink-3", "<<ink>>"), ("oil", "<<oil>>")])
def test_a_learnt_word_is_read_as_diffusers_reads_it(
    studio: Studio, where: str, name: str, token: str
) -> None:
    asked = {"prompt": "a red car", "guidance": 5.0, where: f"a {name}, red"}
    ours = finished(studio.warm(), studio.lab.specs(**asked, steps=2, emphasis=True))

    other = Lab(studio.folder, None)
    warm = studio.warm(other)
    own = vectors(3) if name == "Ink-3" else vectors(1, seed=1)
    warm.pipe.load_textual_inversion({token: own}, token=token)
    theirs = finished(warm, other.specs(**{**asked, where: f"a {token}, red"}, steps=2))
    assert close(ours, theirs)
    plain = finished(studio.warm(), studio.lab.specs(**asked, steps=2))
    assert not close(ours, plain, 1e-2)


def test_after_learnt_words_a_prompt_is_read_as_before(studio: Studio) -> None:
    base = studio.latents("a red car")
    studio.latents("an ink-3 oil car")
    assert torch.equal(studio.latents("a red car"), base)


def test_it_weighs_and_is_the_same_in_company(studio: Studio) -> None:
    prompts = ("an (ink-3:1.4) car", "an ink-3 car", "ink-3 cat")
    alone = [studio.lab.pictures(studio.specs(one))[0] for one in prompts]
    specs = tuple(studio.specs(one)[0] for one in prompts)
    together = studio.lab.pictures(specs)
    for one, other in zip(alone, together, strict=True):
        assert np.abs(one.astype(int) - other.astype(int)).max() <= 1
    assert len({one.tobytes() for one in alone}) == len(prompts)


def test_each_vector_counts_as_a_token_and_no_word_is_cut_by_a_chunk(studio: Studio) -> None:
    def measured(prompt: str) -> tuple[int, int]:
        length = studio.lab.catalog.measure_prompt(str(studio.folder), prompt)
        return length.tokens, length.chunks

    assert measured("a ink-3") == (1 + 3, 1)
    full = "a " * (CHUNK - 2)
    assert measured(f"{full}a") == (CHUNK - 1, 1)
    assert measured(f"{full}ink-3") == (CHUNK + 1, 2)
    warm = studio.warm()
    (spec,) = studio.specs(f"{full}ink-3")
    weigher = warm.weigher
    chunks = weigher._cut(warm.pipe, spec.prompt, warm.learnt.of(spec.adapters))  # type: ignore[attr-defined, arg-type]
    assert [len(chunk.ids) for chunk in chunks] == [CHUNK - 2, 3]


def test_a_word_for_another_text_encoder_is_a_word_like_any_other(studio: Studio) -> None:
    path = write_a1111_words(studio.models / "cat.safetensors", vectors(2, width=24))
    (spec,) = studio.specs("a cat")
    assert spec.adapters == ()
    assert Catalog(str(studio.folder), models_dirs=(studio.models,)).find_adapters(
        studio.lab.catalog.describe(str(studio.folder)), "an Oil", ""
    )
    path.unlink()


def test_xl_has_vectors_for_each_of_its_text_encoders(tmp_path: Path) -> None:
    studio = Studio(write_family("sdxl", tmp_path / "sdxl"), tmp_path)
    warm = studio.warm()
    widths = studio.lab.catalog.describe(str(studio.folder)).text_widths
    first, second = (vectors(2, width, seed) for seed, width in enumerate(widths))
    write_xl_words(studio.models / "ink.safetensors", first, second)
    ours = studio.latents("an ink car")

    other = Lab(studio.folder, None)
    warm = studio.warm(other)
    for part, own in (("", first), ("_2", second)):
        warm.pipe.load_textual_inversion(
            {"<<ink>>": own},
            token="<<ink>>",
            text_encoder=getattr(warm.pipe, f"text_encoder{part}"),
            tokenizer=getattr(warm.pipe, f"tokenizer{part}"),
        )
    theirs = finished(warm, other.specs(prompt="an <<ink>> car", steps=2))
    assert close(ours, theirs)
    assert not close(ours, studio.by_hand(lambda pipe: None, prompt="an car"), 1e-3)

"""What an owner corrects of a model decides pixels as if the model's own files said it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPTextConfig, CLIPTextModel

from sdgui.correction import Correction
from sdgui.engine.clip_skip import skipping_layers
from sdgui.errors import UserError
from sdgui.events import Pixels
from sdgui.spec import DreamRequest
from tests.engine.conftest import Lab
from tests.engine.tiny_model import write_tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says it predicts v, with a text encoder of three layers."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "v", text_layers=3)


@pytest.fixture(scope="module")
def corrected(folder: Path) -> Iterator[Lab]:
    lab = Lab(folder, None)
    yield lab
    lab.engine.close()


def picture(lab: Lab, correction: Correction | None = None, **asked: object) -> Pixels:
    [one] = lab.pictures(lab.specs(correction=correction, guidance=3.0, **asked))
    return one


def says(folder: Path, into: Path, **changes: object) -> Lab:
    """The same model, whose own scheduler config says this."""
    write_tiny_model(into, text_layers=3)
    file = into / "scheduler" / "scheduler_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    return Lab(into, None)


@pytest.mark.parametrize(
    ("correction", "own"),
    [
        (Correction(prediction_type="epsilon"), {"prediction_type": "epsilon"}),
        (
            Correction(zero_snr=True),
            {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"},
        ),
    ],
)
def test_a_corrected_model_makes_the_pictures_of_one_whose_files_say_so(
    corrected: Lab, folder: Path, tmp_path: Path, correction: Correction, own: dict[str, object]
) -> None:
    lab = says(folder, tmp_path / "own", **own)
    by_its_files = picture(lab, steps=12)
    lab.engine.close()
    assert np.array_equal(picture(corrected, correction, steps=12), by_its_files)
    assert not np.array_equal(picture(corrected, steps=12), by_its_files)


def test_what_is_corrected_does_not_outlive_its_batch(corrected: Lab) -> None:
    before = picture(corrected)
    picture(corrected, Correction(prediction_type="epsilon", clip_skip=2))
    assert np.array_equal(picture(corrected), before)


@pytest.mark.parametrize("emphasis", [False, True])
def test_clip_skip_changes_the_picture_with_words_weighed_or_not(
    corrected: Lab, emphasis: bool
) -> None:
    last, before_it = (
        picture(corrected, Correction(clip_skip=skip), emphasis=emphasis) for skip in (1, 2)
    )
    assert not np.array_equal(last, before_it)


def test_clip_skip_reads_the_layer_that_it_counts_from_the_end_with_the_final_norm() -> None:
    torch.manual_seed(0)
    config = CLIPTextConfig(
        vocab_size=9,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        max_position_embeddings=6,
        eos_token_id=8,
    )
    encoder = CLIPTextModel(config).eval()
    norm = getattr(encoder, "text_model", encoder).final_layer_norm
    ids = torch.tensor([[1, 2, 3, 8]])
    with torch.inference_mode():
        told = encoder(ids, output_hidden_states=True)
        for skip in (1, 2, 3):
            with skipping_layers(encoder, skip):
                assert torch.equal(encoder(ids)[0], norm(told.hidden_states[-skip]))
        assert torch.equal(encoder(ids)[0], told[0])
    with pytest.raises(UserError, match="has 4 layers"), skipping_layers(encoder, 5):
        pass


def test_a_sampler_without_a_schedule_that_ends_in_noise_is_refused(corrected: Lab) -> None:
    with pytest.raises(UserError, match="Heun knows no noise schedule"):
        corrected.specs(sampler="Heun", correction=Correction(zero_snr=True))


def test_a_family_that_cannot_be_read_so_says_it(corrected: Lab) -> None:
    info = replace(corrected.catalog.describe(corrected.model), corrections=())
    [spec] = corrected.specs()
    request = replace(DreamRequest.again(spec), correction=Correction(clip_skip=2))
    with pytest.raises(UserError, match="cannot be read with another clip skip"):
        request.resolve(info, lambda: 0)

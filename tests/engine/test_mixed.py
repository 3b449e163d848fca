"""A model in two number formats does all that one in float32 does, and its pictures are the same to the eye."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sdgui.bench.dtypes import OF_UNETS, PLAIN, psnr
from sdgui.correction import Correction
from sdgui.engine.changes import decoding_in_tiles
from sdgui.engine.device import Placement
from sdgui.engine.generate import decode, denoise
from sdgui.engine.loader import WarmModel
from sdgui.engine.memory_plan import Arrangement, Keep
from sdgui.engine.mixed import ENDS
from sdgui.events import Pixels, TaskFailed
from sdgui.spec import PictureSpec
from tests.engine.adapter_files import RANK, matrices, write_a1111_words, write_kohya, write_peft
from tests.engine.conftest import Lab, of_type
from tests.engine.test_arrangements import arrange
from tests.engine.tiny_model import write_tiny_model
from tests.engine.vae_files import make_vae, write_diffusers

MIXED = OF_UNETS["the same, channels last"]
TRUE = 40
"""Decibels above which nobody tells two pictures of this size apart."""


class Two:
    """A tiny model in float32 and in two formats, with LoRAs, a learnt word and a VAE beside it."""

    def __init__(self, root: Path) -> None:
        self.models = root / "models"
        self._folder, self._cache = write_tiny_model(root / "tiny"), root / "cache"
        self.plain, self.mixed = self.lab(PLAIN), self.lab(MIXED)
        pipe = warm(self.plain).pipe
        self.ink = matrices(pipe, 1)
        write_kohya(self.models / "ink.safetensors", self.ink)
        write_peft(self.models / "oil.safetensors", matrices(pipe, 2))
        write_a1111_words(self.models / "birb.safetensors", torch.randn(2, 16))
        write_diffusers(self.models / "warm.safetensors", make_vae())

    def lab(self, placement: Placement) -> Lab:
        return Lab(self._folder, self._cache, models_dirs=(self.models,), placement=placement)

    def specs(self, prompt: str = "a red car", **asked: Any) -> tuple[PictureSpec, ...]:
        told = {"prompt": prompt, "steps": 2, "emphasis": True, "guidance": 3.0, **asked}
        return self.plain.specs(**told)


def warm(lab: Lab) -> WarmModel:
    return lab.engine._load(lab.specs()[0].model, lambda event: None)


def latents(lab: Lab, specs: tuple[PictureSpec, ...]) -> torch.Tensor:
    return denoise(warm(lab), specs, lambda step, steps, predict: None, lambda step, steps: None)


def picture(lab: Lab, specs: tuple[PictureSpec, ...]) -> Pixels:
    [one] = lab.pictures(specs)
    return one


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    two = Two(tmp_path_factory.mktemp("mixed"))
    yield two
    two.plain.engine.close()
    two.mixed.engine.close()


@pytest.mark.parametrize(
    "prompt",
    [
        "a red car",
        "a (red:1.4) car [in] the snow",
        "a birb on a red car",
        "a red car<lora:ink:0.8>",
        "a red car<lora:oil:-0.5><lora:ink:te=0:unet=1>",
    ],
)
def test_what_a_prompt_asks_for_is_as_true_as_without(two: Two, prompt: str) -> None:
    specs = two.specs(prompt)
    assert psnr(picture(two.mixed, specs), picture(two.plain, specs)) > TRUE


def test_a_loras_matrices_are_those_of_its_file_and_a_layer_answers_in_its_own_format(
    two: Two,
) -> None:
    two.mixed.pictures(two.specs("a red car<lora:oil:1>"))
    unet = warm(two.mixed).pipe.unet
    called = f"sdgui_{warm(two.mixed).loras.held[-1]}"
    held = unet.state_dict()
    for name, one in load_file(two.models / "oil.safetensors").items():
        if name.startswith("unet."):
            there = name.removeprefix("unet.").replace(".weight", f".{called}.weight")
            assert torch.equal(held[there], one)
    layer = unet.mid_block.attentions[0].transformer_blocks[0].attn1.to_q
    given = torch.ones(1, layer.in_features, dtype=torch.bfloat16)
    assert layer(given).dtype is torch.bfloat16


def test_after_any_sequence_no_lora_is_the_model_itself_bit_for_bit(two: Two) -> None:
    base = latents(two.lab(MIXED), two.specs())
    once = latents(two.mixed, two.specs("a red car<lora:ink:1>"))
    for prompt in ("<lora:oil:2>", "<lora:ink:-1><lora:oil:1>", "<lora:oil:0>"):
        latents(two.mixed, two.specs(f"a red car{prompt}"))
        assert torch.equal(latents(two.mixed, two.specs()), base)
    assert torch.equal(latents(two.mixed, two.specs("a red car<lora:ink:1>")), once)
    warm(two.mixed).loras.drop()
    assert torch.equal(latents(two.mixed, two.specs()), base)


def test_a_lora_that_does_not_fit_leaves_no_trace(two: Two) -> None:
    base, model = latents(two.mixed, two.specs()), warm(two.mixed)
    model.loras.drop()
    before = {name: one.dtype for name, one in model.pipe.unet.state_dict().items()}
    name = next(name for name in reversed(two.ink) if name.startswith("unet"))
    bad = {**two.ink, name: (torch.ones(RANK, 7), two.ink[name][1])}
    write_peft(two.models / "bad.safetensors", bad)
    events = two.mixed.run(two.specs("a red car<lora:ink:1><lora:bad:1>"))
    assert len(of_type(events, TaskFailed)) == 1
    after = {name: one.dtype for name, one in model.pipe.unet.state_dict().items()}
    assert after == before
    assert torch.equal(latents(two.mixed, two.specs()), base)


def test_another_vae_and_tiles_decode_in_float32(two: Two) -> None:
    vae = two.plain.catalog.choose_vae("warm", two.plain.catalog.describe(two.plain.model))
    specs = two.specs(correction=Correction(vae=vae))
    own = picture(two.mixed, two.specs())
    assert psnr(picture(two.mixed, specs), picture(two.plain, specs)) > TRUE
    assert np.array_equal(picture(two.mixed, two.specs()), own)
    [made] = latents(two.mixed, two.specs())
    model = warm(two.mixed)
    with decoding_in_tiles(model, 64):
        tiled, note = decode(model, made)
    assert tiled is not None and tiled.shape == own.shape and not note


@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ 2M Karras", "Heun"])
def test_a_picture_alone_is_itself_in_company(two: Two, sampler: str) -> None:
    specs = two.specs(count=5, sampler=sampler)
    alone = picture(two.mixed, specs[:1]).astype(int)
    for count in (2, 5):
        assert np.abs(two.mixed.pictures(specs[:count])[0].astype(int) - alone).max() <= 1


@pytest.mark.parametrize("keep", [Keep.PARTS, Keep.GROUPS])
def test_a_model_that_is_taken_apart_makes_the_same_pictures(
    two: Two, monkeypatch: pytest.MonkeyPatch, keep: Keep
) -> None:
    apart, prompts = two.lab(MIXED), ("a red car<lora:ink:0.8>", "a red car")
    expected = [latents(two.mixed, two.specs(prompt)) for prompt in prompts]
    arrange(apart, monkeypatch, Arrangement(keep=keep))
    for prompt, one in zip(prompts, expected, strict=True):
        assert torch.equal(latents(apart, two.specs(prompt)), one)
    apart.engine.close()


def test_weights_in_8_bits_are_computed_with_in_the_format_of_their_layer(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that were rounded to bfloat16 before now and then are the next of 8 bits, a sixteenth away."""
    small, plain = two.lab(MIXED), two.lab(PLAIN)
    for lab in (small, plain):
        arrange(lab, monkeypatch, Arrangement(float8=True))
    for prompt in ("a red car", "a red car<lora:ink:0.8>", "a red car"):
        specs = two.specs(prompt)
        assert psnr(picture(small, specs), picture(plain, specs)) > 30
    unet = warm(small).pipe.unet
    assert unet.dtype is torch.float32  # in which noise is drawn
    assert unet.mid_block.resnets[0].conv1.weight.dtype is torch.float8_e4m3fn
    assert warm(small).held_by(torch.device("cpu")) < warm(two.mixed).weights


def test_its_memory_is_counted_as_it_is_held(two: Two) -> None:
    """All but its ends, which a real model has next to nothing in."""
    model, unet = warm(two.lab(MIXED)), warm(two.mixed).pipe.unet
    ends = sum(
        one.nbytes // 2 for name in ENDS for one in getattr(unet, name).parameters()
    )  # of each number the half that is not counted
    assert model.held_by(torch.device("cpu")) == pytest.approx(model.weights + ends, rel=0.01)

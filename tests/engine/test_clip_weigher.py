"""Words are weighed as by hand, in chunks of which each is what it is alone."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline

from sdgui.engine.clip_weigher import ClipWeigher, Weighed, weighed

EXACT = {"atol": 0.0, "rtol": 0.0}
# One multiplication and one division in float32, in another order.
BY_HAND = {"atol": 1e-6, "rtol": 1e-5}


def read_one(pipe: Any, ids: Any) -> tuple[list[torch.Tensor], None]:
    return [pipe.text_encoder(ids[0])[0]], None


WEIGHER = ClipWeigher(read_one)


@pytest.fixture(scope="module")
def pipe(tiny_folder: Path) -> Any:
    """With a last layer norm as training leaves it: a fresh one makes every mean nothing."""
    pipe = StableDiffusionPipeline.from_pretrained(
        tiny_folder, safety_checker=None, feature_extractor=None, requires_safety_checker=False
    )
    norm = pipe.text_encoder.final_layer_norm
    torch.manual_seed(0)
    with torch.no_grad():
        norm.weight.normal_(1.0, 0.3)
        norm.bias.normal_(-0.3, 0.3)
    return pipe


def encode(pipe: Any, prompt: str, chunks: int = 1) -> torch.Tensor:
    with torch.inference_mode():
        encoded: torch.Tensor = WEIGHER.encode(pipe, Weighed(prompt=prompt, chunks=chunks))
    return encoded


def plainly(pipe: Any, prompt: str) -> torch.Tensor:
    with torch.inference_mode():
        return pipe.encode_prompt(prompt, "cpu", 1, False)[0]


def by_hand(states: torch.Tensor, weights: dict[int, float]) -> torch.Tensor:
    """Each of the 77 states times its weight, then all times what brings back the mean."""
    changed = states.clone()
    for place, weight in weights.items():
        changed[0, place] = changed[0, place] * weight
    return changed * (states.sum() / changed.sum())


@pytest.mark.parametrize(
    ("prompt", "plain", "weights"),
    [
        # "cat" and "red" are one token each, behind the start.
        ("(red:1.4) cat", "red cat", {1: 1.4}),
        ("red ((cat))", "red cat", {2: 1.21}),
        ("[red] (cat:0)", "red cat", {1: 0.909091, 2: 0.0}),
        ("(red (cat:2):1.5) red", "red cat red", {1: 1.5, 2: 3.0}),
        ("(red:-1) cat", "red cat", {1: -1.0}),
        (r"\(red\) (cat:1.3)", "(red) cat", {4: 1.3}),
    ],
)
def test_words_are_weighed_as_by_hand(
    pipe: Any, prompt: str, plain: str, weights: dict[int, float]
) -> None:
    expected = by_hand(plainly(pipe, plain), weights)
    torch.testing.assert_close(encode(pipe, prompt), expected, **BY_HAND)
    assert not torch.equal(encode(pipe, prompt), plainly(pipe, plain))


@pytest.mark.parametrize(
    "prompt", ["", "a red car", 'a C++ book, "so" it\'s', "日本語 🦕", "cat " * 75, "(red:1) cat"]
)
def test_without_weights_one_chunk_is_what_diffusers_encodes(pipe: Any, prompt: str) -> None:
    plain = prompt.replace("(red:1)", "red")
    torch.testing.assert_close(encode(pipe, prompt), plainly(pipe, plain), **EXACT)


@pytest.mark.parametrize(
    ("prompt", "chunks"),
    [
        ("", 1), ("cat " * 75, 1), ("cat " * 76, 2), ("cat " * 150, 2), ("cat " * 151, 3),
        ("BREAK cat", 2), ("cat BREAK", 1), ("BREAK", 1), ("red BREAK BREAK cat", 3),
    ],
)  # fmt: skip
def test_a_prompt_of_any_length_is_read_in_chunks(pipe: Any, prompt: str, chunks: int) -> None:
    assert WEIGHER.chunks(pipe, prompt) == chunks
    assert encode(pipe, prompt).shape == (1, 77 * chunks, 16)


def test_each_chunk_is_what_it_is_alone(pipe: Any) -> None:
    long = "cat " * 75 + "(red:1.5) cat BREAK (red"
    alone = ["cat " * 75, "(red:1.5) cat", "(red)"]
    expected = torch.cat([encode(pipe, one) for one in alone], dim=1)
    torch.testing.assert_close(encode(pipe, long), expected, **EXACT)


def test_a_short_prompt_is_filled_up_with_empty_ones(pipe: Any) -> None:
    expected = torch.cat([encode(pipe, "(cat)"), plainly(pipe, ""), plainly(pipe, "")], dim=1)
    torch.testing.assert_close(encode(pipe, "(cat)", 3), expected, **EXACT)


def test_the_mean_of_a_chunk_stays(pipe: Any) -> None:
    mean = plainly(pipe, "red cat").mean()
    torch.testing.assert_close(encode(pipe, "(red:1.7) cat").mean(), mean, **BY_HAND)


def test_where_there_is_no_mean_to_bring_back_the_weights_alone_count() -> None:
    states = torch.tensor([[[1.0, 2.0], [1.0, 2.0]]])
    for weights in (torch.tensor([1.0, -1.0]), torch.tensor([0.0, 0.0])):
        assert weighed(states, weights).equal(states * weights[None, :, None])
    level = torch.tensor([[[1.0, -1.0], [2.0, -2.001]]])
    assert weighed(level, torch.tensor([2.0, 1.0])).equal(level * torch.tensor([[[2.0], [1.0]]]))


def test_half_precision_stays_half_precision() -> None:
    states = torch.ones(1, 2, 4, dtype=torch.float16)
    assert weighed(states, torch.tensor([1.0, 3.0])).dtype == torch.float16


def test_of_two_text_encoders_each_keeps_its_own_mean_and_the_first_chunk_is_pooled(
    pipe: Any,
) -> None:
    """As SDXL has them: the states side by side, the second pads otherwise and pools."""
    torch.manual_seed(0)
    second = pipe.tokenizer.__class__.from_pretrained(pipe.tokenizer.name_or_path)
    second.pad_token = "!"
    both = SimpleNamespace(
        tokenizer=pipe.tokenizer,
        tokenizer_2=second,
        text_encoder=pipe.text_encoder,
        maybe_convert_prompt=lambda text, _tokenizer: text,
        _execution_device=torch.device("cpu"),
    )
    seen: list[list[int]] = []

    def read(both: Any, ids: Any) -> tuple[list[torch.Tensor], torch.Tensor]:
        seen.append(ids[1][0].tolist())
        states = [both.text_encoder(one)[0] for one in ids]
        return [states[0], states[1] * 5 + 1], states[1][:, 0]

    weigher = ClipWeigher(
        read,
        tokenizers=("tokenizer", "tokenizer_2"),
        finish=lambda states, pooled: (states, pooled),
    )
    with torch.inference_mode():
        states, pooled = weigher.encode(both, Weighed(prompt="(red:1.4) BREAK cat", chunks=2))
        one, two = read(both, [torch.tensor([padded]) for padded in _first(both, "red")])[0]
    assert states.shape == (1, 154, 32)
    torch.testing.assert_close(states[:, :77, :16], by_hand(one, {1: 1.4}), **BY_HAND)
    torch.testing.assert_close(states[:, :77, 16:], by_hand(two, {1: 1.4}), **BY_HAND)
    assert pooled.shape == (1, 16)
    assert seen[0][3:] == [second.pad_token_id] * 74


def _first(both: Any, word: str) -> list[list[int]]:
    padded = {"padding": "max_length", "max_length": 77}
    return [one(word, **padded).input_ids for one in (both.tokenizer, both.tokenizer_2)]


@pytest.mark.parametrize(
    ("prompt", "is_negative", "is_blank"),
    [(" ", True, True), ("", False, False), ("cat", True, False)],
)
def test_a_negative_prompt_without_words_is_all_zeros_where_the_model_wants_it(
    pipe: Any, prompt: str, is_negative: bool, is_blank: bool
) -> None:
    weigher = ClipWeigher(read_one, blanks=lambda _pipe: True)
    with torch.inference_mode():
        asked = Weighed(prompt=prompt, chunks=2, is_negative=is_negative)
        encoded = weigher.encode(pipe, asked)
    assert encoded.shape == (1, 154, 16)
    assert encoded.eq(0).all() == is_blank

"""Pictures whose prompts need as many chunks are made together."""

from dataclasses import replace

import pytest

from sdgui.batches import MAX_CHUNKS, batch_key, with_chunks
from sdgui.emphasis import PromptLength
from sdgui.errors import UserError
from tests.samples import SPEC

WEIGHED = replace(SPEC, emphasis=True)


def measure(_model: str, prompt: str) -> PromptLength:
    """A chunk for each word."""
    words = max(1, len(prompt.split()))
    return PromptLength(tokens=words, chunks=words, room=75)


def chunks(**asked: object) -> int:
    (spec,) = with_chunks([replace(WEIGHED, **asked)], measure)  # type: ignore[arg-type]
    return spec.chunks


def test_the_longer_of_both_prompts_counts() -> None:
    assert chunks(prompt="a b c") == 3
    assert chunks(prompt="a b c", negative_prompt="d e f g") == 4


def test_a_negative_prompt_that_is_not_read_does_not_count() -> None:
    assert chunks(prompt="a", negative_prompt="d e f g", guidance=1.0) == 1


def test_what_is_read_plainly_has_one_chunk_and_is_not_measured() -> None:
    def unmeasurable(_model: str, _prompt: str) -> PromptLength:
        raise AssertionError

    (spec,) = with_chunks([replace(SPEC, prompt="a b c")], unmeasurable)
    assert spec.chunks == 1


def test_pictures_of_other_lengths_are_not_made_together() -> None:
    specs = [replace(WEIGHED, prompt=prompt) for prompt in ("a b", "c d", "a b c")]
    two, too, three = (batch_key(spec) for spec in with_chunks(specs, measure))
    assert two == too != three


def test_a_prompt_of_too_many_chunks_is_refused() -> None:
    assert chunks(prompt="x " * MAX_CHUNKS) == MAX_CHUNKS
    with pytest.raises(UserError, match=f"fills {MAX_CHUNKS + 1} chunks, and at most {MAX_CHUNKS}"):
        chunks(prompt="x " * (MAX_CHUNKS + 1))

"""A prompt of any length is cut as A1111 documents it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdgui.emphasis import read_prompt
from sdgui.engine.chunks import Chunk, chunks_of

COMMA = 0


def tokenize(text: str) -> list[int]:
    """A token for each letter: commas have the id 0, all else that can be seen its own."""
    return [COMMA if letter == "," else ord(letter) for letter in text if not letter.isspace()]


def cut(text: str, size: int = 75) -> tuple[Chunk, ...]:
    return chunks_of(read_prompt(text), tokenize, size=size, comma=COMMA)


def lengths(text: str) -> list[int]:
    return [len(chunk.ids) for chunk in cut(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [0]),
        ("a" * 75, [75]),
        ("a" * 76, [75, 1]),
        ("a" * 150, [75, 75]),
        ("a" * 151, [75, 75, 1]),
        ("a BREAK b", [1, 1]),
        ("BREAK", [0]),
        ("BREAK a", [0, 1]),
        ("a BREAK", [1]),
        ("a BREAK BREAK b", [1, 0, 1]),
        ("a" * 80 + " BREAK b", [75, 5, 1]),
        ("a" * 75 + " BREAK b", [75, 1]),
    ],
)
def test_chunks_are_full_before_the_next_begins(text: str, expected: list[int]) -> None:
    assert lengths(text) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (54, [75, 5]),  # the comma is the 55th of 75, 21 from the end
        (55, [56, 24]),
        (73, [74, 6]),
        (74, [75, 5]),
        (75, [75, 5]),  # the comma itself begins the next one
    ],
)
def test_a_comma_among_the_last_twenty_moves_the_break_there(
    before: int, expected: list[int]
) -> None:
    assert lengths("a" * before + "," + "b" * (79 - before)) == expected


def test_the_last_of_several_commas_counts_and_a_full_prompt_is_not_cut() -> None:
    assert lengths("a" * 58 + "," + "b" * 5 + "," + "c" * 40) == [65, 40]
    assert lengths("a" * 60 + "," + "b" * 14) == [75]


def test_each_token_has_the_weight_of_its_words() -> None:
    first, second = cut("a(bc:2)" + "d" * 72 + "(e:0.5)")
    assert first.weights == (1, 2, 2) + (1,) * 72
    assert second == Chunk(ids=(ord("e"),), weights=(0.5,))


def test_without_a_comma_in_the_vocabulary_only_fullness_breaks() -> None:
    prompt = read_prompt("a" * 60 + "," + "b" * 30)
    chunks = chunks_of(prompt, tokenize, size=75, comma=None)
    assert [len(chunk.ids) for chunk in chunks] == [75, 16]


@given(st.text("a,", max_size=400), st.integers(1, 80))
def test_nothing_is_lost_and_no_chunk_is_too_long(text: str, size: int) -> None:
    chunks = cut(text, size)
    ids: Sequence[int] = [token for chunk in chunks for token in chunk.ids]
    assert ids == tokenize(text)
    assert all(len(chunk.ids) == len(chunk.weights) <= size for chunk in chunks)
    assert len(chunks) == 1 or all(chunk.ids for chunk in chunks)

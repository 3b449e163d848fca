"""Lists and ranges, as a person writes them, become values or one plain sentence."""

from decimal import Decimal

import pytest

from sdgui.axis_values import (
    MAX_LENGTH,
    MAX_VALUES,
    read_names,
    read_numbers,
    read_sizes,
    read_texts,
    written,
)
from sdgui.errors import UserError


def whole(text: str) -> list[int]:
    return [int(value) for value in read_numbers(text, "Steps", whole=True)]


def real(text: str) -> list[str]:
    return [written(value) for value in read_numbers(text, "Guidance", whole=False)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("7", [7]),
        ("1, 2, 5", [1, 2, 5]),
        ("1,2,5", [1, 2, 5]),
        (" 1 ,\n 2 \r\n5 ", [1, 2, 5]),
        ("1, 2, 5,", [1, 2, 5]),
        ("1-10", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        ("1 - 4", [1, 2, 3, 4]),
        ("1–3", [1, 2, 3]),
        ("5-5", [5]),
        ("1-10 (+3)", [1, 4, 7, 10]),
        ("1-10(+3)", [1, 4, 7, 10]),
        ("1-10 (3)", [1, 4, 7, 10]),
        ("1-9 ( + 3 )", [1, 4, 7]),
        ("10-1 (-3)", [10, 7, 4, 1]),
        ("10-1 (−3)", [10, 7, 4, 1]),
        ("5-9 [5]", [5, 6, 7, 8, 9]),
        ("10-50 [3]", [10, 30, 50]),
        ("1-10 [3]", [1, 6, 10]),
        ("1-3 [9]", [1, 2, 3]),
        ("1-3, 7", [1, 2, 3, 7]),
        ("20, 1-3, 10-8 (-1)", [20, 1, 2, 3, 10, 9, 8]),
        ("20.0", [20]),
        ("-1", [-1]),
        ("-2-1", [-2, -1, 0, 1]),
        ("-3--1", [-3, -2, -1]),
        ("0-4294967295 [2]", [0, 4294967295]),
    ],
)
def test_whole_numbers(text: str, values: list[int]) -> None:
    assert whole(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.0-2.0 (+0.5)", ["1", "1.5", "2"]),
        ("0-1 [5]", ["0", "0.25", "0.5", "0.75", "1"]),
        ("0-1 [4]", ["0", "0.3333", "0.6667", "1"]),
        ("0.1-0.4 (+0.1)", ["0.1", "0.2", "0.3", "0.4"]),
        ("1-0 (-0.25)", ["1", "0.75", "0.5", "0.25", "0"]),
        (".5, 7., 100", ["0.5", "7", "100"]),
        ("1-2 (+0.7)", ["1", "1.7"]),
        ("-0", ["0"]),
    ],
)
def test_real_numbers_are_exact_as_they_are_written(text: str, values: list[str]) -> None:
    assert real(text) == values


@pytest.mark.parametrize("text", ["", "   ", ",", " , ,\n"])
def test_no_values_are_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"^The axis Steps has no values\."):
        whole(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("10-1", "Write 1-10, or 10-1 (-1)."),
        ("10-1 (+3)", "Write 1-10 (+3), or 10-1 (-3)."),
        ("10-1 [4]", "Write 1-10 [4], or 10-1 (-1)."),
        ("3, 10-1", "Write 1-10, or 10-1 (-1)."),
    ],
)
def test_a_range_written_backwards_says_how_to_write_it(text: str, hint: str) -> None:
    with pytest.raises(UserError) as fault:
        whole(text)
    assert "runs backwards" in fault.value.message
    assert fault.value.hint == hint


def test_a_step_back_on_the_way_forward_is_refused() -> None:
    with pytest.raises(UserError, match="steps backwards") as fault:
        whole("1-10 (-3)")
    assert fault.value.hint == "Write 1-10 (+3), or 10-1 (-3)."


def test_a_step_of_nothing_is_refused() -> None:
    with pytest.raises(UserError, match="step is 0"):
        whole("1-10 (+0)")


@pytest.mark.parametrize("text", ["5-9 [0]", "5-9 [1]", "5-5 [1]"])
def test_a_spread_has_room_for_both_ends(text: str) -> None:
    with pytest.raises(UserError, match="both of its ends"):
        whole(text)


@pytest.mark.parametrize("text", ["1.5", "1-2.5", "1-10 (+0.5)", "1.5-4.5 [4]"])
def test_where_whole_numbers_go_no_others_are_taken(text: str) -> None:
    with pytest.raises(UserError, match="The axis Steps takes whole numbers"):
        whole(text)


@pytest.mark.parametrize(
    "text",
    [
        "ten",
        "1;2",
        "1 2",
        "1-",
        "1-2-3",
        "1-10 (+3",
        "1-10 +3",
        "5 (+3)",
        "5 [3]",
        "1-9 [x]",
        "1-9 (+1) [3]",
        "1e9",
        "0x10",
        "inf",
        "nan",
        "٣",
        "²",
        "9" * 31,
        "1-2 [9999999999]",
        "🦕",
        "\x00",
    ],
)
def test_what_is_no_number_is_named(text: str) -> None:
    with pytest.raises(UserError, match="neither a number nor a range"):
        real(text)


@pytest.mark.parametrize(
    "text",
    [
        "1-10000000000",
        "0-1 (+0.000000000001)",
        f"0-{'9' * 30}",
        f"0-{'9' * 30} (+0.000000000001)",
        "1-9 [999999999]",
        "1-300, 1-300",
        ",".join(map(str, range(MAX_VALUES + 1))),
    ],
)
def test_too_many_values_are_refused_before_they_are_made(text: str) -> None:
    with pytest.raises(UserError, match=f"at most {MAX_VALUES} are taken"):
        real(text)


def test_how_many_values_it_would_be_is_said() -> None:
    with pytest.raises(UserError, match="would have 10,000,000,000 values"):
        whole("1-10000000000")


def test_as_many_values_as_a_grid_has_cells_are_taken() -> None:
    assert len(whole(f"1-{MAX_VALUES}")) == MAX_VALUES


def test_numbers_of_any_length_are_kept_to_the_last_digit() -> None:
    assert whole("9" * 30) == [int("9" * 30)]


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("128x128, 192x128", [(128, 128), (192, 128)]),
        ("128×192", [(128, 192)]),
        ("128*64, 64 X 128\n72 x 136", [(128, 64), (64, 128), (72, 136)]),
    ],
)
def test_sizes(text: str, sizes: list[tuple[int, int]]) -> None:
    assert list(read_sizes(text, "Size")) == sizes


@pytest.mark.parametrize("text", ["128", "128x", "x128", "128x128x3", "-8x8", "wide"])
def test_what_is_no_size_is_named(text: str) -> None:
    with pytest.raises(UserError, match="is not a size"):
        read_sizes(text, "Size")


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("cat", ["cat"]),
        ("cat, dog,bird", ["cat", "dog", "bird"]),
        (' "a cat, asleep" , dog', ["a cat, asleep", "dog"]),
        ('"a ""big"" cat", dog', ['a "big" cat', "dog"]),
        ('a sign that says "stop", dog', ['a sign that says "stop"', "dog"]),
        ("a cat, asleep\n  a dog, awake \r\n", ["a cat, asleep", "a dog, awake"]),
        ('"a cat, asleep"\na dog', ["a cat, asleep", "a dog"]),
        ('"never closed\na dog', ['"never closed', "a dog"]),
        ("cat, dog,", ["cat", "dog"]),
        ("cat, , dog", ["cat", "dog"]),
        ("cat\n\ndog", ["cat", "dog"]),
        ("🦕, سيارة", ["🦕", "سيارة"]),
        ("x" * 5000, ["x" * 5000]),
    ],
)
def test_texts(text: str, texts: list[str]) -> None:
    assert list(read_texts(text, "Prompt")) == texts


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ('blurry, ""', ["blurry", ""]),
        (", blurry", ["", "blurry"]),
        ("blurry,", ["blurry"]),
        ('blurry\n""', ["blurry", ""]),
    ],
)
def test_an_empty_text_is_a_value_where_it_means_something(text: str, texts: list[str]) -> None:
    assert list(read_texts(text, "Negative prompt", empty=True)) == texts


@pytest.mark.parametrize("text", ["", " \n ", ",,", '""'])
@pytest.mark.parametrize("empty", [True, False])
def test_no_texts_are_refused(text: str, empty: bool) -> None:
    with pytest.raises(UserError, match="The axis Prompt has no values"):
        read_texts(text, "Prompt", empty=empty)


@pytest.mark.parametrize("text", ['"a cat, asleep', '"a cat" asleep, dog'])
def test_quotes_that_do_not_match_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="quotes of the axis Prompt"):
        read_texts(text, "Prompt")


def test_names_are_separated_by_commas_or_lines() -> None:
    assert read_names("Euler a, Heun\nDDIM,", "Sampler") == ("Euler a", "Heun", "DDIM")


@pytest.mark.parametrize("read", [read_names, read_sizes, read_texts])
def test_endless_text_is_refused(read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UserError, match="characters"):
        read("x" * (MAX_LENGTH + 1), "Prompt")


def test_too_many_texts_are_refused() -> None:
    with pytest.raises(UserError, match="would have 401 values"):
        read_texts("\n".join(map(str, range(401))), "Prompt")


@pytest.mark.parametrize(
    ("value", "text"), [("20", "20"), ("2.50", "2.5"), ("1E+3", "1000"), ("-0.0", "0")]
)
def test_numbers_are_written_as_by_hand(value: str, text: str) -> None:
    assert written(Decimal(value)) == text

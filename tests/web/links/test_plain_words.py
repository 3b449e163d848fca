"""What others are to read stands on one line, as it looks, in the place that it has."""

import pytest

from sdgui.web.links.plain_words import plain

KEPT = ("Ann", "Zoë", "Đặng Thị Hồng", "שָׁלוֹם", "می\u200cخواهم", "नमस्ते", "👩\u200d🚀", "ก็ต้องที่", "1️⃣")


@pytest.mark.parametrize("words", KEPT)
def test_what_people_write_in_any_script_stays_as_it_is(words: str) -> None:
    assert plain(words) == words


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a\u202egnp.exe", "a gnp.exe"),
        ("\u2066a\u2069 \u200fb\u061c", "a b"),
        ("a\r\nSet-Cookie: b\u2028c\x85d", "a Set-Cookie: b c d"),
        ("\x1b[31mred\x00", "[31mred"),
        ("a\u200b\ufeff\u00ad b", "a b"),
        ("\u200d\u200c \u200b", ""),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_or_turns_others_round_is_left_out(words: str, shown: str) -> None:
    assert plain(words) == shown


def test_of_a_flood_of_marks_upon_a_letter_a_few_stay() -> None:
    assert (
        plain("z" + "\u0301" * 300 + "o" + "\u0489" * 300)
        == "z" + "\u0301" * 4 + "o" + "\u0489" * 4
    )

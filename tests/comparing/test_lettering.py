"""Text on sheets: lines, cutting, and characters that the bundled font lacks."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from sdgui.comparing import lettering
from sdgui.comparing.lettering import Lettering, line_height

LONG = "a watercolour of a red bicycle leaning against a white wall beside a window"


@pytest.fixture
def letters() -> Lettering:
    return Lettering([LONG])


@pytest.fixture
def bundled_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any fonts."""
    monkeypatch.setattr(lettering, "_FONTS", ("",))


def ink(letters: Lettering, text: str) -> np.ndarray:
    image = Image.new("L", (400, 60))
    letters.draw(ImageDraw.Draw(image), (10, 40), text, 24, "white")
    return np.asarray(image)


def test_every_line_fits(letters: Lettering) -> None:
    found = letters.set(LONG, 16, width=150, lines=20)
    assert found.whole
    assert len(found.lines) > 2
    assert all(letters.width(line, 16) <= 150 for line in found.lines)


def test_no_word_is_lost(letters: Lettering) -> None:
    assert " ".join(letters.set(LONG, 16, width=150, lines=20).lines) == LONG


def test_what_does_not_fit_is_cut_with_an_ellipsis(letters: Lettering) -> None:
    found = letters.set(LONG, 16, width=150, lines=2)
    assert len(found.lines) == 2
    assert not found.whole
    assert found.lines[-1].endswith("…")
    assert all(letters.width(line, 16) <= 150 for line in found.lines)


def test_a_text_that_just_fits_is_not_cut(letters: Lettering) -> None:
    width = letters.width(LONG, 16)
    assert letters.set(LONG, 16, width=width, lines=1).lines == (LONG,)


def test_a_word_longer_than_a_line_is_broken(letters: Lettering) -> None:
    found = letters.set("x" * 100, 16, width=100, lines=50)
    assert not found.whole
    assert "".join(found.lines) == "x" * 100


def test_a_models_name_breaks_at_its_signs(letters: Lettering) -> None:
    found = letters.set("stable-diffusion/stable-diffusion-v1-5", 16, width=140, lines=4)
    assert found.whole
    assert "".join(found.lines) == "stable-diffusion/stable-diffusion-v1-5"


def test_an_endless_word_is_cut(letters: Lettering) -> None:
    found = letters.set("x" * 2000, 16, width=100, lines=3)
    assert len(found.lines) == 3
    assert found.lines[-1].endswith("…")


def test_new_lines_are_spaces(letters: Lettering) -> None:
    assert letters.set("a\n\n b\tc", 16, width=100, lines=3).lines == ("a b c",)


def test_no_text_has_no_lines(letters: Lettering) -> None:
    assert letters.set(" ", 16, width=100, lines=3).lines == ()


def test_wide_characters_need_no_spaces(letters: Lettering) -> None:
    found = letters.set("猫" * 30, 16, width=120, lines=30)
    assert found.whole
    assert "".join(found.lines) == "猫" * 30


def test_letters_are_made_smaller_before_a_text_is_cut(letters: Lettering) -> None:
    size, (lines,) = letters.fit([LONG], (30, 12), width=300, lines=3)
    assert 12 <= size < 30
    assert " ".join(lines) == LONG


def test_letters_are_as_large_as_fits(letters: Lettering) -> None:
    assert letters.fit(["8"], (30, 12), width=300, lines=1)[0] == 30


def test_letters_are_never_smaller_than_asked(letters: Lettering) -> None:
    size, (lines,) = letters.fit([LONG * 5], (30, 12), width=100, height=40)
    assert size == 12
    assert len(lines) == 40 // line_height(12)


@pytest.mark.usefixtures("bundled_only")
@pytest.mark.parametrize(
    ("given", "drawn"), [("Käse", "Kase"), ("128 × 64", "128 x 64"), ("—", "-")]
)
def test_without_other_fonts_characters_are_simplified(given: str, drawn: str) -> None:
    letters = Lettering([given])
    assert np.array_equal(ink(letters, given), ink(letters, drawn))


@pytest.mark.usefixtures("bundled_only")
def test_without_other_fonts_unknown_scripts_still_leave_a_mark() -> None:
    assert ink(Lettering(["猫"]), "猫").any()


def test_an_english_sheet_is_written_in_the_bundled_font(letters: Lettering) -> None:
    assert {name for name, _ in letters._runs(LONG + ", 128 steps · “fog”")} == {""}


def test_odd_characters_never_fail(letters: Lettering) -> None:
    odd = "\u202eabc\u200d\ufe0f 🐱\u0301 \U0010ffff \ud800 \x00"
    assert ink(letters, odd).any()
    assert letters.set(odd, 16, width=40, lines=3).lines

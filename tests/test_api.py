"""Dreaming from Python, with the model inside."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sdgui.api import dream
from sdgui.errors import UserError
from sdgui.storage.pictures import read_spec


def test_picture_i_of_a_dream_is_the_picture_of_seed_s_plus_i_alone() -> None:
    together = dream("a red boat at sea", seed=40, count=3, steps=8)
    alone = [dream("a red boat at sea", seed=seed, steps=8)[0] for seed in (40, 41, 42)]
    for one, other in zip(together, alone, strict=True):
        assert one.spec == other.spec
        # fp32 sums in another order in a batch; one step of 256 is the largest that rounding can make of it
        np.testing.assert_allclose(one.pixels.astype(int), other.pixels.astype(int), atol=1)


def test_different_seeds_give_different_pictures() -> None:
    one, other = dream("a red boat at sea", seed=1, count=2, steps=8)
    assert np.abs(one.pixels.astype(int) - other.pixels.astype(int)).mean() > 3


def test_a_saved_picture_knows_its_spec(tmp_path: Path) -> None:
    (made,) = dream("a cat", seed=5, steps=2)
    made.save(tmp_path / "cat.png")
    assert read_spec(tmp_path / "cat.png") == made.spec
    with Image.open(tmp_path / "cat.png") as image:
        np.testing.assert_array_equal(np.asarray(image), made.pixels)


def test_steps_are_told_on_the_way() -> None:
    told: list[tuple[int, int]] = []
    dream("a cat", seed=5, steps=3, on_step=lambda step, steps: told.append((step, steps)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_what_cannot_be_dreamt_is_a_user_error() -> None:
    with pytest.raises(UserError, match="steps"):
        dream("a cat", steps=0)

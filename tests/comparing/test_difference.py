"""Differences of two pictures: their numbers against ones worked out by hand, and their words."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sdgui.comparing.difference import Differing, difference, differing
from sdgui.errors import UserError
from sdgui.events import Pixels
from sdgui.model_info import ModelRef
from sdgui.spec import Variation
from tests.comparing.samples import spec

ROOT = Path(__file__).parents[2]


def plain(red: int, green: int, blue: int, *, width: int = 32, height: int = 24) -> Pixels:
    return np.full((height, width, 3), (red, green, blue), dtype=np.uint8)


def noise(seed: int = 0) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (48, 64, 3), dtype=np.uint8)


def test_the_mean_is_that_of_all_channels() -> None:
    assert difference(plain(10, 20, 30), plain(13, 20, 24)).mean == pytest.approx((3 + 0 + 6) / 3)


def test_the_mean_counts_pixels_that_differ_and_those_that_do_not() -> None:
    a, b = plain(0, 0, 0), plain(0, 0, 0)
    b[:, :8] = 100  # a quarter of the picture
    assert difference(a, b).mean == pytest.approx(25)


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    assert difference(plain(0, 0, 0), plain(255, 255, 255)).mean == 255


def test_the_difference_has_no_direction() -> None:
    a, b = noise(1), noise(2)
    there, back = difference(a, b), difference(b, a)
    assert there.mean == back.mean
    assert there.ssim == pytest.approx(back.ssim, abs=1e-12)
    assert np.array_equal(there.map, back.map)


def test_equal_pictures_have_an_ssim_of_one() -> None:
    assert difference(noise(), noise()).ssim == 1


def test_the_ssim_of_two_plain_pictures_is_that_of_their_lightness() -> None:
    # Without any structure only the first factor is left: (2ab + C1) / (a² + b² + C1), C1 = (0.01 · 255)²
    c1 = 2.55**2
    expected = (2 * 100 * 150 + c1) / (100**2 + 150**2 + c1)
    found = difference(plain(100, 100, 100), plain(150, 150, 150)).ssim
    assert found == pytest.approx(expected, abs=1e-6)


def test_an_inverted_picture_has_a_negative_ssim() -> None:
    assert difference(noise(), 255 - noise()).ssim < -0.5


def test_the_map_has_the_size_of_the_pictures() -> None:
    found = difference(noise(1), noise(2)).map
    assert found.shape == (48, 64, 3)
    assert found.dtype == np.uint8


def test_the_map_is_nearly_black_where_the_pictures_are_equal() -> None:
    assert difference(noise(), noise()).map.max() < 20


def test_the_map_is_white_where_they_are_opposite() -> None:
    found = difference(plain(0, 0, 0), plain(255, 255, 255)).map
    assert np.array_equal(found, plain(255, 255, 255))


def test_the_map_grows_lighter_with_every_difference() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (16, 1, 3))
    row = difference(np.zeros_like(ramp), ramp).map[0].astype(float)
    lightness = row @ (0.2126, 0.7152, 0.0722)
    assert np.all(np.diff(lightness) > -0.5)  # half a level for rounding
    assert np.all(np.diff(lightness[::8]) > 0)


def test_a_small_difference_can_be_seen_on_the_map() -> None:
    equal = difference(plain(100, 100, 100), plain(100, 100, 100)).map.astype(int)
    apart = difference(plain(100, 100, 100), plain(104, 104, 104)).map.astype(int)
    assert np.abs(apart - equal).max() >= 40


def test_only_where_they_differ_is_the_map_bright() -> None:
    a, b = plain(9, 9, 9), plain(9, 9, 9)
    b[5, 7] = 250
    bright = difference(a, b).map.max(axis=2) > 100
    assert np.argwhere(bright).tolist() == [[5, 7]]


def test_pictures_of_two_sizes_have_no_map() -> None:
    with pytest.raises(UserError) as raised:
        difference(plain(0, 0, 0, width=128, height=128), plain(0, 0, 0, width=192, height=128))
    assert raised.value.message == (
        "These two pictures have different sizes (128 × 128 and 192 × 128), so there is no difference map."
    )
    assert raised.value.hint == "Side by side works with any two pictures."


def test_pictures_smaller_than_the_window_have_no_map() -> None:
    tiny = plain(0, 0, 0, width=10, height=64)
    with pytest.raises(UserError, match="too small"):
        difference(tiny, tiny)


def test_the_smallest_pictures_can_be_compared() -> None:
    tiny = plain(0, 0, 0, width=11, height=11)
    assert difference(tiny, tiny).ssim == 1


def test_equal_specs_differ_in_nothing() -> None:
    assert differing(spec(), spec()) == ()


def test_only_what_differs_is_told() -> None:
    assert differing(spec(500), spec(506, steps=8)) == (
        Differing(name="Steps", a="25", b="8"),
        Differing(name="Seed", a="500", b="506"),
    )


def test_every_setting_is_told_in_words() -> None:
    other = spec(
        501,
        prompt="a red car",
        negative_prompt="fog",
        model=ModelRef(id="other", hash="f" * 64),
        width=192,
        steps=8,
        guidance=7.5,
        sampler="DDIM",
        variation=Variation(seed=7, strength=0.3),
    )
    assert [(one.name, one.a, one.b) for one in differing(spec(), other)] == [
        ("Prompt", "a green cat under a night sky, neon", "a red car"),
        ("What to avoid", "nothing", "fog"),
        ("Model", "demo", "other"),
        ("Size", "128 × 128", "192 × 128"),
        ("Steps", "25", "8"),
        ("Cfg scale", "7", "7.5"),
        ("Sampler", "Euler", "DDIM"),
        ("Seed", "500", "501"),
        ("Variation seed", "none", "7"),
        ("Variation strength", "0", "0.3"),
    ]


def test_two_models_of_one_name_are_told_apart_by_their_hashes() -> None:
    other = spec(model=ModelRef(id="demo", hash="f" * 64))
    assert differing(spec(), other) == (
        Differing(name="Model", a="demo (0123456789)", b="demo (ffffffffff)"),
    )


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    modules = ["difference", "cells", "sheet_png", "sheet_zip", "sheet_html"]
    code = "; ".join(f"import sdgui.comparing.{name}" for name in modules)
    code = f"import sys; {code}; print(*{{'scipy', 'torch', 'gradio'}} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""

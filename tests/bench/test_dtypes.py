"""The model inside in bfloat16 makes the pictures that it makes in float32, to the eye, and its seeds stay promises."""

import numpy as np

from sdgui.bench.dtypes import SAME, compare, psnr, ways_of
from sdgui.bench.generation import Dream
from sdgui.demo.embedded import EMBEDDED
from sdgui.engine.catalog import Catalog

SHOWN = ("float32", "float32, channels last", "the same, channels last")


def test_pictures_are_compared_in_decibels() -> None:
    black = np.zeros((2, 2, 3), np.uint8)
    assert psnr(black, black) == SAME
    assert psnr(black, black + 255) == 0
    assert psnr(black + 1, black) == psnr(black, black + 1) > 48


def test_the_model_inside_is_true_in_bfloat16_and_its_seeds_stay_promises() -> None:
    """Above 40 dB nobody tells two pictures of this size apart; 80 are a level of 8 bits here and there."""
    catalog = Catalog("demo", embedded=EMBEDDED)
    assert catalog.look("demo").bfloat16
    specs = Dream(count=2, steps=4).specs(catalog)
    ways = {name: way for name, way in ways_of(catalog, "demo").items() if name in SHOWN}
    plain, laid_out, mixed = compare(catalog, specs, 1, lambda line: None, ways=ways)
    assert plain.decibels == (SAME, SAME)
    assert min(laid_out.decibels) > 80
    assert min(mixed.decibels) > 40
    assert min(laid_out.alone, mixed.alone) > 50

"""Work is ordered so that models are switched seldom and what fits together is made together."""

from dataclasses import replace

import pytest

from sdgui.batches import batch_limit, work_order
from sdgui.model_info import ModelRef
from tests.samples import SPEC

A, B = ModelRef(id="a", hash="aa" * 32), ModelRef(id="b", hash="bb" * 32)


def test_each_model_is_worked_on_once_in_the_order_of_first_appearance() -> None:
    specs = [replace(SPEC, model=model) for model in (B, A, B, A, B)]
    assert work_order(specs) == (0, 2, 4, 1, 3)


def test_within_a_model_what_fits_into_one_batch_stays_together() -> None:
    specs = [replace(SPEC, steps=steps, seed=seed) for seed in (1, 2) for steps in (30, 10, 20)]
    assert work_order(specs) == (0, 3, 1, 4, 2, 5)


def test_a_model_is_not_left_for_a_key_that_another_model_had_first() -> None:
    specs = [
        replace(SPEC, model=model, steps=steps)
        for model, steps in ((A, 1), (B, 1), (A, 2), (B, 2), (A, 1))
    ]
    assert work_order(specs) == (0, 4, 2, 1, 3)


def test_pictures_that_fit_into_one_batch_keep_their_order() -> None:
    specs = [replace(SPEC, seed=seed) for seed in (5, 1, 9)]
    assert work_order(specs) == (0, 1, 2)


def test_nothing_has_no_order() -> None:
    assert work_order(()) == ()


@pytest.mark.parametrize(
    ("device", "size", "limit"),
    [("cpu", 128, 16), ("cpu", 256, 4), ("cuda (H100)", 512, 16), ("cpu", 2048, 1), ("", 128, 16)],
)
def test_a_batch_holds_as_many_pictures_as_its_pixels_allow(
    device: str, size: int, limit: int
) -> None:
    assert batch_limit(replace(SPEC, width=size, height=size), device) == limit

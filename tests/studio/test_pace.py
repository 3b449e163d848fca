"""Expected times, from measured ones."""

from dataclasses import replace

import pytest

from sdgui.events import Batch
from sdgui.model_info import ModelRef
from sdgui.studio.pace import Pace, Timing
from tests.studio.test_queue import SPEC, tasks

OTHER = ModelRef(id="other", hash="11")


def alone(step: float) -> Timing:
    """Steps that take so long, and nothing beside them."""
    return Timing(step=step, picture=0.0)


def pace_of(pictures: int, timing: Timing, **changed: object) -> Pace:
    pace = Pace()
    pace.learn(replace(SPEC, **changed), pictures, timing)  # type: ignore[arg-type]
    return pace


def test_nothing_is_expected_of_a_model_that_made_nothing() -> None:
    assert pace_of(1, alone(9.0), model=OTHER).expect(SPEC) is None


def test_a_batch_takes_its_steps_and_then_something_for_each_picture() -> None:
    pace = pace_of(2, Timing(step=0.5, picture=0.25))
    assert pace.expect(SPEC, 2) == pytest.approx(4 * 0.5 + 2 * 0.25)


def test_few_steps_do_not_overstate_many() -> None:
    pace = pace_of(1, Timing(step=0.5, picture=3.0), steps=2)
    assert pace.expect(replace(SPEC, steps=50)) == pytest.approx(50 * 0.5 + 3.0)


def test_as_many_pictures_take_longer_one_by_one_where_both_were_measured() -> None:
    pace = pace_of(16, alone(1.6))
    pace.learn(SPEC, 1, alone(0.4))
    assert pace.expect(SPEC, 16) == pytest.approx(4 * 1.6)
    one_by_one = [Batch(tasks=(task,)) for task in tasks("a", 16)]
    assert pace.expect_batches(one_by_one) == pytest.approx(16 * 4 * 0.4)


def test_between_two_measured_sizes_a_step_lies_on_the_line() -> None:
    pace = pace_of(16, alone(1.6))
    pace.learn(SPEC, 1, alone(0.4))
    assert pace.expect(SPEC, 6) == pytest.approx(4 * 0.8)


@pytest.mark.parametrize(("measured", "asked"), [(16, 1), (1, 16)])
def test_where_one_size_was_measured_one_picture_alone_costs_more_than_its_share(
    measured: int, asked: int
) -> None:
    pace = pace_of(measured, alone(1.0))
    one, many = pace.expect(SPEC, 1), pace.expect(SPEC, 16)
    assert one is not None and many is not None
    assert many / 16 < one < many


def test_a_newer_measurement_counts_for_three_tenths() -> None:
    pace = pace_of(1, Timing(step=1.0, picture=1.0))
    pace.learn(SPEC, 1, Timing(step=2.0, picture=3.0))
    assert pace.expect(SPEC) == pytest.approx(4 * 1.3 + 1.6)


def test_guidance_costs_as_much_as_twice_the_pictures() -> None:
    pace = pace_of(8, alone(1.0), guidance=7.0)
    assert pace.expect(replace(SPEC, guidance=1.0), 16) == pytest.approx(4.0)


def test_larger_pictures_are_reckoned_from_the_latest_as_more_of_them() -> None:
    pace = pace_of(8, Timing(step=1.0, picture=0.5))
    assert pace.expect(replace(SPEC, width=128), 4) == pytest.approx(4 * 1.0 + 4 * 2 * 0.5)


def test_another_sampler_is_reckoned_from_the_latest_until_it_was_measured() -> None:
    pace = pace_of(1, alone(1.0))
    heun = replace(SPEC, sampler="Heun")
    assert pace.expect(heun) == pytest.approx(4.0)
    pace.learn(heun, 1, alone(2.0))
    assert (pace.expect(heun), pace.expect(SPEC)) == (pytest.approx(8.0), pytest.approx(4.0))


def test_batches_of_which_one_is_unknown_are_unknown() -> None:
    pace = pace_of(1, alone(1.0))
    known, unknown = (Batch(tasks=tasks("a", 1, model=model)) for model in (SPEC.model, OTHER))
    assert pace.expect_batches([known, unknown]) is None
    assert pace.expect_batches([]) == 0.0

"""Expected times, from measured ones."""

from dataclasses import replace

import pytest

from sdgui.model_info import ModelRef
from sdgui.studio.pace import Pace, kind_of
from tests.studio.test_queue import SPEC


def test_nothing_is_expected_of_a_model_that_made_nothing() -> None:
    pace = Pace()
    pace.learn(replace(SPEC, model=ModelRef(id="other", hash="11")), 1, 9.0)
    assert pace.expect(SPEC) is None


def test_as_many_pictures_take_as_many_times_as_long() -> None:
    pace = Pace()
    pace.learn(SPEC, 2, 4.0)
    assert pace.expect(SPEC, 6) == pytest.approx(12.0)
    assert pace.expect(replace(SPEC, steps=8)) == pytest.approx(4.0)


def test_a_newer_measurement_counts_for_three_tenths() -> None:
    pace = Pace()
    pace.learn(SPEC, 1, 1.0)
    pace.learn(SPEC, 1, 2.0)
    assert pace.expect(SPEC) == pytest.approx(1.3)


def test_other_sizes_and_guidance_are_reckoned_from_the_latest() -> None:
    pace = Pace()
    pace.learn(SPEC, 1, 1.0)
    assert pace.expect(replace(SPEC, width=128)) == pytest.approx(2.0)
    assert pace.expect(replace(SPEC, guidance=1.0)) == pytest.approx(0.5)
    assert pace.expect(replace(SPEC, sampler="Heun")) == pytest.approx(1.0)


def test_a_sampler_that_was_measured_has_its_own_pace() -> None:
    pace = Pace()
    pace.learn(SPEC, 1, 1.0)
    pace.learn(replace(SPEC, sampler="Heun"), 1, 2.0)
    assert pace.expect(SPEC) == pytest.approx(1.0)


def test_work_of_which_a_part_is_unknown_is_unknown() -> None:
    pace = Pace()
    pace.learn(SPEC, 1, 1.0)
    other = replace(SPEC, model=ModelRef(id="other", hash="11"))
    assert pace.expect_work({kind_of(SPEC): 4, kind_of(other): 4}) is None
    assert pace.expect_work({}) == 0.0

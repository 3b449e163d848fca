"""A variation: the noise of one seed moved towards that of another, on the sphere."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sdgui.engine.noise import draw_latents, make_generators, slerp
from sdgui.spec import Variation
from tests.engine.conftest import Lab

SHAPE = (4, 64, 64)
ONE_LEVEL = 1
"""Of 255: two floats on either side of a rounding border that differ by 1e-6."""


def noise(seed: int, variation: Variation | None = None) -> torch.Tensor:
    return draw_latents(make_generators([seed]), SHAPE, torch.float32, variations=[variation])[0]


def between(strength: float) -> torch.Tensor:
    return noise(5, Variation(seed=9, strength=strength))


def test_strength_one_is_the_noise_of_the_variation_seed() -> None:
    torch.testing.assert_close(between(1.0), noise(9), rtol=0, atol=0)


def test_a_strength_near_none_is_the_noise_of_the_seed() -> None:
    # at 1e-6 of a quarter turn a column moves by about 1.6e-6 of its length, plus rounding in fp32
    torch.testing.assert_close(between(1e-6), noise(5), rtol=0, atol=2e-5)


@pytest.mark.parametrize("strength", [0.05, 0.3, 0.5, 0.7, 0.95])
def test_noise_in_between_is_still_unit_noise(strength: float) -> None:
    # 16,384 numbers: the standard error of the mean is 0.008, of the variance 0.011
    mixed = between(strength)
    assert abs(mixed.mean().item()) < 0.04
    assert abs(mixed.var().item() - 1) < 0.05


def test_a_straight_line_would_not_be_unit_noise() -> None:
    assert torch.lerp(noise(5), noise(9), 0.5).var().item() < 0.55


def test_each_column_lies_on_the_arc_between_the_two() -> None:
    # Shoemake's definition with double precision and another way to the angle, column by column
    one, other = noise(5).double().numpy(), noise(9).double().numpy()
    mixed = between(0.3).numpy()
    for channel, column in ((0, 0), (2, 17), (3, 63)):
        a, b = one[channel, :, column], other[channel, :, column]
        u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
        angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
        expected = (np.sin(0.7 * angle) * a + np.sin(0.3 * angle) * b) / np.sin(angle)
        np.testing.assert_allclose(mixed[channel, :, column], expected, atol=1e-5)


def test_the_way_goes_evenly_from_one_to_the_other() -> None:
    cosines = [
        torch.cosine_similarity(between(s).flatten(), noise(5).flatten(), dim=0).item()
        for s in (0.1, 0.3, 0.5, 0.7, 0.9)
    ]
    # for two independent noises a strength s is the angle s * 90 degrees
    for strength, cosine in zip((0.1, 0.3, 0.5, 0.7, 0.9), cosines, strict=True):
        assert abs(cosine - np.cos(strength * np.pi / 2)) < 0.03


def test_a_variation_towards_its_own_seed_changes_nothing() -> None:
    # the angle is 0, where the arc's formula would divide by it
    torch.testing.assert_close(noise(5, Variation(seed=5, strength=0.5)), noise(5))


def test_noises_that_are_nearly_equal_are_mixed_on_a_line_in_the_right_order() -> None:
    one = noise(5)
    other = one + 0.001 * noise(9)
    torch.testing.assert_close(slerp(one, other, 0.25), one + 0.00025 * noise(9))


def test_a_member_of_a_batch_has_the_noise_that_it_has_alone() -> None:
    variations = [None, Variation(seed=9, strength=0.3), Variation(seed=9, strength=1.0)]
    together = draw_latents(make_generators([5, 5, 6]), SHAPE, torch.float32, variations=variations)
    for seed, variation, one in zip((5, 5, 6), variations, together, strict=True):
        torch.testing.assert_close(one, noise(seed, variation), rtol=0, atol=0)


def test_later_noise_is_that_of_the_seed() -> None:
    plain, varied = make_generators([5, 5])
    draw_latents([plain], SHAPE, torch.float32)
    draw_latents([varied], SHAPE, torch.float32, variations=[Variation(seed=9, strength=0.3)])
    assert torch.equal(torch.randn(8, generator=plain), torch.randn(8, generator=varied))


def test_half_precision_rounds_the_same_noise() -> None:
    variation = Variation(seed=9, strength=0.3)
    half = draw_latents(make_generators([5]), SHAPE, torch.float16, variations=[variation])
    torch.testing.assert_close(half[0], noise(5, variation).half(), rtol=0, atol=0)


def difference(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


@pytest.mark.parametrize("sampler", ["Euler", "Euler a", "DPM++ 2M Karras"])
def test_a_picture_among_variations_equals_the_one_made_alone(lab: Lab, sampler: str) -> None:
    specs = (
        *lab.specs(sampler=sampler),
        *lab.specs(sampler=sampler, variation_seed=8, variation_strength=0.3, count=2),
    )
    together = lab.pictures(specs)
    for spec, picture in zip(specs, together, strict=True):
        assert difference(lab.pictures((spec,))[0], picture) <= ONE_LEVEL
    assert difference(together[0], together[1]) > ONE_LEVEL
    assert difference(together[1], together[2]) > ONE_LEVEL


def test_strength_one_with_a_deterministic_sampler_is_the_picture_of_the_variation_seed(
    lab: Lab,
) -> None:
    (spec,) = lab.specs(sampler="Euler", variation_seed=8, variation_strength=1.0)
    plain = replace(spec, seed=8, variation=None)
    assert np.array_equal(lab.pictures((spec,))[0], lab.pictures((plain,))[0])


def test_strength_none_is_the_picture_itself(lab: Lab) -> None:
    (spec,) = lab.specs()
    (still,) = lab.specs(variation_seed=8, variation_strength=0)
    assert still == spec

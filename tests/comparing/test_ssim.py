"""SSIM against numbers of scikit-image 0.26.0, which is not needed any more since they are here.

They were printed by `structural_similarity(a, b, channel_axis=2, data_range=255, gaussian_weights=True, sigma=1.5,
use_sample_covariance=False)` of skimage.metrics for the pictures below.
"""

import numpy as np
import pytest

from sdgui.comparing.ssim import ssim
from sdgui.events import Pixels


def waves(height: int, width: int) -> Pixels:
    """A picture of three different patterns, worked out in whole numbers."""
    y, x = np.mgrid[:height, :width]
    return np.stack([(7 * x + 3 * y) % 256, (x * y) % 256, (x * x + 5 * y) % 251], axis=2).astype(
        np.uint8
    )


def dimmed(picture: Pixels) -> Pixels:
    return (picture // 2 + 40).astype(np.uint8)


def shifted(picture: Pixels) -> Pixels:
    return np.roll(picture, 1, axis=1)


def dotted(picture: Pixels) -> Pixels:
    spoilt = picture.copy()
    spoilt[::3, ::2] = 255
    return spoilt


PAIRS = {
    "dimmed": (waves(48, 64), dimmed(waves(48, 64)), 0.792583924387107),
    "shifted": (waves(48, 64), shifted(waves(48, 64)), 0.44196853956402143),
    "dotted": (waves(37, 91), dotted(waves(37, 91)), 0.5579494644537552),
    "inverted": (waves(48, 64), 255 - waves(48, 64), -0.7687878053577673),
    "the smallest": (waves(11, 11), dimmed(waves(11, 11)), 0.7658378665653444),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_ssim_is_that_of_the_reference(name: str) -> None:
    a, b, expected = PAIRS[name]
    assert ssim(a, b) == pytest.approx(expected, abs=1e-12)  # sums in another order


def test_one_channel_alone_is_compared_too() -> None:
    a, b, _ = PAIRS["shifted"]
    each = [ssim(a[..., c : c + 1], b[..., c : c + 1]) for c in range(3)]
    assert ssim(a, b) == pytest.approx(np.mean(each), abs=1e-12)

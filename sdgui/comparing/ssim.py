"""Structural similarity of two pictures, as Wang, Bovik, Sheikh and Simoncelli have it (2004)."""

import numpy as np
import numpy.typing as npt

from sdgui.events import Pixels

WINDOW = 11
"""Side of the Gaussian window in pixels, as in the paper; nothing smaller can be compared by it."""
_SIGMA = 1.5
_RANGE = 255
_C1, _C2 = (0.01 * _RANGE) ** 2, (0.03 * _RANGE) ** 2


def ssim(a: Pixels, b: Pixels) -> float:
    """Mean SSIM of two pictures (height, width, channels) of one size, at least `WINDOW` px a side; -1 to 1.

    Gaussian window of sigma 1.5, population covariance, averaged over the channels and over those pixels
    around which the whole window lies inside the picture.
    """
    x, y = a.astype(np.float64), b.astype(np.float64)
    mean_x, mean_y = _window(x), _window(y)
    variance_x = _window(x * x) - mean_x * mean_x
    variance_y = _window(y * y) - mean_y * mean_y
    covariance = _window(x * y) - mean_x * mean_y
    likeness = ((2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)) / (
        (mean_x * mean_x + mean_y * mean_y + _C1) * (variance_x + variance_y + _C2)
    )
    edge = WINDOW // 2
    return float(likeness[edge:-edge, edge:-edge].mean())


def _window(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The Gaussian mean around each pixel, channel by channel."""
    from scipy import ndimage  # a while to import, and few visits need it

    radius = WINDOW // 2
    return ndimage.gaussian_filter(
        values, sigma=(_SIGMA, _SIGMA, 0), radius=(radius, radius, 0), mode="reflect"
    )

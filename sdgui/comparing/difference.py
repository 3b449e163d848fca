"""Two pictures: how much they differ, where, and in which settings."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sdgui.comparing.settings_in_words import described
from sdgui.comparing.ssim import WINDOW, ssim
from sdgui.errors import UserError
from sdgui.events import Pixels
from sdgui.spec import PictureSpec

_HEAT = (
    (0.00, (8, 9, 14)),
    (0.12, (44, 22, 84)),
    (0.30, (108, 32, 132)),
    (0.50, (190, 54, 104)),
    (0.70, (242, 116, 48)),
    (0.87, (252, 200, 96)),
    (1.00, (255, 255, 255)),
)
"""Colours of the map from equal to opposite; their lightness rises evenly."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How much two pictures differ.

    `mean`: mean absolute difference of the channels, 0 to 255. `ssim`: structural similarity, -1 to 1, and 1 for
    equal pictures. `map`: RGB of their size, near black where they are equal and bright where they differ.
    """

    mean: float
    ssim: float
    map: Pixels


@dataclass(frozen=True, kw_only=True)
class Differing:
    """One setting in which two pictures differ, in a person's words."""

    name: str
    a: str
    b: str


def difference(a: Pixels, b: Pixels) -> Difference:
    """Compares two RGB pictures (height, width, 3) of one size, at least 11 px a side; UserError otherwise.

    A pixel's heat is sqrt(d / 255), d being the mean absolute difference of its channels. This scale is the same for
    every pair, so maps can be compared; the root lifts small differences: 1 of 255 shows at 6 %, 16 at 25 %.
    """
    if a.shape != b.shape:
        raise UserError(
            f"These two pictures have different sizes ({_size(a)} and {_size(b)}), so there is no difference map.",
            "Side by side works with any two pictures.",
        )
    if min(a.shape[:2]) < WINDOW:
        raise UserError(
            f"These two pictures are too small ({_size(a)}) for a difference map.",
            f"It takes {WINDOW} pixels a side.",
        )
    apart = np.abs(a.astype(np.int16) - b.astype(np.int16))
    return Difference(mean=float(apart.mean()), ssim=ssim(a, b), map=_heat(apart.mean(axis=2)))


def differing(a: PictureSpec, b: PictureSpec) -> tuple[Differing, ...]:
    """Only the settings in which two pictures differ."""
    settings_a, settings_b = described((a, b))
    return tuple(
        Differing(name=name, a=value, b=settings_b[name])
        for name, value in settings_a.items()
        if value != settings_b[name]
    )


def _heat(apart: npt.NDArray[np.floating]) -> Pixels:
    stops = [place for place, _ in _HEAT]
    levels = np.linspace(0, 1, 1024)
    table = np.stack(
        [np.interp(levels, stops, [colour[c] for _, colour in _HEAT]) for c in range(3)], axis=1
    )
    nearest = np.round(np.sqrt(apart / 255) * (len(levels) - 1)).astype(np.intp)
    return np.round(table).astype(np.uint8)[nearest]


def _size(pixels: Pixels) -> str:
    height, width = pixels.shape[:2]
    return f"{width} × {height}"

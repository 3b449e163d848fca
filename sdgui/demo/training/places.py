"""Places: a sky and a few large smooth shapes behind the thing, sometimes one before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from sdgui.demo.training.shapes import Outline, box, ellipse, polygon, scallop, spline, stroke

Rgb: TypeAlias = tuple[float, float, float]  # 0 to 255


@dataclass(frozen=True)
class Shape:
    """Outlines of one colour; `fine` ones are small marks that get no contour of their own."""

    fill: Rgb
    outlines: tuple[Outline, ...]
    fine: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in unit coordinates of the picture: (0, 0) is the upper left corner."""

    sky_top: Rgb
    sky_bottom: Rgb
    back: tuple[Shape, ...]
    front: tuple[Shape, ...] = ()
    ground: float
    """The y at which things stand."""


def _shape(fill: Rgb, *outlines: Outline, fine: bool = False) -> Shape:
    return Shape(fill, outlines, fine)


def _hill(rng: np.random.Generator, y: float, swing: float) -> Outline:
    """Ground from the lower edge up to a wavy line at about `y`."""
    heights = y + rng.uniform(-swing, swing, 4)
    line = spline(list(zip((-0.1, 0.25, 0.7, 1.1), heights, strict=True)), closed=False)
    return np.concatenate([line, polygon((1.1, 1.1), (-0.1, 1.1))])


def _corner(rng: np.random.Generator) -> float:
    """An x near the left or the right edge."""
    return float(rng.uniform(0.1, 0.25) if rng.random() < 0.5 else rng.uniform(0.75, 0.9))


def _cloud(rng: np.random.Generator, fill: Rgb) -> Shape:
    x, y, wide = rng.uniform(0, 1), rng.uniform(0.08, 0.24), rng.uniform(0.12, 0.18)
    return _shape(fill, scallop(x, y, wide, wide * 0.45, 6, 0.2))


def _star(x: float, y: float, radius: float) -> Outline:
    """A star with four points."""
    near, far = 0.34 * radius, radius
    return polygon(
        (x, y - far),
        (x + near, y - near),
        (x + far, y),
        (x + near, y + near),
        (x, y + far),
        (x - near, y + near),
        (x - far, y),
        (x - near, y - near),
    )


def on_paper(rng: np.random.Generator) -> Place:
    """A blank sheet of paper with one corner folded over."""
    fold = rng.uniform(0.14, 0.2)
    desk = polygon((1, 1 - fold), (1.1, 1 - fold), (1.1, 1.1), (1 - fold, 1.1), (1 - fold, 1))
    flap = polygon((1, 1 - fold), (1 - fold, 1), (1 - fold * 0.95, 1 - fold * 0.9))
    if rng.random() < 0.5:
        desk, flap = (np.stack([1 - each[:, 0], each[:, 1]], 1) for each in (desk, flap))
    return Place(
        sky_top=(253, 246, 226), sky_bottom=(245, 234, 206), ground=0.82,
        back=(_shape((176, 150, 122), desk), _shape((255, 252, 244), flap)),
    )  # fmt: skip


def green_hill(rng: np.random.Generator) -> Place:
    """A green hill under a summer sky."""
    y, sun = rng.uniform(0.58, 0.7), _corner(rng)
    return Place(
        sky_top=(142, 204, 246), sky_bottom=(222, 243, 252), ground=min(0.88, y + 0.2),
        back=(
            _shape((255, 226, 110), ellipse(sun, rng.uniform(0.12, 0.2), 0.085, 0.085)),
            _cloud(rng, (255, 255, 255)),
            _shape((172, 222, 140), _hill(rng, y - 0.06, 0.05)),
            _shape((134, 202, 98), _hill(rng, y + 0.05, 0.05)),
        ),
    )  # fmt: skip


def night_sky(rng: np.random.Generator) -> Place:
    """A starry night with a moon over a dark hill."""
    mx, my, y = _corner(rng), rng.uniform(0.13, 0.22), rng.uniform(0.7, 0.78)
    stars = [
        _star(x, rng.uniform(0.05, 0.6), r)
        for x, r in zip(np.linspace(0.06, 0.94, 8), rng.uniform(0.022, 0.04, 8), strict=True)
    ]
    return Place(
        sky_top=(16, 20, 62), sky_bottom=(58, 66, 138), ground=y + 0.1,
        back=(
            _shape((255, 246, 196), *stars, fine=True),
            _shape((255, 240, 178), ellipse(mx, my, 0.1, 0.1)),
            _shape((238, 216, 146), ellipse(mx - 0.03, my + 0.025, 0.022, 0.022),
                   ellipse(mx + 0.035, my - 0.02, 0.016, 0.016), fine=True),
            _shape((30, 36, 84), _hill(rng, y, 0.03)),
        ),
    )  # fmt: skip


def sea(rng: np.random.Generator) -> Place:
    """The open sea with long waves, one of them before the thing."""
    y, sun, phase = rng.uniform(0.5, 0.6), _corner(rng), rng.uniform(0, 2 * np.pi)
    xs = np.linspace(-0.05, 1.05, 45)

    def wave(height: float, shift: float) -> Outline:
        crest = height + 0.016 * np.sin(xs * 2 * np.pi * 3 + phase + shift)
        return np.concatenate([np.stack([xs, crest], 1), polygon((1.05, 1.1), (-0.05, 1.1))])

    return Place(
        sky_top=(168, 218, 246), sky_bottom=(236, 246, 246), ground=0.84,
        back=(
            _shape((255, 222, 120), ellipse(sun, rng.uniform(0.13, 0.24), 0.085, 0.085)),
            _cloud(rng, (255, 255, 255)),
            _shape((122, 204, 220), box(-0.05, y, 1.05, 1.1)),
            _shape((86, 182, 208), wave(y + 0.13, 0)),
        ),
        front=(_shape((54, 150, 190), wave(0.79, 2)), _shape((36, 120, 166), wave(0.9, 4))),
    )  # fmt: skip


def desert(rng: np.random.Generator) -> Place:
    """Sand dunes and a cactus under a warm sky."""
    y, sun = rng.uniform(0.56, 0.66), _corner(rng)
    cx, cy = 1 - sun + rng.uniform(-0.04, 0.04), y + 0.1
    cactus = (stroke([(cx, cy), (cx, cy - 0.26)], 0.06),
              stroke([(cx, cy - 0.1), (cx - 0.075, cy - 0.11), (cx - 0.08, cy - 0.19)], 0.042),
              stroke([(cx, cy - 0.07), (cx + 0.07, cy - 0.08), (cx + 0.075, cy - 0.15)],
                     0.042))  # fmt: skip
    return Place(
        sky_top=(252, 206, 150), sky_bottom=(255, 240, 206), ground=min(0.88, y + 0.22),
        back=(
            _shape((255, 250, 226), ellipse(sun, rng.uniform(0.14, 0.24), 0.1, 0.1)),
            _shape((240, 204, 132), _hill(rng, y - 0.04, 0.06)),
            _shape((104, 152, 96), *cactus),
            _shape((230, 184, 108), _hill(rng, y + 0.08, 0.06)),
        ),
    )  # fmt: skip


def snow(rng: np.random.Generator) -> Place:
    """Snowy mounds, a few large flakes and a fir tree."""
    y, fx = rng.uniform(0.6, 0.7), _corner(rng)
    flakes = [
        ellipse(x, rng.uniform(0.05, 0.55), r, r)
        for x, r in zip(np.linspace(0.05, 0.95, 11), rng.uniform(0.014, 0.024, 11), strict=True)
    ]
    fir = [polygon((fx - w, y + 0.06 - h), (fx, y - 0.12 - h), (fx + w, y + 0.06 - h))
           for w, h in ((0.11, 0.0), (0.09, 0.1), (0.07, 0.19))]  # fmt: skip
    return Place(
        sky_top=(150, 178, 208), sky_bottom=(206, 222, 236), ground=min(0.88, y + 0.2),
        back=(
            _shape((255, 255, 255), *flakes, fine=True),
            _shape((226, 236, 246), _hill(rng, y - 0.05, 0.04)),
            _shape((78, 122, 118), *fir),
            _shape((246, 250, 255), _hill(rng, y + 0.06, 0.04)),
        ),
    )  # fmt: skip


def city_street(rng: np.random.Generator) -> Place:
    """A street with a row of tall houses behind it."""
    y, x = rng.uniform(0.64, 0.7), -0.05
    buildings: list[Shape] = []
    panes: list[Outline] = []
    fills: tuple[Rgb, ...] = ((214, 178, 160), (190, 186, 204), (222, 202, 164), (176, 196, 200))
    first = int(rng.integers(4))
    while x < 1:
        wide, top = rng.uniform(0.2, 0.28), rng.uniform(0.08, 0.36)
        buildings.append(_shape(fills[(first + len(buildings)) % 4], box(x, top, x + wide, y)))
        for row in np.arange(top + 0.06, y - 0.12, 0.16):
            panes += [box(x + wide * f - 0.024, row, x + wide * f + 0.024, row + 0.075)
                      for f in (0.3, 0.7)]  # fmt: skip
        x += wide
    dashes = [box(d, 0.9, d + 0.14, 0.925) for d in np.arange(rng.uniform(-0.2, 0), 1, 0.28)]
    return Place(
        sky_top=(186, 212, 232), sky_bottom=(232, 236, 236), ground=0.83,
        back=(
            *buildings,
            _shape((250, 240, 200), *panes, fine=True),
            _shape((206, 202, 198), box(-0.05, y, 1.05, 1.1)),
            _shape((118, 120, 132), box(-0.05, y + 0.09, 1.05, 1.1)),
            _shape((246, 240, 214), *dashes, fine=True),
        ),
    )  # fmt: skip


def forest(rng: np.random.Generator) -> Place:
    """Tree trunks under a dark canopy of leaves."""
    y = rng.uniform(0.66, 0.74)
    far = [x + rng.uniform(-0.03, 0.03) for x in (0.18, 0.42, 0.62, 0.84)]
    near = [rng.uniform(0.0, 0.07), rng.uniform(0.93, 1.0)]
    xs, phase = np.linspace(-0.05, 1.05, 60), rng.uniform(0, 1)
    depth = 0.2 + 0.05 * np.abs(np.sin((xs * 3.5 + phase) * np.pi))
    canopy = np.concatenate([np.stack([xs, depth], 1), polygon((1.05, -0.1), (-0.05, -0.1))])
    return Place(
        sky_top=(150, 190, 140), sky_bottom=(212, 230, 178), ground=min(0.9, y + 0.15),
        back=(
            _shape((142, 158, 112), *(box(x - 0.03, 0.1, x + 0.03, y + 0.03) for x in far)),
            _shape((104, 150, 84), _hill(rng, y, 0.02)),
            _shape((112, 84, 62), *(box(x - 0.065, -0.05, x + 0.065, y + 0.1) for x in near)),
            _shape((58, 110, 70), canopy),
        ),
    )  # fmt: skip


DRAWN_PLACES: dict[str, Callable[[np.random.Generator], Place]] = {
    "on paper": on_paper, "green hill": green_hill, "night sky": night_sky, "sea": sea,
    "desert": desert, "snow": snow, "city street": city_street, "forest": forest,
}  # fmt: skip

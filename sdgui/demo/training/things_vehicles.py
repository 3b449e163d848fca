"""Things that travel: car, boat, rocket, train, balloon, plane."""

from __future__ import annotations

import numpy as np

from sdgui.demo.training.shapes import Part, blob, box, ellipse, part, polygon, scallop, stroke


def _wheel(cx: float, cy: float, radius: float) -> list[Part]:
    return [
        part("tyre", ellipse(cx, cy, radius, radius)),
        part("light", ellipse(cx, cy, radius * 0.48, radius * 0.48), line=False),
    ]


def car(rng: np.random.Generator) -> list[Part]:
    """A low sports car, facing right."""
    wheel, roof = rng.uniform(0.1, 0.125), rng.uniform(-0.06, -0.01)
    body = blob((-0.54, 0.28), (-0.54, 0.14), (-0.42, 0.09), (-0.25, roof + 0.03), (-0.1, roof),
                (0.03, roof + 0.02), (0.18, 0.11), (0.4, 0.15), (0.53, 0.23), (0.54, 0.31),
                (0.44, 0.34), (-0.44, 0.34))  # fmt: skip
    parts = [part("body", body)]
    if rng.random() < 0.5:
        parts.append(part("shade", polygon((-0.6, 0.0), (-0.4, 0.02), (-0.42, 0.06),
                                           (-0.48, 0.12), (-0.55, 0.06))))  # fmt: skip
    parts += [
        part("glass", polygon((-0.27, 0.11), (-0.19, roof + 0.055), (-0.09, roof + 0.04),
                              (-0.08, 0.11))),
        part("glass", polygon((-0.04, 0.11), (-0.04, roof + 0.04), (0.02, roof + 0.06),
                              (0.12, 0.12))),
        part("gold", ellipse(0.47, 0.22, 0.045, 0.026, 18)),
        part("shade", stroke([(-0.14, 0.25), (0.0, 0.26), (0.14, 0.25)], 0.03), line=False),
    ]  # fmt: skip
    return parts + _wheel(-0.31, 0.33, wheel) + _wheel(0.32, 0.33, wheel)


def boat(rng: np.random.Generator) -> list[Part]:
    """A small sailing boat with two sails and a pennant."""
    top, reach = rng.uniform(-0.5, -0.4), rng.uniform(0.26, 0.36)
    hull = blob((-0.46, 0.18), (-0.25, 0.21), (0.0, 0.22), (0.25, 0.21), (0.5, 0.14), (0.42, 0.32),
                (0.28, 0.42), (-0.26, 0.42), (-0.38, 0.33))  # fmt: skip
    return [
        part("wood", box(-0.02, top, 0.02, 0.24)),
        part("body", polygon((-0.02, top + 0.02), (0.0, top + 0.02), (-0.07, top + 0.1),
                             (-0.18, top + 0.06))),
        part("body", blob((0.04, top + 0.04), (0.16, -0.12), (reach, 0.12), (0.16, 0.15),
                          (0.04, 0.15))),
        part("cream", blob((-0.04, top + 0.2), (-0.04, 0.0), (-0.05, 0.15), (-0.2, 0.15),
                           (-0.34, 0.11), (-0.18, -0.06))),
        part("body", hull),
        part("light", stroke([(-0.36, 0.27), (0.0, 0.29), (0.38, 0.26)], 0.035), line=False),
    ]  # fmt: skip


def rocket(rng: np.random.Generator) -> list[Part]:
    """A round-bellied rocket on its flame."""
    belly, flame = rng.uniform(0.15, 0.2), rng.uniform(0.42, 0.54)
    hull = blob((0, -0.52), (belly * 0.75, -0.32), (belly, -0.06), (belly * 0.85, 0.16),
                (belly * 0.55, 0.28), (-belly * 0.55, 0.28), (-belly * 0.85, 0.16),
                (-belly, -0.06), (-belly * 0.75, -0.32))  # fmt: skip
    fin = [(belly * 0.7, 0.02), (belly + 0.14, 0.2), (belly + 0.13, 0.36), (belly * 0.5, 0.24)]
    return [
        part("flame", blob((-0.09, 0.26), (0.09, 0.26), (0.1, 0.36), (0.0, flame), (-0.1, 0.36))),
        part("gold", blob((-0.045, 0.27), (0.045, 0.27), (0.04, 0.34), (0.0, flame - 0.09),
                          (-0.04, 0.34)), line=False),
        part("shade", polygon(*fin)),
        part("shade", polygon(*[(-x, y) for x, y in fin])),
        part("body", hull),
        part("white", ellipse(0, -0.14, 0.095, 0.095)),
        part("glass", ellipse(0, -0.14, 0.065, 0.065), line=False),
        part("light", stroke([(-belly * 0.86, 0.13), (0, 0.155), (belly * 0.86, 0.13)], 0.03),
             line=False),
    ]  # fmt: skip


def train(rng: np.random.Generator) -> list[Part]:
    """A steam locomotive, facing right, with a puff of steam."""
    chimney, wheel = rng.uniform(-0.2, -0.12), rng.uniform(0.085, 0.105)
    parts = [
        part("steam", scallop(0.16, chimney - 0.17, 0.17, 0.1, 6, 0.22)),
        part("steam", scallop(0.33, chimney - 0.05, 0.07, 0.055, 5, 0.2)),
        part("dark", polygon((0.21, chimney), (0.37, chimney), (0.32, 0.06), (0.26, 0.06))),
        part("shade", ellipse(0.08, 0.05, 0.07, 0.07)),
        part("body", box(-0.2, 0.04, 0.45, 0.3, 0.09)),
        part("body", box(-0.46, -0.16, -0.1, 0.32, 0.03)),
        part("shade", box(-0.5, -0.22, -0.06, -0.14, 0.03)),
        part("glass", box(-0.37, -0.08, -0.19, 0.07, 0.02)),
        part("gold", ellipse(0.42, 0.13, 0.045, 0.045)),
        part("dark", box(-0.46, 0.29, 0.44, 0.35, 0.02)),
        part("shade", polygon((0.4, 0.26), (0.54, 0.44), (0.36, 0.44))),
    ]
    for cx in (-0.34, -0.08, 0.18):
        parts += _wheel(cx, 0.44 - wheel, wheel)
    return parts


def balloon(rng: np.random.Generator) -> list[Part]:
    """A hot-air balloon with its basket."""
    wide, stripes = rng.uniform(0.33, 0.38), int(rng.integers(1, 3))
    envelope = blob((0, -0.5), (wide * 0.7, -0.42), (wide, -0.18), (wide * 0.78, 0.06),
                    (0.12, 0.25), (-0.12, 0.25), (-wide * 0.78, 0.06), (-wide, -0.18),
                    (-wide * 0.7, -0.42))  # fmt: skip
    parts = [
        part("wood", stroke([(-0.1, 0.24), (-0.07, 0.4)], 0.018),
             stroke([(0.1, 0.24), (0.07, 0.4)], 0.018), line=False),
        part("body", envelope),
        part("tint", blob((0, -0.5), (wide * 0.3, -0.36), (wide * 0.38, -0.15), (wide * 0.26, 0.1),
                          (0.05, 0.25), (-0.05, 0.25), (-wide * 0.26, 0.1), (-wide * 0.38, -0.15),
                          (-wide * 0.3, -0.36)), line=False),
        part("shade", box(-0.12, 0.22, 0.12, 0.27, 0.02)),
        part("wood", box(-0.1, 0.37, 0.1, 0.52, 0.03)),
    ]  # fmt: skip
    if stripes == 2:
        band = [(-wide * 0.98, -0.16), (0, -0.09), (wide * 0.98, -0.16)]
        parts.insert(3, part("light", stroke(band, 0.05), line=False))
    return parts


def plane(rng: np.random.Generator) -> list[Part]:
    """A propeller plane, facing right."""
    wing, windows = rng.uniform(0.22, 0.3), int(rng.integers(2, 5))
    hull = blob((-0.5, -0.06), (-0.2, -0.13), (0.15, -0.16), (0.38, -0.09), (0.44, 0.02),
                (0.38, 0.1), (0.1, 0.13), (-0.25, 0.06))  # fmt: skip
    parts = [
        part("shade", blob((-0.02, -0.1), (-0.18, -0.28), (-0.1, -0.3), (0.14, -0.12))),
        part("body", blob((-0.5, -0.04), (-0.53, -0.28), (-0.43, -0.29), (-0.3, -0.08))),
        part("body", hull),
        part("glass", blob((0.2, -0.04), (0.21, -0.13), (0.3, -0.1), (0.36, -0.03))),
        part("shade", blob((0.12, 0.04), (-0.06, 0.04), (-0.24, wing), (-0.12, wing + 0.03))),
        part("shade", blob((-0.36, -0.03), (-0.46, -0.03), (-0.56, 0.05), (-0.48, 0.06))),
        part("gold", ellipse(0.45, 0.02, 0.035, 0.04)),
        part("dark", ellipse(0.49, 0.02, 0.018, 0.2)),
    ]
    for i in range(windows):
        parts.insert(-2, part("glass", ellipse(0.11 - 0.1 * i, -0.05, 0.03, 0.032)))
    return parts


VEHICLES = {
    "car": car, "boat": boat, "rocket": rocket, "train": train, "balloon": balloon, "plane": plane,
}  # fmt: skip

"""Things that stay where they are, and the table of all things."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sdgui.demo.training.shapes import (
    Part,
    blob,
    box,
    ellipse,
    eye,
    part,
    polygon,
    rotated,
    scallop,
    smile,
    stroke,
)
from sdgui.demo.training.things_animals import ANIMALS
from sdgui.demo.training.things_vehicles import VEHICLES


def house(rng: np.random.Generator) -> list[Part]:
    """A cottage with a pitched roof, a door and one or two windows."""
    peak, door = rng.uniform(-0.5, -0.4), rng.uniform(-0.02, 0.02)
    two, chimney = rng.random() < 0.6, 0.2 if rng.random() < 0.6 else -0.28
    left = -0.22 if two else 0.17
    panes = [(-0.33, -0.13), (0.13, 0.33)] if two else [(0.08, 0.3)]
    middle = door if two else left - 0.36
    parts = [
        part("shade", box(chimney, peak + 0.02, chimney + 0.11, -0.08)),
        part("body", box(-0.4, -0.1, 0.4, 0.48, 0.01)),
        part("shade", polygon((-0.5, -0.06), (-0.08, peak), (0.08, peak), (0.5, -0.06))),
        part("wood", box(middle - 0.085, 0.16, middle + 0.085, 0.48, 0.03)),
        part("gold", ellipse(middle + 0.045, 0.33, 0.018, 0.018), line=False),
    ]
    for x0, x1 in panes:
        parts += [
            part("glass", box(x0, 0.08, x1, 0.28, 0.01)),
            part("white", stroke([((x0 + x1) / 2, 0.08), ((x0 + x1) / 2, 0.28)], 0.022),
                 line=False),
        ]  # fmt: skip
    return parts


def tree(rng: np.random.Generator) -> list[Part]:
    """A leafy tree with a round cloud of a crown."""
    bumps, wide, trunk = int(rng.integers(8, 11)), rng.uniform(0.42, 0.5), rng.uniform(0.055, 0.08)
    crown = rotated(scallop(0, 0, wide, 0.4, bumps, 0.13), float(rng.uniform(-12, 12)))
    return [
        part("wood", polygon((-trunk, 0.08), (trunk, 0.08), (trunk * 1.1, 0.36),
                             (trunk * 2.1, 0.5), (-trunk * 2.1, 0.5), (-trunk * 1.1, 0.36))),
        part("body", crown + (0, -0.17)),
        part("tint", scallop(-0.14, -0.32, 0.17, 0.1, 6, 0.16), line=False),
        part("shade", scallop(0.15, -0.0, 0.19, 0.085, 6, 0.16), line=False),
    ]  # fmt: skip


def flower(rng: np.random.Generator) -> list[Part]:
    """A smiling flower on its stem."""
    petals, lean, long = int(rng.integers(6, 9)), rng.uniform(-0.06, 0.06), rng.uniform(0.21, 0.25)
    head = np.array((lean, -0.2))
    ring = [
        rotated(ellipse(long * 0.72, 0, long * 0.62, 1.05 * long / petals**0.5), 360 * i / petals)
        + head
        for i in range(petals)
    ]
    return [
        part("leaf", stroke([(lean, -0.1), (lean * 0.3, 0.2), (0, 0.5)], 0.05)),
        part("leaf", blob((0, 0.44), (-0.1, 0.26), (-0.28, 0.2), (-0.2, 0.37))),
        part("leaf", blob((0, 0.4), (0.09, 0.23), (0.26, 0.15), (0.19, 0.32))),
        *(part("body", petal) for petal in ring),
        part("heart", ellipse(head[0], head[1], 0.125, 0.125)),
        part("ink", ellipse(lean - 0.045, -0.22, 0.02, 0.026),
             ellipse(lean + 0.045, -0.22, 0.02, 0.026), line=False),
        smile(lean, -0.175, 0.09),
    ]  # fmt: skip


def castle(rng: np.random.Generator) -> list[Part]:
    """A fairy-tale castle with pointed towers and a flag."""
    tower, keep = rng.uniform(-0.2, -0.1), rng.uniform(-0.3, -0.22)
    parts = [
        part("dark", stroke([(0, keep - 0.2), (0, keep - 0.34)], 0.02), line=False),
        part("gold", polygon((0.005, keep - 0.35), (0.15, keep - 0.3), (0.005, keep - 0.25))),
        part("body", box(-0.12, keep, 0.12, 0.2)),
        part("shade", polygon((-0.17, keep + 0.02), (0, keep - 0.24), (0.17, keep + 0.02))),
        part(
            "body",
            box(-0.34, 0.06, 0.34, 0.48),
            *(box(x, 0.0, x + 0.09, 0.08) for x in (-0.24, -0.045, 0.15)),
        ),
    ]
    for s in (-1, 1):
        parts += [
            part("body", box(s * 0.38 - 0.11, tower, s * 0.38 + 0.11, 0.5)),
            part("shade", polygon((s * 0.38 - 0.16, tower + 0.02), (s * 0.38, tower - 0.24),
                                  (s * 0.38 + 0.16, tower + 0.02))),
            part("glass", box(s * 0.38 - 0.035, tower + 0.1, s * 0.38 + 0.035, tower + 0.22,
                              0.03)),
        ]  # fmt: skip
    gate = np.concatenate(
        [ellipse(0, 0.3, 0.11, 0.13, 0, 180, 360), polygon((0.11, 0.49), (-0.11, 0.49))]
    )
    return [*parts, part("dark", gate), part("glass", ellipse(0, keep + 0.13, 0.045, 0.055))]


def mountain(rng: np.random.Generator) -> list[Part]:
    """A mountain with a snowy top and a lower neighbour behind it."""
    peak, shift = rng.uniform(-0.44, -0.34), rng.uniform(-0.08, 0.04)
    second = rng.uniform(-0.16, -0.02)
    left, right = np.array((-0.5, 0.42)), np.array((0.42, 0.42))
    top = np.array((shift, peak))
    a, b = top + (left - top) * 0.38, top + (right - top) * 0.38
    snow = polygon(
        tuple(top),
        tuple(b),
        tuple(b + (-0.07, -0.05)),
        tuple((a + b) / 2 + (0.06, 0.08)),
        tuple((a + b) / 2 + (-0.02, -0.01)),
        tuple(a + (0.1, 0.08)),
        tuple(a),
    )
    return [
        part("shade", polygon((0.02, 0.42), (0.33, second), (0.6, 0.42))),
        part("body", polygon(tuple(left), tuple(top), tuple(right))),
        part("shade", polygon(tuple(top), tuple(right), (0.16, 0.42),
                              (shift + 0.12, 0.16), (shift + 0.03, 0.02)), line=False),
        part("white", snow),
    ]  # fmt: skip


def mushroom(rng: np.random.Generator) -> list[Part]:
    """A toadstool with a spotted cap and a smiling stem."""
    dome, wide = rng.uniform(-0.5, -0.4), rng.uniform(0.42, 0.5)
    cap = blob((-wide, 0.06), (-wide * 0.86, -0.2), (-wide * 0.45, dome + 0.05), (0, dome),
               (wide * 0.45, dome + 0.05), (wide * 0.86, -0.2), (wide, 0.06), (wide * 0.6, 0.13),
               (0, 0.14), (-wide * 0.6, 0.13))  # fmt: skip
    return [
        part("cream", blob((-0.13, 0.05), (0.13, 0.05), (0.16, 0.3), (0.19, 0.46), (0, 0.5),
                           (-0.19, 0.46), (-0.16, 0.3))),
        part("body", cap),
        part("white", ellipse(-0.02, dome + 0.17, 0.1, 0.085), ellipse(-0.28, -0.07, 0.075, 0.07),
             ellipse(0.25, -0.1, 0.085, 0.075), ellipse(0.02, 0.03, 0.06, 0.045), line=False),
        part("ink", ellipse(-0.065, 0.25, 0.024, 0.03), ellipse(0.065, 0.25, 0.024, 0.03),
             line=False),
        smile(0, 0.31, 0.1),
    ]  # fmt: skip


def robot(rng: np.random.Generator) -> list[Part]:
    """A boxy toy robot with an antenna."""
    head, arm = rng.uniform(0.19, 0.23), rng.uniform(-0.06, 0.3)
    return [
        part("dark", stroke([(0, -0.34), (0, -0.47)], 0.028), line=False),
        part("gold", ellipse(0, -0.49, 0.045, 0.045)),
        part("dark", box(-0.16, 0.3, -0.06, 0.46), box(0.06, 0.3, 0.16, 0.46)),
        part("shade", box(-0.22, 0.42, -0.03, 0.5, 0.03), box(0.03, 0.42, 0.22, 0.5, 0.03)),
        part("shade", stroke([(-0.22, 0.06), (-0.36, 0.14), (-0.38, 0.3)], 0.085)),
        part("shade", stroke([(0.22, 0.06), (0.36, 0.1), (0.4, arm)], 0.085)),
        part("dark", box(-0.06, -0.1, 0.06, 0.02)),
        part("body", box(-head, -0.38, head, -0.06, 0.05)),
        part("body", box(-0.25, -0.01, 0.25, 0.34, 0.05)),
        part("light", box(-0.15, 0.08, 0.15, 0.25, 0.02)),
        part("gold", ellipse(-0.07, 0.165, 0.035, 0.035), line=False),
        part("flame", ellipse(0.07, 0.165, 0.035, 0.035), line=False),
        *eye(-0.095, -0.24, 0.06, 0.0),
        *eye(0.095, -0.24, 0.06, 0.0),
        part("dark", box(-0.08, -0.145, 0.08, -0.105, 0.015), line=False),
    ]


def umbrella(rng: np.random.Generator) -> list[Part]:
    """An open umbrella with a hooked handle."""
    dome, hook = rng.uniform(-0.46, -0.38), 1 if rng.random() < 0.5 else -1
    rim = [(x, 0.06 - (0.06 if i % 2 else 0)) for i, x in enumerate(np.linspace(0.5, -0.5, 9))]
    canopy = np.concatenate([ellipse(0, 0.06, 0.5, 0.06 - dome, 0, 180, 360), polygon(*rim)])
    panel = np.concatenate([ellipse(0, 0.06, 0.25, 0.06 - dome, 0, 180, 360),
                            polygon((0.125, 0.0), (0.0, 0.06), (-0.125, 0.0))])  # fmt: skip
    return [
        part("dark", stroke([(0, dome - 0.06), (0, dome + 0.02)], 0.035)),
        part("wood", stroke([(0, 0.0), (0, 0.25), (0, 0.4), (hook * 0.05, 0.47),
                             (hook * 0.12, 0.46), (hook * 0.15, 0.39)], 0.045)),
        part("body", canopy),
        part("tint", panel),
    ]  # fmt: skip


def teapot(rng: np.random.Generator) -> list[Part]:
    """A round teapot, its spout to the right."""
    wide, spout = rng.uniform(0.29, 0.33), rng.uniform(-0.16, -0.08)
    handle = [(-0.2, -0.06), (-0.4, -0.12), (-0.5, 0.06), (-0.42, 0.24), (-0.2, 0.3)]
    return [
        part("shade", stroke(handle, 0.075)),
        part("body", stroke([(0.2, 0.24), (0.36, 0.14), (0.42, -0.02), (0.53, spout)], 0.19, 0.08),
             ellipse(0, 0.14, wide, 0.29), box(-0.17, 0.36, 0.17, 0.46, 0.03)),
        part("gold", ellipse(0, -0.27, 0.055, 0.055)),
        part("shade", ellipse(0, -0.12, 0.19, 0.1, 0, 180, 360), box(-0.21, -0.14, 0.21, -0.09,
                                                                    0.025)),
        part("light", *(rotated(ellipse(0.075, 0, 0.055, 0.045), a) + (0, 0.15)
                        for a in range(0, 360, 72)), line=False),
        part("gold", ellipse(0, 0.15, 0.045, 0.045), line=False),
    ]  # fmt: skip


DRAWN_THINGS: dict[str, Callable[[np.random.Generator], list[Part]]] = {
    **ANIMALS, **VEHICLES,
    "house": house, "tree": tree, "flower": flower, "castle": castle, "mountain": mountain,
    "mushroom": mushroom, "robot": robot, "umbrella": umbrella, "teapot": teapot,
}  # fmt: skip

# Drawn in the middle of the picture instead of on the ground.
FLOATING = frozenset({"fish", "rocket", "balloon", "butterfly", "plane"})

"""Animals: cat, dinosaur, fish, bird, rabbit, elephant, butterfly, snail, octopus."""

from __future__ import annotations

import numpy as np

from sdgui.demo.training.shapes import Part, blob, box, ellipse, eye, part, polygon, smile, stroke


def cat(rng: np.random.Generator) -> list[Part]:
    """A cat that sits and looks at us, its tail curled up."""
    fat, ear, curl = rng.uniform(0.2, 0.25), rng.uniform(0.0, 0.05), rng.uniform(-0.06, 0.06)
    ears = [polygon((s * 0.25, -0.24), (s * 0.24, -0.52 - ear), (s * 0.05, -0.38)) for s in (-1, 1)]
    inner = [polygon((s * 0.21, -0.3), (s * 0.21, -0.44 - ear), (s * 0.1, -0.37)) for s in (-1, 1)]
    return [
        part("body", stroke([(0.12, 0.42), (0.36, 0.4), (0.42, 0.22), (0.33, 0.08 + curl),
                             (0.4, -0.04 + curl)], 0.1, 0.07)),
        part("body", blob((0, -0.1), (fat * 0.85, 0.05), (fat + 0.04, 0.3), (fat, 0.48),
                          (-fat, 0.48), (-fat - 0.04, 0.3), (-fat * 0.85, 0.05))),
        part("tint", ellipse(0, 0.26, fat * 0.55, 0.17), line=False),
        part("body", box(-0.15, 0.4, -0.01, 0.5, 0.05)),
        part("body", box(0.01, 0.4, 0.15, 0.5, 0.05)),
        part("body", ellipse(0, -0.2, 0.28, 0.225), *ears),
        part("blush", *inner, line=False),
        *eye(-0.115, -0.22, 0.062, 0.0),
        *eye(0.115, -0.22, 0.062, 0.0),
        part("blush", ellipse(0, -0.13, 0.032, 0.022), line=False),
        smile(-0.03, -0.1, 0.06),
        smile(0.03, -0.1, 0.06),
    ]  # fmt: skip


def dinosaur(rng: np.random.Generator) -> list[Part]:
    """A long-necked dinosaur with plates on its back, facing right."""
    lift, plates, tail = rng.uniform(-0.04, 0.05), int(rng.integers(4, 6)), rng.uniform(0.0, 0.14)
    spine = [(-0.32, 0.06), (-0.2, -0.06), (-0.06, -0.1), (0.08, -0.06), (0.18, -0.17)]
    crest = [ellipse(x, y, 0.07, 0.09, 0) for x, y in spine[:plates]]
    return [
        part("shade", *crest),
        part("shade", box(-0.22, 0.2, -0.1, 0.47, 0.04), box(0.09, 0.2, 0.21, 0.47, 0.04)),
        part("body",
             ellipse(-0.05, 0.14, 0.28, 0.2),
             stroke([(0.1, 0.12), (0.2, -0.05), (0.25, -0.25), (0.3, -0.36 + lift)], 0.24, 0.14),
             ellipse(0.35, -0.38 + lift, 0.15, 0.1, 8),
             stroke([(-0.2, 0.14), (-0.38, 0.24), (-0.55, 0.22 - tail)], 0.24, 0.04),
             box(-0.3, 0.2, -0.17, 0.5, 0.05), box(0.02, 0.2, 0.15, 0.5, 0.05)),
        part("tint", ellipse(-0.05, 0.24, 0.17, 0.075), line=False),
        *eye(0.34, -0.42 + lift, 0.045),
        smile(0.43, -0.36 + lift, 0.08),
    ]  # fmt: skip


def fish(rng: np.random.Generator) -> list[Part]:
    """A round fish with a wide tail, facing right."""
    tall, fin, stripes = rng.uniform(0.22, 0.28), rng.uniform(0.1, 0.16), int(rng.integers(1, 3))
    parts = [
        part("shade", blob((-0.24, 0.0), (-0.42, -0.22), (-0.52, -0.2), (-0.44, 0.0),
                           (-0.52, 0.2), (-0.42, 0.22))),
        part("shade", blob((-0.14, -tall * 0.75), (-0.1, -tall - fin), (0.06, -tall - fin * 0.7),
                           (0.16, -tall * 0.8))),
        part("shade", blob((-0.08, tall * 0.8), (-0.12, tall + 0.09), (0.04, tall * 0.9))),
        part("body", blob((-0.34, 0.0), (-0.14, -tall * 0.8), (0.1, -tall), (0.33, -tall * 0.6),
                          (0.45, 0.02), (0.33, tall * 0.68), (0.1, tall), (-0.14, tall * 0.8))),
    ]  # fmt: skip
    for i in range(stripes):
        x, reach = 0.04 - 0.15 * i, tall * (0.82 - 0.22 * i)
        parts.append(part("light", stroke([(x, -reach), (x + 0.05, 0), (x, reach)], 0.055),
                          line=False))  # fmt: skip
    parts.append(part("shade", blob((0.12, 0.06), (-0.04, 0.02), (-0.06, 0.16), (0.06, 0.15))))
    return [*parts, *eye(0.27, -0.06, 0.065), smile(0.38, 0.07, 0.09)]


def bird(rng: np.random.Generator) -> list[Part]:
    """A plump songbird on two thin legs, facing right."""
    wing, tail = rng.uniform(-0.06, 0.08), rng.uniform(-0.16, 0.0)
    return [
        part("leg", stroke([(-0.04, 0.3), (-0.04, 0.5)], 0.03),
             stroke([(0.1, 0.3), (0.1, 0.5)], 0.03), stroke([(-0.06, 0.5), (0.05, 0.5)], 0.03),
             stroke([(0.08, 0.5), (0.19, 0.5)], 0.03), line=False),
        part("shade", blob((-0.22, 0.1), (-0.5, tail - 0.06), (-0.55, tail + 0.04),
                           (-0.3, 0.24))),
        part("gold", polygon((0.36, -0.2), (0.54, -0.11), (0.36, -0.06))),
        part("body", blob((-0.34, 0.12), (-0.16, -0.06), (0.02, -0.2), (0.14, -0.36),
                          (0.3, -0.36), (0.4, -0.22), (0.37, -0.04), (0.33, 0.14), (0.18, 0.33),
                          (-0.06, 0.36), (-0.25, 0.27))),
        part("light", blob((0.32, 0.02), (0.3, 0.16), (0.16, 0.29), (0.04, 0.3), (0.16, 0.14)),
             line=False),
        part("shade", blob((0.1, 0.02), (-0.1, 0.0), (-0.34, 0.1 + wing), (-0.14, 0.22),
                           (0.06, 0.18))),
        *eye(0.25, -0.21, 0.055),
    ]  # fmt: skip


def rabbit(rng: np.random.Generator) -> list[Part]:
    """A crouching rabbit with long ears, facing right."""
    lean, fat = rng.uniform(-0.06, 0.1), rng.uniform(0.2, 0.24)
    far = stroke([(0.2, -0.12), (0.22 - lean, -0.32), (0.28 - lean, -0.54)], 0.12, 0.08)
    near = stroke([(0.13, -0.12), (0.07 - lean, -0.32), (0.06 - lean, -0.54)], 0.13, 0.09)
    inner = stroke([(0.12, -0.2), (0.075 - lean, -0.34), (0.065 - lean, -0.5)], 0.06, 0.04)
    return [
        part("white", ellipse(-0.4, 0.3, 0.11, 0.105)),
        part("shade", far),
        part("body", ellipse(-0.1, 0.27, 0.31, fat), near, ellipse(0.2, 0.0, 0.2, 0.17),
             stroke([(0.12, 0.3), (0.16, 0.46), (0.26, 0.47)], 0.11),
             box(-0.36, 0.39, 0.02, 0.52, 0.06)),
        part("blush", inner, line=False),
        part("tint", ellipse(-0.17, 0.33, 0.15, 0.13), line=False),
        *eye(0.23, -0.03, 0.055),
        part("blush", ellipse(0.395, 0.01, 0.03, 0.026), line=False),
        smile(0.34, 0.07, 0.07),
    ]  # fmt: skip


def elephant(rng: np.random.Generator) -> list[Part]:
    """An elephant with a big ear and a curling trunk, facing right."""
    ear, curl = rng.uniform(0.15, 0.19), rng.uniform(-0.16, 0.04)
    return [
        part("shade", stroke([(-0.42, 0.06), (-0.51, 0.2), (-0.49, 0.3)], 0.03, 0.045)),
        part("shade", box(-0.24, 0.2, -0.1, 0.47, 0.04), box(0.08, 0.2, 0.2, 0.47, 0.04)),
        part("body", ellipse(-0.12, 0.08, 0.34, 0.27), ellipse(0.22, -0.08, 0.23, 0.22),
             stroke([(0.34, -0.04), (0.44, 0.16), (0.5, 0.28), (0.6, 0.26 + curl)], 0.17, 0.09),
             box(-0.39, 0.14, -0.22, 0.5, 0.05), box(-0.04, 0.14, 0.12, 0.5, 0.05)),
        part("white", blob((0.3, 0.1), (0.36, 0.22), (0.44, 0.27), (0.38, 0.15))),
        part("shade", ellipse(0.09, -0.07, ear, 0.22, 10)),
        part("blush", ellipse(0.1, -0.05, ear * 0.55, 0.13, 10), line=False),
        *eye(0.31, -0.13, 0.045),
    ]  # fmt: skip


def butterfly(rng: np.random.Generator) -> list[Part]:
    """A butterfly with open wings."""
    upper, lower = rng.uniform(0.34, 0.44), rng.uniform(0.28, 0.4)
    parts = []
    for s in (-1, 1):
        parts += [
            part(
                "shade",
                blob(
                    (s * 0.03, 0.06),
                    (s * 0.3, 0.08),
                    (s * 0.36, 0.22),
                    (s * 0.26, lower),
                    (s * 0.1, 0.3),
                ),
            ),
            part(
                "body",
                blob(
                    (s * 0.03, 0.04),
                    (s * 0.08, -0.2),
                    (s * 0.3, -upper),
                    (s * 0.5, -upper + 0.06),
                    (s * 0.46, -0.06),
                    (s * 0.28, 0.1),
                ),
            ),
            part("light", ellipse(s * 0.34, -upper + 0.18, 0.075, 0.09), line=False),
            part("tint", ellipse(s * 0.22, 0.2, 0.055, 0.06), line=False),
        ]
    feelers = [stroke([(0, -0.22), (s * 0.07, -0.36), (s * 0.14, -0.42)], 0.025) for s in (-1, 1)]
    return [*parts, part("ink", *feelers, line=False),
            part("dark", stroke([(0, -0.18), (0, 0.3)], 0.09, 0.05)),
            part("dark", ellipse(0, -0.2, 0.065, 0.065))]  # fmt: skip


def snail(rng: np.random.Generator) -> list[Part]:
    """A snail under a round coiled shell, facing right."""
    shell, turns = rng.uniform(0.27, 0.32), rng.uniform(1.6, 2.1)
    angles = np.linspace(0.4, 0.4 + turns * 2 * np.pi, 26)
    radii = np.linspace(shell * 0.08, shell * 0.8, 26)
    cx, cy = -0.1, 0.36 - shell
    coil = [(cx + r * np.cos(a), cy + r * np.sin(a)) for a, r in zip(angles, radii, strict=True)]
    return [
        part("tint", stroke([(0.36, 0.04), (0.32, -0.16)], 0.04),
             stroke([(0.42, 0.04), (0.48, -0.14)], 0.04), ellipse(0.38, 0.12, 0.13, 0.13),
             stroke([(-0.5, 0.45), (-0.2, 0.42), (0.1, 0.42), (0.32, 0.4), (0.38, 0.2)], 0.07,
                    0.22)),
        part("body", ellipse(cx, cy, shell, shell)),
        part("shade", stroke(coil, 0.035), line=False),
        *eye(0.32, -0.18, 0.05),
        *eye(0.48, -0.16, 0.05),
        smile(0.43, 0.15, 0.09),
    ]  # fmt: skip


def octopus(rng: np.random.Generator) -> list[Part]:
    """A round-headed octopus on wavy arms."""
    head, spread = rng.uniform(0.26, 0.3), rng.uniform(0.46, 0.54)
    arms = []
    for x in (-1.0, -0.52, 0.0, 0.52, 1.0):
        side, reach = 1 if x >= 0 else -1, x * spread
        foot = 0.48 - 0.14 * abs(x) + rng.uniform(-0.03, 0.03)
        arms.append(stroke([(x * 0.2, 0.06), (reach * 0.8, 0.2 - 0.04 * abs(x)),
                            (reach * 0.92, foot - 0.06), (reach + side * 0.05, foot),
                            (reach + side * 0.13, foot - 0.05)], 0.15, 0.06))  # fmt: skip
    return [
        part("body", *arms, ellipse(0, -0.18, head, 0.3), ellipse(0, 0.06, head * 0.85, 0.13)),
        part("tint", ellipse(-head * 0.4, -0.34, 0.07, 0.05, -30), line=False),
        *eye(-0.1, -0.12, 0.07, 0.1),
        *eye(0.1, -0.12, 0.07, 0.1),
        part("blush", ellipse(-0.19, -0.02, 0.04, 0.028), ellipse(0.19, -0.02, 0.04, 0.028),
             line=False),
        smile(0, -0.02, 0.12),
    ]  # fmt: skip


ANIMALS = {
    "cat": cat, "dinosaur": dinosaur, "fish": fish, "bird": bird, "rabbit": rabbit,
    "elephant": elephant, "butterfly": butterfly, "snail": snail, "octopus": octopus,
}  # fmt: skip

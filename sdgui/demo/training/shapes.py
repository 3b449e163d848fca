"""Closed outlines in unit coordinates (x right, y down), the material of things and places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Outline: TypeAlias = NDArray[np.float64]  # (points, 2)
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Part:
    """Fused outlines of one role (see `palette.role_colour`): no line where they overlap."""

    role: str
    outlines: tuple[Outline, ...]
    line: bool = True


def part(role: str, *outlines: Outline, line: bool = True) -> Part:
    """A part of one role from its outlines."""
    return Part(role, outlines, line)


def polygon(*points: Point) -> Outline:
    """The outline with these corners."""
    return np.array(points, dtype=float)


def ellipse(
    cx: float, cy: float, rx: float, ry: float, turn: float = 0.0, start: float = 0.0,
    end: float = 360.0,
) -> Outline:  # fmt: skip
    """An ellipse turned by `turn` degrees, or its closed arc from `start` to `end` degrees."""
    angles = np.radians(np.linspace(start, end, 28 if end - start < 360 else 32))
    points = np.stack([rx * np.cos(angles), ry * np.sin(angles)], axis=1)
    return rotated(points, turn) + (cx, cy)


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> Outline:
    """An upright rectangle with rounded corners."""
    if radius <= 0:
        return polygon((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    corners = ((x1 - radius, y1 - radius, 0), (x0 + radius, y1 - radius, 90),
               (x0 + radius, y0 + radius, 180), (x1 - radius, y0 + radius, 270))  # fmt: skip
    quarters = []
    for cx, cy, start in corners:
        angles = np.radians(np.linspace(start, start + 90, 6))
        quarters.append(np.stack([cx + radius * np.cos(angles), cy + radius * np.sin(angles)], 1))
    return np.concatenate(quarters)


def spline(points: Sequence[Point] | Outline, closed: bool, per_span: int = 7) -> Outline:
    """A Catmull-Rom curve through the points."""
    knots = np.asarray(points, dtype=float)
    if closed:
        knots = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        knots = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0, 1, per_span, endpoint=False)[:, None]
    p0, p1, p2, p3 = (knots[i : len(knots) - 3 + i, None] for i in range(4))
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    curve = curve.reshape(-1, 2)
    return curve if closed else np.concatenate([curve, knots[-2:-1]])


def blob(*points: Point) -> Outline:
    """A smooth closed outline through the points."""
    return spline(points, closed=True)


def stroke(points: Sequence[Point], width: float, end_width: float | None = None) -> Outline:
    """A smooth thick line with round ends, tapering from `width` to `end_width`."""
    path = spline(points, closed=False)
    halves = np.linspace(width, width if end_width is None else end_width, len(path))[:, None] / 2
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    left, right = path + across * halves, path - across * halves
    return np.concatenate([left, _cap(path[-1], along[-1], halves[-1, 0]), right[::-1],
                           _cap(path[0], -along[0], halves[0, 0])])  # fmt: skip


def _cap(centre: Outline, along: Outline, radius: float) -> Outline:
    start = np.arctan2(along[1], along[0]) + np.pi / 2
    angles = np.linspace(start, start - np.pi, 7)[1:-1]
    return centre + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def scallop(cx: float, cy: float, rx: float, ry: float, bumps: int, depth: float) -> Outline:
    """A cloud: an ellipse whose edge has `bumps` round bumps, `depth` of the radius deep."""
    angles = np.linspace(0, 2 * np.pi, bumps * 9, endpoint=False)
    radius = 1 - depth + depth * np.abs(np.sin(angles * bumps / 2))
    return np.stack([cx + rx * radius * np.cos(angles), cy + ry * radius * np.sin(angles)], 1)


def rotated(outline: Outline, degrees: float) -> Outline:
    """The outline turned clockwise about the origin."""
    if degrees == 0:
        return outline
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned: Outline = outline @ np.array([[cos, sin], [-sin, cos]])
    return turned


def bounds(parts: Sequence[Part]) -> tuple[Outline, Outline]:
    """The smallest and the largest x and y of all the outlines."""
    points = np.concatenate([outline for each in parts for outline in each.outlines])
    return points.min(axis=0), points.max(axis=0)


def eye(cx: float, cy: float, radius: float, look: float = 0.25) -> list[Part]:
    """A white eye with a dark pupil that looks sideways by `look` radii."""
    return [
        part("eye", ellipse(cx, cy, radius, radius)),
        part("pupil", ellipse(cx + look * radius, cy, radius * 0.62, radius * 0.68), line=False),
    ]


def smile(cx: float, cy: float, width: float, thickness: float = 0.016) -> Part:
    """A smiling mouth."""
    half = width / 2
    path = [(cx - half, cy), (cx, cy + half * 0.8), (cx + half, cy)]
    return part("mouth", stroke(path, thickness), line=False)

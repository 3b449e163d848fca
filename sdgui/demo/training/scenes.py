"""Scenes: what the embedded model learns to draw, as values, and how one becomes a picture."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from sdgui.demo.training.places import DRAWN_PLACES, Place, Rgb
from sdgui.demo.training.shapes import Outline, Part, bounds, rotated
from sdgui.demo.training.styles import DRAWN_STYLES, Subject
from sdgui.demo.training.things import DRAWN_THINGS, FLOATING
from sdgui.demo.training.vocabulary import COLOURS, PLACES, STYLES, THINGS

HELD_OUT_SHARE = 0.06


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One picture to draw; the seed decides position, size, light and small shapes."""

    thing: str
    colour: str
    place: str
    style: str
    seed: int


def is_held_out(thing: str, colour: str, place: str, style: str) -> bool:
    """Whether this combination of the four names is kept out of training."""
    name = "|".join((thing, colour, place, style)).encode()
    digest = hashlib.blake2b(name, digest_size=8).digest()
    return int.from_bytes(digest, "big") < HELD_OUT_SHARE * 2**64


def sample_scene(rng: np.random.Generator, held_out: bool = False) -> Scene:
    """Draw a scene at random from the training combinations, or from the held-out ones."""
    while True:
        thing, colour, place, style = (
            names[rng.integers(len(names))] for names in (THINGS, COLOURS, PLACES, STYLES)
        )
        if is_held_out(thing, colour, place, style) == held_out:
            seed = int(rng.integers(2**32))
            return Scene(thing=thing, colour=colour, place=place, style=style, seed=seed)


def draw(scene: Scene, size: int = 128) -> Image.Image:
    """Draw a scene as an RGB picture of `size`×`size` pixels; the same scene, the same picture."""
    place, subject = compose(scene)
    picture = DRAWN_STYLES[scene.style](place, subject, 2 * size, _rng(scene.seed, scene.style))
    if scene.style == "pixel art":
        return picture.resize((size, size), Image.Resampling.NEAREST)
    return picture.resize((size, size), Image.Resampling.BOX)


def compose(scene: Scene) -> tuple[Place, Subject]:
    """The place and the thing in it, as shapes; the style and the colour change none of them."""
    place = _in_light(DRAWN_PLACES[scene.place](_rng(scene.seed, scene.place)), scene.seed)
    parts = DRAWN_THINGS[scene.thing](_rng(scene.seed, scene.thing))
    layout = _rng(scene.seed, "layout")
    extent, mirror = layout.uniform(0.54, 0.7), -1 if layout.random() < 0.5 else 1
    turn, shift = layout.uniform(-1, 1), layout.uniform(-0.08, 0.08)
    drop = layout.uniform(-0.03, 0.03)

    floating = scene.thing in FLOATING
    parts = _moved(parts, lambda points: rotated(points, (10 if floating else 2) * turn))
    low, high = bounds(parts)
    wide, tall = high - low
    scale = min(0.78, extent / (0.6 * max(wide, tall) + 0.4 * min(wide, tall)))
    scale = min(scale, 0.78 / max(wide, tall))
    middle = (low + high) / 2
    # A low thing stands a little further back, nearer to the middle.
    foot = max(place.ground - 0.07, min(place.ground, 0.57 + scale * tall / 2)) + drop / 2
    if floating:
        foot = 0.5 + drop + scale * tall / 2
    elif place.front:
        foot = place.ground + drop / 3
    foot = max(foot, 0.06 + scale * tall)

    def put(points: Outline) -> Outline:
        x = 0.5 + shift + mirror * scale * (points[:, 0] - middle[0])
        return np.stack([x, foot + scale * (points[:, 1] - high[1])], axis=1)

    floor = max(foot, place.ground) if floating else foot
    return place, Subject(parts=_moved(parts, put), colour=scene.colour, floor=floor)


def _rng(seed: int, name: str) -> np.random.Generator:
    """An own stream per concern, so that the colour or the style moves nothing."""
    return np.random.default_rng([seed, *name.encode()])


def _moved(parts: Sequence[Part], move: Callable[[Outline], Outline]) -> list[Part]:
    return [replace(each, outlines=tuple(move(o) for o in each.outlines)) for each in parts]


def _in_light(place: Place, seed: int) -> Place:
    """The place in a little more or less light, a little warmer or cooler."""
    rng = _rng(seed, "light")
    light, warmth = rng.uniform(0.93, 1.05), rng.uniform(-0.04, 0.04)
    gains = (light * (1 + warmth), light, light * (1 - warmth))

    def lit(colour: Rgb) -> Rgb:
        red, green, blue = (min(255.0, c * gain) for c, gain in zip(colour, gains, strict=True))
        return red, green, blue

    return replace(
        place,
        sky_top=lit(place.sky_top),
        sky_bottom=lit(place.sky_bottom),
        back=tuple(replace(shape, fill=lit(shape.fill)) for shape in place.back),
        front=tuple(replace(shape, fill=lit(shape.fill)) for shape in place.front),
    )

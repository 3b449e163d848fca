"""Styles: six ways to turn a place and a thing into a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from sdgui.demo.training.palette import (
    FIXED,
    GLOW,
    bright,
    contour,
    luminance,
    mix,
    role_colour,
    vivid,
)
from sdgui.demo.training.places import Place, Rgb, Shape
from sdgui.demo.training.shapes import Outline, Part, box

PIXEL_CELLS = 32
PAPER: Rgb = (250, 247, 240)
WHITE: Rgb = (255, 255, 255)
NIGHT: Rgb = (12, 10, 30)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A thing placed in the picture: parts in unit coordinates of the picture, and its colour."""

    parts: Sequence[Part]
    colour: str
    floor: float
    """The y of the ground under it."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Outlines that are painted together: first their line, then their fill over it."""

    outlines: Sequence[Outline]
    fill: Rgb
    line: Rgb | None = None


def _ink(colour: Rgb) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, round(channel))) for channel in colour)
    return red, green, blue


def _paint(image: Image.Image, layers: Sequence[Layer], width: float) -> None:
    """Paint layers into `image`; `width` is that of the lines, in its pixels."""
    pen, side = ImageDraw.Draw(image), image.width
    for layer in layers:
        paths = [(outline * side).ravel().tolist() for outline in layer.outlines]
        if layer.line is not None and width > 0:
            for path in paths:
                pen.line(path + path[:4], _ink(layer.line), max(1, round(2 * width)), "curve")
        for path in paths:
            pen.polygon(path, _ink(layer.fill))


def _gradient(top: Rgb, bottom: Rgb, side: int) -> Image.Image:
    """A vertical gradient, `side` pixels square."""
    t = np.linspace(0, 1, side)[:, None]
    column = np.array(top) * (1 - t) + np.array(bottom) * t
    rows = np.broadcast_to(column[:, None, :], (side, side, 3))
    return Image.fromarray(np.clip(rows + 0.5, 0, 255).astype(np.uint8))


def silhouette(parts: Sequence[Part], side: int) -> Image.Image:
    """The mask (mode L) of everything a thing covers, `side` pixels square."""
    mask = Image.new("L", (side, side))
    pen = ImageDraw.Draw(mask)
    for each in parts:
        for outline in each.outlines:
            pen.polygon((outline * side).ravel().tolist(), 255)
    return mask


def _shadow(mask: Image.Image, shift: tuple[float, float], blur: float) -> Image.Image:
    """A soft shadow of a mask; shift and blur in parts of the picture's side."""
    side = mask.width
    small = mask.resize((side // 4, side // 4), Image.Resampling.BOX)
    moved = Image.new("L", small.size)
    moved.paste(small, (round(shift[0] * side / 4), round(shift[1] * side / 4)))
    moved = moved.filter(ImageFilter.GaussianBlur(blur * side / 4))
    return moved.resize((side, side), Image.Resampling.BILINEAR)


def _darken(image: Image.Image, mask: Image.Image, colour: Rgb, strength: float) -> None:
    """Lay a colour over `image` where `mask` is, `strength` 0 to 1."""
    image.paste(_ink(colour), (0, 0), mask.point([round(v * strength) for v in range(256)]))


def _noise(rng: np.random.Generator, cells: int, side: int) -> NDArray[np.float32]:
    """Soft blotches, -1 to 1, about `cells` across."""
    grid = Image.fromarray(rng.uniform(-1, 1, (cells, cells)).astype(np.float32))
    return np.asarray(grid.resize((side, side), Image.Resampling.BICUBIC))


def _ground_shadow(image: Image.Image, subject: Subject, strength: float) -> None:
    """A soft shadow on the ground under the thing."""
    points = np.concatenate([outline for each in subject.parts for outline in each.outlines])
    x0, x1 = points[:, 0].min(), points[:, 0].max()
    side, y = image.width // 2, subject.floor - 0.005
    mask = Image.new("L", (side, side))
    spread = (x1 - x0) * 0.46
    centre = (x0 + x1) / 2
    ImageDraw.Draw(mask).ellipse(
        [(centre - spread) * side, (y - 0.025) * side, (centre + spread) * side, (y + 0.03) * side],
        255,
    )
    mask = mask.filter(ImageFilter.GaussianBlur(0.014 * side))
    _darken(image, mask.resize(image.size, Image.Resampling.BILINEAR), (30, 24, 50), strength)


def _thing_layers(
    subject: Subject, fill: Callable[[str], Rgb], line: Callable[[Rgb], Rgb]
) -> list[Layer]:
    layers = []
    for each in subject.parts:
        colour = fill(each.role)
        layers.append(
            Layer(outlines=each.outlines, fill=colour, line=line(colour) if each.line else None)
        )
    return layers


def _daylight(subject: Subject) -> Callable[[str], Rgb]:
    return lambda role: role_colour(role, subject.colour)


def plain(place: Place, subject: Subject, side: int, rng: np.random.Generator) -> Image.Image:
    """A storybook picture: clear colours, a thin contour, soft light from above."""
    image = _gradient(place.sky_top, place.sky_bottom, side)
    _paint(image, [Layer(outlines=s.outlines, fill=s.fill) for s in place.back], 0)
    if not place.front:
        _ground_shadow(image, subject, 0.32)
    thing = image.copy()
    _paint(thing, _thing_layers(subject, _daylight(subject), contour), side / 110)
    light = _gradient((255, 255, 255), (234, 230, 238), side)
    mask = silhouette(subject.parts, side)
    image.paste(thing, (0, 0))
    image.paste(ImageChops.multiply(thing, light), (0, 0), mask)
    _paint(image, [Layer(outlines=s.outlines, fill=s.fill) for s in place.front], 0)
    return image


def pencil_sketch(
    place: Place, subject: Subject, side: int, rng: np.random.Generator
) -> Image.Image:
    """Coloured pencil on off-white paper: lines twice over and a soft tint."""

    def faint(colour: Rgb) -> Rgb:
        if luminance(colour) < 90:
            return mix(vivid(colour, 1.6), PAPER, 0.5)
        return mix(vivid(colour, 1.4), PAPER, 0.62)

    top, bottom = faint(place.sky_top), faint(place.sky_bottom)
    image = _gradient(mix(top, PAPER, 0.1), mix(bottom, PAPER, 0.4), side)

    def scenery(shapes: Sequence[Shape]) -> list[Layer]:
        return [
            Layer(
                outlines=s.outlines,
                fill=mix(s.fill, PAPER, 0.4) if s.fine else faint(s.fill),
                line=None if s.fine else mix(contour(s.fill), PAPER, 0.25),
            )
            for s in shapes
        ]

    def tint(role: str) -> Rgb:
        colour = role_colour(role, subject.colour)
        return mix(colour, PAPER, 0.3 if luminance(colour) < 60 else 0.4)

    def line(fill: Rgb) -> Rgb:
        return mix(fill, (36, 30, 44), 0.62)

    _paint(image, scenery(place.back), side / 170)
    _paint(image, _thing_layers(subject, tint, line), side / 90)
    _paint(image, scenery(place.front), side / 170)
    if not place.front:
        _hatch(image, subject, tint, line)
    return image


def _hatch(
    image: Image.Image, subject: Subject, tint: Callable[[str], Rgb],
    line: Callable[[Rgb], Rgb],
) -> None:  # fmt: skip
    """A few slanted strokes in the shaded corner of the body."""
    side = image.width
    body = [each for each in subject.parts if each.role == "body"]
    strokes = Image.new("L", image.size)
    pen = ImageDraw.Draw(strokes)
    for i in range(-8, 30):
        x = i * side / 14
        pen.line([x, side, x + side * 0.5, 0], 255, max(1, side // 110))
    inside = Image.new("L", image.size)
    cover = ImageDraw.Draw(inside)
    for each in subject.parts:
        for outline in each.outlines:
            cover.polygon((outline * side).ravel().tolist(), 255 if each.role == "body" else 0)
    points = np.concatenate([outline for each in body for outline in each.outlines])
    middle = float(points[:, 1].mean()) * side
    cover.rectangle([0, 0, side, middle], 0)
    _darken(image, ImageChops.multiply(strokes, inside), line(tint("body")), 0.3)


def watercolor(place: Place, subject: Subject, side: int, rng: np.random.Generator) -> Image.Image:
    """Washes of thin colour with soft edges on white paper."""

    def pale(colour: Rgb) -> Rgb:
        return mix(vivid(colour, 1.3), WHITE, 0.14 if luminance(colour) < 90 else 0.28)

    wash = _gradient(pale(place.sky_top), mix(pale(place.sky_bottom), WHITE, 0.15), side)
    _paint(wash, [Layer(outlines=s.outlines, fill=pale(s.fill)) for s in place.back], 0)
    wash = _soften(wash, 0.009)

    def thin(role: str) -> Rgb:
        return mix(role_colour(role, subject.colour), WHITE, 0.16)

    _paint(
        wash,
        _thing_layers(
            subject,
            thin,
            lambda fill: mix(fill, (50, 40, 70), 0.44 if luminance(fill) > 225 else 0.34),
        ),
        side / 150,
    )
    front = [Layer(outlines=s.outlines, fill=pale(s.fill)) for s in place.front]
    _paint(wash, front, 0)
    wash = _soften(wash, 0.0035)
    paint = np.asarray(wash, dtype=np.float32)
    water = 0.13 + 0.13 * _noise(rng, 6, side)[..., None]
    paint = paint + (255 - paint) * np.clip(water, 0, 1)
    edge = np.minimum.outer(*[np.minimum(np.arange(side), np.arange(side)[::-1]) / side] * 2)
    ragged = (edge + 0.025 * _noise(rng, 8, side) - 0.035) / 0.03
    paper = np.clip(ragged, 0, 1)[..., None]
    return Image.fromarray((252 + (paint - 252) * paper).clip(0, 255).astype(np.uint8))


def _soften(image: Image.Image, radius: float) -> Image.Image:
    half = image.resize((image.width // 2,) * 2, Image.Resampling.BOX)
    half = half.filter(ImageFilter.GaussianBlur(radius * half.width))
    return half.resize(image.size, Image.Resampling.BICUBIC)


def neon(place: Place, subject: Subject, side: int, rng: np.random.Generator) -> Image.Image:
    """Glowing tubes in the dark."""
    glow, share = GLOW[subject.colour]
    body = (4, 4, 6) if subject.colour == "black" else mix((10, 8, 16), glow, share)

    def dim(colour: Rgb) -> Rgb:
        return mix(NIGHT, vivid(colour, 2.0), 0.17)

    def scenery(shapes: Sequence[Shape]) -> list[Layer]:
        return [
            Layer(
                outlines=s.outlines,
                fill=mix(NIGHT, s.fill, 0.7) if s.fine else dim(s.fill),
                line=None if s.fine else mix(NIGHT, bright(vivid(s.fill, 2.2)), 0.72),
            )
            for s in shapes
        ]

    def lit(role: str) -> Rgb:
        if role in ("body", "shade", "tint"):
            return mix(body, (0, 0, 0) if role == "shade" else glow, 0.2 if role != "body" else 0)
        if role == "mouth":
            return glow
        return mix((14, 12, 24), FIXED[role], 0.7 if role in ("white", "eye", "pupil") else 0.45)

    image = _gradient(dim(place.sky_top), dim(place.sky_bottom), side)
    _paint(image, scenery(place.back), side / 105)
    _paint(image, _thing_layers(subject, lit, lambda fill: glow), side / 84)
    _paint(image, scenery(place.front), side / 105)
    halo = _glow(image)
    return ImageChops.add(image, halo)


def _glow(image: Image.Image) -> Image.Image:
    """The light that spreads around what is bright."""
    quarter = image.resize((image.width // 4,) * 2, Image.Resampling.BOX)
    bright = quarter.point([max(0, round(0.8 * (v - 70))) for v in range(256)] * 3)
    halo = bright.filter(ImageFilter.GaussianBlur(0.03 * quarter.width))
    return halo.resize(image.size, Image.Resampling.BILINEAR)


def pixel_art(place: Place, subject: Subject, side: int, rng: np.random.Generator) -> Image.Image:
    """Flat colours on a coarse grid of square cells."""
    fine = 4 * PIXEL_CELLS
    sky = np.asarray(_gradient(place.sky_top, place.sky_bottom, fine))
    image = Image.fromarray(sky[fine // 8 :: fine // 4].repeat(fine // 4, axis=0))
    _paint(image, [Layer(outlines=s.outlines, fill=s.fill) for s in place.back], 0)
    squared = replace(subject, parts=_square_eyes(subject.parts))
    thing = _thing_layers(squared, _daylight(subject), contour)
    around = [replace(layer, line=contour(layer.fill)) for layer in thing]
    _paint(image, around, 3.0)
    _paint(image, thing, 0)
    _paint(image, [Layer(outlines=s.outlines, fill=s.fill) for s in place.front], 0)
    # A cell takes the colour that most of it has: no smeared edges, and eyes stay eyes.
    channels = np.asarray(image, dtype=np.uint32)
    packed = channels[..., 0] << 16 | channels[..., 1] << 8 | channels[..., 2]
    blocks = packed.reshape(PIXEL_CELLS, 4, PIXEL_CELLS, 4).transpose(0, 2, 1, 3)
    cells = blocks.reshape(PIXEL_CELLS, PIXEL_CELLS, 16)
    most = (cells[..., None] == cells[..., None, :]).sum(axis=3).argmax(axis=2)
    cell = np.take_along_axis(cells, most[..., None], axis=2)[..., 0]
    flat = np.stack([cell >> 16, cell >> 8 & 255, cell & 255], axis=2)
    small = Image.fromarray(flat.astype(np.uint8))
    return small.resize((side, side), Image.Resampling.NEAREST)


def _square_eyes(parts: Sequence[Part]) -> list[Part]:
    """The parts with each eye as two by two cells, its pupil as the half it looks to."""
    cell, middle, squared = 1 / PIXEL_CELLS, np.zeros(2), []
    for each in parts:
        if each.role == "eye":
            middle = each.outlines[0].mean(axis=0)
        x, y = np.round(middle / cell) * cell
        if each.role == "eye":
            outline = _cells(x - cell, y - cell, x + cell, y + cell)
        elif each.role == "pupil":
            # Eyes that look straight ahead look to the right, both of them.
            right = each.outlines[0][:, 0].mean() > middle[0] - 0.001
            outline = _cells(x if right else x - cell, y - cell, x + cell if right else x, y + cell)
        else:
            squared.append(each)
            continue
        squared.append(replace(each, outlines=(outline,)))
    return squared


def _cells(x0: float, y0: float, x1: float, y1: float) -> Outline:
    """A rectangle that fills whole cells and touches none beside them."""
    inset = 0.2 / PIXEL_CELLS
    return box(x0 + inset, y0 + inset, x1 - inset, y1 - inset)


def paper_cut_out(
    place: Place, subject: Subject, side: int, rng: np.random.Generator
) -> Image.Image:
    """Layers of coloured paper with light edges, each casting a soft shadow."""
    sky = mix(place.sky_top, place.sky_bottom, 0.4)
    image = Image.new("RGB", (side, side), _ink(sky))

    def lay(layers: Sequence[Layer], lift: float, strength: float, width: float) -> None:
        mask = silhouette([Part("", tuple(o)) for o in [lr.outlines for lr in layers]], side)
        _darken(image, _shadow(mask, (lift * 0.6, lift), lift * 0.7), (24, 18, 44), strength)
        _paint(image, layers, width)

    def cut(shapes: Sequence[Shape]) -> None:
        for s in shapes:
            layer = Layer(outlines=s.outlines, fill=s.fill, line=mix(s.fill, WHITE, 0.5))
            lay([layer], 0.012 if s.fine else 0.022, 0.5, 0 if s.fine else side / 170)

    def edge(fill: Rgb) -> Rgb:
        return (206, 208, 216) if luminance(fill) > 235 else mix(fill, WHITE, 0.55)

    cut(place.back)
    lay(_thing_layers(subject, _daylight(subject), edge), 0.035, 0.75, side / 120)
    cut(place.front)
    return image


Renderer = Callable[[Place, Subject, int, np.random.Generator], Image.Image]

DRAWN_STYLES: dict[str, Renderer] = {
    "plain": plain, "pencil sketch": pencil_sketch, "watercolor": watercolor, "neon": neon,
    "pixel art": pixel_art, "paper cut-out": paper_cut_out,
}  # fmt: skip

"""The drawn scenes: the same every time, and what their names say."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sdgui.demo.training.palette import BODY
from sdgui.demo.training.scenes import Scene, compose, draw, is_held_out, sample_scene
from sdgui.demo.training.styles import silhouette
from sdgui.demo.training.things import DRAWN_THINGS
from sdgui.demo.training.vocabulary import (
    COLOUR_WORDS,
    COLOURS,
    PLACE_TAGS,
    PLACE_WORDS,
    PLACES,
    STYLE_NOUNS,
    STYLE_TAGS,
    STYLES,
    THING_VERBS,
    THING_WORDS,
    THINGS,
)

HELD_OUT_AT_SEA = [("tree", "orange"), ("cat", "green"), ("cat", "orange")]


def scene(
    thing: str = "cat",
    colour: str = "red",
    place: str = "snow",
    style: str = "plain",
    seed: int = 7,
) -> Scene:
    return Scene(thing=thing, colour=colour, place=place, style=style, seed=seed)


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=np.float64)


def coverage(of: Scene, side: int = 128) -> np.ndarray:
    """What the thing covers, True or False for each pixel."""
    return np.asarray(silhouette(compose(of)[1].parts, side)) > 0


def body_coverage(of: Scene, side: int = 128) -> np.ndarray:
    """Where the thing's body is what one sees."""
    seen = np.zeros((side, side), dtype=bool)
    for part in compose(of)[1].parts:
        mask = np.asarray(silhouette([part], side)) > 0
        seen = seen | mask if part.role == "body" else seen & ~mask
    return seen


@pytest.mark.parametrize("style", STYLES)
def test_same_scene_gives_the_same_pixels(style: str) -> None:
    assert draw(scene(style=style)).tobytes() == draw(scene(style=style)).tobytes()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [64, 72, 128, 256])
def test_picture_is_rgb_of_the_asked_size(style: str, size: int) -> None:
    picture = draw(scene(style=style), size)
    assert (picture.mode, picture.size) == ("RGB", (size, size))


@pytest.mark.parametrize("thing", THINGS)
def test_every_thing_can_be_drawn_everywhere(thing: str) -> None:
    for place, style in zip(PLACES, [*STYLES, *STYLES][: len(PLACES)], strict=True):
        assert draw(scene(thing, place=place, style=style), 64).getextrema() != ((0, 0),) * 3


@pytest.mark.parametrize("thing", THINGS)
def test_thing_is_large_and_wholly_inside(thing: str) -> None:
    for seed in range(12):
        for place in PLACES:
            points = np.concatenate(
                [o for part in compose(scene(thing, "red", place, seed=seed))[1].parts
                 for o in part.outlines]
            )  # fmt: skip
            assert points.min() > 0 and points.max() < 1, (place, seed)
            assert 0.4 <= np.ptp(points, axis=0).max() <= 0.79, (place, seed)


@pytest.mark.parametrize("thing", THINGS)
def test_two_seeds_differ_visibly(thing: str) -> None:
    first, second = (pixels(draw(scene(thing, seed=seed))) for seed in (1, 2))
    # Mean absolute difference in 0 to 255; the same picture shifted by a pixel stays below 4.
    assert np.abs(first - second).mean() > 6


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("colour", COLOURS)
def test_asked_colour_dominates_the_thing(thing: str, colour: str) -> None:
    of = scene(thing, colour, "on paper", seed=5)
    mean = pixels(draw(of))[body_coverage(of)].mean(axis=0)
    distance = {name: np.linalg.norm(mean - reference) for name, reference in BODY.items()}
    assert min(distance, key=lambda name: distance[name]) == colour


@pytest.mark.parametrize("style", STYLES)
def test_colours_are_pairwise_distinct_in_every_style(style: str) -> None:
    means = []
    for colour in COLOURS:
        of = scene("car", colour, "on paper", style)
        means.append(pixels(draw(of))[body_coverage(of)].mean(axis=0))
    for i, mean in enumerate(means):
        for other in means[i + 1 :]:
            # Neon bodies are dark, so their means lie closest: 22 of 255 is still plain to see.
            assert np.linalg.norm(mean - other) > 22


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("colour", "place"), [("white", "snow"), ("black", "night sky"), ("green", "green hill")]
)
def test_thing_stands_out_from_a_place_of_its_colour(style: str, colour: str, place: str) -> None:
    # A car without its body is not a car: take the thing away and look at the difference.
    of = scene("car", colour, place, style)
    other = scene("house", colour, place, style)
    both = coverage(of) ^ coverage(other)
    assert np.abs(pixels(draw(of)) - pixels(draw(other)))[both].mean() > 8


def test_colour_and_style_move_nothing() -> None:
    first, second = scene(colour="red", style="plain"), scene(colour="blue", style="neon")
    assert (coverage(first) == coverage(second)).all()


def test_pixel_art_is_flat_in_cells_of_four() -> None:
    cells = pixels(draw(scene(style="pixel art"))).reshape(32, 4, 32, 4, 3)
    assert (cells == cells[:, :1, :, :1]).all()


def test_about_six_percent_is_held_out() -> None:
    held = [
        is_held_out(t, c, p, s) for t in THINGS for c in COLOURS for p in PLACES for s in STYLES
    ]
    # 12,672 combinations: three standard deviations of the share are 0.6 %.
    assert 0.053 < np.mean(held) < 0.067


def test_held_out_does_not_change_between_runs() -> None:
    held = [(t, c) for t in THINGS for c in COLOURS if is_held_out(t, c, "sea", "plain")]
    assert held[:3] == HELD_OUT_AT_SEA


def test_samples_keep_to_their_side() -> None:
    rng = np.random.default_rng(0)
    for held_out in (False, True):
        for _ in range(200):
            of = sample_scene(rng, held_out)
            assert is_held_out(of.thing, of.colour, of.place, of.style) == held_out


def test_vocabulary_is_complete() -> None:
    assert (len(THINGS), len(COLOURS), len(PLACES), len(STYLES)) == (24, 11, 8, 6)
    assert set(THINGS) == set(DRAWN_THINGS) == set(THING_WORDS) == set(THING_VERBS)
    assert set(COLOURS) == set(BODY) == set(COLOUR_WORDS)
    assert set(PLACES) == set(PLACE_WORDS) == set(PLACE_TAGS)
    assert set(STYLES) == set(STYLE_TAGS) == set(STYLE_NOUNS)

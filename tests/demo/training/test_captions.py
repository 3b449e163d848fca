"""Captions and hand-written prompts: they say what is drawn, in few words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sdgui.demo.training.captions import canonical_caption, caption
from sdgui.demo.training.prompts import HAND_WRITTEN
from sdgui.demo.training.scenes import Scene, sample_scene
from sdgui.demo.training.vocabulary import (
    COLOUR_WORDS,
    COLOURS,
    PLACE_TAGS,
    PLACE_WORDS,
    PLACES,
    STYLE_NOUNS,
    STYLE_TAGS,
    STYLES,
    THING_WORDS,
    THINGS,
)

Said = Callable[[Scene, str], bool]

BOAT = Scene(thing="boat", colour="red", place="sea", style="watercolor", seed=1)


@pytest.fixture(scope="module")
def samples() -> list[tuple[Scene, str]]:
    rng = np.random.default_rng(0)
    scenes = [sample_scene(rng) for _ in range(3000)]
    return [(scene, caption(scene, rng)) for scene in scenes]


def says(text: str, *words: str) -> bool:
    return any(word.lower() in text.lower() for word in words)


def says_colour(scene: Scene, text: str) -> bool:
    return says(text, scene.colour, *COLOUR_WORDS[scene.colour])


def says_place(scene: Scene, text: str) -> bool:
    return says(text, *PLACE_WORDS[scene.place], *PLACE_TAGS[scene.place])


def says_style(scene: Scene, text: str) -> bool:
    nouns = [noun.split(" ", 1)[1] for noun in STYLE_NOUNS[scene.style]]
    return says(text, scene.style, *STYLE_TAGS[scene.style], *nouns)


def test_canonical_caption() -> None:
    assert canonical_caption(BOAT) == "a red boat at sea, watercolor"


def test_article_fits_a_vowel() -> None:
    scene = Scene(thing="fish", colour="orange", place="snow", style="neon", seed=1)
    assert canonical_caption(scene) == "an orange fish in the snow, neon"


def test_caption_depends_only_on_scene_and_generator() -> None:
    first, second = (caption(BOAT, np.random.default_rng(3)) for _ in range(2))
    assert first == second


def test_every_caption_names_the_thing(samples: list[tuple[Scene, str]]) -> None:
    for scene, text in samples:
        assert says(text, scene.thing, *THING_WORDS[scene.thing]), text


def test_captions_have_at_most_twenty_words(samples: list[tuple[Scene, str]]) -> None:
    assert max(len(text.split()) for _, text in samples) <= 20


@pytest.mark.parametrize("said", [says_colour, says_place])
def test_colour_and_place_are_mostly_said(samples: list[tuple[Scene, str]], said: Said) -> None:
    share = np.mean([said(scene, text) for scene, text in samples])
    # 15 % are left out; a word such as "white paper" may say one by chance.
    assert 0.82 < share < 0.9


def test_style_is_mostly_said_unless_plain(samples: list[tuple[Scene, str]]) -> None:
    share = np.mean([says_style(s, text) for s, text in samples if s.style != "plain"])
    assert 0.82 < share < 0.9
    plain = np.mean([says_style(s, text) for s, text in samples if s.style == "plain"])
    assert plain < 0.6


def test_captions_vary() -> None:
    rng = np.random.default_rng(0)
    assert len({caption(BOAT, rng) for _ in range(200)}) > 150


def test_some_captions_are_as_short_as_a_cat() -> None:
    rng = np.random.default_rng(0)
    cat = Scene(thing="cat", colour="grey", place="snow", style="plain", seed=1)
    assert "a cat" in {caption(cat, rng).lower() for _ in range(2000)}


def test_captions_cover_the_sketch_of_a_ferrari() -> None:
    rng = np.random.default_rng(0)
    car = Scene(thing="car", colour="grey", place="on paper", style="pencil sketch", seed=1)
    texts = [caption(car, rng).lower() for _ in range(4000)]
    assert any(text.startswith("a grey sketch on paper of a") for text in texts)
    assert any("of a ferrari car, full car" in text for text in texts)
    assert any(text.endswith("full car, pencil art") for text in texts)


def test_hand_written_prompts_are_a_hundred_distinct_ones() -> None:
    assert len(HAND_WRITTEN) == len({each.prompt.lower() for each in HAND_WRITTEN}) == 100


def test_hand_written_prompts_have_known_names() -> None:
    for each in HAND_WRITTEN:
        assert each.thing in THINGS
        assert each.colour is None or each.colour in COLOURS
        assert each.place is None or each.place in PLACES
        assert each.style is None or each.style in STYLES


def test_hand_written_prompts_cover_every_name() -> None:
    assert {each.thing for each in HAND_WRITTEN} == set(THINGS)
    assert {each.colour for each in HAND_WRITTEN} - {None} == set(COLOURS)
    assert {each.place for each in HAND_WRITTEN} - {None} == set(PLACES)
    assert {each.style for each in HAND_WRITTEN} - {None} == set(STYLES) - {"plain"}


def test_first_hand_written_prompt_is_the_ferrari() -> None:
    first = HAND_WRITTEN[0]
    assert first.prompt == "A grey sketch on paper of a Ferrari car, full car, pencil art"
    assert (first.thing, first.colour) == ("car", "grey")
    assert (first.place, first.style) == ("on paper", "pencil sketch")

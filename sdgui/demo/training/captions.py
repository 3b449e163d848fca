"""Captions: the many ways in which a person may ask for a scene."""

from __future__ import annotations

import numpy as np

from sdgui.demo.training.scenes import Scene
from sdgui.demo.training.vocabulary import (
    COLOUR_WORDS,
    PLACE_TAGS,
    PLACE_WORDS,
    STYLE_NOUNS,
    STYLE_TAGS,
    THING_VERBS,
    THING_WORDS,
)

LEFT_OUT = 0.15
"""How often each of colour, place and style goes unsaid."""

SYNONYM = 0.35
"""How often another word stands for the canonical one."""

_PRAISE = ("cute", "lovely", "beautiful", "little", "charming", "simple")
_EXTRAS = ("detailed", "high quality", "masterpiece", "storybook", "soft light", "beautiful")
_NOUNS = ("picture", "image", "photo", "painting", "artwork")

CAPTION_WORDS = (
    *("a", "an", "the", "one", "of", "in", "on", "at", "that is", "style", "full"),
    *(*_PRAISE, *_EXTRAS, *_NOUNS),
)
"""What captions say beside things, colours, places, styles and verbs."""


def canonical_caption(scene: Scene) -> str:
    """The plainest full caption: "a red boat at sea, watercolor"."""
    noun = f"{scene.colour} {scene.thing}"
    return f"{with_article(noun)} {PLACE_WORDS[scene.place][0]}, {scene.style}"


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """One of many captions for a scene, at most 20 words, often with something left unsaid."""
    says_colour, says_place, says_style = rng.random(3) >= LEFT_OUT
    if scene.style == "plain" and rng.random() < 0.6:
        says_style = False
    thing = _word(scene.thing, THING_WORDS, rng)
    colour = _word(scene.colour, COLOUR_WORDS, rng) if says_colour else ""
    place = scene.place if says_place else None
    style = scene.style if says_style else None
    form = rng.random()
    if form < 0.22:
        text = _tags(thing, colour, place, style, rng)
    elif form < 0.32:
        text = _sketch_first(scene.thing, thing, colour, place, style, rng)
    elif form < 0.55 and style is not None:
        text = _picture_of(scene.thing, thing, colour, place, style, rng)
    else:
        text = _sentence(scene.thing, thing, colour, place, style, rng)
    if rng.random() < 0.08:
        text = f"{text}, {_pick(_EXTRAS, rng)}"
    case = rng.random()
    if case < 0.15:
        return text[0].upper() + text[1:]
    return text.lower() if case < 0.7 else text


def with_article(noun: str) -> str:
    """The noun after "a" or "an", by its first letter."""
    return f"an {noun}" if noun[0].lower() in "aeiou" else f"a {noun}"


def _pick(words: tuple[str, ...], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


def _word(name: str, others: dict[str, tuple[str, ...]], rng: np.random.Generator) -> str:
    return _pick(others[name], rng) if rng.random() < SYNONYM else name


def _noun(thing: str, colour: str, rng: np.random.Generator) -> str:
    """ "a red car", "the red car", "red car", now and then "a cute red car"."""
    noun = f"{colour} {thing}" if colour else thing
    if rng.random() < 0.08:
        noun = f"{_pick(_PRAISE, rng)} {noun}"
    article = rng.random()
    if article < 0.72:
        return with_article(noun)
    return noun if article < 0.86 else f"{'one' if article < 0.9 else 'the'} {noun}"


def _where(thing: str, place: str, rng: np.random.Generator) -> str:
    """The place as a phrase, now and then after a verb: "sailing on the sea"."""
    phrase = _pick(PLACE_WORDS[place], rng)
    return f"{_pick(THING_VERBS[thing], rng)} {phrase}" if rng.random() < 0.3 else phrase


def _style(style: str, rng: np.random.Generator) -> str:
    tag = _pick(STYLE_TAGS[style], rng) if rng.random() < 0.6 else style
    return f"{tag} style" if rng.random() < 0.12 else tag


def _tags(
    thing: str, colour: str, place: str | None, style: str | None, rng: np.random.Generator
) -> str:
    """ "red car, snow, watercolor", in any order."""
    tags = [f"{colour} {thing}" if colour and rng.random() < 0.85 else thing]
    if colour and colour not in tags[0]:
        tags.append(colour)
    if place is not None:
        tags.append(_pick(PLACE_TAGS[place], rng))
    if style is not None:
        tags.append(_style(style, rng))
    if rng.random() < 0.4:
        tags = [tags[i] for i in rng.permutation(len(tags))]
    return (", " if rng.random() < 0.85 else " ").join(tags)


def _sentence(
    name: str, thing: str, colour: str, place: str | None, style: str | None,
    rng: np.random.Generator,
) -> str:  # fmt: skip
    """ "a red boat sailing at sea, watercolor", or with the style or the place in front."""
    noun = _noun(thing, colour, rng)
    where = _where(name, place, rng) if place is not None else ""
    if colour and rng.random() < 0.06:
        noun = f"{with_article(thing)} that is {colour}"
    if where and rng.random() < 0.08:
        text = f"{_pick(PLACE_WORDS[place or ''], rng)}, {noun}"
    else:
        text = f"{noun} {where}".rstrip()
    if style is None:
        return text
    how = rng.random()
    if how < 0.62:
        return f"{text}, {_style(style, rng)}"
    if how < 0.82:
        return f"{text} in {_pick(STYLE_TAGS[style], rng)} style"
    return f"{_style(style, rng)}, {text}"


def _picture_of(
    name: str, thing: str, colour: str, place: str | None, style: str, rng: np.random.Generator
) -> str:
    """ "a pencil drawing of a red boat at sea"."""
    medium = _pick(STYLE_NOUNS[style], rng)
    if rng.random() < 0.15:
        medium = f"{style} {_pick(_NOUNS, rng)}"
    where = f" {_where(name, place, rng)}" if place is not None else ""
    again = f", {_style(style, rng)}" if rng.random() < 0.2 else ""
    return f"{medium} of {_noun(thing, colour, rng)}{where}{again}"


def _sketch_first(
    name: str, thing: str, colour: str, place: str | None, style: str | None,
    rng: np.random.Generator,
) -> str:  # fmt: skip
    """ "a grey sketch on paper of a Ferrari car, full car, pencil art"."""
    medium = "picture" if style is None else _pick(STYLE_NOUNS[style], rng).removeprefix("a ")
    medium = medium.removeprefix("an ")
    start = with_article(f"{colour} {medium}" if colour else medium)
    where = f" {_pick(PLACE_WORDS[place], rng)}" if place is not None else ""
    noun = with_article(thing)
    order = f"{where} of {noun}" if rng.random() < 0.6 else f" of {noun}{where}"
    text = f"{start}{order}"
    if rng.random() < 0.4:
        text += f", full {name}"
    if style is not None and rng.random() < 0.6:
        text += f", {_pick(STYLE_TAGS[style], rng)}"
    return text

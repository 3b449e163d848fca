"""The words that ship beside the weights are those that captions say."""

import json
import re

import numpy as np

from sdgui.demo.training.captions import caption
from sdgui.demo.training.export import WEIGHTS
from sdgui.demo.training.scenes import sample_scene
from sdgui.demo.training.words import FILE, known_words
from sdgui.vocabulary import read_vocabulary

_WORD = r"[^\W\d_]+"


def test_what_ships_is_what_the_captions_are_made_of() -> None:
    told = json.loads((WEIGHTS / FILE).read_text(encoding="utf-8"))
    assert read_vocabulary(told) == known_words(), "python -m sdgui.demo.training.words"


def test_every_word_of_a_caption_is_known() -> None:
    known = known_words()
    phrases = [
        phrase
        for names in (*known.things, *known.colours, *known.places, *known.styles, known.others)
        for phrase in names
    ]
    words = {word.lower() for phrase in phrases for word in re.findall(_WORD, phrase)}
    rng = np.random.default_rng(1)
    for _ in range(400):
        said = caption(sample_scene(rng), rng)
        assert {word.lower() for word in re.findall(_WORD, said)} <= words, said

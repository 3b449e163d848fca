"""The words that the embedded model was taught, as the page is told them: `words.json` beside the weights.

`python -m sdgui.demo.training.words` writes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from sdgui.demo.embedded import EMBEDDED
from sdgui.demo.training.captions import CAPTION_WORDS
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
from sdgui.vocabulary import Vocabulary

FILE = "words.json"

# A person writes these around what is to be seen; nothing is drawn of them, and nothing is drawn wrong.
_AROUND = (
    *("and", "or", "with", "by", "to", "from", "over", "under", "near", "through", "down", "up"),
    *("into", "is", "are", "it", "its", "my", "your", "me", "you", "i", "can", "please", "draw"),
    *("paint", "show", "make", "made", "for", "this", "there", "some", "very", "big", "small"),
)


def known_words() -> Vocabulary:
    """Everything that a caption may say, from what the captions are made of."""
    verbs = (verb for verbs in THING_VERBS.values() for verb in verbs)
    return Vocabulary(
        things=tuple((thing, *THING_WORDS[thing]) for thing in THINGS),
        colours=tuple((colour, *COLOUR_WORDS[colour]) for colour in COLOURS),
        places=tuple(_once([*PLACE_WORDS[place], *PLACE_TAGS[place]]) for place in PLACES),
        styles=tuple(_once([style, *STYLE_TAGS[style], *_nouns(style)]) for style in STYLES),
        others=_once([*verbs, *CAPTION_WORDS, *_AROUND]),
    )


def _nouns(style: str) -> list[str]:
    return [noun.removeprefix("an ").removeprefix("a ") for noun in STYLE_NOUNS[style]]


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def write_words(folder: Path) -> None:
    """Writes the file into a folder of weights."""
    text = json.dumps(known_words().told(), ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_words(EMBEDDED["demo"])

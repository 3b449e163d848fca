"""Words that prompts may not contain, however they are written."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from sdgui.emphasis import read_prompt, without_loras

_WORD = re.compile(r"\w+")


def barred_word(prompt: str, words: Sequence[str]) -> str | None:
    """The first of the words, or of the phrases, that a prompt says; None for none.

    Whole words count, in whatever case, width, accents and emphasis, and whatever stands between those of a phrase.
    """
    if not words:
        return None
    said = [_words_of(without_loras(prompt)), _words_of(read_prompt(prompt).text)]
    for word in words:
        sought = _sought(word)
        if sought.strip() and any(sought in text for text in said):
            return word
    return None


@lru_cache(maxsize=1024)
def _sought(word: str) -> str:
    return _words_of(word)


def _words_of(text: str) -> str:
    """The words with one space around each; accents and what cannot be seen are left out."""
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )
    found = _WORD.findall(plain.casefold().replace("_", " "))
    return f" {' '.join(found)} "

"""Full-text search over prompts: how they are cut into words, and what somebody types becomes a search."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sdgui.storage.rows import storable

# Marks belong to words (Hindi and Thai write vowels as marks), and pictograms are words.
TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* M* Co So'"
"""How SQLite's FTS5 cuts text into words: https://www.sqlite.org/fts5.html#unicode61_tokenizer"""

MOST_WORDS = 32
"""Words of a search that are looked at."""

# Thai to Burmese, Khmer, Chinese, Japanese and Korean: no blanks between words, so every letter is a word of its own
# and what is searched is a row of them. The same for pictograms, which may follow each other without a blank.
_ALONE = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2600-\u27bf\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff])"
)
_SEED = re.compile("[0-9]{1,10}")
_TYPED = re.compile(r'(?:(?<!\S)(-+))?(?:"([^"]*)("?)|([^\s"]+))')


def words_of(text: str) -> str:
    """The text with blanks around every letter that is a word of its own, as it is put into the index."""
    if text.isascii():
        return text
    plain = storable(unicodedata.normalize("NFKC", text))
    return _ALONE.sub(r" \1 ", plain)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is searched for in prompts: `wanted` and `unwanted` are expressions of FTS5, None where there is no such
    word; `signs` count where there is no word at all: they stand in no index, and must be in the prompt as they are."""

    wanted: str | None
    unwanted: str | None
    signs: tuple[str, ...]


def asked_by(typed: str) -> Asked:
    """What is typed, as a search.

    A bare word also finds those that begin with it, and so does what follows a quote that is still open; what stands
    between quotes is found as it is. Behind a minus stands what is not to be there.
    """
    terms = list(_terms(typed))[:MOST_WORDS]
    wanted = [term for term, is_wanted in terms if is_wanted]
    unwanted = [term for term, is_wanted in terms if not is_wanted]
    return Asked(
        wanted=" AND ".join(wanted) if wanted else None,
        unwanted=" OR ".join(unwanted) if unwanted else None,
        signs=() if terms else tuple(_signs(typed))[:MOST_WORDS],
    )


def seed_in(typed: str) -> int | None:
    """The seed that somebody typed and nothing else; None where it is none."""
    text = typed.strip()
    return int(text) if _SEED.fullmatch(text) and int(text) < 2**32 else None


def _terms(typed: str) -> Iterator[tuple[str, bool]]:
    """The words and phrases, and whether each is wanted."""
    for minus, quoted, closed, bare in _TYPED.findall(typed.replace("\0", " ")):
        words = words_of(quoted + bare)
        if any(_is_of_word(char) for char in words):
            yield f'"{words}"' + ("" if closed else "*"), not minus


def _signs(typed: str) -> Iterator[str]:
    """What has no letter or digit in it, and is no minus that stands before nothing yet."""
    for _, _, _, bare in _TYPED.findall(typed.replace("\0", " ")):
        if bare.strip("-") and not any(_is_of_word(char) for char in words_of(bare)):
            yield bare


def _is_of_word(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LNM" or category in ("Co", "So")

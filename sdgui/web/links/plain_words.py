"""What somebody writes for others to see: a name, a reason, the title of a page."""

import unicodedata

_JOINERS = "\u200c\u200d"
"""They are seen in what they join: Persian words, and faces of several signs."""
_MARKS = 4
"""Marks upon one letter; no script has more, and a flood of them covers the lines above."""


def plain(words: str) -> str:
    """Words on one line, without what cannot be seen, or turns round what stands beside it; nothing where nothing of
    them can be seen."""
    kept, marks = [], 0
    for char in words:
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks <= _MARKS:
            kept.append(char if char.isprintable() or char in _JOINERS else " ")
    line = " ".join("".join(kept).split())
    return line if line.strip(f"{_JOINERS} ") else ""

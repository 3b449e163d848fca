"""Scripts and styles that a page has within itself: strangers can ask for no others."""

import re

from sdgui.web.rooms import ROOT


def script_of(*names: str) -> str:
    """One script of several, named by their paths below the rooms, each of which imports only those before it."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in names]
    return "".join(
        re.sub(r"^export ", "", re.sub(r"^import .*\n", "", text, flags=re.M), flags=re.M)
        for text in texts
    )


def style_of(name: str) -> str:
    """A style, named by its path below the rooms, without the gaps that are for who reads it there."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"\s*([{};])\s+", r"\1", re.sub(r"([,:]) (?=[^{}]*[;}])", r"\1", text)).strip()

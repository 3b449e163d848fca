"""What moves on the page without end, or lies on previews, takes time of the dream that it shows."""

import re
from pathlib import Path

import pytest

import sdgui.web

pytestmark = pytest.mark.quick
STYLES = sorted(Path(sdgui.web.__file__).parent.rglob("*.css"))


def test_nothing_is_blurred_anew_at_every_preview() -> None:
    assert STYLES
    assert [file.name for file in STYLES if "backdrop-filter: blur" in file.read_text()] == []


def test_what_moves_without_end_does_so_in_steps() -> None:
    endless = [
        line
        for file in STYLES
        for line in re.findall(r"animation: .*", file.read_text())
        if "infinite" in line
    ]
    assert endless
    assert [line for line in endless if "steps(" not in line] == []

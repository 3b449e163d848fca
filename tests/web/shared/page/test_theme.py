"""Colours that everyone can read (WCAG 2.2, AA)."""

import re
from pathlib import Path

import pytest

from sdgui.web.rooms import ROOT, served_files
from sdgui.web.shared.page.theme import DARK, LIGHT, make_theme

STYLES = [path for name, path in served_files().items() if name.endswith(".css")]


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["bg", "panel", "raise"])
@pytest.mark.parametrize("ink", ["text", "dim"])
def test_text_can_be_read(colours: dict[str, str], ground: str, ink: str) -> None:
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_warnings_the_dream_button_and_the_focus_can_be_seen(colours: dict[str, str]) -> None:
    for ink in ("ok", "warn", "bad"):
        assert min(contrast(colours[ink], colours[ground]) for ground in ("bg", "panel")) >= 4.5
    assert min(contrast(colours["edge"], colours[ground]) for ground in ("bg", "panel")) >= 3
    assert min(contrast("#ffffff", colours[name]) for name in ("button", "button2")) >= 4.5
    assert min(contrast(colours["accent"], colours[g]) for g in ("bg", "panel")) >= 3


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_people_are_told_apart_by_eight_colours(colours: dict[str, str]) -> None:
    guests = [colours[f"guest{i}"] for i in range(1, 9)]
    assert len({*guests, colours["owner"]}) == 9
    for guest in guests:
        assert min(contrast(guest, colours[ground]) for ground in ("bg", "panel", "raise")) >= 3
        assert contrast(guest, colours["bg"]) >= 4.5  # the number on it


def test_every_colour_has_a_light_and_a_dark_side_and_is_used() -> None:
    assert DARK.keys() == LIGHT.keys()
    files = [*STYLES, ROOT / "shared" / "page" / "theme.py"]
    used = {
        name
        for file in files
        for name in re.findall(r"var\(--sd-(\w+)", file.read_text(encoding="utf-8"))
    }
    assert DARK.keys() <= used


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_no_style_names_a_colour_of_its_own(style: Path) -> None:
    code = style.read_text(encoding="utf-8")
    assert re.findall(r"(?<!%23)#[0-9a-f]{3,8}\b(?![^{;]*\{)", code) == []


@pytest.mark.parametrize("control", ["checkbox", "input", "slider"])
def test_controls_have_none_of_gradios_own_colours(control: str) -> None:
    css = make_theme()._get_theme_css()
    colours = re.findall(rf"--({control}[\w-]*(?:color|fill)[\w-]*): ([^;]+);", css)
    ours = (f"var(--{control}", "var(--sd-", "transparent")
    assert colours
    assert [one for one in colours if not one[1].startswith(ours)] == []

"""Settings in words: what a sheet says of all its pictures, and of each."""

from sdgui.comparing.cells import Cell, only_kept
from sdgui.comparing.settings_in_words import (
    captions,
    own,
    shared,
    shared_line,
    without_absent,
)
from sdgui.records import Mark
from sdgui.sheet import Sheet, SheetKind
from sdgui.spec import Variation
from tests.comparing.samples import PROMPT, WALL, grid, spec


def test_what_all_share_is_one_line() -> None:
    specs = [spec(500), spec(501)]
    assert shared_line(specs, PROMPT) == "Euler · 25 steps · cfg 7 · 128 × 128 · demo"


def test_the_prompt_is_said_where_the_title_does_not() -> None:
    assert shared_line([spec()], "a title").startswith(f"“{PROMPT}” · Euler")


def test_what_is_avoided_is_said() -> None:
    assert shared_line([spec(negative_prompt="fog")], PROMPT).endswith("seed 500 · without “fog”")


def test_one_step_is_one_step() -> None:
    assert "1 step ·" in shared_line([spec(steps=1)], PROMPT)


def test_own_settings_and_shared_ones_are_all() -> None:
    specs = [spec(500), spec(501, steps=8)]
    assert own(specs) == ({"Steps": "25", "Seed": "500"}, {"Steps": "8", "Seed": "501"})
    assert not shared(specs).keys() & own(specs)[0].keys()
    assert len(shared(specs)) + len(own(specs)[0]) == 11


def test_emphasis_is_named_where_pictures_differ_in_it_alone() -> None:
    pictures = [spec(500), spec(500, emphasis=True)]
    assert captions(pictures) == ("emphasis off", "emphasis on")
    assert "emphasis" not in shared_line([spec(500, emphasis=True)], PROMPT)


def test_emphasis_is_told_where_a_prompt_has_any() -> None:
    def told(prompt: str, negative_prompt: str = "") -> bool:
        pictures = [spec(500, prompt=prompt, negative_prompt=negative_prompt, emphasis=True)]
        return "Emphasis" in without_absent(shared(pictures))

    assert told("a (red) boat") and told("a boat BREAK a house") and told("a boat", "[fog]")
    assert told("a red boat at sea, " * 20)  # its end is read in other chunks
    assert not told("a red boat") and not told("a red boat", "fog")
    several = [spec(500, prompt=prompt, emphasis=True) for prompt in ("a boat", "a (boat)")]
    assert "Emphasis" in without_absent(shared(several))


def test_pictures_of_a_wall_are_called_by_their_seeds() -> None:
    assert captions([spec(500), spec(501)]) == ("500", "501")
    assert captions([spec(500)]) == ("500",)


def test_variations_are_called_by_what_varies() -> None:
    strengths = [spec(), *(spec(variation=Variation(seed=7, strength=s)) for s in (0.25, 1.0))]
    assert captions(strengths)[0] == "strength 0"
    assert captions(strengths[1:]) == ("strength 0.25", "strength 1")
    seeds = [spec(variation=Variation(seed=s, strength=0.3)) for s in (7, 8)]
    assert captions(seeds) == ("variation 7", "variation 8")


def test_the_kept_ones_of_a_grid_just_follow_each_other() -> None:
    sheet, cells = grid(3, 2)
    marked = tuple(
        Cell(cell.spec, cell.png, mark=Mark.KEPT if i in (1, 5) else Mark.NONE)
        for i, cell in enumerate(cells)
    )
    kept_sheet, kept = only_kept(sheet, marked)
    assert kept == (marked[1], marked[5])
    assert kept_sheet == WALL


def test_kept_ones_keep_their_sources() -> None:
    sheet = Sheet(kind=SheetKind.REFINED, sources=("one", "two"))
    cells = (Cell(spec(), None), Cell(spec(), None, mark="kept"))
    assert only_kept(sheet, cells)[0] == Sheet(kind=SheetKind.REFINED, sources=("two",))

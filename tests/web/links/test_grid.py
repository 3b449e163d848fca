"""Pictures of a wall that make a grid, by what differs in them, and the values that make them again."""

import pytest

from sdgui.comparing.settings_in_words import Settings
from sdgui.web.links.grid import asked_again, grid_of


def crossed(x: tuple[str, list[str]], y: tuple[str, list[str]]) -> list[Settings]:
    return [{x[0]: across, y[0]: down} for down in y[1] for across in x[1]]


STEPS_BY_CFG = crossed(("Steps", ["5", "10", "20"]), ("Cfg scale", ["3", "7"]))
SEEDS: list[Settings] = [{"Seed": str(seed)} for seed in range(4)]


def test_what_changes_from_picture_to_picture_goes_across() -> None:
    grid = grid_of(STEPS_BY_CFG)
    assert grid is not None
    assert (grid.x.title, grid.x.labels) == ("Steps", ("5", "10", "20"))
    assert (grid.y.title, grid.y.labels) == ("Cfg scale", ("3", "7"))
    assert [grid.at(row, column) for row in range(2) for column in range(3)] == list(range(6))


def test_a_deleted_picture_leaves_its_cell_empty() -> None:
    grid = grid_of(STEPS_BY_CFG[:4] + STEPS_BY_CFG[5:])
    assert grid is not None and (grid.at(1, 1), grid.at(1, 2)) == (None, 4)


def test_what_goes_with_an_axis_makes_no_other() -> None:
    models = crossed(("Model", ["a", "b"]), ("Seed", ["1", "2"]))
    grid = grid_of([{**one, "Sampler": f"of {one['Model']}"} for one in models])
    assert grid is not None and (grid.x.title, grid.y.title) == ("Model", "Seed")


@pytest.mark.parametrize(
    "each",
    [
        SEEDS,
        [{"Seed": "1", "Steps": "2"}, {"Seed": "2", "Steps": "3"}],
        [{"Seed": str(i), "Steps": str(i % 2)} for i in range(6)],
        [*STEPS_BY_CFG[:2], *STEPS_BY_CFG[:1], *STEPS_BY_CFG[3:]],
    ],
    ids=["seeds", "two", "gathered", "doubled"],
)
def test_what_fills_no_rows_is_no_grid(each: list[Settings]) -> None:
    assert grid_of(each) is None


@pytest.mark.parametrize(
    ("each", "asked"),
    [
        (SEEDS, {"mode": "wall", "wall_count": 4}),
        (
            STEPS_BY_CFG,
            {
                **{"mode": "grid", "x_axis": "Steps", "x_values": "5, 10, 20"},
                **{"y_axis": "Cfg scale", "y_values": "3, 7"},
            },
        ),
        (
            [{"Size": "64 × 64"}, {"Size": "128 × 64"}],
            {
                "mode": "grid",
                "x_axis": "Size",
                "x_values": "64 × 64, 128 × 64",
                "y_axis": "Nothing",
            },
        ),
        (
            [{"What to avoid": "nothing"}, {"What to avoid": 'fog, "rain"'}],
            {
                **{"mode": "grid", "x_axis": "What to avoid", "y_axis": "Nothing"},
                "x_values": '""\n"fog, ""rain"""',
            },
        ),
        ([{"Prompt": "a\nb"}, {"Prompt": "c"}], None),
        ([{"Variation strength": "0.1"}, {"Variation strength": "0.2"}], None),
        ([{"Model": "a (0123456789)"}, {"Model": "a (abcdef0123)"}], None),
        ([{"Seed": "1", "Steps": "2"}, {"Seed": "2", "Steps": "3"}], None),
    ],
)
def test_values_are_written_as_compare_reads_them(
    each: list[Settings], asked: dict[str, object] | None
) -> None:
    assert asked_again(each, grid_of(each)) == asked

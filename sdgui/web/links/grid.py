"""Which pictures of a wall make a grid, told by their settings alone, and how Compare is asked for them again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from sdgui import axes
from sdgui.axes import AVOID, MODEL, SEED, STRENGTH, read_axis, written_axis
from sdgui.comparing.settings_in_words import NOTHING, Settings
from sdgui.errors import UserError
from sdgui.request_fields import AXES, NO_AXIS
from sdgui.sheet import Axis

_HASHED = re.compile(r" \([0-9a-f]{10}\)$")


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Two axes, and the row and the column of each picture."""

    x: Axis
    y: Axis
    places: tuple[tuple[int, int], ...]

    def at(self, row: int, column: int) -> int | None:
        """Which picture is in a cell; None where there is none."""
        place = (row, column)
        return self.places.index(place) if place in self.places else None


def grid_of(each: Sequence[Settings]) -> Grid | None:
    """The grid that pictures make which differ in these settings, row by row; None where they make none.

    Cells may be empty, as where a picture was deleted, but no more than are filled.
    """
    for x, y in permutations(each[0], 2):
        columns, rows = (_labels(each, name) for name in (x, y))
        places = [(rows.index(one[y]), columns.index(one[x])) for one in each]
        is_filled = len(each) > max(len(columns), len(rows), len(columns) * len(rows) / 2)
        if not is_filled or any(a >= b for a, b in pairwise(places)):
            continue
        others = (name for name in each[0] if name not in (x, y))
        if all(_follows(each, name, x) or _follows(each, name, y) for name in others):
            across, down = Axis(title=x, labels=columns), Axis(title=y, labels=rows)
            return Grid(x=across, y=down, places=tuple(places))
    return None


def asked_again(each: Sequence[Settings], grid: Grid | None) -> dict[str, object] | None:
    """Compare's settings, by name, that make the pictures again, besides those of the first; None where none do."""
    names = tuple(each[0])
    if set(names) <= {SEED}:
        return {"mode": "wall", "wall_count": len(each)}
    if len(names) == 1:
        across, down = Axis(title=names[0], labels=_labels(each, names[0])), None
    elif grid is not None and len(names) == 2:
        across, down = grid.x, grid.y
    else:
        return None
    x, y = _written(across), None if down is None else _written(down)
    if x is None or (y is None and down is not None):
        return None
    said = {"mode": "grid", "x_axis": across.title, "x_values": x}
    if down is None or y is None:
        return {**said, "y_axis": NO_AXIS}
    return {**said, "y_axis": down.title, "y_values": y}


def _written(axis: Axis) -> str | None:
    """Its values as a person writes them; None where they would not be read as these."""
    if axis.title not in AXES or axis.title == STRENGTH:  # how much of which seed is not said
        return None
    if axis.title == MODEL and any(map(_HASHED.search, axis.labels)):  # one name, two contents
        return None
    if axis.title == AVOID:
        labels = tuple(axes.NOTHING if label == NOTHING else label for label in axis.labels)
        axis = Axis(title=AVOID, labels=labels)
    values = written_axis(axis).values
    try:
        read = read_axis(written_axis(axis)).axis.labels
    except UserError:
        return None
    return values if tuple(map(_bare, read)) == tuple(map(_bare, axis.labels)) else None


def _bare(label: str) -> str:
    """A size is written with gaps, and without."""
    return label.replace(" × ", "x").replace("×", "x")


def _labels(each: Sequence[Settings], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one[name] for one in each))


def _follows(each: Sequence[Settings], name: str, leader: str) -> bool:
    """Whether a setting is the same wherever another is."""
    return len({(one[leader], one[name]) for one in each}) == len(_labels(each, leader))

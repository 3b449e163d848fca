"""A sheet as data: the layout, and every picture with its file name and complete settings."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sdgui import __version__
from sdgui.comparing.arrangement import columns_and_rows
from sdgui.comparing.cells import Cell
from sdgui.sheet import Sheet

SCHEMA = 1


def picture_names(sheet: Sheet, cells: Sequence[Cell]) -> tuple[str, ...]:
    """A file name for each picture: safe on every system, sorted in the sheet's order, counted from 1.

    "r01-c02-seed-500.png" in a grid, "001-seed-500.png" without axes.
    """
    shape = columns_and_rows(sheet, len(cells))
    if shape is None:
        digits = max(3, len(str(len(cells))))
        places = [f"{i:0{digits}}" for i in range(1, len(cells) + 1)]
    else:
        columns, rows = shape
        across, down = (max(2, len(str(number))) for number in shape)
        places = [
            f"r{row:0{down}}-c{column:0{across}}"
            for row in range(1, rows + 1)
            for column in range(1, columns + 1)
        ]
    return tuple(
        f"{place}-seed-{cell.spec.seed}.{cell.ending}"
        for place, cell in zip(places, cells, strict=True)
    )


def sheet_json(
    title: str, sheet: Sheet, cells: Sequence[Cell], *, present: Sequence[bool] | None = None
) -> dict[str, Any]:
    """What grid.json holds: title, sheet, and the cells in its order with complete specs.

    `file` is a picture's name in the ZIP, null where `present` (or the cell itself) says that there is none; `row` and
    `column` count from 1 and are null without axes.
    """
    shape = columns_and_rows(sheet, len(cells))
    if present is None:
        present = [cell.png is not None for cell in cells]
    described = []
    for i, (cell, name) in enumerate(zip(cells, picture_names(sheet, cells), strict=True)):
        described.append(
            {
                "file": name if present[i] else None,
                "row": None if shape is None else i // shape[0] + 1,
                "column": None if shape is None else i % shape[0] + 1,
                "spec": cell.spec.to_dict(),
                "match": cell.match,
                "mark": str(cell.mark),
                "fault": cell.fault,
            }
        )
    return {
        "schema": SCHEMA,
        "program": f"sdgui {__version__}",
        "title": title,
        "sheet": asdict(sheet),
        "cells": described,
    }

"""How a sheet's pictures are arranged: in a grid's columns and rows, or one after another."""

from sdgui.sheet import Sheet

MOST_IN_A_ROW = 10
"""A grid of one longer row is folded: its pictures follow each other, each with its label."""


def columns_and_rows(sheet: Sheet, count: int) -> tuple[int, int] | None:
    """How many columns and rows the axes of a sheet have; None without axes; ValueError unless `count` fills them."""
    if sheet.x is None and sheet.y is None:
        return None
    columns = 1 if sheet.x is None else len(sheet.x.labels)
    rows = 1 if sheet.y is None else len(sheet.y.labels)
    if columns * rows != count:
        raise ValueError(f"{count} pictures cannot fill {columns} × {rows} cells")
    return columns, rows


def is_folded(sheet: Sheet) -> bool:
    """Whether a grid is one row too long to be shown as one."""
    return sheet.x is not None and sheet.y is None and len(sheet.x.labels) > MOST_IN_A_ROW


def in_words(title: str) -> str:
    """An axis' title within a sentence."""
    return f"{title[:1].lower()}{title[1:]}"

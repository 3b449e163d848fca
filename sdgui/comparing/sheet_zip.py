"""A sheet as a ZIP: every picture as it was stored, and grid.json."""

import json
import zipfile
from collections.abc import Sequence
from typing import IO

from sdgui.comparing.cells import Cell
from sdgui.comparing.sheet_json import picture_names, sheet_json
from sdgui.sheet import Sheet

GRID = "grid.json"


def write_zip(title: str, sheet: Sheet, cells: Sequence[Cell], file: IO[bytes]) -> None:
    """Writes the original PNGs, stored as they are, and grid.json (last: it knows what was there to be stored).

    `file` is binary and seekable; its OSError (a full disk) is raised as it is. ValueError unless the cells fill the
    sheet's axes.
    """
    names = picture_names(sheet, cells)
    present = []
    with zipfile.ZipFile(file, "w", compression=zipfile.ZIP_STORED) as archive:
        for name, cell in zip(names, cells, strict=True):
            png = cell.read()
            present.append(png is not None)
            if png is not None:
                archive.writestr(name, png)
        said = sheet_json(title, sheet, cells, present=present)
        text = json.dumps(said, ensure_ascii=False, indent=1)
        archive.writestr(GRID, text.encode("utf-8", "replace"), compress_type=zipfile.ZIP_DEFLATED)

"""The pictures of a sheet, as the exports take them."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path

from sdgui.records import Mark
from sdgui.sheet import Sheet, SheetKind
from sdgui.spec import PictureSpec


@dataclass(frozen=True)
class Cell:
    """One place of a sheet: what was asked for and the finished PNG, as file or bytes; None where there is none.

    `match` is how well it fits its prompt (-1 to 1), `mark` what its owner thinks of it, `fault` says why it is
    missing.
    """

    spec: PictureSpec
    png: Path | bytes | None
    _: KW_ONLY
    match: float | None = None
    mark: str = ""
    fault: str = ""

    @property
    def kept(self) -> bool:
        """Whether its owner kept it."""
        return self.mark == Mark.KEPT

    @property
    def missing(self) -> str:
        """Why there is nothing to see, in a few words."""
        return self.fault if self.fault else "not made"

    @property
    def ending(self) -> str:
        """How the name of its file ends: as it did where it came from elsewhere, else `png`."""
        ending = self.png.suffix.casefold() if isinstance(self.png, Path) else ""
        return {".jpg": "jpg", ".jpeg": "jpg", ".webp": "webp"}.get(ending, "png")

    def read(self) -> bytes | None:
        """The PNG as it was stored; None where there is none, or its file was deleted meanwhile or cannot be opened."""
        if not isinstance(self.png, Path):
            return self.png
        try:
            return self.png.read_bytes()
        except OSError:
            return None


def only_kept(sheet: Sheet, cells: Sequence[Cell]) -> tuple[Sheet, tuple[Cell, ...]]:
    """The kept pictures alone: they no longer fill the axes, so they just follow each other."""
    kept = [i for i, cell in enumerate(cells) if cell.kept]
    sources = tuple(sheet.sources[i] for i in kept) if sheet.sources else ()
    kind = SheetKind.WALL if sheet.kind is SheetKind.GRID else sheet.kind
    without_axes = replace(sheet, kind=kind, x=None, y=None, sources=sources)
    return without_axes, tuple(cells[i] for i in kept)

"""Pictures of other programs that were brought in: where the file of each lies, and how far an import is."""

from dataclasses import dataclass
from enum import StrEnum

from sdgui.made_with import MadeWith

UNCLAIMED = ""
"""Whose pictures are that came in by the command line, until the owner opens the page."""


class FileKind(StrEnum):
    """What a picture's file is, by its content."""

    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"

    @property
    def media_type(self) -> str:
        """As HTTP calls it."""
        return f"image/{'jpeg' if self is FileKind.JPEG else self.value}"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """Where a picture came from: `path` below the `folder` that was imported. A linked one still lies there, and only
    there; of the others we have a copy. `made_with` is what its file says, None where it is a picture of ours, whose
    spec says all."""

    folder: str
    path: str
    name: str
    kind: FileKind
    is_linked: bool
    made_with: MadeWith | None = None


class ImportState(StrEnum):
    """The life of an import; all but the first are ends, from which it goes on when it is asked for again."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class FolderImport:
    """How far the import of a folder is: `done` of `total` files were looked at (None while they are counted).

    `added` are new here, `known` were here before, `refused` are links that lead out of the folder, and `damaged` can
    not be read, of which some are `named`. `message` says why it failed.
    """

    id: int
    visitor: str
    folder: str
    copies: bool
    state: ImportState = ImportState.RUNNING
    total: int | None = None
    done: int = 0
    added: int = 0
    known: int = 0
    refused: int = 0
    damaged: int = 0
    named: tuple[str, ...] = ()
    seconds_left: float | None = None
    message: str = ""

    @property
    def sentence(self) -> str:
        """What is to be said of it, in one sentence."""
        match self.state:
            case ImportState.RUNNING if self.total is None:
                return "The pictures in it are being counted."
            case ImportState.RUNNING:
                return f"{self.done:,} of {self.total:,} pictures{self._time_left}."
            case ImportState.FAILED:
                return self.message
        parts = [f"{_pictures(self.added)} came in" if self.added else "Nothing new came in"]
        if self.known:
            parts.append(f"{self.known:,} {_were(self.known)} here already")
        if self.refused:
            parts.append(
                f"{self.refused:,} {_were(self.refused)} left out as links out of the folder"
            )
        if self.damaged:
            more = self.damaged - len(self.named)
            names = ", ".join(self.named) + (f" and {more:,} more" if more else "")
            parts.append(f"{self.damaged:,} could not be read ({names})")
        begun = "Stopped: " if self.state is ImportState.CANCELLED else ""
        return begun + "; ".join(parts) + "."

    @property
    def _time_left(self) -> str:
        left = self.seconds_left
        if left is None:
            return ""
        return f", {left:.0f} s left" if left < 60 else f", about {left / 60:.0f} min left"


def _pictures(count: int) -> str:
    return f"{count:,} {'picture' if count == 1 else 'pictures'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"

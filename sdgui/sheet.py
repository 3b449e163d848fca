"""How the pictures of one job lie beside each other: a wall of seeds, a row of variations, a labelled grid."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

SHEET = "sdgui-sheet"
"""The text of a PNG sheet that holds what grid.json holds."""


class SheetKind(StrEnum):
    """What a sheet compares."""

    WALL = "wall"
    REFINED = "refined"
    VARIATIONS = "variations"
    GRID = "grid"


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One axis: what varies along it, in a person's words, and the label of each column (or row)."""

    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The layout of a job's pictures; those of a grid go row by row: picture `row * columns + column`.

    Without axes the pictures just follow each other. `sources` holds, for each picture, the id of the one that it was
    made from (its draft, or what it varies), or nothing.
    """

    kind: SheetKind
    x: Axis | None = None
    y: Axis | None = None
    sources: tuple[str, ...] = ()

    def to_json(self) -> str:
        """This sheet as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Sheet":
        """The sheet that `to_json` wrote."""
        fields = json.loads(text)
        return Sheet(
            kind=SheetKind(fields["kind"]),
            x=_axis(fields["x"]),
            y=_axis(fields["y"]),
            sources=tuple(fields["sources"]),
        )


def _axis(fields: dict[str, object] | None) -> Axis | None:
    if fields is None:
        return None
    labels = fields["labels"]
    assert isinstance(labels, list)
    return Axis(title=str(fields["title"]), labels=tuple(map(str, labels)))

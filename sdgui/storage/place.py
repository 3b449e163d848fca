"""What a picture's file says of its place: in which dream it stands, where, when, and whose it is.

With it the list of pictures can be made again from the files alone. Of a sheet each file holds its own cell only:
the kind, and of each axis the title, its own label and how many there are; together the cells make the sheet.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sdgui.records import JobRecord
from sdgui.sheet import Axis, Sheet, SheetKind
from sdgui.storage.layout import is_id

_MOST = 512
"""Pictures of one dream that a file may speak of: more were never queued at once. Each of them for which there is no
file leaves an empty place."""
_LONGEST = 20_000
_CHECKED = 8
"""Bytes that tell whether an owner was sealed with this secret."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Where a picture lies along an axis: the label of its own column (or row), `index` of `count`."""

    title: str
    label: str
    index: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A picture's part of its sheet; `source` is None where the sheet has none, else as `Sheet.sources` has it."""

    kind: SheetKind
    x: Edge | None = None
    y: Edge | None = None
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Picture `index` of the `count` of a job that was asked for at `asked`; it was made at `created`, both in seconds
    since the epoch. `owner` is sealed (`seal_owner`)."""

    picture: str
    job: str
    index: int
    count: int
    asked: float
    created: float
    owner: str
    cell: Cell | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for `from_dict`."""
        told: dict[str, Any] = {
            "picture": self.picture,
            "job": self.job,
            "index": self.index,
            "count": self.count,
            "asked": self.asked,
            "created": self.created,
            "owner": self.owner,
        }
        if self.cell is not None:
            told["sheet"] = {"kind": self.cell.kind.value}
            for name, edge in (("x", self.cell.x), ("y", self.cell.y)):
                if edge is not None:
                    told["sheet"][name] = [edge.title, edge.label, edge.index, edge.count]
            if self.cell.source is not None:
                told["sheet"]["source"] = self.cell.source
        return told

    @staticmethod
    def from_dict(told: Mapping[str, Any]) -> "Place":
        """What `to_dict` made; ValueError, KeyError or TypeError for what is none."""
        place = Place(
            picture=_id(told["picture"]),
            job=_id(told["job"]),
            index=_whole(told["index"]),
            count=_whole(told["count"]),
            asked=_moment(told["asked"]),
            created=_moment(told["created"]),
            owner=_text(told["owner"]),
            cell=_cell(told["sheet"]) if "sheet" in told else None,
        )
        if not place.index < place.count:
            raise ValueError("a place behind the last one")
        return place


def place_of(job: JobRecord, index: int, *, created: float, secret: bytes) -> Place:
    """The place of picture `index` of a job that was made at `created`."""
    picture = job.tasks[index].id
    return Place(
        picture=picture,
        job=job.id,
        index=index,
        count=len(job.tasks),
        asked=job.created,
        created=created,
        owner=seal_owner(secret, picture, job.visitor),
        cell=None if job.sheet is None else _cell_of(job.sheet, index),
    )


def sheet_of(cells: Mapping[int, Cell], count: int) -> Sheet | None:
    """The sheet that these cells, by index, make of a job of `count` pictures; None of none. Labels of which no cell
    is left are empty."""
    if not cells:
        return None
    first = cells[min(cells)]
    sources = {index: cell.source for index, cell in cells.items() if cell.source is not None}
    return Sheet(
        kind=first.kind,
        x=_axis([cell.x for cell in cells.values() if cell.x is not None]),
        y=_axis([cell.y for cell in cells.values() if cell.y is not None]),
        sources=tuple(sources.get(i, "") for i in range(count)) if sources else (),
    )


def seal_owner(secret: bytes, picture: str, visitor: str) -> str:
    """Whose a picture is, so that only who has the secret of the folder can read it.

    Each picture has a key of its own: nobody else sees that two of them are one person's.
    """
    plain = visitor.encode()
    check = _keyed(secret, b"check", picture, plain)[:_CHECKED]
    sealed = bytes(a ^ b for a, b in zip(plain, _stream(secret, picture, len(plain)), strict=True))
    return base64.urlsafe_b64encode(check + sealed).decode()


def open_owner(secret: bytes, picture: str, owner: str) -> str | None:
    """What `seal_owner` sealed; None where it was with another secret, or for another picture."""
    try:
        told = base64.urlsafe_b64decode(owner.encode())
    except ValueError:
        return None
    check, sealed = told[:_CHECKED], told[_CHECKED:]
    stream = _stream(secret, picture, len(sealed))
    plain = bytes(a ^ b for a, b in zip(sealed, stream, strict=True))
    if not hmac.compare_digest(check, _keyed(secret, b"check", picture, plain)[:_CHECKED]):
        return None
    try:
        return plain.decode()
    except ValueError:
        return None


def _stream(secret: bytes, picture: str, length: int) -> bytes:
    key = _keyed(secret, b"owner", picture, b"")
    return hashlib.shake_256(key).digest(length)


def _keyed(secret: bytes, purpose: bytes, picture: str, more: bytes) -> bytes:
    told = purpose + b"\0" + picture.encode() + b"\0" + more
    return hmac.new(secret, told, hashlib.sha256).digest()


def _cell_of(sheet: Sheet, index: int) -> Cell:
    columns = 1 if sheet.x is None else max(1, len(sheet.x.labels))
    x = None if sheet.x is None else _edge_of(sheet.x, index % columns)
    y = None if sheet.y is None else _edge_of(sheet.y, index // columns)
    source = sheet.sources[index] if index < len(sheet.sources) else None
    return Cell(kind=sheet.kind, x=x, y=y, source=source)


def _edge_of(axis: Axis, index: int) -> Edge | None:
    if index >= len(axis.labels):
        return None
    return Edge(title=axis.title, label=axis.labels[index], index=index, count=len(axis.labels))


def _axis(edges: list[Edge]) -> Axis | None:
    if not edges:
        return None
    labels = {edge.index: edge.label for edge in edges}
    count = max(edge.count for edge in edges)
    return Axis(title=edges[0].title, labels=tuple(labels.get(i, "") for i in range(count)))


def _cell(told: Mapping[str, Any]) -> Cell:
    source = told.get("source")
    if source not in (None, ""):
        _id(source)
    return Cell(
        kind=SheetKind(told["kind"]), x=_edge(told.get("x")), y=_edge(told.get("y")), source=source
    )


def _edge(told: Any) -> Edge | None:
    if told is None:
        return None
    title, label, index, count = told
    return Edge(title=_text(title), label=_text(label), index=_whole(index), count=_whole(count))


def _id(told: Any) -> str:
    if not isinstance(told, str) or not is_id(told):
        raise ValueError("not an id")
    return told


def _whole(told: Any) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told <= _MOST:
        raise ValueError("not a number of pictures")
    return told


def _moment(told: Any) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told < 1e11:
        raise ValueError("not a moment")
    return float(told)


def _text(told: Any) -> str:
    if not isinstance(told, str) or len(told) > _LONGEST:
        raise ValueError("not a text")
    told.encode()  # a half letter is none
    return told

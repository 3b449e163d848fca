"""Rows of the database as the other floors know them, and what is written of a picture beside its spec."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeVar

from sdgui.adapters import loras
from sdgui.imports import Imported
from sdgui.records import Hiding, JobRecord, JobState, Mark, PictureRecord, TaskRecord
from sdgui.sheet import Sheet
from sdgui.spec import PictureSpec
from sdgui.storage.imports.written import from_json
from sdgui.storage.layout import stored_path

log = logging.getLogger(__name__)

_Row = TypeVar("_Row")
_Made = TypeVar("_Made")

COLUMNS = (
    *("prompt", "negative_prompt", "model", "sampler"),
    *("width", "height", "steps", "guidance", "seed"),
)
"""What is written of a spec to be searched, filtered and sorted by; the spec itself, as JSON, stays the truth."""


def columns_of(spec: PictureSpec) -> tuple[str | int | float, ...]:
    """The values of `COLUMNS`."""
    return (
        *(spec.prompt, spec.negative_prompt, spec.model.id, spec.sampler_name),
        *(spec.width, spec.height, spec.steps, spec.guidance, spec.seed),
    )


def loras_of(spec: PictureSpec) -> tuple[str, ...]:
    """The ids of a spec's LoRAs, each once."""
    return tuple(dict.fromkeys(storable(one.ref.id) for one in loras(spec.adapters)))


def storable(text: str) -> str:
    """Without halves of letters, which JSON can hold and SQLite cannot."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, kw_only=True)
class TaskRow:
    """One picture as the database knows it, made or not; `path` is relative to the output folder."""

    id: str
    job: str
    index: int
    visitor: str
    spec: PictureSpec
    path: PurePosixPath
    stored: bool
    deleted: bool
    created: float
    notes: dict[str, str] = field(default_factory=dict)
    bytes: int = 0
    mark: Mark = Mark.NONE
    binned: float | None = None
    rating: int = 0
    imported: Imported | None = None
    hiding: Hiding = Hiding.NONE

    def picture(self) -> PictureRecord:
        """The picture as the other floors know it."""
        return PictureRecord(
            id=self.id,
            job=self.job,
            index=self.index,
            visitor=self.visitor,
            created=self.created,
            spec=self.spec,
            notes=self.notes,
            bytes=self.bytes,
            mark=self.mark,
            rating=self.rating,
            imported=self.imported,
            hiding=self.hiding,
            binned=self.binned,
        )


def readable(make: Callable[[_Row], _Made], rows: Iterable[_Row]) -> Iterator[_Made]:
    """What `make` makes of each row that can be read; any other is no reason not to start, and the log says so."""
    for row in rows:
        try:
            yield make(row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("A picture or dream in the list cannot be read: %s", error)


def task_row(row: sqlite3.Row) -> TaskRow:
    """A row of `tasks` whose files are not removed."""
    return TaskRow(
        id=row["id"],
        job=row["job"],
        index=row["position"],
        visitor=row["visitor"],
        spec=PictureSpec.from_json(row["spec"]),
        path=stored_path(row["path"]),
        stored=bool(row["stored"]),
        deleted=bool(row["deleted"]),
        created=0.0 if row["created"] is None else row["created"],
        notes=json.loads(row["notes"]),
        bytes=row["bytes"],
        mark=Mark(row["mark"]),
        binned=row["binned"],
        rating=row["rating"],
        imported=None if row["imported"] is None else from_json(row["imported"]),
        hiding=_hiding(row),
    )


def _hiding(row: sqlite3.Row) -> Hiding:
    if row["hidden"] is None:
        return Hiding.NONE
    return Hiding.HIDDEN if row["binned"] is None else Hiding.DELETED


def job_record(row: sqlite3.Row, tasks: Sequence[sqlite3.Row]) -> JobRecord:
    """A row of `jobs` with its rows of `tasks`, in order."""
    return JobRecord(
        id=row["id"],
        visitor=row["visitor"],
        created=row["created"],
        state=JobState(row["state"]),
        tasks=tuple(
            TaskRecord(
                id=task["id"],
                spec=PictureSpec.from_json(task["spec"]),
                stored=bool(task["stored"]),
                deleted=bool(task["deleted"]),
                mark=Mark(task["mark"]),
                fault=task["fault"],
                match=task["match"] if task["stored"] else None,
                hiding=_hiding(task),
                held_back=bool(task["held_back"]),
            )
            for task in tasks
        ),
        message=row["message"],
        hint=row["hint"],
        sheet=None if row["sheet"] is None else Sheet.from_json(row["sheet"]),
        is_gathered=row["shows"] is not None,
    )

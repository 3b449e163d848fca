"""Sheets to take along: one PNG, a ZIP, one HTML file; each only for its owner."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import IO, TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response, StreamingResponse

from sdgui.comparing.cells import Cell, only_kept
from sdgui.comparing.sheet_html import write_html
from sdgui.comparing.sheet_png import write_png
from sdgui.comparing.sheet_zip import write_zip
from sdgui.errors import plain_no_room
from sdgui.ports import Store
from sdgui.records import JobRecord, TaskRecord
from sdgui.sheet import Sheet, SheetKind
from sdgui.storage.infotext import to_infotext
from sdgui.web.doors.visitors import visitor_of
from sdgui.web.shared.dreams.descriptions import title_of
from sdgui.web.shared.gallery.pictures import NO_STORE, Id, words_of

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_CHUNK = 2**20

Writer = Callable[[str, Sheet, Sequence[Cell], IO[bytes]], None]


def export_routes(studio: "Studio", store: Store, heavy: CapacityLimiter) -> APIRouter:
    """Routes of the exports; any dream can be exported, one without a sheet as a wall. No more at once than `heavy`
    lets through."""
    routes = APIRouter()

    @routes.get("/jobs/{job}/sheet.png")
    async def png(request: Request, job: Id, kept: bool = False, light: bool = False) -> Response:
        """One picture with labels, of all cells or of the kept ones; `light` as the page that asks."""
        write = partial(_write_png, light=light)
        return await export(request, job, kept, write, "png", "image/png")

    @routes.get("/jobs/{job}/sheet.zip")
    async def archive(request: Request, job: Id, kept: bool = False) -> Response:
        """The pictures as they are stored, and `grid.json`."""
        return await export(request, job, kept, write_zip, "zip", "application/zip")

    @routes.get("/jobs/{job}/sheet.html")
    async def html(request: Request, job: Id, kept: bool = False) -> Response:
        """One page with everything inside, for looking at it offline."""
        return await export(request, job, kept, write_html, "html", "text/html")

    async def export(
        request: Request, job: str, kept: bool, write: Writer, ending: str, media_type: str
    ) -> Response:
        visitor = visitor_of(request)

        def work() -> tuple[str, IO[bytes], int]:
            found = store.job(job, visitor)
            if found is None:
                raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such dream here.", NO_STORE)
            sheet, cells = sheet_of(studio.as_it_stands(found), store)
            if kept:
                sheet, cells = only_kept(sheet, cells)
            if not any(cell.png is not None for cell in cells):
                fault = "None of these pictures is kept." if kept else "No picture is finished yet."
                raise HTTPException(HTTPStatus.BAD_REQUEST, fault, NO_STORE)
            title = title_of(found)
            if kept:
                title += f" · {len(cells)} kept"
            file, size = _written(lambda out: write(title, sheet, cells, out))
            if _are_gone(found, cells, store):  # meanwhile: what is deleted or hidden goes nowhere
                file.close()
                return work()
            parts = (words_of(title_of(found)), sheet.kind.value, "kept" if kept else "")
            return "-".join(part for part in parts if part) + f".{ending}", file, size

        name, file, size = await to_thread.run_sync(work, limiter=heavy)
        headers = {
            **NO_STORE,
            "content-disposition": f'attachment; filename="{name}"',
            "content-length": str(size),
        }
        return StreamingResponse(_chunks(file), media_type=media_type, headers=headers)

    return routes


def sheet_of(job: JobRecord, store: Store) -> tuple[Sheet, tuple[Cell, ...]]:
    """How a dream's pictures lie, and the pictures; what is deleted or was never made leaves a gap only where the
    labels need it."""
    sheet = Sheet(kind=SheetKind.WALL) if job.sheet is None else job.sheet
    shown = [i for i, task in enumerate(job.tasks) if sheet.x is not None or _is_told(task)]
    files = store.find_files([task.id for task in job.tasks if task.stored], job.visitor)
    cells = tuple(
        Cell(
            task.spec,
            files.get(task.id),
            match=task.match,
            mark=task.mark,
            fault=_fault_of(task),
        )
        for task in (job.tasks[i] for i in shown)
    )
    sources = tuple(sheet.sources[i] for i in shown) if sheet.sources else ()
    return Sheet(kind=sheet.kind, x=sheet.x, y=sheet.y, sources=sources), cells


def _write_png(
    title: str, sheet: Sheet, cells: Sequence[Cell], file: IO[bytes], *, light: bool
) -> None:
    """With the infotext of the first cell, as A1111's grids have it; of a picture from elsewhere little is known."""
    first = cells[0].spec
    infotext = to_infotext(first) if first.steps else ""
    write_png(title, sheet, cells, file, infotext=infotext, light=light)


def _is_told(task: TaskRecord) -> bool:
    """Whether there is a picture, or a word why there is none."""
    return not task.deleted and bool(task.stored or task.hiding or task.fault)


def _are_gone(job: JobRecord, cells: Sequence[Cell], store: Store) -> bool:
    """Whether some of a dream's pictures that were there are not any more."""
    files = store.find_files([task.id for task in job.tasks if task.stored], job.visitor)
    return not {cell.png for cell in cells if isinstance(cell.png, Path)} <= set(files.values())


def _fault_of(task: TaskRecord) -> str:
    if task.hiding:
        return task.hiding.value
    return "deleted" if task.deleted else task.fault


def _written(write: Callable[[IO[bytes]], None]) -> tuple[IO[bytes], int]:
    """A nameless file that `write` has filled, and its size; whatever happens, nothing of it stays behind."""
    with plain_no_room("the sheet could not be written"), ExitStack() as undo:
        file = undo.enter_context(tempfile.TemporaryFile(dir=os.environ.get("GRADIO_TEMP_DIR")))
        write(file)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        undo.pop_all()
    return file, size


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk

"""Pixels for the page: live previews, originals and thumbnails, each only for its owner."""

import re
import unicodedata
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi import Path as FromPath
from fastapi.responses import FileResponse, Response
from starlette.concurrency import run_in_threadpool

from sdgui.imports import Imported
from sdgui.ports import Store
from sdgui.records import Hiding, PictureRecord
from sdgui.web.doors.visitors import visitor_of, who_of
from sdgui.written_values import shown

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

Id = Annotated[str, FromPath(pattern=r"^[A-Za-z0-9_-]{1,64}$")]

KEEP = {"cache-control": "private, max-age=31536000, immutable"}
NO_STORE = {"cache-control": "no-store"}


def picture_routes(studio: "Studio", store: Store) -> APIRouter:
    """Routes of previews and pictures; what is not the visitor's is not found."""
    routes = APIRouter()

    @routes.get("/live/{job}/{strip}")
    async def live(
        request: Request,
        job: Id,
        strip: Id,
        rev: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        """The newest preview of pictures that form together, from memory, whatever revision was asked for; the answer
        names its own. 204 for none."""
        who = who_of(request)
        preview = studio.live(job, strip, who)
        if preview is None:
            if await run_in_threadpool(store.job, job, who.visitor) is None:
                raise not_found()
            # It was finished or stopped while the page asked: no fault, and none in the browser's console.
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)
        revision, jpeg = preview
        headers = {**NO_STORE, "x-revision": str(revision)}
        return Response(jpeg, media_type="image/jpeg", headers=headers)

    @routes.get("/unsaved/{job}/{index}")
    def unsaved(
        request: Request, job: Id, index: Annotated[int, FromPath(ge=0, le=9999)]
    ) -> Response:
        """A finished picture that could not be stored yet, as the PNG that it will be."""
        png = studio.unsaved(job, index, who_of(request))
        if png is None:
            raise not_found()
        headers = {**NO_STORE, "content-disposition": 'attachment; filename="unsaved.png"'}
        return Response(png, media_type="image/png", headers=headers)

    @routes.get("/picture/{picture}")
    def original(
        request: Request, picture: Id, download: bool = False, bin: bool = False
    ) -> Response:
        """The original file, byte for byte as it is stored; with `bin` of a picture in the bin."""
        visitor = visitor_of(request)
        record = (store.binned_picture if bin else store.picture)(picture, visitor)
        file = (store.binned_file if bin else store.picture_file)(picture, visitor)
        if record is None:
            raise not_found(store.hiding(picture, visitor))
        if file is None:
            raise gone(record)
        return _file(file, media_type_of(record), file_name(record) if download else None)

    @routes.get("/picture/{picture}/{name}")
    def named(request: Request, picture: Id, name: str) -> Response:
        """The original file under the address that API clients are given; they name their file after its end."""
        return original(request, picture, download=True)

    @routes.get("/thumb/{picture}")
    def thumb(request: Request, picture: Id, bin: bool = False) -> Response:
        """The thumbnail (JPEG); with `bin` that of a picture in the bin."""
        find = store.binned_thumb_file if bin else store.thumb_file
        visitor = visitor_of(request)
        file = find(picture, visitor)
        if file is None:
            raise not_found(store.hiding(picture, visitor))
        return _file(file, "image/jpeg")

    return routes


def file_name(record: PictureRecord) -> str:
    """A name for the downloaded file that every system can keep: words of the prompt, then the seed; of one that came
    from elsewhere its own."""
    if record.imported is not None:
        return own_name(record.imported)
    parts = (words_of(record.spec.prompt), str(record.spec.seed))
    return "-".join(part for part in parts if part) + ".png"


def saved_as(name: str) -> str:
    """The header's value that has a browser save an answer under a name, whatever letters that has (RFC 6266)."""
    plain = quote(name, safe="")
    return (
        f'attachment; filename="{name}"'
        if plain == name
        else f"attachment; filename*=utf-8''{plain}"
    )


def own_name(imported: Imported) -> str:
    """The name that an imported picture's file had, on one line and with the ending that fits its content."""
    stem = imported.name.rpartition(".")[0].encode("utf-8", "replace").decode()
    plain = re.sub(r"[^\w .,()\[\]+=@-]+", "_", stem)[:120].strip(" .")
    return f"{plain if plain else 'picture'}.{imported.kind.value}"


def media_type_of(record: PictureRecord) -> str:
    """What a picture's file is."""
    return "image/png" if record.imported is None else record.imported.kind.media_type


def words_of(prompt: str) -> str:
    """The beginning of a prompt as part of a file name: a-z, 0-9 and hyphens, maybe nothing."""
    plain = unicodedata.normalize("NFKD", prompt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower())[:60].strip("-")


def _file(file: Path, media_type: str, download_name: str | None = None) -> Response:
    if not file.is_file():
        raise not_found()
    return FileResponse(file, media_type=media_type, filename=download_name, headers=KEEP)


def gone(record: PictureRecord) -> HTTPException:
    """The answer about a picture whose file somebody took away."""
    return HTTPException(HTTPStatus.NOT_FOUND, sentence_of_gone(record), NO_STORE)


def sentence_of_gone(record: PictureRecord) -> str:
    """What is said of a picture whose file somebody moved away, out of the output folder or its own."""
    if record.imported is None or not record.imported.is_linked:
        return "The file of this picture is no longer in the output folder."
    name = shown(own_name(record.imported))
    return (
        f"The file of this picture, {name}, is no longer in the folder that it was imported from."
    )


def not_found(hiding: Hiding = Hiding.NONE) -> HTTPException:
    """The answer about a picture that is not there, or not the visitor's, or that the owner of the machine hides."""
    sentence = hiding.sentence if hiding else "There is no such picture here."
    return HTTPException(HTTPStatus.NOT_FOUND, sentence, NO_STORE)

"""The visitor's sheets for the page: pages of them, going on with one, marks, what is kept, facts of a picture."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from sdgui.ports import Store
from sdgui.records import Mark
from sdgui.storage.pictures import read_infotext
from sdgui.web.doors.visitors import visitor_of, who_of
from sdgui.web.dream.routes import Before, Limit, page_of_jobs
from sdgui.web.shared.dreams.descriptions import describe_picture
from sdgui.web.shared.gallery.pictures import NO_STORE, Id, not_found, sentence_of_gone

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio


_KEPT = 200
"""Kept pictures that are shown beside each other."""


class Marked(BaseModel):
    """What its owner thinks of a picture."""

    model_config = ConfigDict(extra="forbid")

    mark: Literal["kept", "rejected", ""]


def sheet_routes(studio: "Studio", store: Store) -> APIRouter:
    """Routes of what Compare shows; what is not the visitor's is not found."""
    routes = APIRouter()

    @routes.get("/sheets")
    def sheets(request: Request, before: Before = None, limit: Limit = 12) -> dict[str, Any]:
        """A page of walls, rows and grids, newest first; `next` tells where older ones begin."""
        who = who_of(request)
        return page_of_jobs(studio, store, who, before=before, limit=limit, sheets=True)

    @routes.put("/picture/{picture}/mark")
    def mark(request: Request, picture: Id, marked: Marked) -> Response:
        """Keeps a picture, rejects it, or neither."""
        visitor = visitor_of(request)
        if not store.mark_picture(picture, visitor, Mark(marked.mark)):
            raise not_found()
        studio.heed(visitor)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)

    @routes.get("/kept")
    def kept(request: Request) -> dict[str, Any]:
        """The pictures that the visitor kept last, in the order in which they were kept; `more`: there are older."""
        found = store.kept(visitor_of(request), limit=_KEPT + 1)
        return {
            "pictures": [describe_picture(one) for one in found[-_KEPT:]],
            "more": len(found) > _KEPT,
        }

    @routes.get("/picture/{picture}/facts")
    def facts(request: Request, picture: Id, bin: bool = False) -> dict[str, Any]:
        """What made one picture, and what is thought of it; `parameters` is the text in its file, and `gone` says that
        this is no longer there; with `bin` of a picture in the bin."""
        visitor = visitor_of(request)
        found = (store.binned_picture if bin else store.picture)(picture, visitor)
        if found is None:
            raise not_found()
        file = (store.binned_file if bin else store.picture_file)(picture, visitor)
        if file is None:
            return describe_picture(found) | {"gone": sentence_of_gone(found)}
        text = read_infotext(file)
        return describe_picture(found) | ({} if text is None else {"parameters": text})

    return routes

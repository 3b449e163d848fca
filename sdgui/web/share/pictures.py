"""The owner's look at guests' pictures and at what was reported: shown, hidden, deleted, and all that taken back."""

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sdgui.people import Role
from sdgui.ports import Store
from sdgui.records import Judgement, PictureRecord
from sdgui.studio.guest_book import GuestBook
from sdgui.web.doors.visitors import check_owner
from sdgui.web.shared.gallery.pictures import Id, media_type_of, not_found

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_PRIVATE = {"cache-control": "private, no-store"}
_LONGEST_PROMPT = 200
_FORMER = "a former guest"
"""Who is remembered by their pictures alone."""
_Picture = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Decision(BaseModel):
    """What is to become of pictures."""

    model_config = ConfigDict(extra="forbid")

    pictures: Annotated[list[_Picture], Field(min_length=1, max_length=200)]
    do: Judgement


def guests_picture_routes(studio: "Studio", store: Store, book: GuestBook) -> APIRouter:
    """Routes for the owner alone: guests' pictures, and others only as far as they are reported."""
    routes = APIRouter()

    def seen(picture: str) -> PictureRecord:
        """A picture that the owner may look at; HTTPException 404 for any other."""
        found = store.anybodys(picture)
        if found is None:
            raise not_found()
        if found.hiding or found.visitor in studio.guests or store.is_reported(picture):
            return found
        raise not_found()

    @routes.get("/share/pictures")
    def pictures(
        request: Request,
        person: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = None,
        before: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 48,
    ) -> Response:
        """What one guest made, or all did with whatever else is hidden, newest first; `next` says where older ones
        begin."""
        check_owner(request)
        if person is not None and not (person in studio.guests or book.person(person)):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such guest.", _PRIVATE)
        theirs = tuple(studio.guests.all()) if person is None else (person,)
        found = store.pictures_of_all(theirs, before=before, limit=limit, hidden=person is None)
        told = {
            "pictures": [_told(one, studio, book) for one in found],
            "next": found[-1].id if len(found) == limit else None,
        }
        return _private(told)

    @routes.post("/share/pictures")
    def decide(request: Request, asked: Decision) -> dict[str, int]:
        """Hides or deletes pictures, or takes that back."""
        check_owner(request)
        done = studio.judge([seen(one).id for one in asked.pictures], asked.do)
        return {"pictures": sum(len(one.pictures) for one in done)}

    @routes.get("/share/picture/{picture}")
    def original(request: Request, picture: Id) -> Response:
        """The original file."""
        check_owner(request)
        return _file(store.anybodys_file(seen(picture).id), media_type_of(seen(picture)))

    @routes.get("/share/thumb/{picture}")
    def thumb(request: Request, picture: Id) -> Response:
        """The thumbnail (JPEG)."""
        check_owner(request)
        return _file(store.anybodys_thumb(seen(picture).id), "image/jpeg")

    @routes.get("/share/live/{job}")
    def live(request: Request, job: Id) -> Response:
        """The newest preview (JPEG) of what forms of anybody's dream; 204 for none."""
        check_owner(request)
        jpeg = studio.preview(job)
        if jpeg is None:
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=_PRIVATE)
        return Response(jpeg, media_type="image/jpeg", headers=_PRIVATE)

    @routes.delete("/share/reports/{picture}")
    def dismiss(request: Request, picture: Id) -> dict[str, bool]:
        """Forgets what was reported of a picture."""
        check_owner(request)
        return {"dismissed": store.dismiss_report(picture)}

    return routes


def told_of_reports(studio: "Studio", book: GuestBook) -> list[dict[str, Any]]:
    """What is reported and to be seen, for the panel; moments in seconds since the epoch."""
    return [
        {
            **_told(one.picture, studio, book),
            "place": one.place,
            "reasons": list(one.reasons),
            "count": one.count,
            "first": one.first,
            "last": one.last,
        }
        for one in studio.store.reports()
    ]


def _told(picture: PictureRecord, studio: "Studio", book: GuestBook) -> dict[str, Any]:
    person = book.person(picture.visitor)
    is_guest = picture.visitor in studio.guests
    name = Role.OWNER.value
    if is_guest:
        name = _FORMER if person is None else book.called(person)
    return {
        "picture": picture.id,
        "person": picture.visitor if is_guest else None,
        "name": name,
        "number": person.number if person is not None and is_guest else 0,
        "blocked": person is not None and book.refused(picture.visitor) is not None,
        "width": picture.spec.width,
        "height": picture.spec.height,
        "prompt": picture.spec.prompt[:_LONGEST_PROMPT],
        "created": picture.created,
        "state": picture.hiding.value if picture.hiding else "shown",
    }


def _private(told: dict[str, Any]) -> Response:
    return JSONResponse(told, headers=_PRIVATE)


def _file(file: Path | None, media_type: str) -> Response:
    if file is None or not file.is_file():
        raise not_found()
    return FileResponse(file, media_type=media_type, headers=_PRIVATE)

"""What the maker of a link may do: hear of all that is said by theirs, take marks over, and send somebody away."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi import Path as FromPath
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from sdgui.choosing import MOST_CHOOSERS
from sdgui.links import Link, LinkKind
from sdgui.ports import Store
from sdgui.records import Mark
from sdgui.web.doors.visitors import visitor_of
from sdgui.web.links.choosing.gatherings import Crowded, Gathering, Gatherings, Page
from sdgui.web.links.choosing.listening import messages
from sdgui.web.links.choosing.standing import MAKER
from sdgui.web.links.opened import never
from sdgui.web.shared.dreams.stream import event_stream
from sdgui.web.shared.gallery.pictures import NO_STORE, Id, not_found

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_MOST_HEARD = 16
"""Links of one maker that are heard of at once, the newest."""
_Picture = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Place = Annotated[int, FromPath(ge=1, le=MOST_CHOOSERS)]


class TakenOver(BaseModel):
    """Marks for pictures of a link, by their ids."""

    model_config = ConfigDict(extra="forbid")

    marks: Annotated[
        dict[_Picture, Literal["kept", "rejected", ""]], Field(min_length=1, max_length=64)
    ]


def maker_routes(studio: "Studio", store: Store, gatherings: Gatherings) -> APIRouter:
    """Routes of one's own links; what is not the visitor's is not found."""
    routes = APIRouter()

    def own(request: Request, link: str) -> Link:
        visitor = visitor_of(request)
        found = next((one for one in store.links(visitor) if one.id == link), None)
        if found is None or found.kind is not LinkKind.CHOICE:
            raise never()
        return found

    @routes.get("/links/news")
    async def hear(request: Request) -> Response:
        """How each of the visitor's links to choose by stands, then what changes, as server-sent events."""
        visitor = visitor_of(request)
        found = await run_in_threadpool(store.links, visitor)
        links = [one for one in found if one.kind is LinkKind.CHOICE][:_MOST_HEARD]
        page, entered = Page(), list[Gathering]()
        try:
            for link in links:
                entered.append(await run_in_threadpool(gatherings.enter, link, page, MAKER))
        except Crowded as fault:
            for gathering in entered:
                await run_in_threadpool(gatherings.leave, gathering, page)
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, str(fault), NO_STORE) from fault

        def is_open(link: Link) -> bool:
            return any(one.id == link.id for one in store.links(link.visitor))

        return event_stream(messages(gatherings, entered, page, is_open, of_maker=True))

    @routes.put("/links/{choice}/marks")
    def take_over(request: Request, choice: Id, asked: TakenOver) -> dict[str, Any]:
        """Marks pictures of a link as its maker; `before` is what they were."""
        found = own(request, choice)
        pictures = store.find_pictures(tuple(asked.marks), found.visitor)
        if not set(asked.marks) <= set(found.pictures) or len(pictures) < len(asked.marks):
            raise not_found()
        for picture, mark in asked.marks.items():
            store.mark_picture(picture, found.visitor, Mark(mark))
        studio.heed(found.visitor)
        return {"before": {picture: one.mark.value for picture, one in pictures.items()}}

    @routes.delete("/links/{choice}/people/{place}")
    def send_away(request: Request, choice: Id, place: _Place) -> Response:
        """Forgets somebody who chooses, and what they said."""
        gatherings.send_away(own(request, choice), place)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)

    return routes

"""The owner's other browsers: what they made, shown to whoever asks, and brought together when asked.

As long as nobody else can come each browser is its own visitor, and another one finds nothing of what it made. Those
whose pictures are brought are one person from then on, the owner as whoever comes by their link: both show all of it.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from fastapi import Path as FromPath
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sdgui.imports import UNCLAIMED
from sdgui.people import NOBODY, Role, Who
from sdgui.picture_query import PictureQuery
from sdgui.web.doors.addresses import visitor_at
from sdgui.web.doors.gate import Gate
from sdgui.web.doors.keys import OWNER
from sdgui.web.doors.visitors import check_owner, visitor_named, who_of

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_HERE = ("127.0.0.1", "::1")
_THUMBS = 3
_MOST_SHOWN = 200
_PRIVATE = {"cache-control": "private, no-store"}
_NOT_NOW = "While others can come, only a browser that has come by the owner’s link may do that."
_GONE = "There is no such browser any more, or all of its pictures have been brought."

_Browser = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Bringing(BaseModel):
    """Whose pictures are to be brought."""

    model_config = ConfigDict(extra="forbid")

    browsers: Annotated[list[_Browser], Field(min_length=1, max_length=_MOST_SHOWN)]


class OwnBrowsers:
    """Which visitors are the owner as well, and what they made. Never offered are guests, whoever was one, what the
    owner hides, and what is in a bin."""

    def __init__(self, studio: "Studio", gate: Gate, secret: bytes) -> None:
        self._studio = studio
        self._gate = gate
        self.owner = visitor_named(OWNER, secret)
        self._programs = frozenset(visitor_at(address, None, secret) for address in _HERE)

    def may(self, who: Who) -> bool:
        """Whether somebody may see and bring them: the owner, and once others can come the owner in person."""
        is_owner = who.role is Role.OWNER
        return is_owner and (not self._gate.is_open or who.visitor == self.owner)

    def offered(self, request: Request) -> tuple[str, ...]:
        """The visitors whose pictures whoever asks may bring."""
        who = who_of(request)
        if not self.may(who):
            return ()
        own = (who.visitor, getattr(request.state, "browser", None), NOBODY, UNCLAIMED)
        makers = self._studio.store.makers()
        return tuple(one for one in makers if one not in own and not self.was_guest(one))

    def kind(self, visitor: str) -> str:
        """What somebody is: a "browser", a "program" without one, or whoever came by the owner's "link"."""
        if visitor in self._programs:
            return "program"
        return "link" if visitor == self.owner else "browser"

    def bring(self, who: Who, visitors: list[str]) -> int:
        """Makes these visitors, and who asks, one person, with all that is theirs; how many pictures came."""
        wanted = tuple(dict.fromkeys(visitors))
        others = [one for one in wanted if one != self.owner]
        mine = [one for one in (who.visitor,) if one != self.owner]
        joining = [one for one in (*mine, *others) if not self.was_guest(one)]
        brought = sum(one.pictures for one in self._studio.store.made(wanted))
        # First: what they ask for meanwhile is the owner's already, and where this breaks off `settle` goes on with it.
        self._gate.book.join(joining)
        for one in (*mine, *others):
            self._adopt(one)
        self.settle()
        return brought

    def proof(self, request: Request, who: Who) -> bytes | None:
        """The cookie that makes the browser of whoever asks the owner in person, where it was a guest's and so is not
        known as the owner's by the cookie that it has; None for any other."""
        if who.visitor == self.owner or not self.was_guest(who.visitor):
            return None
        return self._gate.keys.owners_cookie(OWNER, secure=self._gate.is_secure(request.scope))

    def settle(self) -> None:
        """Brings what was left behind when bringing broke off, and what files say that are older."""
        for one in self._gate.book.joined():
            if self._studio.store.knows(one) and not self.was_guest(one):
                self._adopt(one)

    def _adopt(self, visitor: str) -> None:
        self._studio.adopt(visitor, Who(visitor=self.owner, role=Role.OWNER))

    def was_guest(self, visitor: str) -> bool:
        """Whether somebody ever came as a guest, or does by now: whoever had their cookie then may have it still, and
        who signed out would find nothing of their own."""
        if self._studio.guests.was(visitor):
            return True
        person = self._gate.book.person(visitor)
        if person is None:
            return False
        return person.number > 0 or (self._gate.is_open and person.role is Role.GUEST)


def own_browser_routes(studio: "Studio", browsers: OwnBrowsers) -> APIRouter:
    """Routes for the owner alone."""
    routes = APIRouter()

    def offered(request: Request, *sought: str) -> tuple[Who, tuple[str, ...]]:
        """Who asks, and whose pictures they may bring; HTTPException where they may not, or where one of those sought
        is not among them."""
        who = check_owner(request)
        if not browsers.may(who):
            raise HTTPException(HTTPStatus.FORBIDDEN, _NOT_NOW, _PRIVATE)
        theirs = browsers.offered(request)
        if not set(sought) <= set(theirs):
            raise HTTPException(HTTPStatus.NOT_FOUND, _GONE, _PRIVATE)
        return who, theirs

    @routes.get("/me/browsers")
    def told(request: Request) -> Response:
        """The owner's other browsers, the last used first, and their pictures together; `last` in seconds since the
        epoch, `thumbs` of them can be looked at."""
        _, theirs = offered(request)
        made = studio.store.made(theirs)
        rows: list[dict[str, Any]] = [
            {
                "id": one.visitor,
                "kind": browsers.kind(one.visitor),
                "pictures": one.pictures,
                "last": one.last,
                "thumbs": min(one.pictures, _THUMBS),
            }
            for one in made[:_MOST_SHOWN]
        ]
        told = {"pictures": sum(one.pictures for one in made), "browsers": rows}
        return JSONResponse(told, headers=_PRIVATE)

    @routes.get("/me/browsers/{browser}/{number}")
    def thumb(
        request: Request,
        browser: Annotated[str, FromPath(pattern=r"^[A-Za-z0-9_-]{1,64}$")],
        number: Annotated[int, FromPath(ge=0, lt=_THUMBS)],
    ) -> Response:
        """The thumbnail (JPEG) of one of the pictures made last there."""
        offered(request, browser)
        found = studio.store.pictures(browser, PictureQuery(), limit=number + 1)
        file = studio.store.thumb_file(found[number].id, browser) if number < len(found) else None
        if file is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such picture here.", _PRIVATE)
        return FileResponse(file, media_type="image/jpeg", headers=_PRIVATE)

    @routes.post("/me/browsers")
    def bring(request: Request, asked: Bringing) -> Response:
        """Brings the pictures of these, and all else that is theirs; they and this browser are one person's then."""
        who, _ = offered(request, *asked.browsers)
        proof = browsers.proof(request, who)
        reply = JSONResponse({"pictures": browsers.bring(who, asked.browsers)}, headers=_PRIVATE)
        if proof is not None:
            reply.headers.append("set-cookie", proof.decode())
        return reply

    return routes

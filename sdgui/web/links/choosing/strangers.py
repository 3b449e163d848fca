"""What those who have the link may do: say what they think of a picture, say a name, and hear of the others at once.

Who they are is said by a cookie for this link's path alone, which they get with the first thing that they say.
"""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from sdgui.choosing import LONGEST_NAME, Chooser
from sdgui.links import Link, LinkKind
from sdgui.ports import Store
from sdgui.records import Mark
from sdgui.web.doors.own_address import root_of
from sdgui.web.links.choosing.gatherings import (
    Crowded,
    Gatherings,
    Page,
    with_mark,
    with_name,
)
from sdgui.web.links.choosing.listening import messages
from sdgui.web.links.opened import Opened, follow, never
from sdgui.web.links.plain_words import plain
from sdgui.web.shared.dreams.stream import event_stream
from sdgui.web.shared.gallery.pictures import NO_STORE

HEARD = (r"/d/[A-Za-z0-9_-]{22}/news",)
TOLD = (r"/d/[A-Za-z0-9_-]{22}/(?:marks|name)",)
"""The paths of all this, which the page of the link alone asks: what it hears, and what it tells."""

_LONGEST_FORM = 2000
"""Bytes."""


def stranger_routes(
    store: Store, gatherings: Gatherings, refused: Callable[[HTTPException], Response]
) -> APIRouter:
    """Routes for whoever has a link to choose by; `refused` makes the page that says why a form was not taken."""
    routes = APIRouter()

    def opened(request: Request, choice: str) -> Opened:
        found = follow(request, store, choice)
        if found.link.kind is not LinkKind.CHOICE:
            raise never()
        return found

    @routes.post("/d/{choice}/marks")
    async def mark(request: Request, choice: str) -> Response:
        """Keeps a picture of the wall, rejects it, or neither."""
        asked = await _form(request)

        def work() -> Response:
            found = opened(request, choice)
            number = asked.get("picture", "")
            if not (number.isascii() and number.isdigit() and len(number) <= 3):
                raise _unfit("Which picture that is about is not said.")
            picture = found.picture(int(number)).record.id
            try:
                wanted = Mark(asked.get("mark", ""))
            except ValueError as fault:
                raise _unfit("A picture is kept, rejected, or neither.") from fault
            return said(
                request, found.link, lambda one: with_mark(one, picture, wanted), f"#p{number}"
            )

        return await _taken(request, work, refused)

    @routes.post("/d/{choice}/name")
    async def name(request: Request, choice: str) -> Response:
        """Says a name, or takes it back."""
        asked = await _form(request)

        def work() -> Response:
            found = opened(request, choice)
            wanted = plain(asked.get("name", ""))
            if len(wanted) > LONGEST_NAME:
                raise _unfit(f"A name has at most {LONGEST_NAME} characters.")
            return said(request, found.link, lambda one: with_name(one, wanted), "#people")

        return await _taken(request, work, refused)

    @routes.get("/d/{choice}/news")
    async def hear(request: Request, choice: str) -> Response:
        """How it stands, then what changes, as server-sent events, until it is over."""
        found = await run_in_threadpool(opened, request, choice)
        chooser = await run_in_threadpool(gatherings.chooser, found.link, chooser_id(request))
        page, place = Page(), None if chooser is None else chooser.place
        try:
            gathering = await run_in_threadpool(gatherings.enter, found.link, page, place)
        except Crowded as fault:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, str(fault), NO_STORE) from fault

        def is_open(_: Link) -> bool:
            try:
                opened(request, choice)
            except HTTPException:
                return False
            return True

        return event_stream(messages(gatherings, [gathering], page, is_open))

    def said(
        request: Request, link: Link, change: Callable[[Chooser], Chooser], place: str
    ) -> Response:
        try:
            chooser, is_new = gatherings.change(link, chooser_id(request), change)
        except Crowded as fault:
            again = {} if fault.seconds is None else {"retry-after": str(fault.seconds)}
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS, str(fault), {**NO_STORE, **again}
            ) from fault
        here = f"{root_of(request)}/d/{link.id}"
        reply: Response
        if _is_form(request):
            reply = RedirectResponse(f"{here}{place}", HTTPStatus.SEE_OTHER, NO_STORE)
        else:
            reply = JSONResponse({"you": chooser.place, "name": chooser.name}, headers=NO_STORE)
        if is_new:
            gate = request.app.state.gate
            secure = gate.is_secure(request.scope)
            cookie = gate.keys.chooser.made_for(chooser.id, secure=secure, path=here)
            reply.headers.append("set-cookie", cookie.decode())
        return reply

    return routes


def chooser_id(request: Request) -> str | None:
    """What the cookie of somebody who chooses says; None where there is none that was signed here."""
    found: str | None = request.app.state.gate.keys.chooser.read(request.headers.get("cookie"))
    return found


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, as browsers send it by themselves, the first of each name."""
    body = await request.body()
    if len(body) > _LONGEST_FORM:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is too much.", NO_STORE)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=8)
    except ValueError as fault:
        raise _unfit("That is no form.") from fault
    return dict(reversed(pairs))


def _is_form(request: Request) -> bool:
    """Whether a browser sends a form by itself, which goes on to whatever is answered."""
    return "application/json" not in request.headers.get("accept", "")


async def _taken(
    request: Request,
    work: Callable[[], Response],
    refused: Callable[[HTTPException], Response],
) -> Response:
    """The answer; what a form was refused for is said on a page."""
    try:
        return await run_in_threadpool(work)
    except HTTPException as fault:
        if not _is_form(request):
            raise
        return refused(fault)


def _unfit(sentence: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, sentence, NO_STORE)

"""The pages that strangers see, and all that belongs to one: pictures, small pictures, preview, oEmbed."""

import contextlib
import hashlib
import re
import threading
from collections import OrderedDict
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response

from sdgui.comparing.picture_files import kind_of
from sdgui.errors import OutOfOrder, UserError
from sdgui.links import LinkKind
from sdgui.ports import Store
from sdgui.web.doors.own_address import base_of, root_of
from sdgui.web.inlined import style_of
from sdgui.web.links.card import HEIGHT, WIDTH, write_card
from sdgui.web.links.choosing.gatherings import Gatherings
from sdgui.web.links.choosing.page import POLICY, choosing_page
from sdgui.web.links.opened import Opened, Pictured, ended, follow, never
from sdgui.web.links.plain_png import as_png, without_texts
from sdgui.web.links.policy import policy_of
from sdgui.web.links.report_desk import ReportDesk
from sdgui.web.links.reporting import Reportable, report_routes
from sdgui.web.links.telling import Told, told_of
from sdgui.web.rooms import ROOT
from sdgui.web.shared.gallery.pictures import NO_STORE, file_name, saved_as
from sdgui.web.shared.page.templates import render
from sdgui.web.shared.page.theme import variables

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

TOLD_BY_STRANGERS = (r"/d/[A-Za-z0-9_-]+/report",)
FOR_STRANGERS = (
    r"/d/[A-Za-z0-9_-]+(?:/(?:[A-Za-z0-9_-]+\.[a-z]+)?)?",
    r"/oembed",
    *TOLD_BY_STRANGERS,
)
"""The paths of all this."""

_STYLE = variables() + style_of("links/page.css.jinja")
_SCRIPT = (ROOT / "links" / "page.mjs").read_text(encoding="utf-8")
_KEPT_CARDS = 32
_SAID: dict[int, tuple[str, str]] = {
    HTTPStatus.GONE: (
        "This link has ended",
        "Its time was over, whoever made it withdrew it, or what it showed was deleted.",
    ),
    HTTPStatus.NOT_FOUND: ("There is nothing here", "Was the whole address copied?"),
}
"""Title and words of what is not there, by the answer's status."""
_LINK = re.compile(r".*/d/([A-Za-z0-9_-]{22})/?")

_POLICY = policy_of(_STYLE, _SCRIPT)
_ROBOTS = {"x-robots-tag": "noindex, nofollow, noarchive"}
_CHECKED = {**_ROBOTS, "cache-control": "private, no-cache"}
"""Each time it is asked whether it is still there: what was withdrawn is gone everywhere at once."""
_OF_PAGE = {**_CHECKED, "content-security-policy": _POLICY}
_OF_REPORT = {**_CHECKED, "content-security-policy": policy_of(_STYLE, sends=True)}
_OF_CHOOSING = {**_CHECKED, "content-security-policy": POLICY}
_OF_FILE = {**_CHECKED, "content-security-policy": "default-src 'none'; sandbox"}


def page_routes(
    studio: "Studio", store: Store, heavy: CapacityLimiter, gatherings: Gatherings
) -> APIRouter:
    """Routes for strangers; their id is all that they know, and all that is asked."""
    routes = APIRouter()
    cards = _Cards()

    def reading(path: str) -> Any:
        return routes.api_route(path, methods=["GET", "HEAD"])

    def told(opened: Opened) -> Told:
        return told_of(opened, lambda model: _title_of(studio, model))

    def followed(request: Request, link: str) -> Opened:
        return follow(request, store, link)

    @reading("/d/{link}")
    @reading("/d/{link}/")
    def page(request: Request, link: str) -> Response:
        """The page itself."""
        try:
            opened = followed(request, link)
        except HTTPException as fault:
            return refused(fault)
        if opened.link.kind is LinkKind.CHOICE:
            html = choosing_page(request, opened, told(opened), gatherings)
            return _checked(request, html.encode(), "text/html; charset=utf-8", _OF_CHOOSING)
        html = render("links/page.html", **_values(request, opened, told(opened)))
        return _checked(request, html.encode(), "text/html; charset=utf-8", _OF_PAGE)

    def reportable(request: Request, link: str) -> list[Reportable]:
        opened = followed(request, link)
        alts = {one.number: one.alt for one in told(opened).figures}
        return [
            Reportable(
                number=one.number,
                picture=one.record.id,
                thumb=f"/d/{link}/{one.number}.jpg",
                alt=alts[one.number],
            )
            for one in opened.pictures
        ]

    routes.include_router(
        report_routes(
            *(ReportDesk(store), reportable),
            at="/d",
            style=_STYLE,
            headers=_OF_REPORT,
            fault=refused,
        )
    )

    @reading("/d/{link}/preview.jpg")
    async def preview(request: Request, link: str) -> Response:
        """What a messenger unfolds of it."""

        def work() -> bytes:
            opened = followed(request, link)
            there = tuple(one.number for one in opened.pictures)
            return cards.get((link, *there), lambda: _card(opened, told(opened)))

        jpeg = await to_thread.run_sync(work, limiter=heavy)
        return _checked(request, jpeg, "image/jpeg", _OF_FILE)

    @reading("/d/{link}/{number}.png")
    def picture(request: Request, link: str, number: str, download: bool = False) -> Response:
        """A picture: its file as it is stored where all of it may be told, else without what it says of itself."""
        opened = followed(request, link)
        one = _numbered(opened, number)
        png = _read(one.file)
        tells_all = opened.link.tells_all
        try:
            if kind_of(png) != "png":  # one of another program, whose texts stay behind
                png, tells_all = as_png(png), False
            elif not tells_all:
                png = without_texts(png)
        except (ValueError, OutOfOrder) as fault:
            raise ended() from fault
        headers = {**_OF_FILE}
        if download:
            name = file_name(one.record) if tells_all else f"picture-{one.number + 1}.png"
            headers["content-disposition"] = saved_as(name)
        return _checked(request, png, "image/png", headers)

    @reading("/d/{link}/{number}.jpg")
    def small(request: Request, link: str, number: str) -> Response:
        """A picture, small."""
        opened = followed(request, link)
        one = _numbered(opened, number)
        file = store.thumb_file(one.record.id, opened.link.visitor)
        if file is None:
            raise ended()
        return _checked(request, _read(file), "image/jpeg", _OF_FILE)

    @reading("/oembed")
    def oembed(
        request: Request,
        url: Annotated[str, Query(max_length=2000)] = "",
        kind: Annotated[str, Query(alias="format", max_length=20)] = "json",
        maxwidth: Annotated[int | None, Query(ge=1, le=100_000)] = None,
        maxheight: Annotated[int | None, Query(ge=1, le=100_000)] = None,
    ) -> Response:
        """What a page that quotes one of these is to show of it (https://oembed.com/, version 1.0)."""
        try:
            found = _LINK.fullmatch(urlsplit(url).path) if url.isprintable() else None
        except ValueError as fault:  # brackets that are no address
            raise never() from fault
        if found is None:
            raise never()
        if kind != "json":
            raise HTTPException(HTTPStatus.NOT_IMPLEMENTED, "It is told as JSON only.", NO_STORE)
        opened = followed(request, found[1])
        answer = _embedded(base_of(request), opened, told(opened))
        for place, most in (("width", maxwidth), ("height", maxheight)):
            if most is not None and answer.get(place, 0) > most:
                answer = {name: answer[name] for name in ("version", "title", "provider_name")}
                answer["type"] = "link"
                break
        return JSONResponse(answer, headers=_OF_FILE)

    return routes


class _Cards:
    """The previews that were made last: they are asked for in a row, by each who is sent a link."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[object, ...], bytes] = OrderedDict()

    def get(self, key: tuple[object, ...], make: Any) -> bytes:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made: bytes = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > _KEPT_CARDS:
                self._made.popitem(last=False)
        return made


def _card(opened: Opened, told: Told) -> bytes:
    files = [one.file for one in opened.pictures]
    is_pair = opened.link.kind is LinkKind.PAIR
    try:
        return write_card(files, told.heading, told.corner, is_pair=is_pair)
    except (FileNotFoundError, OutOfOrder) as fault:
        raise ended() from fault


def _read(file: Path) -> bytes:
    """A file that may just have been deleted for good."""
    try:
        return file.read_bytes()
    except FileNotFoundError as fault:
        raise ended() from fault


def _numbered(opened: Opened, number: str) -> Pictured:
    if not re.fullmatch(r"[0-9]{1,3}", number):
        raise never()
    return opened.picture(int(number))


def _values(request: Request, opened: Opened, told: Told) -> dict[str, object]:
    base = base_of(request)
    address = f"{base}/d/{opened.link.id}"
    return {
        "link": opened.link,
        "told": told,
        "root": root_of(request),
        "here": f"{root_of(request)}/d/{opened.link.id}",
        "address": address,
        "oembed": f"{base}/oembed?url={quote(address, safe='')}",
        "until": _day(opened.link.expires),
        "card": {"width": WIDTH, "height": HEIGHT},
        "style": _STYLE,
        "script": _SCRIPT,
    }


def _day(moment: float | None) -> str:
    if moment is None:
        return ""
    day = datetime.fromtimestamp(moment, UTC)
    return f"{day.day} {day:%b %Y, %H:%M} UTC"


def _embedded(base: str, opened: Opened, told: Told) -> dict[str, Any]:
    address = f"{base}/d/{opened.link.id}"
    answer: dict[str, Any] = {
        "version": "1.0",
        "type": "photo",
        "title": told.title,
        "provider_name": "sdgui",
        "provider_url": f"{base}/",
        "url": f"{address}/preview.jpg",
        "width": WIDTH,
        "height": HEIGHT,
        "thumbnail_url": f"{address}/preview.jpg",
        "thumbnail_width": WIDTH,
        "thumbnail_height": HEIGHT,
    }
    if opened.link.kind is LinkKind.PICTURE:
        [one] = told.figures
        png = f"{address}/{one.number}.png"
        answer |= {"url": png, "width": one.width, "height": one.height}
    if opened.link.by:
        answer["author_name"] = opened.link.by
    return answer


def refused(fault: HTTPException) -> Response:
    """The page that says why there is nothing to see, or why something was not taken."""
    title, words = _SAID.get(fault.status_code, ("That was not taken", fault.detail))
    html = render("links/ended.html", title=title, words=words, style=_STYLE)
    headers = {**_OF_PAGE, **NO_STORE}
    return Response(html, fault.status_code, headers, "text/html; charset=utf-8")


def _checked(request: Request, body: bytes, media_type: str, headers: dict[str, str]) -> Response:
    """The answer with its tag; 304 without a body where who asks has the same already (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**headers, "etag": tag}
    known = [
        one.strip().removeprefix("W/")
        for one in request.headers.get("if-none-match", "").split(",")
    ]
    if tag in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _title_of(studio: "Studio", model: str) -> str:
    """What a model is called; its name where it is no longer here."""
    if model in studio.models.at_hand():
        with contextlib.suppress(UserError):
            return studio.models.look(model).title
    return model

"""The page on which whoever sees somebody's pictures reports one: a plain form, without scripts and cookies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from sdgui.web.doors.own_address import root_of
from sdgui.web.links.report_desk import LONGEST, ReportDesk
from sdgui.web.shared.gallery.pictures import NO_STORE
from sdgui.web.shared.page.templates import render

_LARGEST = 8192
"""Bytes of a form that is filled in."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Reportable:
    """A picture that can be reported: its place on the page where it is seen, its id, the address of a small one behind
    the root path, and what it shows in words."""

    number: int
    picture: str
    thumb: str
    alt: str


Shown = Callable[[Request, str], Sequence[Reportable]]
"""What is seen on the page with this id; HTTPException where there is none."""


def report_routes(
    desk: ReportDesk,
    shown: Shown,
    *,
    at: str,
    style: str,
    headers: dict[str, str],
    fault: Callable[[HTTPException], Response],
) -> APIRouter:
    """`GET` and `POST` of `{at}/{id}/report`, for strangers; `fault` answers where there is no such page."""
    routes = APIRouter()

    def answered(
        request: Request, link: str, status: HTTPStatus = HTTPStatus.OK, **said: Any
    ) -> Response:
        here = f"{root_of(request)}{at}/{link}"
        html = render(
            "links/report.html",
            **{"here": here, "root": root_of(request), "style": style, "longest": LONGEST},
            **{"pictures": (), "said": "", "reason": "", "is_done": False, **said},
        )
        cache = NO_STORE if request.method == "POST" else {}
        return Response(html, status, {**headers, **cache}, "text/html; charset=utf-8")

    @routes.api_route(f"{at}/{{link}}/report", methods=["GET", "HEAD"])
    def form(request: Request, link: str) -> Response:
        """The form."""
        try:
            pictures = shown(request, link)
        except HTTPException as gone:
            return fault(gone)
        return answered(request, link, pictures=pictures)

    @routes.post(f"{at}/{{link}}/report")
    async def report(request: Request, link: str) -> Response:
        """Takes a report, and says thanks."""
        filled = await _filled(request)

        def act() -> Response:
            try:
                pictures = shown(request, link)
            except HTTPException as gone:
                return fault(gone)
            chosen = filled.get("picture", "" if len(pictures) > 1 else str(pictures[0].number))
            one = next((it for it in pictures if str(it.number) == chosen), None)
            reason = filled.get("reason", "")
            if one is None:
                said = {"said": "Choose which picture it is.", "reason": reason}
                status = HTTPStatus.UNPROCESSABLE_ENTITY
                return answered(request, link, status, pictures=pictures, **said)
            try:
                desk.take(one.picture, f"{at}/{link}", reason)
            except HTTPException as full:
                return answered(request, link, HTTPStatus(full.status_code), said=full.detail)
            return answered(request, link, is_done=True)

        return await run_in_threadpool(act)

    return routes


async def _filled(request: Request) -> dict[str, str]:
    """What a form says, by its names."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = bytearray()
    async for some in request.stream():
        body += some
        if len(body) > _LARGEST:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is too long for a report.", NO_STORE
            )
    if kind != _FORM:
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Reports are sent by the form.", NO_STORE
        )
    text = body.decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=8))
    except ValueError:
        return {}

"""Links for who makes them: made, listed and withdrawn by their owner alone; and the settings of an address."""

import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sdgui.links import Link, LinkKind
from sdgui.ports import Store
from sdgui.records import PictureRecord
from sdgui.web.doors.own_address import base_for_others, reach_of
from sdgui.web.doors.visitors import visitor_of, who_of
from sdgui.web.links.choosing.gatherings import Gatherings
from sdgui.web.links.dream_again import asked_in, sentence_of
from sdgui.web.links.opened import never
from sdgui.web.links.plain_words import plain
from sdgui.web.shared.dreams.outcome import Told, guarded
from sdgui.web.shared.gallery.pictures import NO_STORE, Id, not_found

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_BYTES = 16
"""128 bits of chance: an address that nobody guesses."""
_MOST = 64
_MOST_LINKS = 1000
_DAY = 86_400
_WORDS = 200
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class Shows(BaseModel):
    """What is told of the pictures."""

    model_config = ConfigDict(extra="forbid")

    prompt: bool = True
    settings: bool = True
    name: bool = False


class Wanted(BaseModel):
    """A link that is wanted: `days` until it ends, None for never; `by` the name that it shows."""

    model_config = ConfigDict(extra="forbid")

    kind: LinkKind
    pictures: Annotated[list[_Id], Field(min_length=1, max_length=_MOST)]
    shows: Shows = Shows()
    by: Annotated[str, Field(max_length=60)] = ""
    days: Literal[1, 7, 30] | None = None


class Asked(BaseModel):
    """What an address asks for, by its names, and the model that is chosen."""

    model_config = ConfigDict(extra="forbid")

    asked: Annotated[dict[_Name, Annotated[str, Field(max_length=20_000)]], Field(max_length=20)]
    model: Annotated[str, Field(max_length=500)]


def link_routes(studio: "Studio", store: Store, gatherings: Gatherings) -> APIRouter:
    """Routes of one's own links; what is not the visitor's is not found. `gatherings` are told of what ends."""
    routes = APIRouter()

    @routes.post("/links")
    def make(request: Request, wanted: Wanted) -> dict[str, Any]:
        """Makes an unlisted page of pictures of the visitor."""
        visitor = visitor_of(request)
        pictures = tuple(dict.fromkeys(wanted.pictures))
        _check_count(wanted.kind, len(pictures))
        found = store.find_pictures(pictures, visitor)
        if len(found) < len(pictures):
            raise not_found()
        now = time.time()
        link = Link(
            id=secrets.token_urlsafe(_BYTES),
            visitor=visitor,
            kind=wanted.kind,
            pictures=pictures,
            shows_prompt=wanted.shows.prompt,
            shows_settings=wanted.shows.settings,
            by=plain(wanted.by) if wanted.shows.name else "",
            created=now,
            expires=None if wanted.days is None else now + wanted.days * _DAY,
        )
        if not store.add_link(link, most=_MOST_LINKS):
            fault = f"There are {_MOST_LINKS:,} links already; withdraw some first."
            raise HTTPException(HTTPStatus.CONFLICT, fault, NO_STORE)
        return _told(request, link, found)

    @routes.get("/links")
    def mine(request: Request) -> Response:
        """The visitor's links that have not ended, the newest first; `prompt` tells them apart, None where all that
        one showed is deleted."""
        visitor = visitor_of(request)
        links = store.links(visitor)
        found = store.find_pictures([link.pictures[0] for link in links], visitor)
        for link in links:
            if link.pictures[0] not in found:
                found |= store.find_pictures(link.pictures[1:], visitor)
        return JSONResponse(
            {"links": [_told(request, one, found) for one in links]}, headers=NO_STORE
        )

    @routes.delete("/links/{link}")
    def withdraw(request: Request, link: Id) -> Response:
        """Ends a link: from now on there is nothing at its address."""
        if not store.withdraw_link(link, visitor_of(request)):
            raise never()
        gatherings.end(link)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)

    @routes.post("/links/asked")
    def asked(request: Request, wanted: Asked) -> Told:
        """The settings that an address asks for, as `values`; a `notice` names what cannot be set here."""

        def act() -> Told:
            allowance = studio.policy.of(who_of(request))
            values, faults = asked_in(wanted.asked, studio.models, wanted.model, allowance)
            told = {"values": values, "notice": sentence_of(faults)}
            return {name: value for name, value in told.items() if value}

        return guarded(act, lambda told: told)

    return routes


def _check_count(kind: LinkKind, count: int) -> None:
    if kind is LinkKind.CHOICE and count < 2:
        fault = "To choose there must be two pictures at least."
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, fault, NO_STORE)
    wanted = {LinkKind.PICTURE: 1, LinkKind.PAIR: 2}.get(kind)
    if wanted is not None and count != wanted:
        fault = "A pair is two pictures." if wanted == 2 else "That is one picture's page."
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, fault, NO_STORE)


def _told(request: Request, link: Link, found: Mapping[str, PictureRecord]) -> dict[str, Any]:
    address = f"{base_for_others(request)}/d/{link.id}"
    return {
        "id": link.id,
        "address": address,
        "reach": reach_of(address).value,
        "kind": link.kind.value,
        "pictures": list(link.pictures),
        "prompt": next(
            (found[one].spec.prompt[:_WORDS] for one in link.pictures if one in found), None
        ),
        "shows": {
            "prompt": link.shows_prompt,
            "settings": link.shows_settings,
            "name": bool(link.by),
        },
        "by": link.by,
        "created": link.created,
        "expires": link.expires,
    }

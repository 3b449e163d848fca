"""The owner's page of guests: the link, limits, people, everybody's queue, invitations; and what everybody is told of
themselves."""

import contextlib
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi import Path as FromPath
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sdgui.errors import UserError
from sdgui.events import LiveStrip
from sdgui.people import Role, Who
from sdgui.studio.guest_book import SENT_AWAY, GuestBook, Invitation, Person, told_of
from sdgui.studio.queued_dream import QueuedDream
from sdgui.web.doors.gate import Gate
from sdgui.web.doors.own_address import base_for_others, reach_of
from sdgui.web.doors.roles import INVITATION
from sdgui.web.doors.signed_out import SIGNED_OUT
from sdgui.web.doors.streams import Streams
from sdgui.web.doors.visitors import (
    BY_INVITATION,
    NO_INVITATION,
    check_owner,
    sent_away,
    who_of,
)
from sdgui.web.share.own_browsers import OwnBrowsers
from sdgui.web.share.pictures import told_of_reports
from sdgui.web.share.qr_code import as_svg
from sdgui.web.share.tunnel import PublicLink
from sdgui.web.shared.dreams.submission import check_model
from sdgui.web.shared.made_with.routes import LARGEST_PICTURE

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_HERE = 120.0
"""Seconds after their last request for which somebody counts as being here."""
_MOST_SHOWN = 200
NO_STORE = {"cache-control": "no-store"}

Id = Annotated[str, FromPath(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Model = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Switch(_Asked):
    """Whether the link is to be there."""

    on: bool


class Pause(_Asked):
    """Whether the queue is to be held."""

    paused: bool


class Limits(_Asked):
    """Terms that are to be others from now on; null is no limit. What is not named stays as it is."""

    waiting: int = Field(default=1, ge=1, le=512)
    waiting_all: int | None = Field(default=None, ge=1, le=4096)
    dreams_a_minute: int | None = Field(default=None, ge=1, le=1000)
    steps: int | None = Field(default=None, ge=1, le=1000)
    pixels: int | None = Field(default=None, ge=64 * 64, le=2**26)
    pictures: int | None = Field(default=None, ge=1, le=512)
    disk: int | None = Field(default=None, ge=1_000_000, le=10**15)
    upload: int | None = Field(default=None, ge=1_000_000, le=LARGEST_PICTURE)
    disk_all: int | None = Field(default=None, ge=1_000_000, le=10**15)
    models: tuple[_Model, ...] | None = Field(default=None, max_length=1000)
    owner_first: bool = False
    invited_only: bool = False


class Words(_Asked):
    """What guests' prompts may not say."""

    words: list[Annotated[str, StringConstraints(max_length=80)]] = Field(max_length=500)


class Deed(_Asked):
    """What is to be done to somebody."""

    do: Literal["send-away", "block", "unblock"]


class Inviting(_Asked):
    """For whom an invitation is, in words, and the hours that it holds."""

    note: str = Field(default="", max_length=100)
    hours: float | None = Field(default=None, gt=0, le=24 * 365)


def share_routes(
    studio: "Studio", gate: Gate, link: PublicLink, streams: Streams, browsers: OwnBrowsers
) -> APIRouter:
    """Routes for the owner alone, and `/me`."""
    routes = APIRouter()
    book = gate.book

    @routes.get("/me")
    def me(request: Request) -> dict[str, Any]:
        """Who asks, and what they may; a limit that is null is none."""
        who = who_of(request)
        person = book.person(who.visitor)
        return {
            "role": who.role.value,
            "name": _name_of(who, person),
            "number": 0 if person is None else person.number,
            "limits": told_of(studio.policy.of(who)),
            "paused": studio.is_paused,
            "bring": _brings(request, who) is not None,
            "others": bool(browsers.offered(request)),
            "signed_in": _signed_in(request),
            "lost": 0 if person is None else person.lost,
            "hidden": 0 if who.role is Role.OWNER else studio.store.count_hidden(who.visitor),
        }

    @routes.post("/me/sign-out")
    def sign_out(request: Request) -> Response:
        """Ends the owner's cookie of this browser, for good, and what it listens to; `leave` is where a browser that
        signed in by name and password has to ask to forget them."""
        said: str | None = request.state.owners_cookie
        who = who_of(request)
        reply = JSONResponse({"leave": SIGNED_OUT if who.name else ""}, headers=NO_STORE)
        browser: str | None = getattr(request.state, "browser", who.visitor)
        if browser is not None and who.role is Role.OWNER and _signed_in(request):
            book.part(browser)
        if said is None:
            if not _signed_in(request):
                raise HTTPException(HTTPStatus.NOT_FOUND, "This browser is not signed in.")
            streams.end_of_session(None, browser)
            book.left(who.visitor)
            return reply
        # Whoever has a copy of the browser's own cookie may have been given the owner's by it.
        by_its_own = said if browser is None else gate.keys.browsers(browser)
        for one in {said, by_its_own}:
            gate.keys.give_up(one)
        gate.note_no_owner(who.visitor, *(() if browser is None else (browser,)))
        streams.end_of_session(said, browser)
        for ended in gate.keys.owner.ended():
            reply.headers.append("set-cookie", ended.decode())
        return reply

    @routes.post("/me/told")
    def told(request: Request) -> dict[str, int]:
        """They have read how many of their pictures made room for others."""
        book.told(who_of(request).visitor)
        return {"lost": 0}

    @routes.post("/me/bring")
    def bring(request: Request) -> dict[str, int]:
        """Makes what this browser's visitor dreamt before they signed in theirs by name: so it is on all devices."""
        who = who_of(request)
        visitor = _brings(request, who)
        if visitor is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "This browser has nothing to bring along.")
        return {"pictures": studio.adopt(visitor, who)}

    def _brings(request: Request, who: Who) -> str | None:
        visitor: str | None = getattr(request.state, "browser", None)
        is_other = visitor is not None and visitor != who.visitor
        return visitor if is_other and studio.store.knows(str(visitor)) else None

    @routes.get("/share")
    def share(request: Request) -> dict[str, Any]:
        """All that the panel shows; sizes in bytes, moments in seconds since the epoch."""
        who = check_owner(request)
        queue, fault = studio.queue(), studio.fault
        guests = _address(request, None)
        return {
            "fault": "" if fault is None else str(fault),
            "reports": told_of_reports(studio, book),
            "asks_names": gate.asks_names,
            "link": asdict(link.state()),
            "guests": guests,
            "reach": reach_of(guests).value,
            "limits": asdict(book.terms),
            "words": book.words,
            "people": _people(book, queue),
            "queue": [_queued(one, who, book) for one in queue[:_MOST_SHOWN]],
            "paused": studio.is_paused,
            "invitations": [_invitation(one, book) for one in book.invitations()],
            "models": _models(studio, book),
        }

    @routes.post("/share/link")
    def switch(request: Request, asked: Switch) -> dict[str, Any]:
        """Opens the public link, or tries it again, or ends it; it is told at once, and opened meanwhile."""
        check_owner(request)
        if asked.on:
            link.start()
        else:
            link.end()
        return asdict(link.state())

    @routes.get("/share/qr")
    def qr(request: Request, invitation: str | None = None) -> Response:
        """The public link as a QR code (SVG), with an invitation where one is named."""
        check_owner(request)
        return Response(
            as_svg(_address(request, invitation)), media_type="image/svg+xml", headers=NO_STORE
        )

    @routes.put("/share/limits")
    def limits(request: Request, asked: Limits) -> dict[str, Any]:
        """Has other terms hold from now on; what waits already is made, but for guests who are out by them."""
        check_owner(request)
        said = {name: getattr(asked, name) for name in asked.model_fields_set}
        for model in said.get("models") or ():
            check_model(model, studio.models)
        was_open = not book.terms.invited_only
        book.decide(**said)
        if was_open and book.terms.invited_only:
            for one in book.uninvited():
                studio.turn_out(one, BY_INVITATION)
        return asdict(book.terms)

    @routes.put("/share/words")
    def words(request: Request, asked: Words) -> dict[str, Any]:
        """Has guests' prompts not say these words from now on."""
        check_owner(request)
        book.bar(asked.words)
        return {"words": book.words}

    @routes.post("/share/people/{person}")
    def deed(request: Request, person: Id, asked: Deed) -> dict[str, int]:
        """Sends a guest away for an hour, or for good, or lets them in again; their dreams stop."""
        check_owner(request)
        seconds = {"send-away": SENT_AWAY, "block": float("inf"), "unblock": 0.0}[asked.do]
        if book.person(person) is None and person in studio.guests:
            book.saw(Who(visitor=person, role=Role.GUEST))  # who was forgotten
        if not book.refuse(person, seconds):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such guest.")
        left = book.refused(person)
        return {"stopped": 0 if left is None else studio.turn_out(person, sent_away(left))}

    @routes.post("/share/queue")
    def pause(request: Request, asked: Pause) -> dict[str, bool]:
        """Holds the queue, or lets it go on; what is under way is made to its end."""
        check_owner(request)
        studio.pause(asked.paused)
        book.hold(asked.paused)
        return {"paused": studio.is_paused}

    @routes.delete("/share/queue/{job}")
    def remove(request: Request, job: Id) -> dict[str, bool]:
        """Stops anybody's dream; what is made of it stays theirs."""
        check_owner(request)
        return {"removed": studio.remove(job)}

    @routes.post("/share/invitations")
    def invite(request: Request, asked: Inviting) -> dict[str, Any]:
        """A new link for somebody, which can be withdrawn."""
        check_owner(request)
        new = book.invite(asked.note, None if asked.hours is None else asked.hours * 3600)
        return {"id": new.id, "link": _address(request, new.id)}

    @routes.delete("/share/invitations/{invitation}")
    def withdraw(request: Request, invitation: Id) -> dict[str, int]:
        """Ends an invitation: who came with it is not let in any more, and their dreams stop."""
        check_owner(request)
        came = book.withdraw(invitation)
        if came is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such invitation.")
        stopped = [studio.turn_out(one, NO_INVITATION) for one in came]
        return {"stopped": sum(stopped)}

    def _address(request: Request, invitation: str | None) -> str:
        """Where guests come, with an invitation where one is named."""
        base = f"{base_for_others(request)}/"
        if invitation is None:
            return base
        if not book.is_invited(invitation):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such invitation.")
        return f"{base}?{INVITATION}={gate.keys.invitation(invitation)}"

    def _invitation(one: Invitation, book: GuestBook) -> dict[str, Any]:
        came = [book.called(person) for person in book.people() if person.invitation == one.id]
        base = f"?{INVITATION}={gate.keys.invitation(one.id)}"
        return {**asdict(one), "came": came, "query": base}

    return routes


def _signed_in(request: Request) -> str:
    """How a browser is known, of which its person can sign out: by the owner's "cookie", or by "name"."""
    if request.state.owners_cookie is not None:
        return "cookie"
    return "name" if who_of(request).name else ""


def _name_of(who: Who, person: Person | None) -> str:
    if who.name or person is None:
        return who.name or who.role.value
    return person.shown


def _people(book: GuestBook, queue: tuple[QueuedDream, ...]) -> list[dict[str, Any]]:
    """The guests, who is here first, then who was seen last."""
    now = book.now()
    at_work = {one.visitor for one in queue if one.is_under_way}
    waiting = {one.visitor for one in queue}
    told = []
    for person in book.people():
        if person.role is not Role.GUEST:
            continue
        if person.visitor in waiting:
            state = "dreaming" if person.visitor in at_work else "waiting"
        else:
            is_here = now - person.seen < _HERE and not book.has_left(person.visitor)
            state = "here" if is_here else "away"
        left = book.refused(person.visitor)
        told.append(
            {
                "id": person.visitor,
                "name": book.called(person),
                "number": person.number,
                "pictures": person.pictures,
                "seconds": round(person.seconds, 1),
                "seen": person.seen,
                "state": state,
                "invitation": _way(person, book),
                "anonymous": not (person.name or person.invitation),
                "blocked": left is not None and person.is_blocked,
                "signed_out": book.has_left(person.visitor),
                "sent_away": left is not None and not person.is_blocked,
            }
        )
    told.sort(key=lambda one: one["state"] == "away")
    return told[:_MOST_SHOWN]


def _way(person: Person, book: GuestBook) -> dict[str, Any] | None:
    """The invitation by which somebody came."""
    if not person.invitation:
        return None
    holds = book.is_invited(person.invitation)
    return {"note": book.note_of(person.invitation), "holds": holds}


def _queued(one: QueuedDream, who: Who, book: GuestBook) -> dict[str, Any]:
    person = book.person(one.visitor)
    return {
        "job": one.job,
        "person": one.visitor,
        "name": Role.OWNER.value if person is None else book.called(person),
        "number": 0 if person is None else person.number,
        "mine": one.visitor == who.visitor,
        "prompt": one.prompt,
        "pictures": one.pictures,
        "state": "dreaming" if one.is_under_way else "waiting",
        "place": one.place,
        "beside": one.beside,
        "wait": one.wait,
        "step": one.step,
        "steps": one.steps,
        "live": None if one.live is None else _live(one.live),
    }


def _live(strip: LiveStrip) -> dict[str, int]:
    rows = -(-len(strip.pictures) // strip.columns)
    return {"revision": strip.revision, "columns": strip.columns, "rows": rows}


def _models(studio: "Studio", book: GuestBook) -> list[dict[str, Any]]:
    only, told = book.terms.models, []
    for name in studio.models.names():
        with contextlib.suppress(UserError):  # it went meanwhile
            title = studio.models.look(name).title
            told.append({"model": name, "title": title, "allowed": only is None or name in only})
    return told

"""History for the page: sections, any stretch of one, what to choose by, and what is done with many at once."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi import Path as FromPath
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from sdgui.comparing.picture_zip import stream_zip
from sdgui.errors import UserError
from sdgui.local_days import day_of, zone_named
from sdgui.picture_query import Order
from sdgui.ports import Store
from sdgui.records import BIN_DAYS, Mark, PictureRecord, days_left
from sdgui.web.doors.gate import Gate
from sdgui.web.doors.visitors import visitor_of
from sdgui.web.history.search import ALL, Part, Search, Stretch
from sdgui.web.history.zips import Listed, Zips
from sdgui.web.shared.dreams.descriptions import describe_job, seed_of
from sdgui.web.shared.gallery.bin import Ids, PictureId
from sdgui.web.shared.gallery.pictures import NO_STORE, Id, file_name, not_found

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

MOST_IDS = 10_000
"""Pictures that are selected at once."""
_LONGEST_PROMPT = 200
Name = Annotated[str, FromPath(pattern=r"^[a-z0-9-]{1,40}\.zip$")]


class Chosen(BaseModel):
    """Pictures that something is done with."""

    model_config = ConfigDict(extra="forbid")

    pictures: Annotated[Ids, Field(min_length=1)]


class Marked(Chosen):
    """What their owner thinks of them."""

    mark: Mark


class Rated(Chosen):
    """What they are worth: 1 to 5, or 0 for nothing said."""

    rating: Annotated[int, Field(ge=0, le=5)]


class Archived(BaseModel):
    """What is to go into a ZIP."""

    model_config = ConfigDict(extra="forbid")

    pictures: Annotated[list[PictureId], Field(min_length=1, max_length=MOST_IDS)]


class Walled(Chosen):
    """What is to be compared."""

    pictures: Annotated[Ids, Field(min_length=2, max_length=64)]


def history_routes(studio: "Studio", store: Store) -> APIRouter:
    """Routes of the visitor's history; what is not theirs is not found, and then nothing changes."""
    routes = APIRouter()
    zips = Zips()
    studio.adopted.append(zips.adopt)

    @routes.get("/history/sections")
    def sections(request: Request, search: Annotated[Search, Query()]) -> dict[str, Any]:
        """How many pictures there are, by day in the order of the search; not by day in one section alone."""
        visitor = visitor_of(request)
        revision = store.revision(visitor)
        days = store.count_days(visitor, search.query(), search.zone)
        total = sum(days.values())
        found = (
            [
                {"key": day.isoformat(), "count": days[day]}
                for day in sorted(days, reverse=search.sort is Order.NEWEST)
            ]
            if search.is_by_day
            else [{"key": ALL, "count": total}] * bool(total)
        )
        return {"total": total, "sections": found, "revision": revision}

    @routes.get("/history/pictures")
    def pictures(request: Request, stretch: Annotated[Stretch, Query()]) -> dict[str, Any]:
        """So many pictures of a section, from any place in it on."""
        visitor = visitor_of(request)
        revision = store.revision(visitor)
        found = store.part_of_pictures(
            visitor,
            stretch.query_of(stretch.section),
            offset=stretch.offset,
            limit=stretch.limit,
        )
        missing = _missing(store, visitor, found)
        return {
            "pictures": [None if one is None else _told(one, one.id in missing) for one in found],
            "revision": revision,
        }

    @routes.get("/history/ids")
    def ids(request: Request, part: Annotated[Part, Query()]) -> dict[str, Any]:
        """The ids of the pictures of a section, of the first 10,000."""
        query = part.query_of(part.section)
        return {"pictures": store.picture_ids(visitor_of(request), query, limit=MOST_IDS)}

    @routes.get("/history/facets")
    def facets(request: Request, tz: Annotated[str, Query(max_length=1000)] = "") -> dict[str, Any]:
        """What there is to choose by, each with how many pictures have it."""
        visitor = visitor_of(request)
        found = store.facets(visitor)
        return {
            "models": [
                {"value": name, "title": _title_of(studio, name), "count": count}
                for name, count in found.models.items()
                if name
            ],
            "samplers": _values(found.samplers),
            "loras": _values(found.loras),
            "sizes": _values({f"{w}x{h}": count for (w, h), count in found.sizes.items()}),
            "kept": found.kept,
            "rejected": found.rejected,
            "rated": found.rated,
            "bin": found.binned,
            "bin_bytes": found.binned_bytes,
            "bin_days": BIN_DAYS,
            "hidden": store.count_hidden(visitor),
            "first": None
            if found.first is None
            else day_of(found.first, zone_named(tz)).isoformat(),
        }

    @routes.put("/history/marks")
    def mark(request: Request, asked: Marked) -> dict[str, Any]:
        """Marks pictures; tells which of them had which other mark."""
        visitor = visitor_of(request)
        done = _former(store.mark_pictures(asked.pictures, visitor, asked.mark))
        studio.heed(visitor)
        return done

    @routes.put("/history/ratings")
    def rate(request: Request, asked: Rated) -> dict[str, Any]:
        """Rates pictures; tells which of them had which other rating."""
        return _former(store.rate_pictures(asked.pictures, visitor_of(request), asked.rating))

    @routes.post("/history/zip")
    def ask_archive(request: Request, asked: Archived) -> dict[str, str]:
        """Where a ZIP of the original files, in this order, can be fetched for some minutes, and its name."""
        visitor = visitor_of(request)
        wanted = tuple(dict.fromkeys(asked.pictures))
        if not store.are_there(wanted, visitor):
            raise not_found()
        name = f"sdgui-{datetime.now():%Y-%m-%d-%H%M}.zip"
        return {"zip": f"/history/zip/{zips.keep(visitor, wanted)}/{name}", "name": name}

    @routes.get("/history/zip/{token}/{name}")
    def archive(request: Request, token: Id, name: Name) -> StreamingResponse:
        """The ZIP, written as it is read: it may be of any size, and what is deleted or hidden meanwhile is not in it,
        nor anything more of who is turned out or signs out."""
        wanted = zips.find(token, visitor_of(request))
        if wanted is None:
            fault = "This ZIP was asked for too long ago; export the pictures again."
            raise HTTPException(HTTPStatus.NOT_FOUND, fault, NO_STORE)
        headers = {**NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
        gate: Gate = request.app.state.gate
        files = stream_zip(_files(store, wanted, lambda: gate.is_over(request.scope)))
        return StreamingResponse(files, media_type="application/zip", headers=headers)

    @routes.post("/history/wall")
    def wall(request: Request, asked: Walled) -> dict[str, Any]:
        """A wall of stored pictures, as a dream is told: a sheet of Compare like others."""
        found = store.gather(asked.pictures, visitor_of(request))
        if found is None:
            raise not_found()
        return {"dream": describe_job(found, False)}

    return routes


def _files(store: Store, wanted: Listed, is_over: Callable[[], bool]) -> Iterator[tuple[str, Path]]:
    """Name and file of those that are still there when it is their turn, until it `is_over`."""
    missed: list[str] = []
    for pictures in (
        wanted.pictures,
        missed,
    ):  # at the end again, those that became another's at that moment
        for one in pictures:
            if is_over():
                return
            visitor = wanted.visitor
            found, file = store.picture(one, visitor), store.picture_file(one, visitor)
            if found is not None and file is not None:
                yield file_name(found), file
            elif pictures is not missed:
                missed.append(one)


def _missing(store: Store, visitor: str, found: Sequence[PictureRecord | None]) -> frozenset[str]:
    """The ids of those linked pictures whose files are gone."""
    linked = [
        one.id
        for one in found
        if one is not None and one.imported is not None and one.imported.is_linked
    ]
    return store.missing_files(linked, visitor) if linked else frozenset()


def _told(picture: PictureRecord, is_missing: bool) -> dict[str, Any]:
    spec = picture.spec
    return {
        "id": picture.id,
        "width": spec.width,
        "height": spec.height,
        "created": picture.created,
        "mark": picture.mark,
        "rating": picture.rating,
        "match": picture.match,
        "seed": seed_of(picture),
        "prompt": _cut(spec.prompt),
        "job": picture.job,
        "model": spec.model.id,
        "missing": is_missing,
        "left": None if picture.binned is None else days_left(picture.binned, time.time()),
    }


def _cut(prompt: str) -> str:
    is_whole = len(prompt) <= _LONGEST_PROMPT
    return prompt if is_whole else f"{prompt[: _LONGEST_PROMPT - 1].rstrip()}…"


def _values(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"value": name, "title": name, "count": count} for name, count in counts.items() if name
    ]


def _title_of(studio: "Studio", model: str) -> str:
    """What a model is called; its name where it is no longer here."""
    if model in studio.models.at_hand():
        with contextlib.suppress(UserError):
            return studio.models.look(model).title
    return model


def _former(former: Mapping[str, str | int] | None) -> dict[str, Any]:
    """What pictures were before, so that it can be given back: their ids by mark or rating."""
    if former is None:
        raise not_found()
    found: dict[str, list[str]] = {}
    for picture, value in former.items():
        found.setdefault(str(value), []).append(picture)
    return {"former": found}

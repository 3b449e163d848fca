"""A link as it is followed: its pictures as far as they are still there, or that it leads nowhere."""

import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from fastapi import HTTPException, Request

from sdgui.links import Link, LinkKind
from sdgui.ports import Store
from sdgui.records import PictureRecord
from sdgui.spec import PictureSpec
from sdgui.web.shared.gallery.pictures import NO_STORE

ID = re.compile(r"[A-Za-z0-9_-]{22}")
NEVER = "There is nothing at this address."
ENDED = "This link has ended: its time was over, whoever made it withdrew it, or what it showed was deleted."


@dataclass(frozen=True, kw_only=True)
class Pictured:
    """One picture of a link: its place there, what is stored of it, and its file."""

    number: int
    record: PictureRecord
    file: Path

    @property
    def spec(self) -> PictureSpec:
        """What made it."""
        return self.record.spec


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A link that leads somewhere, and its pictures in order: of a pair both, else one at least."""

    link: Link
    pictures: tuple[Pictured, ...]

    @property
    def specs(self) -> tuple[PictureSpec, ...]:
        """What made its pictures."""
        return tuple(one.spec for one in self.pictures)

    def picture(self, number: int) -> Pictured:
        """One of its pictures; HTTPException 404 where there never was one, 410 where it is gone."""
        if number >= len(self.link.pictures):
            raise never()
        found = next((one for one in self.pictures if one.number == number), None)
        if found is None:
            raise ended()
        return found


def open_link(store: Store, link: str) -> Opened:
    """What a link leads to; HTTPException 404 where there never was one, 410 where it has ended."""
    found = store.link(link) if ID.fullmatch(link) else None
    if found is None:
        raise never()
    if not found.is_open(time.time()):
        raise ended()
    records = store.find_pictures(found.pictures, found.visitor)
    files = store.find_files(found.pictures, found.visitor)
    there = tuple(
        Pictured(number=number, record=records[picture], file=files[picture])
        for number, picture in enumerate(found.pictures)
        if picture in records and picture in files
    )
    if len(there) < (len(found.pictures) if found.kind is LinkKind.PAIR else 1):
        raise ended()
    return Opened(link=found, pictures=there)


def follow(request: Request, store: Store, link: str) -> Opened:
    """The same for whoever asks: what somebody showed whom the owner blocked is gone with them."""
    opened = open_link(store, link)
    maker = request.app.state.gate.book.person(opened.link.visitor)
    if maker is not None and maker.is_blocked:
        raise ended()
    return opened


def never() -> HTTPException:
    """The answer about a link, or a picture of one, that never was."""
    return HTTPException(HTTPStatus.NOT_FOUND, NEVER, NO_STORE)


def ended() -> HTTPException:
    """The answer about one that was."""
    return HTTPException(HTTPStatus.GONE, ENDED, NO_STORE)

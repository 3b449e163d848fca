"""The bin for the page: what is deleted goes into it, and comes back out of it."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from sdgui.people import Who
from sdgui.web.doors.visitors import who_of
from sdgui.web.shared.gallery.pictures import Id, not_found

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

PictureId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Ids = Annotated[list[PictureId], Field(max_length=1000)]


class Deleted(BaseModel):
    """What is to go into the bin: pictures, whole dreams, or both."""

    model_config = ConfigDict(extra="forbid")

    pictures: Ids = []
    dreams: Annotated[list[PictureId], Field(max_length=100)] = []

    @model_validator(mode="after")
    def _names_something(self) -> "Deleted":
        if not (self.pictures or self.dreams):
            raise ValueError("it names neither pictures nor dreams")
        return self


class ForGood(BaseModel):
    """What is to be deleted for good: these pictures of the bin, or all that is in it."""

    model_config = ConfigDict(extra="forbid")

    pictures: Ids | None = None


class Wanted(BaseModel):
    """What is to come back: all that went into the bin with `undo`, or these pictures."""

    model_config = ConfigDict(extra="forbid")

    undo: PictureId | None = None
    pictures: Ids = []

    @model_validator(mode="after")
    def _names_one(self) -> "Wanted":
        if (self.undo is None) != bool(self.pictures):
            raise ValueError("it names either what to undo or pictures")
        return self


def bin_routes(studio: "Studio") -> APIRouter:
    """Routes of the bin; what is not the visitor's is not found, and then nothing changes."""
    routes = APIRouter()

    @routes.post("/bin")
    def delete(request: Request, deleted: Deleted) -> dict[str, Any]:
        """Puts pictures and whole dreams into the bin."""
        return _binned(studio, who_of(request), pictures=deleted.pictures, jobs=deleted.dreams)

    @routes.delete("/picture/{picture}")
    def delete_picture(request: Request, picture: Id) -> dict[str, Any]:
        """Puts a picture into the bin."""
        return _binned(studio, who_of(request), pictures=[picture])

    @routes.delete("/dreams/{job}")
    def delete_dream(request: Request, job: Id) -> dict[str, Any]:
        """Puts a dream into the bin, with all its pictures; one that runs is stopped."""
        return _binned(studio, who_of(request), jobs=[job])

    @routes.post("/bin/restore")
    def restore(request: Request, wanted: Wanted) -> dict[str, Any]:
        """Brings back what was deleted; `dreams` are those, walls too, that show more now."""
        done = studio.restore(who_of(request), undo=wanted.undo, pictures=wanted.pictures)
        if done is None:
            raise not_found()
        return {
            "pictures": sum(map(len, done.pictures.values())),
            "dreams": list(done.pictures),
        }

    @routes.post("/bin/empty")
    def empty(request: Request, asked: ForGood | None = None) -> dict[str, int]:
        """Deletes for good what is in the bin, or these pictures of it."""
        done = studio.empty_bin(who_of(request), None if asked is None else asked.pictures)
        return {"pictures": done.pictures, "bytes": done.bytes}

    return routes


def _binned(
    studio: "Studio", who: Who, *, pictures: list[str] | None = None, jobs: list[str] | None = None
) -> dict[str, Any]:
    done = studio.bin(
        who,
        pictures=() if pictures is None else pictures,
        jobs=() if jobs is None else jobs,
    )
    if done is None:
        raise not_found()
    return {"pictures": sum(map(len, done.pictures.values())), "undo": done.undo}

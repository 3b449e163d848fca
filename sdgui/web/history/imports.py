"""Bringing in the pictures of a folder of this machine: the owner's alone."""

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from sdgui.errors import UserError
from sdgui.imports import FolderImport
from sdgui.people import Who
from sdgui.ports import Store
from sdgui.web.doors.visitors import who_of
from sdgui.web.shared.dreams.outcome import Told, guarded
from sdgui.web.shared.gallery.pictures import NO_STORE

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_ONLY_THE_OWNER = "Only the owner may bring in folders of this machine."


class Asked(BaseModel):
    """A folder, as its owner writes it, and whether its pictures are copied."""

    model_config = ConfigDict(extra="forbid")

    folder: Annotated[str, Field(min_length=1, max_length=4096)]
    copies: bool = False


def import_routes(studio: "Studio", store: Store) -> APIRouter:
    """Routes of imports; 403 for guests."""
    routes = APIRouter()

    def owner_of(request: Request) -> Who:
        who = who_of(request)
        if not studio.policy.of(who).folders:
            raise HTTPException(HTTPStatus.FORBIDDEN, _ONLY_THE_OWNER, NO_STORE)
        return who

    @routes.get("/history/imports")
    def imports(request: Request) -> dict[str, Any]:
        """How far they are, and whether who asks `may` begin one: the owner, whose are the pictures that the command
        line brought in."""
        who = who_of(request)
        if not studio.policy.of(who).folders:
            return {"may": False, "imports": []}
        store.imports.claim(who.visitor)
        return {"may": True, "imports": [_told(one) for one in store.imports.of(who.visitor)]}

    @routes.post("/history/imports")
    def begin(request: Request, asked: Asked) -> Told:
        """Begins to bring in the pictures of a folder, or goes on with it; what is wrong is said in words."""
        who = owner_of(request)
        return guarded(lambda: {"import": _told(begun_by(who, asked))}, lambda told: told)

    def begun_by(who: Who, asked: Asked) -> FolderImport:
        folder = Path(asked.folder.strip().strip('"'))
        if not (folder.is_absolute() or asked.folder.strip().startswith("~")):
            raise UserError(
                "That is not the whole path of a folder.", "It begins at the top: /home/…"
            )
        return store.imports.begin(folder, who.visitor, copies=asked.copies)

    @routes.delete("/history/imports/{number}")
    def cancel(request: Request, number: int) -> dict[str, Any]:
        """Stops one; what came in stays."""
        who = owner_of(request)
        if not store.imports.cancel(number, who.visitor):
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such import.", NO_STORE)
        return {"imports": [_told(one) for one in store.imports.of(who.visitor)]}

    return routes


def _told(one: FolderImport) -> dict[str, Any]:
    return {
        "id": one.id,
        "folder": Path(one.folder).name.encode("utf-8", "replace").decode(),
        "state": one.state.value,
        "total": one.total,
        "done": one.done,
        "added": one.added,
        "sentence": one.sentence.encode("utf-8", "replace").decode(),
    }

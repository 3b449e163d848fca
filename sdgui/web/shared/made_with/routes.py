"""The route that reads what a picture's file was made with; the file itself is kept nowhere."""

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request

from sdgui.errors import UserError
from sdgui.made_with import Origin
from sdgui.storage.made_with.reading import of_texts, read_made_with
from sdgui.web.shared.dreams.outcome import Told, guarded
from sdgui.web.shared.dreams.submission import info_of
from sdgui.web.shared.made_with.restoring import OfSheet, restored

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

READ_PICTURE = "/read-picture"
LARGEST_PICTURE = 64 * 2**20
"""Bytes of a file that is read."""
_IN_MEMORY = 2**20


def made_with_routes(
    studio: "Studio", heavy: CapacityLimiter, of_sheet: OfSheet | None = None
) -> APIRouter:
    """The route that takes a file, or as plain text what a file says; `of_sheet`: the settings of a whole sheet."""
    routes = APIRouter()

    @routes.post(READ_PICTURE)
    async def read_picture(request: Request, model: str | None = None) -> Told:
        """What the body, a PNG, JPEG or WebP, was made with; `model` is the one that is chosen on the page."""
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            async for some in request.stream():
                file.write(some)
            file.seek(0)
            is_text = request.headers.get("content-type", "").startswith("text/plain")

            def act() -> Told:
                if is_text:
                    text = file.read(_IN_MEMORY).decode("utf-8", "replace")
                    made = of_texts({"parameters": text.replace("\r\n", "\n")})
                    if made.origin is Origin.NONE:
                        raise UserError(
                            "That text says nothing of how a picture was made.",
                            "Choose a PNG, JPEG or WebP, or paste the settings of one.",
                        )
                else:
                    found = read_made_with(cast(BinaryIO, file))
                    if found is None:
                        raise UserError(
                            "That file is no PNG, JPEG or WebP.",
                            "Choose a picture that was saved as one of these.",
                        )
                    made = found
                chosen = info_of(model, studio.models).ref.id
                return restored(made, studio.models, chosen, of_sheet)

            return await to_thread.run_sync(lambda: guarded(act, lambda told: told), limiter=heavy)

    return routes

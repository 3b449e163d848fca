"""Two pictures of the visitor: how much they differ, where, and in which settings."""

import io
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from PIL import Image

from sdgui.comparing.difference import difference, differing
from sdgui.comparing.picture_files import read_rgb
from sdgui.errors import UserError
from sdgui.events import Pixels
from sdgui.ports import Store
from sdgui.records import PictureRecord
from sdgui.web.doors.visitors import visitor_of
from sdgui.web.shared.gallery.pictures import KEEP, NO_STORE, not_found

Picture = Annotated[str, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_REMEMBERED = 8


@dataclass(frozen=True, kw_only=True)
class _Difference:
    """Numbers and the map as PNG, or the sentence that says why there are none."""

    mean: float | None = None
    ssim: float | None = None
    map: bytes = b""
    message: str = ""


class _Differences:
    """Computes each difference once: the page asks for its numbers and its map at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], _Difference] = OrderedDict()

    def between(self, a: tuple[str, Path], b: tuple[str, Path]) -> _Difference:
        """The difference of two pictures, each as id and file."""
        key = (a[0], b[0])
        with self._lock:
            found = self._known.get(key)
            if found is None:
                found = _compute(a[1], b[1])
            self._known[key] = found
            self._known.move_to_end(key)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            return found


def difference_routes(store: Store, heavy: CapacityLimiter) -> APIRouter:
    """Routes of A and B; both must be the visitor's. No more are compared at once than `heavy` lets through."""
    routes = APIRouter()
    differences = _Differences()

    @routes.get("/compare/difference")
    async def numbers(request: Request, a: Picture, b: Picture) -> dict[str, Any]:
        """Mean absolute difference (0 to 255) and SSIM, or why there are none, and the settings that differ."""
        visitor = visitor_of(request)

        def work() -> dict[str, Any]:
            (one, file), (other, other_file) = _pair(store, a, b, visitor)
            found = differences.between((a, file), (b, other_file))
            return {
                "mean": found.mean,
                "ssim": found.ssim,
                "message": found.message,
                "differs": [asdict(d) for d in differing(one.spec, other.spec)],
            }

        return await to_thread.run_sync(work, limiter=heavy)

    @routes.get("/compare/difference.png")
    async def picture(request: Request, a: Picture, b: Picture) -> Response:
        """The map: dark where the pictures are equal."""
        visitor = visitor_of(request)

        def work() -> _Difference:
            (_, file), (_, other_file) = _pair(store, a, b, visitor)
            return differences.between((a, file), (b, other_file))

        found = await to_thread.run_sync(work, limiter=heavy)
        if not found.map:
            raise HTTPException(HTTPStatus.BAD_REQUEST, found.message, NO_STORE)
        return Response(found.map, media_type="image/png", headers=KEEP)

    return routes


def _pair(
    store: Store, a: str, b: str, visitor: str
) -> tuple[tuple[PictureRecord, Path], tuple[PictureRecord, Path]]:
    """Both pictures with their files; not found unless both are there and the visitor's."""
    found, files = store.find_pictures((a, b), visitor), store.find_files((a, b), visitor)
    try:
        return (found[a], files[a]), (found[b], files[b])
    except KeyError:
        raise not_found() from None


def _compute(a: Path, b: Path) -> _Difference:
    one, other = _pixels(a), _pixels(b)
    try:
        found = difference(one, other)
    except UserError as fault:
        return _Difference(message=str(fault))
    file = io.BytesIO()
    Image.fromarray(found.map).save(file, "PNG")
    return _Difference(mean=found.mean, ssim=found.ssim, map=file.getvalue())


def _pixels(file: Path) -> Pixels:
    try:
        return np.asarray(read_rgb(file))
    except FileNotFoundError as error:
        raise not_found() from error

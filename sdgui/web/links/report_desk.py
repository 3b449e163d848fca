"""Where strangers report pictures: how often they may, and what becomes of it."""

import threading
import time
from collections.abc import Callable
from http import HTTPStatus

from fastapi import HTTPException

from sdgui.ports import Store
from sdgui.web.doors.buckets import Buckets
from sdgui.web.links.plain_words import plain
from sdgui.web.shared.gallery.pictures import NO_STORE

LONGEST = 200
"""Letters of a reason."""
OF_ONE_PLACE, OF_ALL = 5, 60
"""Reports that are taken at once, of what is seen at one place and altogether; as many again come free in `_WHILE`."""
_WHILE = 300.0
"""Seconds."""
_MOST_PLACES = 1000

_OFTEN = "There were many reports just now. Try again in a few minutes."
_FULL = "So much is reported already that nothing can be added. Whoever runs this program has to look at it first."


class ReportDesk:
    """Takes reports of anybody, with or without a cookie; safe to call from any thread. `clock` gives seconds."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._places = Buckets(OF_ONE_PLACE, OF_ONE_PLACE / _WHILE, clock, most_names=_MOST_PLACES)
        self._all = Buckets(OF_ALL, OF_ALL / _WHILE, clock)

    def take(self, picture: str, place: str, reason: str = "") -> None:
        """Counts a report of a picture that was seen at a `place` (the path of a page of pictures that is there).

        HTTPException with a sentence where there are too many: 429 just now, 503 unless some are dealt with.
        """
        if not self._admit(place):
            retry = {**NO_STORE, "retry-after": str(round(_WHILE / OF_ONE_PLACE))}
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, _OFTEN, retry)
        if not self._store.add_report(picture, place, plain(reason)[:LONGEST]):
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, _FULL, NO_STORE)

    def _admit(self, place: str) -> bool:
        with self._lock:
            is_free = self._places.has(place) and self._all.has("")
            if is_free:
                self._places.take(place)
                self._all.take("")
            return is_free

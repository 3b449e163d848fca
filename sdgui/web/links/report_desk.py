"""Where strangers report pictures: how often they may, and what becomes of it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from fastapi import HTTPException

from sdgui.ports import Store
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
        self._clock = clock
        self._lock = threading.Lock()
        self._places: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._all = (float(OF_ALL), clock())

    def take(self, picture: str, place: str, reason: str = "") -> None:
        """Counts a report of a picture that was seen at a `place` (the path of a page of pictures that is there).

        HTTPException with a sentence where there are too many: 429 just now, 503 unless some are dealt with.
        """
        if not self._admit(place):
            retry = {**NO_STORE, "retry-after": str(round(_WHILE / OF_ONE_PLACE))}
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, _OFTEN, retry)
        plain = " ".join("".join(one if one.isprintable() else " " for one in reason).split())
        if not self._store.add_report(picture, place, plain[:LONGEST]):
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, _FULL, NO_STORE)

    def _admit(self, place: str) -> bool:
        now = self._clock()
        with self._lock:
            left = _left(self._places.pop(place, (float(OF_ONE_PLACE), now)), OF_ONE_PLACE, now)
            of_all = _left(self._all, OF_ALL, now)
            is_free = left >= 1 and of_all >= 1
            self._places[place] = (left - is_free, now)
            self._all = (of_all - is_free, now)
            if len(self._places) > _MOST_PLACES:
                self._places.popitem(last=False)
            return is_free


def _left(before: tuple[float, float], most: int, now: float) -> float:
    left, since = before
    return min(float(most), left + (now - since) * most / _WHILE)

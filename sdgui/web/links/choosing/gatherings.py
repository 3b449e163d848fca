"""Those who choose together now: each link's people, what they say, and the pages that are told of it at once.

What is said is stored before it is told, and a page that is slow is told the latest when it can take it.
"""

import asyncio
import contextlib
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sdgui.choosing import MOST_CHOOSERS, Chooser
from sdgui.errors import come_again, whole_seconds
from sdgui.links import Link
from sdgui.ports import Store
from sdgui.records import Mark
from sdgui.studio.watcher import INTERVAL
from sdgui.web.doors.buckets import Buckets
from sdgui.web.links.choosing.standing import MAKER, Standing, standing_of

MOST_PAGES = 48
"""Open pages of one link, those of its maker not counted."""
MOST_PAGES_OF_ONE = 4
MOST_PAGES_IN_ALL = 160
NEWCOMERS = 12
"""People who may begin to choose by one link at once; later so many a minute."""
MARKS = 64
"""Marks that one person may set at once; later five a second."""
_BYTES = 16
_LONG = 600
"""Seconds after which whoever has said nothing and is not there gives way."""


class Crowded(Exception):
    """Somebody cannot come in now; says why in a sentence, and the `seconds` until they can where these are known."""

    def __init__(self, sentence: str, seconds: int | None = None) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class Page:
    """One open page, in the event loop that made it: it wakes when something changed."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._changed.set()
        self._read = self._loop.time() - INTERVAL
        self._is_doubted = False

    def doubt(self) -> None:
        """Whether its link still leads there is to be asked at once; safe to call from any thread."""
        self._is_doubted = True
        self.wake()

    def wake(self) -> None:
        """Something changed; safe to call from any thread."""
        with contextlib.suppress(RuntimeError):  # its loop is closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._changed.set)

    async def changed(self, seconds: float) -> bool:
        """Waits until something changed, or so long; whether it did."""
        try:
            await asyncio.wait_for(self._changed.wait(), max(INTERVAL, seconds))
        except TimeoutError:
            return False
        await asyncio.sleep(max(0.0, self._read + INTERVAL - self._loop.time()))
        self._changed.clear()
        self._read = self._loop.time()
        return True

    def is_doubted(self) -> bool:
        """Whether that is to be asked since this was asked last."""
        is_doubted, self._is_doubted = self._is_doubted, False
        return is_doubted


class Gathering:
    """One link, as long as a page of it is open: how it stands, and who is there with which place."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.pages: dict[Page, int | None] = {}
        self.standing = Standing(pictures=(), people={}, lookers=0)

    def show(self, standing: Standing) -> None:
        """From now on it stands like this."""
        self.standing = standing
        for page in self.pages:
            page.wake()


class Gatherings:
    """All of them; every method but the constructor reads or writes the store, and may be called from any thread."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._store = store
        self._lock = threading.RLock()
        self._open: dict[str, Gathering] = {}
        self._newcomers = Buckets(NEWCOMERS, NEWCOMERS / 60, clock)
        self._marks = Buckets(MARKS, 5, clock)

    def standing(self, link: Link) -> Standing:
        """How a link stands."""
        with self._lock:
            gathering = self._open.get(link.id)
            return self._read(link, () if gathering is None else gathering.pages.values())

    def enter(self, link: Link, page: Page, place: int | None) -> Gathering:
        """A page is opened, by whoever has this place, or none yet; Crowded where there are too many."""
        with self._lock:
            gathering = self._open.get(link.id)
            if gathering is None:
                gathering = Gathering(link)
            self._check_room(gathering, place)
            self._open[link.id] = gathering
            gathering.pages[page] = place
            self._show(gathering)
            return gathering

    def leave(self, gathering: Gathering, page: Page) -> None:
        """A page is closed."""
        with self._lock:
            gathering.pages.pop(page, None)
            if gathering.pages:
                self._show(gathering)
            else:
                self._open.pop(gathering.link.id, None)

    def chooser(self, link: Link, id: str | None) -> Chooser | None:
        """Who chooses by this link with this id."""
        if id is None:
            return None
        return next((one for one in self._store.choosers(link.id) if one.id == id), None)

    def change(
        self, link: Link, id: str | None, change: Callable[[Chooser], Chooser]
    ) -> tuple[Chooser, bool]:
        """Changes the name or the marks of whoever has this id, who is given a place where they have none; who it
        is, and whether they are new. Crowded where it is too much."""
        with self._lock:
            choosers = self._store.choosers(link.id)
            known = next((one for one in choosers if one.id == id), None)
            if not self._marks.take(link.id if known is None else known.id):
                raise Crowded("That was too much at once. Wait a moment.")
            if known is None:
                chooser = change(self._newcomer(link, choosers))
                self._store.add_chooser(chooser)
            else:
                chooser = change(known)
                self._store.change_chooser(chooser)
            gathering = self._open.get(link.id)
            if gathering is not None:
                self._show(gathering)
            return chooser, known is None

    def send_away(self, link: Link, place: int) -> None:
        """Forgets somebody, and what they chose."""
        with self._lock:
            self._store.remove_chooser(link.id, place)
            gathering = self._open.get(link.id)
            if gathering is not None:
                for page, theirs in gathering.pages.items():
                    if theirs == place:
                        gathering.pages[page] = None
                self._show(gathering)

    def end(self, link: str) -> None:
        """A link leads nowhere any more: its pages are told so."""
        with self._lock:
            gathering = self._open.get(link)
            if gathering is not None:
                gathering.show(replace(gathering.standing, is_over=True))

    def look(self, gathering: Gathering) -> None:
        """Looks again at what is stored of it."""
        with self._lock:
            self._show(gathering)

    def heed(self, visitor: str) -> None:
        """Stored pictures of a visitor changed."""
        with self._lock:
            for gathering in self._open.values():
                if gathering.link.visitor == visitor:
                    self._show(gathering)

    def doubt(self, visitor: str) -> None:
        """A visitor was turned out: open pages ask whether the links of theirs still lead there."""
        with self._lock:
            for gathering in self._open.values():
                if gathering.link.visitor == visitor:
                    for page in gathering.pages:
                        page.doubt()

    def adopt(self, visitor: str, into: str) -> None:
        """What was one visitor's is another's: the links of open pages, too."""
        with self._lock:
            for gathering in self._open.values():
                if gathering.link.visitor == visitor:
                    gathering.link = replace(gathering.link, visitor=into)
        self.heed(into)

    def _show(self, gathering: Gathering) -> None:
        if gathering.standing.is_over:
            return
        standing = self._read(gathering.link, gathering.pages.values())
        if standing != gathering.standing:
            gathering.show(standing)

    def _read(self, link: Link, here: Iterable[int | None]) -> Standing:
        pictures = self._store.find_pictures(link.pictures, link.visitor)
        return standing_of(link, pictures, self._store.choosers(link.id), tuple(here))

    def _check_room(self, gathering: Gathering, place: int | None) -> None:
        pages = Counter(gathering.pages.values())
        if place is not None and pages[place] >= MOST_PAGES_OF_ONE:
            raise Crowded("This wall is open in several windows already. Close one of them.")
        if place == MAKER:
            return
        everybody = sum(len(one.pages) for one in self._open.values())
        if len(gathering.pages) - pages[MAKER] >= MOST_PAGES or everybody >= MOST_PAGES_IN_ALL:
            raise Crowded("Too many people look at this at once. Come again in a few minutes.")

    def _newcomer(self, link: Link, choosers: Sequence[Chooser]) -> Chooser:
        taken = {one.place for one in choosers}
        place = next((one for one in range(1, MOST_CHOOSERS + 1) if one not in taken), None)
        if place is None:
            place = self._given_up(link, choosers)
        if place is None:
            raise Crowded(
                f"{MOST_CHOOSERS} people are choosing here, and there is no room for more. You can look on."
            )
        if not self._newcomers.take(link.id):
            wait = whole_seconds(self._newcomers.wait(link.id))
            raise Crowded(f"Too many people come in at once. {come_again(wait)}", wait)
        id = secrets.token_hex(_BYTES)
        return Chooser(id=id, link=link.id, place=place, created=time.time())

    def _given_up(self, link: Link, choosers: Sequence[Chooser]) -> int | None:
        """The place of somebody who left without saying anything, which is free then."""
        gathering = self._open.get(link.id)
        here = set() if gathering is None else set(gathering.pages.values())
        for one in choosers:
            left = time.time() - one.created > _LONG
            if left and not one.has_chosen and one.place not in here:
                self._store.remove_chooser(link.id, one.place)
                return one.place
        return None


def with_mark(chooser: Chooser, picture: str, mark: Mark) -> Chooser:
    """Somebody who says this of a picture, or no longer anything."""
    marks: Mapping[str, Mark] = {id: one for id, one in chooser.marks.items() if id != picture}
    return replace(chooser, marks=marks if mark is Mark.NONE else {**marks, picture: mark})


def with_name(chooser: Chooser, name: str) -> Chooser:
    """Somebody who is called so."""
    return replace(chooser, name=name)

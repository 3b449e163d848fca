"""What the owner decided about guests, and who was here: kept in one file of the output folder.

Nothing in it opens anything: people are kept by the ids under which their dreams are stored, invitations by ids that
are worth nothing without this server's secret.
"""

import json
import logging
import math
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sdgui.errors import UserError
from sdgui.people import GUESTS, GUESTS_WAITING, Allowance, Policy, Role, Who
from sdgui.studio.daily import Daily

log = logging.getLogger(__name__)

FILE = ".guests.json"
SENT_AWAY = 3600.0
"""Seconds for which somebody who was sent away is not let in."""
_OFTEN = 30.0
"""Seconds between two times that what was used is kept."""
_MOST_PEOPLE = 2000
_MOST_WORDS = 500
_LONGEST_WORD = 80
_MOST_INVITATIONS = 200
_MOST_JOINED = 1000


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for each guest, `waiting_all` and `disk_all` for all together; pixels are width times height, `disk`,
    `disk_all` and `upload` bytes, `models` ids or None for all."""

    waiting: int = GUESTS.waiting
    waiting_all: int | None = GUESTS_WAITING
    dreams_a_minute: int | None = GUESTS.a_minute
    steps: int | None = GUESTS.steps
    pixels: int | None = GUESTS.pixels
    pictures: int | None = GUESTS.pictures
    disk: int | None = GUESTS.disk
    upload: int | None = GUESTS.upload
    disk_all: int | None = 10_000_000_000
    models: tuple[str, ...] | None = None
    owner_first: bool = False
    invited_only: bool = False

    def policy(self, words: tuple[str, ...], *, unchecked: bool = GUESTS.unchecked) -> Policy:
        """The policy that says so; `unchecked` as of an allowance."""
        guest = replace(
            GUESTS,
            waiting=self.waiting,
            a_minute=self.dreams_a_minute,
            steps=self.steps,
            pixels=self.pixels,
            pictures=self.pictures,
            disk=self.disk,
            upload=self.upload,
            only=self.models,
            words=words,
            unchecked=unchecked,
        )
        return Policy(
            guest=guest,
            guests_waiting=self.waiting_all,
            guests_disk=self.disk_all,
            owner_first=self.owner_first,
        )


def told_of(allowance: Allowance) -> dict[str, Any]:
    """An allowance by the names of the terms, for whom it holds."""
    return {
        "waiting": allowance.waiting,
        "dreams_a_minute": allowance.a_minute,
        "steps": allowance.steps,
        "pixels": allowance.pixels,
        "pictures": allowance.pictures,
        "disk": allowance.disk,
        "upload": allowance.upload,
        "models": allowance.only,
    }


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who was here: moments in seconds since the epoch; not let in before `refused_until`."""

    visitor: str
    number: int
    name: str = ""
    role: Role = Role.GUEST
    invitation: str = ""
    pictures: int = 0
    seconds: float = 0.0
    seen: float = 0.0
    refused_until: float = 0.0
    lost: int = 0
    """Pictures that made room for others, of which they were not told yet."""

    @property
    def is_blocked(self) -> bool:
        """Whether they are not let in until the owner says so."""
        return math.isinf(self.refused_until)

    @property
    def shown(self) -> str:
        """What they are called."""
        if self.name:
            return self.name
        return "owner" if self.role is Role.OWNER else f"guest {self.number}"


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A link for somebody, for whom it is in a `note`, made and at an end in seconds since the epoch."""

    id: str
    note: str
    made: float
    ends: float | None = None


class GuestBook:
    """Terms, barred words, invitations and people; safe to call from any thread.

    `write` keeps a file whole. `said` are terms that hold from the start whatever was decided before. What the owner
    decides is kept at once, what people used now and then and at `close`. `changed` is called with the new policy,
    `ended` with each guest who came by an invitation whose time is over.
    """

    def __init__(
        self,
        folder: Path,
        write: Callable[[Path, bytes], None],
        *,
        said: Mapping[str, Any] | None = None,
        unchecked: bool = GUESTS.unchecked,
        asks_names: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`unchecked`: guests may dream with models whose own safety checker cannot be read. Where names and passwords
        are asked for (`asks_names`) who has one needs no invitation."""
        self._file = folder / FILE
        self._write = write
        self._unchecked = unchecked
        self._asks_names = asks_names
        self._clock = clock
        self._lock = threading.RLock()
        self._writing = threading.Lock()
        """Held while the file is written, which nobody who only asks waits for."""
        self._has_news = False
        self._decided, self._words = Terms(), tuple[str, ...]()
        self._invitations: dict[str, Invitation] = {}
        self._people: dict[str, Person] = {}
        self._left: set[str] = set()
        """Who signed out and has asked nothing since; of no use after a restart, when nobody has."""
        self._numbers = 0
        self._is_held = False
        self._joined: dict[str, None] = {}
        self.ended: Callable[[str], object] = lambda visitor: None
        self.changed: Callable[[Policy], None] = lambda policy: None
        self._read()
        self._said: dict[str, Any] = {} if said is None else dict(said)
        """What was said for this run alone, as long as nothing else was decided meanwhile."""
        self._keeping = Daily(self._look_after, _OFTEN)

    def start(self) -> None:
        """Keeps what is used from now on."""
        self._keeping.start()

    def close(self) -> None:
        """Keeps what is not kept yet."""
        self._keeping.close()
        self.keep()

    def now(self) -> float:
        """The moment by its clock, in seconds since the epoch."""
        return self._clock()

    # What the owner decides

    @property
    def terms(self) -> Terms:
        """What holds for guests."""
        with self._lock:
            return replace(self._decided, **self._said)

    @property
    def words(self) -> tuple[str, ...]:
        """What guests' prompts may not say."""
        return self._words

    @property
    def policy(self) -> Policy:
        """Who may what, by all this."""
        with self._lock:
            return self.terms.policy(self._words, unchecked=self._unchecked)

    def decide(self, **terms: Any) -> None:
        """Changes these terms, and keeps them."""
        with self._lock:
            self._decided = replace(self._decided, **terms)
            self._said = {name: one for name, one in self._said.items() if name not in terms}
            self._has_news = True
        self.keep()
        self.changed(self.policy)

    def bar(self, words: Iterable[str]) -> None:
        """These are the words that guests' prompts may not say; UserError for too many."""
        said = tuple(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
        if len(said) > _MOST_WORDS or any(len(word) > _LONGEST_WORD for word in said):
            raise UserError(
                f"{_MOST_WORDS} words of {_LONGEST_WORD} letters each can be barred.",
                "Leave some out.",
            )
        with self._lock:
            self._words = said
            self._has_news = True
        self.keep()
        self.changed(self.policy)

    @property
    def is_held(self) -> bool:
        """Whether nothing is to be dreamt until the owner says so."""
        return self._is_held

    def hold(self, is_held: bool) -> None:
        """Keeps whether the owner holds the queue."""
        with self._lock:
            self._is_held = is_held
            self._has_news = True
        self.keep()

    # The owner's browsers

    def join(self, visitors: Iterable[str]) -> None:
        """These are the owner in person from now on, whenever they come as the owner. It lets nobody in, and makes
        nobody the owner who is not."""
        with self._lock:
            for visitor in visitors:
                self._joined.pop(visitor, None)
                self._joined[visitor] = None
            while len(self._joined) > _MOST_JOINED:
                del self._joined[next(iter(self._joined))]
            self._has_news = True
        self.keep()

    def part(self, visitor: str) -> None:
        """Somebody signed out: they are themselves again, whatever they come as."""
        with self._lock:
            if visitor not in self._joined:
                return
            del self._joined[visitor]
            self._has_news = True
        self.keep()

    def has_joined(self, visitor: str) -> bool:
        """Whether somebody is the owner in person where they come as the owner."""
        return visitor in self._joined

    def joined(self) -> tuple[str, ...]:
        """Those who are."""
        with self._lock:
            return tuple(self._joined)

    # Invitations

    def invitations(self) -> tuple[Invitation, ...]:
        """Those that hold, in the order in which they were made."""
        with self._lock:
            return tuple(one for one in self._invitations.values() if self._holds(one))

    def invite(self, note: str, seconds: float | None = None) -> Invitation:
        """A new invitation that ends after so many seconds, or when it is withdrawn."""
        with self._lock:
            if len(self.invitations()) >= _MOST_INVITATIONS:
                raise UserError(
                    f"There are {_MOST_INVITATIONS} invitations already.", "Withdraw some."
                )
            now = self._clock()
            new = Invitation(
                id=secrets.token_hex(8),
                note=" ".join(note.split()),
                made=now,
                ends=None if seconds is None else now + seconds,
            )
            self._invitations[new.id] = new
            self._has_news = True
        self.keep()
        return new

    def withdraw(self, invitation: str) -> tuple[str, ...] | None:
        """Ends an invitation: the visitors who came with it; None where there is none."""
        with self._lock:
            if self._invitations.pop(invitation, None) is None:
                return None
            self._has_news = True
            came = tuple(
                one.visitor for one in self._people.values() if one.invitation == invitation
            )
        self.keep()
        return came

    def called(self, person: Person) -> str:
        """What the owner knows somebody by: their name, else for whom the invitation was by which they came, with their
        number where others came by it, too."""
        with self._lock:
            found = None if person.name else self._invitations.get(person.invitation)
            if found is None or not found.note:
                return person.shown
            there = self._people.values()
            others = (one for one in there if one.visitor != person.visitor)
            is_shared = any(one.invitation == found.id for one in others)
            return f"{found.note} ({person.shown})" if is_shared else found.note

    def note_of(self, invitation: str) -> str:
        """For whom an invitation is; "" where that was not said, or it is no more."""
        with self._lock:
            found = self._invitations.get(invitation)
            return "" if found is None else found.note

    def is_invited(self, invitation: str) -> bool:
        """Whether an invitation holds."""
        with self._lock:
            found = self._invitations.get(invitation)
            return found is not None and self._holds(found)

    def uninvited(self) -> tuple[str, ...]:
        """The guests who are not let in without an invitation that holds."""
        with self._lock:
            return tuple(one.visitor for one in self._people.values() if self._is_uninvited(one))

    def is_uninvited(self, visitor: str) -> bool:
        """Whether somebody is one of them."""
        with self._lock:
            found = self._people.get(visitor)
            return found is not None and self._is_uninvited(found)

    def end_invitations(self) -> None:
        """Tells of each guest whose invitation has run out, and forgets it."""
        with self._lock:
            over = {name for name, one in self._invitations.items() if not self._holds(one)}
            came = [
                one.visitor
                for one in self._people.values()
                if one.invitation in over and self._is_uninvited(one)
            ]
        for visitor in came:
            self.ended(visitor)
        if over:  # only now: whoever could not be told of is told of the next time
            with self._lock:
                for name in over:
                    self._invitations.pop(name, None)
                self._has_news = True

    def _is_uninvited(self, one: Person) -> bool:
        needs_one = bool(one.invitation) or (self.terms.invited_only and not self._asks_names)
        has_another_way = one.role is Role.OWNER or (self._asks_names and bool(one.name))
        return needs_one and not has_another_way and not self.is_invited(one.invitation)

    def _holds(self, one: Invitation) -> bool:
        return one.ends is None or self._clock() < one.ends

    # People

    def saw(self, who: Who, invitation: str = "") -> Person:
        """Somebody asks something."""
        with self._lock:
            found = self._people.get(who.visitor)
            if found is None:
                self._numbers += who.role is Role.GUEST
                self._has_news = True  # no number is given twice
                self._make_room()
                number = self._numbers if who.role is Role.GUEST else 0
                found = Person(visitor=who.visitor, number=number)
            told = replace(
                found,
                role=who.role,
                name=who.name,
                invitation=invitation or found.invitation,
            )
            self._has_news = self._has_news or told != found
            found = replace(told, seen=self._clock())
            self._left.discard(who.visitor)
            self._people.pop(who.visitor, None)  # the last seen are last
            self._people[who.visitor] = found
            return found

    def left(self, visitor: str) -> None:
        """Somebody signed out: until they ask again they are gone."""
        with self._lock:
            if visitor in self._people:
                self._left.add(visitor)

    def has_left(self, visitor: str) -> bool:
        """Whether somebody signed out, and has asked nothing since."""
        return visitor in self._left

    def own(self, visitor: str) -> None:
        """Somebody asks while nobody but the owner can: they are no guest any more, if they were."""
        with self._lock:
            found = self._people.get(visitor)
            if found is not None and found.role is Role.GUEST:
                self._people[visitor] = replace(found, role=Role.OWNER)
                self._has_news = True

    def used(self, visitor: str, pictures: int, seconds: float) -> None:
        """Notes what somebody used; those who were never here as others came are not kept."""
        with self._lock:
            found = self._people.get(visitor)
            if found is not None:
                self._people[visitor] = replace(
                    found, pictures=found.pictures + pictures, seconds=found.seconds + seconds
                )
                self._has_news = True

    def is_owner(self, visitor: str) -> bool:
        """Whether somebody was last here as the owner."""
        with self._lock:
            found = self._people.get(visitor)
            return found is not None and found.role is Role.OWNER

    def guests(self) -> tuple[str, ...]:
        """The guests who are remembered."""
        with self._lock:
            there = self._people.values()
            return tuple(one.visitor for one in there if one.role is Role.GUEST)

    def lost(self, visitor: str, pictures: int) -> None:
        """Notes that pictures of somebody made room for others, until they were `told`."""
        with self._lock:
            found = self._people.get(visitor)
            if found is not None:
                self._people[visitor] = replace(found, lost=found.lost + pictures)
                self._has_news = True

    def told(self, visitor: str) -> None:
        """They know what they lost."""
        with self._lock:
            found = self._people.get(visitor)
            if found is not None and found.lost:
                self._people[visitor] = replace(found, lost=0)
                self._has_news = True

    def people(self) -> tuple[Person, ...]:
        """Who was here, last seen first."""
        with self._lock:
            return tuple(reversed(self._people.values()))

    def person(self, visitor: str) -> Person | None:
        """Somebody by the id of their dreams."""
        with self._lock:
            return self._people.get(visitor)

    def refuse(self, visitor: str, seconds: float) -> bool:
        """Does not let somebody in for so many seconds, 0 lets them in again; False where nobody is called so."""
        with self._lock:
            found = self._people.get(visitor)
            if found is None or found.role is Role.OWNER:
                return False
            until = self._clock() + seconds if seconds else 0.0
            self._people[visitor] = replace(found, refused_until=until)
            self._has_news = True
        self.keep()
        return True

    def refused(self, visitor: str) -> float | None:
        """For how many seconds somebody is not let in, without end where they are blocked; None where they are."""
        with self._lock:
            found = self._people.get(visitor)
            left = 0.0 if found is None else found.refused_until - self._clock()
            return left if left > 0 else None

    def is_out(self, visitor: str) -> bool:
        """Whether somebody is not let in just now: sent away, or without an invitation that they would need."""
        with self._lock:
            return self.refused(visitor) is not None or self.is_uninvited(visitor)

    def _make_room(self) -> None:
        """Forgets who was seen longest ago: those first who neither dreamt nor are refused."""
        if len(self._people) < _MOST_PEOPLE:
            return
        idle = (one for one in self._people.values() if not (one.pictures or one.refused_until))
        free = (one for one in self._people.values() if not one.refused_until)
        gone = next(idle, None) or next(free, None) or next(iter(self._people.values()))
        del self._people[gone.visitor]
        self._left.discard(gone.visitor)

    # The file

    def _look_after(self) -> None:
        self.end_invitations()
        self.keep()

    def keep(self) -> None:
        """Writes what is new; where that cannot be, it is tried again later."""
        with self._writing:
            with self._lock:
                if not self._has_news:
                    return
                self._has_news = False
                told = self._told()
            try:
                self._write(self._file, json.dumps(told, ensure_ascii=False).encode())
            except OSError as fault:
                log.warning("what is known of guests could not be kept: %s", fault)
                with self._lock:
                    self._has_news = True

    def _told(self) -> dict[str, Any]:
        return {
            "version": 1,
            "terms": asdict(self._decided),
            "words": self._words,
            "invitations": [asdict(one) for one in self._invitations.values()],
            "numbers": self._numbers,
            "held": self._is_held,
            "joined": list(self._joined),
            "people": [
                asdict(one)
                for one in self._people.values()
                if one.pictures or one.refused_until or one.name or one.invitation
            ],
        }

    def _read(self) -> None:
        try:
            told = json.loads(self._file.read_bytes())
            self._decided = Terms(**_terms_in(told["terms"]))
            self._words = tuple(map(str, told["words"]))
            self._numbers = int(told["numbers"])
            self._is_held = bool(told.get("held", False))
            self._joined = dict.fromkeys(map(str, told.get("joined", ())))
            self._invitations = {one["id"]: Invitation(**one) for one in told["invitations"]}
            self._people = {
                one["visitor"]: Person(**{**one, "role": Role(one["role"])})
                for one in told["people"]
            }
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as fault:
            log.warning("what was known of guests cannot be read, and is begun anew: %s", fault)
            self._decided, self._words, self._invitations = Terms(), (), {}
            self._joined = {}
            with suppress(OSError):  # nobody knows yet what it holds
                self._file.replace(self._file.with_name(f"{FILE}.damaged"))


def _terms_in(told: Mapping[str, Any]) -> dict[str, Any]:
    models = told["models"]
    return {**told, "models": None if models is None else tuple(models)}

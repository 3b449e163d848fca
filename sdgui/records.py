"""What is stored of jobs and pictures, as plain values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sdgui.imports import Imported
from sdgui.sheet import Sheet
from sdgui.spec import PictureSpec


class JobState(StrEnum):
    """The life of a job; the last three are ends."""

    QUEUED = "queued"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Mark(StrEnum):
    """What its owner thinks of a picture."""

    NONE = ""
    KEPT = "kept"
    REJECTED = "rejected"


class Hiding(StrEnum):
    """What the owner of the machine did with somebody's picture."""

    NONE = ""
    HIDDEN = "hidden"
    DELETED = "deleted"

    @property
    def sentence(self) -> str:
        """What its maker is told."""
        return f"The owner of this machine has {self.value} this picture."


class Judgement(StrEnum):
    """What the owner of the machine decides of somebody's pictures; the last two take the others back."""

    HIDE = "hide"
    DELETE = "delete"
    SHOW = "show"
    RESTORE = "restore"


@dataclass(frozen=True, kw_only=True)
class TaskRecord:
    """One picture of a job, made or not: `stored` once its file is safe, `deleted` once its owner removed it, or the
    owner of the machine did (`hiding`).

    `fault` says in words for a visitor why it could not be made, or why it is not shown where the model's own safety
    checker `held_back` what was made; `match` is how well it fits its prompt (the cosine of CLIP's embeddings), where
    that is known.
    """

    id: str
    spec: PictureSpec
    stored: bool = False
    deleted: bool = False
    mark: Mark = Mark.NONE
    fault: str = ""
    match: float | None = None
    hiding: Hiding = Hiding.NONE
    held_back: bool = False

    @property
    def unmade(self) -> bool:
        """Whether it can still be made: neither stored nor deleted, nor held back."""
        return not (self.stored or self.deleted or self.held_back)


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """One dream: who asked (`visitor`), when (`created`, seconds since the epoch), its pictures in order.

    `sheet` tells how they lie where they were asked for to be compared. Where it `is_gathered` nobody dreamt it: it was
    put together from pictures of other jobs, which they stay.
    """

    id: str
    visitor: str
    created: float
    state: JobState
    tasks: tuple[TaskRecord, ...]
    message: str = ""
    hint: str = ""
    sheet: Sheet | None = None
    is_gathered: bool = False


@dataclass(frozen=True, kw_only=True)
class JobEnd:
    """How a job ended; `faults` tells by task why pictures could not be made, or were `held_back`, in words for a
    visitor."""

    job: str
    state: JobState
    message: str = ""
    hint: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    held_back: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class PictureRecord:
    """One stored picture: its owner, spec, place in its job, how it was made (`notes`), bytes on disk; `rating` from
    1 to 5, or 0 for none; `imported` says from where it came, None for one that was made here; `hiding` what the owner
    of the machine did with it; `binned` when it went into the bin, in seconds since the epoch, None where it did
    not."""

    id: str
    job: str
    index: int
    visitor: str
    created: float
    spec: PictureSpec
    notes: dict[str, str] = field(default_factory=dict)
    bytes: int = 0
    mark: Mark = Mark.NONE
    rating: int = 0
    imported: Imported | None = None
    hiding: Hiding = Hiding.NONE
    binned: float | None = None

    @property
    def match(self) -> float | None:
        """How well it fits its prompt, from its notes."""
        return match_in(self.notes)


BIN_DAYS = 30
"""Days that a deleted picture stays in the bin, from which it can be brought back."""


def days_left(binned: float, now: float) -> int:
    """Days, the begun one too, that what went into the bin then stays in it (both in seconds since the epoch)."""
    return max(0, math.ceil(BIN_DAYS - (now - binned) / 86_400))


@dataclass(frozen=True, kw_only=True)
class Binned:
    """What went into the bin at once: by dream its stored pictures; `dreams` went wholly, `undo` brings all back."""

    undo: str
    pictures: Mapping[str, tuple[str, ...]]
    dreams: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What came out of the bin: by dream its stored pictures; `stopped` are dreams that ran when they went into it."""

    pictures: Mapping[str, tuple[str, ...]]
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Pictures of one dream of a visitor of which the owner of the machine decided something."""

    visitor: str
    job: str
    pictures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What strangers said of a picture: the `place` where they saw it, the last `reasons` with words, how often and
    when (seconds since the epoch)."""

    picture: PictureRecord
    place: str
    reasons: tuple[str, ...]
    count: int
    first: float
    last: float


@dataclass(frozen=True, kw_only=True)
class Emptied:
    """How many pictures went for good, and how many bytes of the disk they gave free."""

    pictures: int = 0
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class ModelUse:
    """How many stored pictures a model made, and when the last of them, in seconds since the epoch."""

    pictures: int
    last: float


def told_of_faults(failed: int, pictures: int, first: str) -> str:
    """What is said of a job of which so many of its pictures could not be made; `first` says why of one of them."""
    return (
        first
        if failed == pictures
        else f"{failed} of {pictures} pictures could not be made: {first}"
    )


MOST_PIXELS = 2**26
"""Pixels of a picture's file that is read, at most: what claims to have more is damaged, or a trap."""

MATCH = "match"
"""The note that holds how well a picture fits its prompt."""


def match_in(notes: dict[str, str]) -> float | None:
    """How well a picture fits its prompt, from -1 to 1, as its notes tell it; None where they do not."""
    try:
        return float(notes[MATCH])
    except (KeyError, ValueError):
        return None

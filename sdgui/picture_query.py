"""Which of the stored pictures somebody wants to see, and in which order."""

from dataclasses import dataclass
from enum import StrEnum

from sdgui.records import Mark


class Order(StrEnum):
    """How pictures follow each other: by when they were made, or by how well they fit their prompt."""

    NEWEST = "newest"
    OLDEST = "oldest"
    MATCH = "match"


@dataclass(frozen=True, kw_only=True)
class PictureQuery:
    """What is wanted of pictures; None is no wish.

    `text` is searched in the prompts as somebody types it: every word must be there, or a word that begins with it;
    what stands in quotes must follow each other. No letter of it is an operator. `sampler` is the name of both sampler
    and schedule, as in `DPM++ 2M Karras`. `width` and `height` in pixels. `since` and `until` in seconds since the
    epoch, of the moment when a picture was stored; it lies before `until`. By MATCH, those whose match is not known
    come last.
    """

    text: str = ""
    model: str | None = None
    sampler: str | None = None
    width: int | None = None
    height: int | None = None
    since: float | None = None
    until: float | None = None
    mark: Mark | None = None
    order: Order = Order.NEWEST

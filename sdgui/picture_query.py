"""Which of the stored pictures somebody wants to see, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sdgui.records import Mark


class Order(StrEnum):
    """How pictures follow each other: by when they were made, how well they fit their prompt, or how they are rated."""

    NEWEST = "newest"
    OLDEST = "oldest"
    MATCH = "match"
    RATING = "rating"


@dataclass(frozen=True, kw_only=True)
class PictureQuery:
    """What is wanted of pictures; None is no wish.

    `text` is searched in the prompts as somebody types it: every word must be there, or a word that begins with it;
    what stands in quotes must follow each other, and behind a minus what must not be there; a whole number alone also
    finds the pictures with that seed. Nothing else of it is an operator. `sampler` is the name of both sampler
    and schedule, as in `DPM++ 2M Karras`. `width` and `height` in pixels. `since` and `until` in seconds since the
    epoch, of the moment when a picture was stored; it lies before `until`. By MATCH, those whose match is not known
    come last. `lora` is the id of one of the LoRAs, `rating` what they have at least, from 1 to 5. `binned`: what is
    in the bin is wanted, and nothing else.
    """

    text: str = ""
    model: str | None = None
    sampler: str | None = None
    width: int | None = None
    height: int | None = None
    since: float | None = None
    until: float | None = None
    mark: Mark | None = None
    lora: str | None = None
    rating: int | None = None
    binned: bool = False
    order: Order = Order.NEWEST


@dataclass(frozen=True, kw_only=True)
class Facets:
    """What there is to choose pictures by, each value with how many have it; most first.

    Sizes are (width, height) in pixels. `first` is when the oldest was stored, in seconds since the epoch.
    `binned` and `binned_bytes` are of the bin; all else is of what is not in it.
    """

    models: Mapping[str, int]
    samplers: Mapping[str, int]
    loras: Mapping[str, int]
    sizes: Mapping[tuple[int, int], int]
    kept: int
    rejected: int
    rated: int
    first: float | None
    binned: int
    binned_bytes: int

"""Unlisted pages that show pictures to whoever has their address, as plain values."""

from dataclasses import dataclass
from enum import StrEnum


class LinkKind(StrEnum):
    """What a page shows."""

    PICTURE = "picture"
    DREAM = "dream"
    WALL = "wall"
    PAIR = "pair"
    CHOICE = "choice"
    """Of a wall, by all who have the link, together."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """One page: `id` (22 characters, 128 bits of chance) is its address, `visitor` made it of their `pictures`.

    `shows_prompt` and `shows_settings` say what of them is told there, `by` whose they are ("" is not told). Moments
    are seconds since the epoch; None where it never ends, or was not withdrawn.
    """

    id: str
    visitor: str
    kind: LinkKind
    pictures: tuple[str, ...]
    shows_prompt: bool
    shows_settings: bool
    by: str
    created: float
    expires: float | None = None
    withdrawn: float | None = None

    def is_open(self, now: float) -> bool:
        """Whether it leads anywhere at a moment."""
        return self.withdrawn is None and (self.expires is None or now < self.expires)

    @property
    def tells_all(self) -> bool:
        """Whether what is inside its files may be read by whoever has them."""
        return self.shows_prompt and self.shows_settings

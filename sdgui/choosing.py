"""Choosing together, as plain values: who follows a link to a wall and says what to keep of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdgui.records import Mark

MOST_CHOOSERS = 32
"""People who choose by one link; more are told that it is full."""
LONGEST_NAME = 40
"""Characters."""


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """Somebody who chooses: `id` (128 bits of chance) is what their cookie says, `place` their number among those of
    the `link`, from 1 on, by which colour and sign are told; `marks` are by the pictures' ids, each kept or rejected.

    `created` is in seconds since the epoch; a `name` of "" was not said.
    """

    id: str
    link: str
    place: int
    name: str = ""
    created: float
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def has_chosen(self) -> bool:
        """Whether they have said anything of any picture."""
        return bool(self.marks)

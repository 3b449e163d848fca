"""Who asks, in which role, and the one policy of who may what and how much."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here."""

    OWNER = "owner"
    """Whoever runs the program."""
    GUEST = "guest"
    """Anybody else who was let in."""


@dataclass(frozen=True, kw_only=True)
class Who:
    """Somebody who asks: the id under which their dreams are stored, and their role."""

    visitor: str
    role: Role = Role.OWNER

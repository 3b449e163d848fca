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


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What one person may ask for; None is as much as the model and the page allow."""

    dreams: bool = True
    """Whether they may ask for pictures at all, or only look."""
    waiting: int = 512
    """Pictures that they may have waiting."""
    pictures: int | None = None
    """Pictures of one dream or sheet."""
    pixels: int | None = None
    """Width times height of a picture."""
    steps: int | None = None
    models: bool = True
    """Whether they may look after the models: add, correct and remove them."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Who may what, and how much: an allowance for each role."""

    owner: Allowance = Allowance()
    guest: Allowance = Allowance(models=False)

    def of(self, who: Who) -> Allowance:
        """What somebody may."""
        match who.role:
            case Role.OWNER:
                return self.owner
            case Role.GUEST:
                return self.guest


POLICY = Policy()
"""What holds where nothing else is said."""

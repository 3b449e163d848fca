"""Who asks, in which role, and the one policy of who may what and how much."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here."""

    OWNER = "owner"
    """Whoever runs the program."""
    GUEST = "guest"
    """Anybody else who was let in."""


NOBODY = "nobody"
"""The visitor whose pictures belong to the owner who comes first: nobody knows whose they were."""


@dataclass(frozen=True, kw_only=True)
class Who:
    """Somebody who asks: the id under which their dreams are stored, their role, and the name that they came with."""

    visitor: str
    role: Role = Role.OWNER
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Maker:
    """A visitor of whom there are `pictures` to be seen, the `last` made then, in seconds since the epoch."""

    visitor: str
    pictures: int
    last: float


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
    a_minute: int | None = None
    """Dreams that they may begin in one minute."""
    only: tuple[str, ...] | None = None
    """The models that they may dream with, by their ids."""
    words: tuple[str, ...] = ()
    """What their prompts may not say, each one word or several."""
    disk: int | None = None
    """Bytes that their pictures may take; where there are more, the oldest go that were not kept."""
    upload: int | None = None
    """Bytes of one file that they may send."""
    models: bool = True
    """Whether they may look after the models: add, correct and remove them."""
    folders: bool = True
    """Whether they may bring in pictures from folders of this machine."""
    unchecked: bool = True
    """Whether they may dream with a model whose own safety checker cannot be read here."""


GUESTS = Allowance(
    waiting=16,
    pictures=8,
    pixels=1024 * 1024,
    steps=50,
    a_minute=6,
    disk=500_000_000,
    upload=20_000_000,
    models=False,
    folders=False,
    unchecked=False,
)
"""What guests may where their host said nothing else."""
GUESTS_WAITING = 128
"""Pictures that all guests together may have waiting where their host said nothing else: each alone is soon somebody
else."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Who may what, and how much: an allowance for each role, the pictures of all guests together that may wait and the
    bytes that theirs may take (None: as many as there are), and whether the owner's dreams go before the others."""

    owner: Allowance = Allowance()
    guest: Allowance = GUESTS
    guests_waiting: int | None = GUESTS_WAITING
    guests_disk: int | None = None
    owner_first: bool = False

    def of(self, who: Who) -> Allowance:
        """What somebody may."""
        match who.role:
            case Role.OWNER:
                return self.owner
            case Role.GUEST:
                return self.guest


POLICY = Policy()
"""What holds where nothing else is said."""

"""The owner's models as they are looked after: what is here, what a hub offers, what is on its way. Plain values."""

from dataclasses import dataclass
from enum import StrEnum

from sdgui.correction import Correction
from sdgui.model_info import ModelInfo
from sdgui.vae_info import VaeInfo


class Checking(StrEnum):
    """What becomes of the safety checker that came with a model."""

    NONE = ""
    """None came with it."""
    ACTIVE = "active"
    OFF = "off"
    """The owner left out all of them."""
    UNREADABLE = "unreadable"
    """It cannot be read here: the owner dreams without, and guests do not."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One model that can be chosen, or could be but for its `fault`; sizes in bytes.

    `place` says where it lies, in words, and `licence` what its files say of that. `hash` is of its content, "" while
    it was not read. Where `removable`, it may be taken off the disk. `checker_fault` says why its own safety checker
    cannot be read, where it cannot.
    """

    model: str
    title: str
    family: str = ""
    family_title: str = ""
    bytes: int = 0
    memory_bytes: int = 0
    place: str = ""
    licence: str | None = None
    hash: str = ""
    removable: bool = False
    fault: str = ""
    checker: Checking = Checking.NONE
    checker_fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What a dream with a model is begun with, as its owner has it; None is as its files or its family say."""

    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = None


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What the owner corrected of a model; `own` is as its files say, and `now` as it is with that. `vaes` are those in
    the owner's folders, whether they fit it or not."""

    own: ModelInfo
    now: ModelInfo
    correction: Correction
    defaults: Defaults
    vaes: tuple[VaeInfo, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A model on a hub before it is fetched; sizes in bytes, `left` of them not here yet.

    Where it is `locked`, the hub shows its files only to those who accepted its terms: nothing but its name, its
    licence and the size of all it holds is known.
    """

    model: str
    title: str
    family_title: str = ""
    bytes: int = 0
    left: int = 0
    memory_bytes: int = 0
    files: int = 0
    licence: str | None = None
    locked: bool = False
    address: str = ""


class DownloadState(StrEnum):
    """How a download stands; one that is done is a model."""

    RUNNING = "running"
    CHECKING = "checking"
    """All is here, and is compared with what the hub says it is."""
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Download:
    """A model on its way: `done` of `total` bytes; what went wrong in words fit for a person.

    `speed` in bytes a second and `seconds_left` where they are known.
    """

    model: str
    title: str
    family_title: str
    licence: str | None
    state: DownloadState
    done: int
    total: int
    speed: float | None = None
    seconds_left: float | None = None
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class KnownModel:
    """A well-known model with open weights; sizes in bytes, as its repository stood when this was written."""

    model: str
    title: str
    licence: str
    bytes: int
    memory_bytes: int
    locked: bool = False

"""What a worker is: the device under it, what it can hold, and what it has warm."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class HeldModel:
    """A model that a worker keeps warm: its bytes, when it was used last (seconds since the epoch), and how long
    loading it took (seconds)."""

    model: str
    bytes: int
    used: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class WorkerInfo:
    """One worker as the queue and the visitors know it.

    `memory` is what its device has for models and pictures, in bytes, where that is known, and `free` what of it nobody
    has; `process` is the main memory of its process, and `batch` what the pictures under way have on a device of its
    own. `warm` are the ids of the models that it keeps there, as many as fit, the latest used last, and `held` what
    they take. `title` is the device in words.
    """

    device: str = ""
    dtype: str = ""
    title: str = ""
    memory: int | None = None
    free: int | None = None
    process: int = 0
    batch: int = 0
    warm: tuple[str, ...] = ()
    held: tuple[HeldModel, ...] = ()

"""What a worker is: the device under it, what it can hold, and what it has warm."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WorkerInfo:
    """One worker as the queue and the visitors know it.

    `memory` is what its device has for models and pictures, in bytes, where that is known; `warm` are the ids of the
    models that it keeps there, as many as fit, the latest used last.
    """

    device: str = ""
    dtype: str = ""
    memory: int | None = None
    warm: tuple[str, ...] = ()

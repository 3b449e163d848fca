"""Pictures that are made but could not be stored yet: kept in memory, tried again later and later."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sdgui.errors import UserError
from sdgui.events import Decoded

MOST_BYTES = 512 * 2**20
"""Bytes of pixels that wait in memory at most; what comes on top of it is given up."""
_LONGEST = 30.0


def backoff(tries: int) -> float:
    """Seconds to wait after so many tries before: 1, 2, 4 and so on, 30 at most."""
    return min(_LONGEST, 2.0 ** min(tries, 10))


@dataclass(kw_only=True)
class _Kept:
    job: str
    picture: Decoded
    fault: UserError
    tries: int = 0
    due: float | None = None
    """When it is tried again; None while it is being tried."""


class Unsaved:
    """By task; its owner holds a lock around every call."""

    def __init__(
        self, backoff: Callable[[int], float] = backoff, most_bytes: int | None = None
    ) -> None:
        self._backoff = backoff
        self._most_bytes = MOST_BYTES if most_bytes is None else most_bytes
        self._kept: dict[str, _Kept] = {}

    def keep(
        self,
        job: str,
        picture: Decoded,
        now: float,
        *,
        fault: UserError,
        is_written: bool = False,
    ) -> float | None:
        """Keeps a picture to be tried again, at the moment that is returned; None where there is no room for it.

        `fault` is why it could not be stored. Of one whose file is written the pixels are not needed any more.
        """
        if is_written:
            picture = replace(picture, pixels=picture.pixels[:0].copy())
        kept = self._kept.get(picture.task)
        if kept is None:
            used = sum(one.picture.pixels.nbytes for one in self._kept.values())
            if used + picture.pixels.nbytes > self._most_bytes:
                return None
            kept = self._kept[picture.task] = _Kept(job=job, picture=picture, fault=fault)
        kept.picture, kept.fault = picture, fault
        kept.due = now + self._backoff(kept.tries)
        kept.tries += 1
        return kept.due

    def due(self, now: float) -> list[Decoded]:
        """Those whose time has come; they count as being tried from now on."""
        ready = [one for one in self._kept.values() if one.due is not None and one.due <= now]
        for one in ready:
            one.due = None
        return [one.picture for one in ready]

    def all(self) -> list[Decoded]:
        """All that are kept and not being tried."""
        return [one.picture for one in self._kept.values() if one.due is not None]

    @property
    def next_due(self) -> float | None:
        """When the next is tried again."""
        return min((one.due for one in self._kept.values() if one.due is not None), default=None)

    @property
    def fault(self) -> UserError | None:
        """Why the last that came could not be stored; None where none waits."""
        return next((one.fault for one in reversed(self._kept.values())), None)

    def find(self, task: str) -> Decoded | None:
        """The picture of a task, where it is kept."""
        kept = self._kept.get(task)
        return None if kept is None else kept.picture

    def forget(self, task: str) -> None:
        """It is stored, or given up."""
        self._kept.pop(task, None)

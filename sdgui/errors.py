"""The errors whose text people see."""

import errno
import math
from collections.abc import Iterator
from contextlib import contextmanager

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class UserError(Exception):
    """A fault that the person can mend: one plain sentence and one hint; the only error shown as it is."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class OverLimit(UserError):
    """More than somebody may have; `field` is the setting that it lies in."""

    def __init__(self, message: str, hint: str, field: str) -> None:
        super().__init__(message, hint)
        self.field = field


class TooSoon(UserError):
    """What somebody may ask for again after a while: its hint says when, and `seconds` are whole ones until then."""

    def __init__(self, message: str, seconds: float) -> None:
        self.seconds = whole_seconds(seconds)
        super().__init__(message, come_again(self.seconds))


class OutOfOrder(UserError):
    """A fault of this place and not of what was asked: the disk, the database, a studio that closes."""


class NotYetSaved(OutOfOrder):
    """A picture could not be stored now, though the same may succeed later: a full disk, a folder that is gone."""


class NotYetListed(NotYetSaved):
    """A picture's file is safe on the disk, and only the list could not take it in yet."""


class DiskFull(NotYetSaved):
    """There is no room left on the disk."""


class Cancelled(Exception):
    """Raised inside an engine to leave a pipeline at once when every member of its batch is cancelled."""


def no_room(what: str) -> DiskFull:
    """That the disk is full; `what` could not be done, in words."""
    return DiskFull(f"The disk is full: {what}.", "Free some space, then try again.")


@contextmanager
def plain_no_room(what: str) -> Iterator[None]:
    """Raises `no_room` in place of an OSError that says so."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise no_room(what) from error


def whole_seconds(seconds: float) -> int:
    """At least one, and none too few."""
    return max(1, math.ceil(seconds))


def come_again(seconds: float) -> str:
    """When somebody may who was too much."""
    whole = whole_seconds(seconds)
    return f"Come again in {'a second' if whole == 1 else f'{whole} seconds'}."

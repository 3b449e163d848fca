"""What our script is told became of a click; no handler raises, and every fault becomes a sentence."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from sdgui.errors import OverLimit, TooSoon, UserError
from sdgui.web.shared.dreams.submission import OUR_FAULT

log = logging.getLogger(__name__)

Told = dict[str, Any]
"""`job` (with `tab` where it is a sheet), `confirm`, `reused`, or `error` with its `hint` and, where it may be
asked for again after a while, the `seconds` until then, or the `field` that it lies in; any may have a `notice`."""

_Answer = TypeVar("_Answer")


def guarded(act: Callable[[], _Answer], otherwise: Callable[[Told], _Answer]) -> _Answer:
    """What `act` answers; where it fails, `otherwise` of the error in words. Faults of ours go to the log."""
    try:
        return act()
    except UserError as fault:
        told = fault
    except Exception:
        log.exception("a click came to nothing")
        told = OUR_FAULT
    refused: Told = {"error": told.message, "hint": told.hint}
    if isinstance(told, TooSoon):
        refused["seconds"] = told.seconds
    if isinstance(told, OverLimit):
        refused["field"] = told.field
    return otherwise(refused)

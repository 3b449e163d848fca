"""Handing dreams and sheets to the studio, with every fault translated into words for a visitor."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sdgui.errors import OutOfOrder, UserError
from sdgui.model_info import ModelInfo
from sdgui.people import Who
from sdgui.plans import Plan
from sdgui.ports import Models
from sdgui.records import JobRecord
from sdgui.spec import DreamRequest

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

log = logging.getLogger(__name__)

OUR_FAULT = OutOfOrder(
    "Something went wrong on our side, and nothing was begun.",
    "Try again; the server's log has the details.",
)


def submit(studio: "Studio", request: DreamRequest, who: Who, job: str | None = None) -> JobRecord:
    """Queues a dream, as `job` where that is said; the only error that it raises is UserError, and any other fault goes
    to the log."""

    def begin() -> JobRecord:
        check_model(request.model, studio.models)
        return studio.submit(request, who, job)

    return _guarded(begin)


def submit_plan(studio: "Studio", plan: Plan, who: Who, job: str | None = None) -> JobRecord:
    """Queues what a sheet needs, as `job` where that is said; errors as of `submit`."""
    return _guarded(lambda: studio.submit_plan(plan, who, job))


def _guarded(begin: Callable[[], JobRecord]) -> JobRecord:
    try:
        return begin()
    except UserError:
        raise
    except Exception as error:
        log.exception("a dream could not be taken")
        raise OUR_FAULT from error


def info_of(model: Any, models: Models) -> ModelInfo:
    """What is known of the model that is asked for, of the first where none is said; UserError unless it is offered.

    Its content is not read for it.
    """
    check_model(model, models)
    return models.look(models.names()[0] if model is None else model)


def check_model(model: object, models: Models) -> None:
    """UserError unless the model is one that is offered: visitors may not name folders of this machine."""
    names = models.names()
    if model is not None and model not in names:
        shown = "".join(char for char in str(model)[:80] if char.isprintable())
        raise UserError(
            f"There is no model called “{shown}” here.", f"Choose one of: {', '.join(names)}."
        )

"""The typed endpoints `dream` and `compare` for programs (gradio_client)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from inspect import Parameter
from typing import TYPE_CHECKING, Any, TypeVar

import gradio as gr

from sdgui.errors import UserError
from sdgui.plans import wrap_notices
from sdgui.ports import Store
from sdgui.records import JobRecord
from sdgui.request_fields import REQUEST
from sdgui.request_signature import parameter, settings_but
from sdgui.spec import DreamRequest
from sdgui.web.compare.controls import axis_request
from sdgui.web.compare.planning import grid
from sdgui.web.doors.visitors import who_of
from sdgui.web.programs.following import How, file_of, origin_of, outcome_of, progress_of
from sdgui.web.programs.parameters import with_parameters
from sdgui.web.shared.asking import OUR_FAULT, submit, submit_plan
from sdgui.web.shared.describing import describe_axis

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

log = logging.getLogger(__name__)

_News = TypeVar("_News")

File = dict[str, Any]
DreamNews = tuple[list[File], list[int], How]
"""Finished files (empty until the end), their seeds, and how far the dream is."""
CompareNews = tuple[list[File | None], dict[str, Any], How]
"""Files of the cells in order (empty until the end; None where a cell was not made), what stands along the axes, and
how far the grid is."""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A job that was taken, and what is worth knowing of what was asked."""

    job: JobRecord
    notices: tuple[str, ...] = ()


def add_endpoints(studio: "Studio", store: Store) -> None:
    """Adds `/dream` and `/compare` to the Blocks that is being built."""
    dream, compare = _dream_endpoint(studio, store), _compare_endpoint(studio, store)
    gr.api(dream, api_name="dream", concurrency_limit=None)
    gr.api(compare, api_name="compare", concurrency_limit=None)


def _dream_endpoint(studio: "Studio", store: Store) -> Callable[..., AsyncIterator[DreamNews]]:
    def dream(request: gr.Request, asked: dict[str, Any]) -> AsyncIterator[DreamNews]:
        """Dreams pictures: yields progress on the way, and at last the finished files and their seeds."""

        def begin() -> Begun:
            job = submit(studio, DreamRequest(**asked), who_of(request))
            return Begun(job=job, notices=wrap_notices([task.spec for task in job.tasks]))

        return _plainly(follow_dream(studio, store, begin, origin_of(request)))

    return with_parameters(dream, [parameter(one) for one in REQUEST], DreamNews)


def _compare_endpoint(studio: "Studio", store: Store) -> Callable[..., AsyncIterator[CompareNews]]:
    def compare(request: gr.Request, asked: dict[str, Any]) -> AsyncIterator[CompareNews]:
        """Dreams a grid: yields progress on the way, and at last the files of its cells, row by row."""

        def begin() -> Begun:
            settings = dict(asked)
            x_axis, x_values, y_axis, y_values = (settings.pop(one.name) for one in _AXES)
            x = axis_request(x_axis, x_values)
            y = axis_request(y_axis, y_values) if y_axis else None
            plan = grid(studio.models, DreamRequest(**settings), x, y)
            return Begun(job=submit_plan(studio, plan, who_of(request)), notices=plan.notices)

        return _plainly(follow_grid(studio, store, begin, origin_of(request)))

    prompt, *others = settings_but("count")
    parameters = [parameter(prompt), *_AXES, *(parameter(one) for one in others)]
    return with_parameters(compare, parameters, CompareNews)


_AXES = (
    Parameter("x_axis", Parameter.POSITIONAL_OR_KEYWORD, annotation=str),
    Parameter("x_values", Parameter.POSITIONAL_OR_KEYWORD, annotation=str),
    Parameter("y_axis", Parameter.POSITIONAL_OR_KEYWORD, annotation=str, default=""),
    Parameter("y_values", Parameter.POSITIONAL_OR_KEYWORD, annotation=str, default=""),
)


async def follow_dream(
    studio: "Studio", store: Store, begin: Callable[[], Begun], origin: str
) -> AsyncIterator[DreamNews]:
    """Begins a dream and tells of it; at last come the files that there are."""
    begun = await asyncio.to_thread(begin)
    seeds = [task.spec.seed for task in begun.job.tasks]
    how: How = {}
    async for how in _progress_of(studio, begun):
        yield [], seeds, how
    records, state = await outcome_of(studio, store, begun.job)
    made = [record for record in records if record is not None]
    files = [file_of(record, origin) for record in made]
    yield files, [record.spec.seed for record in made], _ended(how, state, len(made))


async def follow_grid(
    studio: "Studio", store: Store, begin: Callable[[], Begun], origin: str
) -> AsyncIterator[CompareNews]:
    """Begins a grid and tells of it; at last comes a file, or None, for every cell."""
    begun = await asyncio.to_thread(begin)
    sheet = begun.job.sheet
    assert sheet is not None
    labels = {"x": describe_axis(sheet.x), "y": describe_axis(sheet.y)}
    how: How = {}
    async for how in _progress_of(studio, begun):
        yield [], labels, how
    records, state = await outcome_of(studio, store, begun.job)
    cells = [None if record is None else file_of(record, origin) for record in records]
    yield cells, labels, _ended(how, state, sum(cell is not None for cell in cells))


async def _progress_of(studio: "Studio", begun: Begun) -> AsyncIterator[How]:
    """How far the job is, with what is worth knowing of it."""
    async for how in progress_of(studio, begun.job):
        yield {**how, "notices": list(begun.notices)}


async def _plainly(news: AsyncIterator[_News]) -> AsyncIterator[_News]:
    """The news; what goes wrong becomes one sentence."""
    try:
        async for item in news:
            yield item
    except UserError as fault:
        raise gr.Error(str(fault), print_exception=False) from None
    except Exception:
        log.exception("an endpoint failed")
        raise gr.Error(str(OUR_FAULT), print_exception=False) from None


def _ended(how: How, state: str, done: int) -> How:
    return {**how, "state": state, "done": done, "seconds_left": 0.0}

"""The typed endpoints `dream` and `compare` for programs: what they take, what they begin, and what they tell."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from sdgui.people import Who
from sdgui.plans import wrap_notices
from sdgui.ports import Store
from sdgui.records import JobRecord
from sdgui.request_fields import REQUEST
from sdgui.request_signature import parameter, settings_but
from sdgui.spec import DreamRequest
from sdgui.web.compare.controls import axis_request
from sdgui.web.compare.sheet_plans import grid
from sdgui.web.programs.job_news import How, file_of, outcome_of, progress_of
from sdgui.web.shared.dreams.descriptions import describe_axis
from sdgui.web.shared.dreams.submission import submit, submit_plan

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

File = dict[str, Any]
DreamNews = tuple[list[File], list[int], How]
"""Finished files (empty until the end), their seeds, and how far the dream is; without those that were held back."""
CompareNews = tuple[list[File | None], dict[str, Any], How]
"""Files of the cells in order (empty until the end; None where a cell was not made, or held back), what stands along
the axes, and how far the grid is."""
News = AsyncIterator[DreamNews] | AsyncIterator[CompareNews]


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A job that was taken, as it is stored, and what is worth knowing of what was asked."""

    job: JobRecord
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What programs can call: its parameters, and the type of its news.

    `begin` queues what the arguments, by name, ask for, durably; UserError when it cannot be. `follow` tells of a job
    that was begun, from wherever it is, to its end; addresses in its news begin with the origin that it is given.
    """

    name: str
    summary: str
    signature: Signature
    news: Any
    begin: Callable[[dict[str, Any], Who], Begun]
    follow: Callable[[Begun, str], News]


def endpoints_of(studio: "Studio", store: Store) -> dict[str, Endpoint]:
    """All endpoints, by name."""
    return {one.name: one for one in (_dream(studio, store), _compare(studio, store))}


def _dream(studio: "Studio", store: Store) -> Endpoint:
    def begin(asked: dict[str, Any], who: Who) -> Begun:
        job = submit(studio, DreamRequest(**asked), who)
        return Begun(job=job, notices=wrap_notices([task.spec for task in job.tasks]))

    return Endpoint(
        name="dream",
        summary="Dreams pictures: yields progress on the way, and at last the finished files and their seeds.",
        signature=_signature([parameter(one) for one in REQUEST]),
        news=DreamNews,
        begin=begin,
        follow=lambda begun, origin: follow_dream(studio, store, begun, origin),
    )


def _compare(studio: "Studio", store: Store) -> Endpoint:
    def begin(asked: dict[str, Any], who: Who) -> Begun:
        settings = dict(asked)
        x_axis, x_values, y_axis, y_values = (settings.pop(one.name) for one in _AXES)
        x = axis_request(x_axis, x_values)
        y = axis_request(y_axis, y_values) if y_axis else None
        plan = grid(studio.models, DreamRequest(**settings), x, y)
        return Begun(job=submit_plan(studio, plan, who), notices=plan.notices)

    prompt, *others = settings_but("count")
    return Endpoint(
        name="compare",
        summary="Dreams a grid: yields progress on the way, and at last the files of its cells, row by row.",
        signature=_signature([parameter(prompt), *_AXES, *(parameter(one) for one in others)]),
        news=CompareNews,
        begin=begin,
        follow=lambda begun, origin: follow_grid(studio, store, begun, origin),
    )


_AXES = (
    Parameter("x_axis", Parameter.POSITIONAL_OR_KEYWORD, annotation=str),
    Parameter("x_values", Parameter.POSITIONAL_OR_KEYWORD, annotation=str),
    Parameter("y_axis", Parameter.POSITIONAL_OR_KEYWORD, annotation=str, default=""),
    Parameter("y_values", Parameter.POSITIONAL_OR_KEYWORD, annotation=str, default=""),
)


def _signature(parameters: Sequence[Parameter]) -> Signature:
    """The parameters in order, those that are needed first."""
    return Signature(sorted(parameters, key=lambda one: one.default is not Parameter.empty))


async def follow_dream(
    studio: "Studio", store: Store, begun: Begun, origin: str
) -> AsyncIterator[DreamNews]:
    """Tells of a dream; at last come the files that there are."""
    seeds = [task.spec.seed for task in begun.job.tasks]
    how: How = {}
    async for how in _progress_of(studio, begun):
        yield [], seeds, how
    records, state, held_back = await outcome_of(studio, store, begun.job)
    made = [record for record in records if record is not None]
    files = [file_of(record, origin) for record in made]
    yield files, [record.spec.seed for record in made], _ended(how, state, len(made), held_back)


async def follow_grid(
    studio: "Studio", store: Store, begun: Begun, origin: str
) -> AsyncIterator[CompareNews]:
    """Tells of a grid; at last comes a file, or None, for every cell."""
    sheet = begun.job.sheet
    x, y = (None, None) if sheet is None else (sheet.x, sheet.y)
    labels = {"x": describe_axis(x), "y": describe_axis(y)}
    how: How = {}
    async for how in _progress_of(studio, begun):
        yield [], labels, how
    records, state, held_back = await outcome_of(studio, store, begun.job)
    cells = [None if record is None else file_of(record, origin) for record in records]
    done = sum(cell is not None for cell in cells)
    yield cells, labels, _ended(how, state, done, held_back)


async def _progress_of(studio: "Studio", begun: Begun) -> AsyncIterator[How]:
    """How far the job is, with what is worth knowing of it."""
    async for how in progress_of(studio, begun.job):
        yield {**how, "notices": list(begun.notices)}


def _ended(how: How, state: str, done: int, held_back: list[int]) -> How:
    return {**how, "state": state, "done": done, "seconds_left": 0.0, "held_back": held_back}

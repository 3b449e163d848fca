"""Beginning what Compare makes: walls, rows of variations, grids, refined drafts; and how large a grid would be."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request

from sdgui.axes import ASK_CELLS, MODEL, PROMPT, SEARCH, SIZE, STEPS, AxisRequest
from sdgui.errors import UserError
from sdgui.people import Who
from sdgui.plans import Plan
from sdgui.ports import Store
from sdgui.records import PictureRecord
from sdgui.request_fields import NO_AXIS
from sdgui.web.compare import sheet_plans
from sdgui.web.compare.controls import CompareControls
from sdgui.web.compare.over_limit import over_limit
from sdgui.web.doors.visitors import who_of
from sdgui.web.shared.dreams.once import Once
from sdgui.web.shared.dreams.outcome import Told, guarded
from sdgui.web.shared.dreams.submission import info_of, submit_plan
from sdgui.web.shared.settings.controls import Controls, read, to_request, values_in
from sdgui.written_values import parse_seed

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_MOST_REFINED = 400

_VARIED_BY = {"steps": {STEPS}, "width": {SIZE}, "model": {MODEL}, "prompt": {PROMPT, SEARCH}}
"""The axes that vary a setting in which a limit can lie."""

Asked = Annotated[dict[str, Any], Body()]
"""`values` are the page's settings by name; what else is asked stands beside them."""


def begin_routes(studio: "Studio", store: Store) -> APIRouter:
    """The routes behind Compare's buttons."""
    routes = APIRouter()
    compare = CompareBegin(studio, store)
    once = Once(store)
    studio.adopted.append(once.adopt)

    @routes.post("/sheets")
    def begin(request: Request, asked: Asked) -> Told:
        """Queues the wall, the row around `picture`, or the grid; a large one only when it is `confirmed`."""
        who = who_of(request)
        return once(who, asked, lambda job: compare.dream(who, asked, job))

    @routes.post("/sheets/plan")
    def plan(request: Request, asked: Asked) -> dict[str, Any]:
        """How many cells the grid would have, how long it would take, and what of it somebody may not ask for."""
        return compare.plan(who_of(request), asked)

    @routes.post("/sheets/refine")
    def refine(request: Request, asked: Asked) -> Told:
        """Queues the kept `pictures` of a draft at full steps."""
        return compare.refine(who_of(request), asked)

    @routes.post("/sheets/vary")
    def vary(request: Request, asked: Asked) -> Told:
        """Queues variations of one `picture` at once."""
        return compare.vary(who_of(request), asked)

    return routes


class CompareBegin:
    """What the routes do, as plain functions of what is asked; none of them raises."""

    def __init__(self, studio: "Studio", store: Store) -> None:
        self._studio = studio
        self._store = store

    def dream(self, who: Who, asked: Mapping[str, Any], job: str | None = None) -> Told:
        """The job that was queued, and the seed to show: a locked one stays, another one is used up; variations
        have the seed of their picture and leave it alone."""

        def act() -> Told:
            controls, compare = _read(asked)
            match compare.mode:
                case "variations":
                    return self._begin(self._vary(asked.get("picture"), compare, who), who, job)
                case "grid":
                    try:
                        plan = self._grid(who, controls, compare)
                    except UserError as fault:
                        return self._at_axis(who, fault, controls, compare)
                    if over := self._over(who, controls, compare):
                        return over
                    cells = len(plan.specs)
                    if cells > ASK_CELLS and asked.get("confirmed") is not True:
                        return {
                            "confirm": {
                                "cells": cells,
                                "seconds": self._studio.expect(plan.specs),
                            }
                        }
                case _:
                    pixels = self._studio.policy.of(who).pixels
                    plan = sheet_plans.wall(self._studio.models, controls, compare, pixels)
            told = self._begin(plan, who, job)
            if not values_in(asked).get("lock"):
                told["values"] = {"seed": ""}
            elif not str(controls.seed).strip():
                told["values"] = {"seed": str(plan.specs[0].seed)}
            return told

        return _of_mode(asked, _plainly(act))

    def plan(self, who: Who, asked: Mapping[str, Any]) -> dict[str, Any]:
        """How many cells the grid would have and how long it would take, or what of it is more than somebody may ask
        for, before it begins."""

        def act() -> dict[str, Any]:
            controls, compare = _read(asked)
            controls = _with_prompt(controls)
            try:
                plan = self._grid(who, controls, compare)
            except UserError as fault:
                return self._at_axis(who, fault, controls, compare)
            if over := self._over(who, controls, compare):
                return over
            cells, most = len(plan.specs), self._studio.policy.of(who).pictures
            if most is not None and cells > most:
                return {
                    "error": f"Guests: up to {most} cells, and these are {cells}.",
                    "hint": "Leave out some values.",
                }
            return {
                "cells": cells,
                "seconds": self._studio.expect(plan.specs),
                "notices": list(plan.notices),
            }

        return _plainly(act)

    def refine(self, who: Who, asked: Mapping[str, Any]) -> Told:
        """Queues the kept pictures of a draft at full steps."""

        def act() -> Told:
            controls, _ = _read(asked)
            named = asked.get("pictures")
            ids = [str(one) for one in named[:_MOST_REFINED]] if isinstance(named, list) else []
            found = self._store.find_pictures(ids, who.visitor)
            drafts = [found[one] for one in dict.fromkeys(ids) if one in found]
            if len({(draft.job, draft.spec.prompt) for draft in drafts}) > 1:
                raise UserError(
                    "These pictures are not of one wall.", "Refine those of one wall at a time."
                )
            plan = sheet_plans.refined(self._studio.models, drafts, controls.steps)
            return self._begin(plan, who)

        return _plainly(act)

    def vary(self, who: Who, asked: Mapping[str, Any]) -> Told:
        """Queues variations of one picture at once."""

        def act() -> Told:
            _, compare = _read(asked)
            return self._begin(self._vary(asked.get("picture"), compare, who), who)

        return _plainly(act)

    def _over(self, who: Who, controls: Controls, compare: CompareControls) -> Told | None:
        """What an axis has more than somebody may ask for, and the `field` and `values` that have it not."""

        def alone(axis: AxisRequest) -> Plan:
            one = replace(compare, x_axis=axis.name, x_values=axis.values, y_axis=NO_AXIS)
            return self._grid(who, controls, one)

        axes = {"x_values": compare.x, "y_values": compare.y}
        for field, axis in axes.items():
            told = None if axis is None else over_limit(self._studio.policy.of(who), axis, alone)
            if told is not None:
                return told | {"field": field}
        return None

    def _grid(self, who: Who, controls: Controls, compare: CompareControls) -> Plan:
        models = self._studio.models
        pixels = self._studio.policy.of(who).pixels
        asked = to_request(controls, info_of(controls.model, models), pixels)
        varied = replace(asked, variation_seed=parse_seed(compare.vary_seed))
        return sheet_plans.grid(models, varied, compare.x, compare.y)

    def _at_axis(
        self, who: Who, fault: UserError, controls: Controls, compare: CompareControls
    ) -> Told:
        """The fault in words, and the `field` it lies in, where one axis alone has it, and no axis that is right."""
        told: Told = {"error": fault.message, "hint": fault.hint}
        controls = _with_prompt(controls)

        def is_in(axis: str, values: str) -> bool:
            alone = replace(compare, x_axis=axis, x_values=values, y_axis=NO_AXIS)
            try:
                self._grid(who, controls, alone)
            except UserError as own:
                return own.message == fault.message
            return False

        if is_in("Seed", "1"):
            return told
        if is_in(compare.x_axis, compare.x_values):
            return told | {"field": "x_values"}
        if compare.y_axis != NO_AXIS and is_in(compare.y_axis, compare.y_values):
            return told | {"field": "y_values"}
        return told

    def _vary(self, picture: object, compare: CompareControls, who: Who) -> Plan:
        return sheet_plans.variations(self._studio.models, self._own(picture, who), compare)

    def _own(self, picture: object, who: Who) -> PictureRecord:
        if not picture:
            raise UserError("Choose a picture first.", "V on a picture of a wall varies it.")
        found = self._store.picture(str(picture), who.visitor)
        if found is None:
            raise UserError("That picture is not here any more.", "Choose another one.")
        return found

    def _begin(self, plan: Plan, who: Who, job_id: str | None = None) -> Told:
        job = submit_plan(self._studio, plan, who, job_id)
        told: Told = {"job": job.id}
        if plan.notices:
            told["notice"] = " ".join(plan.notices)
        return told


def _plainly(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return guarded(act, lambda told: told)


def _of_mode(asked: Mapping[str, Any], told: Told) -> Told:
    """Where a limit lies by the settings of Compare: a wall counts by its own, and what a grid varies lies in its
    axes."""
    values = values_in(asked)
    mode = values.get("mode")
    if told.get("field") == "count":
        told["field"] = {"wall": "wall_count", "variations": "vary_count"}.get(str(mode), "")
    elif mode == "grid":
        axes = {str(values.get(axis)) for axis in ("x_axis", "y_axis")}
        if axes & _VARIED_BY.get(str(told.get("field")), set()):
            del told["field"]
    return told


def _read(asked: Mapping[str, Any]) -> tuple[Controls, CompareControls]:
    values = values_in(asked)
    return read(Controls, values), read(CompareControls, values)


def _with_prompt(controls: Controls) -> Controls:
    """Controls that can be counted before a prompt is written."""
    is_blank = isinstance(controls.prompt, str) and not controls.prompt.strip()
    return replace(controls, prompt="…") if is_blank else controls

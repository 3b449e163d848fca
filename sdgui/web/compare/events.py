"""What the controls of the Compare tab do, as plain functions of their values."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from sdgui.axes import ASK_CELLS
from sdgui.errors import UserError
from sdgui.people import Who
from sdgui.ports import Store
from sdgui.records import PictureRecord
from sdgui.sheet import Plan
from sdgui.spec import parse_seed
from sdgui.web.compare import planning
from sdgui.web.compare.controls import CompareControls, read_controls
from sdgui.web.doors.visitors import who_of
from sdgui.web.shared.asking import check_model, submit_plan
from sdgui.web.shared.controls import Controls, to_request
from sdgui.web.shared.telling import Told, guarded

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

_MOST_REFINED = 400


class CompareEvents:
    """The handlers of the Compare tab."""

    def __init__(self, studio: "Studio", store: Store) -> None:
        self._studio = studio
        self._store = store

    def dream(
        self,
        who: Who,
        asked: dict[str, Any],
        locked: object,
        *,
        controls: Controls,
        compare: CompareControls,
    ) -> tuple[Told, Any]:
        """Queues the wall, the row or the grid, and the seed to show; UserError where it cannot be.

        A large grid is not begun before it is `confirmed`. A locked seed stays, another one is used up; variations
        have the seed of their picture and leave it alone.
        """
        match compare.mode:
            case "variations":
                return self._begin(self._vary(asked.get("picture"), compare, who), who), gr.skip()
            case "grid":
                plan = self._grid(controls, compare)
                cells = len(plan.specs)
                if cells > ASK_CELLS and asked.get("confirmed") is not True:
                    seconds = self._studio.expect(plan.specs)
                    return {"confirm": {"cells": cells, "seconds": seconds}}, gr.skip()
            case _:
                plan = planning.wall(self._studio.models, controls, compare)
        told = self._begin(plan, who)
        if not locked:
            return told, ""
        return told, gr.skip() if str(controls.seed).strip() else str(plan.specs[0].seed)

    def plan(self, *values: Any) -> Any:
        """How many cells the grid would have and how long it would take, before it begins; nothing for other modes."""

        def act() -> Any:
            controls, compare = read_controls(values)
            if compare.mode != "grid":
                return gr.skip()
            plan = self._grid(_with_prompt(controls), compare)
            return {
                "cells": len(plan.specs),
                "seconds": self._studio.expect(plan.specs),
                "notices": list(plan.notices),
            }

        return guarded(act, lambda told: told)

    def refine(self, request: gr.Request, event: gr.EventData, *values: Any) -> Told:
        """Queues the kept pictures of a draft at full steps."""

        def act() -> Told:
            controls, _ = read_controls(values)
            who = who_of(request)
            named = _data(event).get("pictures")
            ids = [str(one) for one in named[:_MOST_REFINED]] if isinstance(named, list) else []
            found = [self._store.picture(one, who.visitor) for one in dict.fromkeys(ids)]
            drafts = [picture for picture in found if picture is not None]
            if len({(draft.job, draft.spec.prompt) for draft in drafts}) > 1:
                raise UserError(
                    "These pictures are not of one wall.", "Refine those of one wall at a time."
                )
            plan = planning.refined(self._studio.models, drafts, controls.steps)
            return self._begin(plan, who)

        return guarded(act, lambda told: told)

    def vary(self, request: gr.Request, event: gr.EventData, *values: Any) -> Told:
        """Queues variations of one picture at once."""

        def act() -> Told:
            _, compare = read_controls(values)
            who = who_of(request)
            plan = self._vary(_data(event).get("picture"), compare, who)
            return self._begin(plan, who)

        return guarded(act, lambda told: told)

    def _grid(self, controls: Controls, compare: CompareControls) -> Plan:
        models = self._studio.models
        check_model(controls.model, models)
        asked = to_request(controls, models.describe(controls.model))
        varied = replace(asked, variation_seed=parse_seed(compare.vary_seed))
        return planning.grid(models, varied, compare.x, compare.y)

    def _vary(self, picture: object, compare: CompareControls, who: Who) -> Plan:
        return planning.variations(self._studio.models, self._own(picture, who), compare)

    def _own(self, picture: object, who: Who) -> PictureRecord:
        if not picture:
            raise UserError("Choose a picture first.", "V on a picture of a wall varies it.")
        found = self._store.picture(str(picture), who.visitor)
        if found is None:
            raise UserError("That picture is not here any more.", "Choose another one.")
        return found

    def _begin(self, plan: Plan, who: Who) -> Told:
        job = submit_plan(self._studio, plan, who)
        told: Told = {"job": job.id, "tab": "compare"}
        if plan.notices:
            told["notice"] = " ".join(plan.notices)
        return told


def _with_prompt(controls: Controls) -> Controls:
    """Controls that can be counted before a prompt is written."""
    is_blank = isinstance(controls.prompt, str) and not controls.prompt.strip()
    return replace(controls, prompt="…") if is_blank else controls


def _data(event: gr.EventData) -> dict[str, Any]:
    return event._data if isinstance(event._data, dict) else {}

"""What the Dream button, Reuse and the choice of a model do, as plain functions of the controls' values."""

import logging
from dataclasses import astuple, fields, replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from sdgui.errors import UserError
from sdgui.people import Who
from sdgui.plans import wrap_notices
from sdgui.ports import Store
from sdgui.spec import MAX_COUNT, DreamRequest, PictureSpec
from sdgui.web.compare.controls import CompareControls, read_controls, reused
from sdgui.web.compare.events import CompareEvents
from sdgui.web.doors.visitors import visitor_of, who_of
from sdgui.web.shared.asking import check_model, submit
from sdgui.web.shared.controls import Controls, default_controls, from_request, to_request
from sdgui.web.shared.telling import Told, guarded

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

log = logging.getLogger(__name__)

_NAMES = tuple(field.name for field in fields(Controls))
_OWN_NAMES = tuple(field.name for field in fields(CompareControls))


class Events:
    """The handlers of the controls that both tabs share; none of them raises, and none blocks for long."""

    def __init__(self, studio: "Studio", store: Store, compare: CompareEvents) -> None:
        self._studio = studio
        self._store = store
        self._compare = compare

    def dream(
        self, request: gr.Request, asked: object, locked: object, *values: Any
    ) -> tuple[Told, Any]:
        """Queues what the controls ask for in the tab that is `asked` from; a locked seed stays for the next dream,
        another one is used up."""

        def act() -> tuple[Told, Any]:
            controls, compare = read_controls(values)
            who = who_of(request)
            if isinstance(asked, dict) and asked.get("tab") == "compare":
                return self._compare.dream(who, asked, locked, controls=controls, compare=compare)
            return self._dream(who, locked, controls)

        return guarded(act, lambda told: (told, gr.skip()))

    def _dream(self, who: Who, locked: object, controls: Controls) -> tuple[Told, Any]:
        models = self._studio.models
        check_model(controls.model, models)
        asked = to_request(controls, models.describe(controls.model))
        job = submit(self._studio, asked, who)
        specs = [task.spec for task in job.tasks]
        told: Told = {"job": job.id}
        if notices := wrap_notices(specs):
            told["notice"] = " ".join(notices)
        return told, str(specs[0].seed) if locked else ""

    def reuse(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        """Sets the controls to what made a dream; where `seed` is true, also to the seed of one picture, locked.

        Where `sheet` is true, a wall or a grid also sets the controls of Compare.
        """
        return guarded(
            lambda: self._reuse(request, event),
            lambda told: [told, *[gr.skip()] * (1 + len(_NAMES) + len(_OWN_NAMES))],
        )

    def _reuse(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        asked = event._data if isinstance(event._data, dict) else {}
        job = self._store.job(str(asked.get("job")), visitor_of(request))
        spec = None
        if job is not None:
            spec = next((t.spec for i, t in enumerate(job.tasks) if i == asked.get("index")), None)
        if job is None or spec is None:
            raise UserError("That dream is not here any more.", "Reload the page.")
        keeps_seed = asked.get("seed") is True
        told: Told = {"reused": job.id}
        model: str | None = spec.model.id
        if model not in self._studio.models.names():
            told["notice"] = f"The model of that dream ({model}) is not here now."
            model = self._studio.models.names()[0]
        if keeps_seed and spec.variation is not None:
            told.setdefault("notice", "That is a variation; these settings make what it varies.")
        info = self._studio.models.describe(model)
        count = min(len(job.tasks), MAX_COUNT)
        wanted = _request(spec, model, count, spec.seed if keeps_seed else None)
        controls = from_request(wanted, info)
        if controls.sampler not in info.samplers:
            controls = replace(controls, sampler=info.sampler)
        values: list[Any] = list(astuple(controls))
        own: dict[str, Any] = {}
        if job.sheet is not None:
            # How many a sheet has says nothing of how many a dream should have.
            values[_NAMES.index("count")] = gr.skip()
            if asked.get("sheet") is True:
                own = reused(job.sheet, len(job.tasks))
        return [told, keeps_seed, *values, *(own.get(name, gr.skip()) for name in _OWN_NAMES)]

    def defaults(self, model: str) -> list[Any]:
        """A chosen model's own settings, from aspect to sampler; what suits every model stays, also count and seed."""
        try:
            check_model(model, self._studio.models)
            info = self._studio.models.describe(model)
        except UserError as fault:
            log.warning("%s", fault)
            return [gr.skip()] * 8
        own = default_controls(info)
        sampler = gr.update(choices=list(info.samplers), value=info.sampler)
        size = (own.aspect, own.width, own.height)
        return [*size, gr.skip(), own.steps, own.guidance, gr.skip(), sampler]


def _request(spec: PictureSpec, model: str, count: int, seed: int | None) -> DreamRequest:
    return DreamRequest(
        prompt=spec.prompt,
        negative_prompt=spec.negative_prompt,
        model=model,
        width=spec.width,
        height=spec.height,
        steps=spec.steps,
        guidance=spec.guidance,
        sampler=spec.sampler,
        seed=seed,
        count=count,
    )

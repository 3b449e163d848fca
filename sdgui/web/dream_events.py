"""What the controls of the Dream tab do, as plain functions of their values."""

import logging
from dataclasses import astuple, fields, replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from sdgui.errors import UserError
from sdgui.ports import Store
from sdgui.spec import DreamRequest, PictureSpec, seeds_wrap
from sdgui.web.asking import OUR_FAULT, check_model, submit
from sdgui.web.controls import Controls, default_controls, from_request, to_request
from sdgui.web.visitors import visitor_of

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

log = logging.getLogger(__name__)

_NAMES = tuple(field.name for field in fields(Controls))

Told = dict[str, Any]
"""What our script is told of the outcome: `job`, `notice`, or `error` with its `hint`."""


class Events:
    """The handlers of the Dream tab; none of them raises, and none blocks for long."""

    def __init__(self, studio: "Studio", store: Store) -> None:
        self._studio = studio
        self._store = store

    def dream(self, request: gr.Request, locked: object, *values: Any) -> tuple[Told, Any]:
        """Queues what the controls ask for; a locked seed stays for the next dream, another one is used up."""
        models = self._studio.models
        try:
            controls = Controls(**dict(zip(_NAMES, values, strict=True)))
            check_model(controls.model, models)
            asked = to_request(controls, models.describe(controls.model))
            job = submit(self._studio, asked, visitor_of(request))
        except UserError as fault:
            return _error(fault), gr.skip()
        except Exception:
            log.exception("a dream could not be taken")
            return _error(OUR_FAULT), gr.skip()
        seeds = [task.spec.seed for task in job.tasks]
        told: Told = {"job": job.id}
        if seeds_wrap(seeds[0], len(seeds)):
            told["notice"] = "The seeds ran past the last one (4,294,967,295) and went on from 0."
        return told, str(seeds[0]) if locked else ""

    def reuse(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        """Sets the controls to what made a dream; where `seed` is true, also to the seed of one picture, locked."""
        try:
            return self._reuse(request, event)
        except UserError as fault:
            told = _error(fault)
        except Exception:
            log.exception("the settings of a dream could not be had")
            told = _error(OUR_FAULT)
        return [told, *[gr.skip()] * (1 + len(_NAMES))]

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
        info = self._studio.models.describe(model)
        wanted = _request(spec, model, len(job.tasks), spec.seed if keeps_seed else None)
        controls = from_request(wanted, info)
        if controls.sampler not in info.samplers:
            controls = replace(controls, sampler=info.sampler)
        return [told, keeps_seed, *astuple(controls)]

    def defaults(self, model: str) -> list[Any]:
        """A chosen model's own settings, from aspect to sampler; prompt and what to avoid stay."""
        try:
            check_model(model, self._studio.models)
            info = self._studio.models.describe(model)
        except UserError as fault:
            log.warning("%s", fault)
            return [gr.skip()] * 8
        values = astuple(default_controls(info))[2:9]
        return [*values, gr.update(choices=list(info.samplers), value=info.sampler)]


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


def _error(fault: UserError) -> Told:
    return {"error": fault.message, "hint": fault.hint}

"""What the page is told of dreams, news and pictures, as plain JSON."""

from dataclasses import asdict
from typing import Any

from sdgui.axes import PROMPT
from sdgui.comparing.settings_in_words import labels
from sdgui.events import (
    Failed,
    Finished,
    JobCancelled,
    LimitsChanged,
    ModelLoading,
    NotLetIn,
    PictureDone,
    PictureFailed,
    PictureHeldBack,
    PicturesBinned,
    PicturesHidden,
    PicturesRestored,
    PictureUnsaved,
    Progress,
    Queued,
    QueueHeld,
    Started,
    StudioEvent,
)
from sdgui.records import JobRecord, JobState, PictureRecord, TaskRecord
from sdgui.request_fields import REQUEST
from sdgui.sheet import Axis, Sheet
from sdgui.spec import PictureSpec


def describe_event(job: str, event: StudioEvent) -> dict[str, Any]:
    """One event as the page is told it."""
    match event:
        case Queued(place=place, wait=wait, dreams=dreams, beside=beside):
            return {
                "job": job,
                "type": "queued",
                "place": place,
                "wait": wait,
                "dreams": dreams,
                "beside": beside,
            }
        case Started():
            return {"job": job, "type": "started"}
        case ModelLoading(model=model, fraction=fraction):
            return {"job": job, "type": "loading", "model": model, "fraction": fraction}
        case Progress():
            # Ten a second for each who watches: `asdict` would copy all that is in them.
            live = [vars(strip) for strip in event.live]
            return {"job": job, "type": "progress", **vars(event), "live": live}
        case PictureDone(index=index, picture_id=picture, match=match_):
            news = {"type": "picture", "index": index, "picture": picture, "match": match_}
            return {"job": job, **news}
        case PictureUnsaved(index=index, message=message, hint=hint):
            news = {"type": "picture-unsaved", "index": index, "message": message, "hint": hint}
            return {"job": job, **news}
        case PictureFailed(index=index, message=message, hint=hint):
            news = {"type": "picture-failed", "index": index, "message": message, "hint": hint}
            return {"job": job, **news}
        case PictureHeldBack(index=index, message=message, hint=hint):
            news = {"type": "picture-held-back", "index": index, "message": message, "hint": hint}
            return {"job": job, **news}
        case PicturesBinned(pictures=pictures, whole=whole):
            return {"job": job, "type": "binned", "pictures": list(pictures), "whole": whole}
        case PicturesRestored(pictures=pictures):
            return {"job": job, "type": "restored", "pictures": list(pictures)}
        case PicturesHidden(pictures=pictures):
            return {"job": job, "type": "hidden", "pictures": list(pictures)}
        case NotLetIn(sentence=sentence):
            return {"job": job, "type": "not-let-in", "sentence": sentence}
        case QueueHeld(paused=paused):
            return {"job": job, "type": "held", "paused": paused}
        case LimitsChanged():
            return {"job": job, "type": "limits"}
        case Finished():
            return {"job": job, "type": "finished"}
        case JobCancelled():
            return {"job": job, "type": "cancelled"}
        case Failed(message=message, hint=hint):
            return {"job": job, "type": "failed", "message": message, "hint": hint}


def describe_job(job: JobRecord, active: bool) -> dict[str, Any]:
    """One dream as the page shows it: its settings once, and a tile per picture that is not deleted by its maker."""
    shared = describe_settings(job.tasks[0].spec)
    shown = [(i, task) for i, task in enumerate(job.tasks) if task.hiding or not task.deleted]
    apart = labels([task.spec for _, task in shown]) if job.is_gathered and shown else ()
    state = "active" if active or job.state is JobState.QUEUED else job.state.value
    return {
        "id": job.id,
        "created": job.created,
        "state": state,
        "message": job.message,
        "hint": job.hint,
        "title": title_of(job),
        **shared,
        "sheet": None if job.sheet is None else _sheet(job.sheet),
        "gathered": job.is_gathered,
        "tiles": [
            _tile(index, task, shared, state)
            | ({"label": apart[place]} if apart and apart[place] else {})
            for place, (index, task) in enumerate(shown)
        ],
    }


def title_of(job: JobRecord) -> str:
    """The prompt of a dream; of a grid or a gathered wall of several how many there are, since none stands for the
    others."""
    prompts = {task.spec.prompt for task in job.tasks}
    if job.is_gathered and len(prompts) > 1:
        count = sum(1 for task in job.tasks if task.hiding or not task.deleted)
        return "1 picture" if count == 1 else f"{count} pictures"
    if len(prompts) > 1 and job.sheet is not None:
        axes = [axis.title for axis in (job.sheet.y, job.sheet.x) if axis is not None]
        if PROMPT in axes:
            return " × ".join(f"{len(prompts)} prompts" if one == PROMPT else one for one in axes)
    return job.tasks[0].spec.prompt


def describe_settings(spec: PictureSpec) -> dict[str, Any]:
    """What made a picture, but for its seeds."""
    by_name = {"model": spec.model.id, "sampler": spec.sampler_name}
    return {
        one.name: by_name[one.name] if one.name in by_name else getattr(spec, one.name)
        for one in REQUEST
        if one.of_picture
    }


def describe_picture(picture: PictureRecord) -> dict[str, Any]:
    """The facts of one stored picture; "" for what the file of an imported one does not tell."""
    imported = picture.imported
    return {
        "picture": picture.id,
        "job": picture.job,
        "index": picture.index,
        "seed": "" if (seed := seed_of(picture)) is None else seed,
        **describe_settings(picture.spec),
        **_unsaid(picture),
        "variation": _variation(picture.spec),
        "match": picture.match,
        "mark": picture.mark.value,
        "rating": picture.rating,
        "created": picture.created,
        "notes": picture.notes if imported is None else {**picture.notes, "file": imported.name},
    }


def seed_of(picture: PictureRecord) -> int | None:
    """The seed of a picture; None where the file of an imported one does not tell it."""
    made = None if picture.imported is None else picture.imported.made_with
    return picture.spec.seed if made is None or made.seed is not None else None


def _unsaid(picture: PictureRecord) -> dict[str, str]:
    """What nobody knows of an imported picture, by name."""
    made = None if picture.imported is None else picture.imported.made_with
    if made is None:
        return {}
    return {name: "" for name in ("steps", "guidance") if getattr(made, name) is None}


def describe_axis(axis: Axis | None) -> dict[str, Any] | None:
    """What stands along one axis: its `title` and its `labels`."""
    return None if axis is None else {"title": axis.title, "labels": list(axis.labels)}


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "kind": sheet.kind.value,
        "x": describe_axis(sheet.x),
        "y": describe_axis(sheet.y),
        "sources": list(sheet.sources),
    }


def _tile(index: int, task: TaskRecord, shared: dict[str, Any], state: str) -> dict[str, Any]:
    own = {name: v for name, v in describe_settings(task.spec).items() if v != shared[name]}
    if task.spec.variation is not None:
        own["variation"] = _variation(task.spec)
    unmade = "held-back" if task.held_back else "failed" if task.fault else _UNMADE[state]
    if task.hiding:
        return {
            **{"index": index, "seed": task.spec.seed, "picture": None, "state": "hidden"},
            **{"mark": "", "match": None, "fault": task.hiding.sentence, "own": own},
        }
    return {
        "index": index,
        "seed": task.spec.seed,
        "picture": task.id if task.stored else None,
        "state": "done" if task.stored else unmade,
        "mark": task.mark.value,
        "match": task.match,
        "fault": task.fault,
        "own": own,
    }


def _variation(spec: PictureSpec) -> dict[str, Any] | None:
    return None if spec.variation is None else asdict(spec.variation)


_UNMADE = {"active": "empty", "finished": "failed", "cancelled": "stopped", "failed": "failed"}

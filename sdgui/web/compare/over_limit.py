"""Values of an axis that are more than somebody may ask for: which ones, and the axis without them."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from sdgui.axes import MODEL, SIZE, STEPS, AxisRequest, axis_title, written_axis
from sdgui.errors import OverLimit
from sdgui.people import Allowance
from sdgui.plans import Plan
from sdgui.sheet import Axis
from sdgui.spec import PictureSpec
from sdgui.studio.admission import admit_asked, admit_each

_FIELDS = {STEPS: "steps", SIZE: "width", MODEL: "model"}
"""The setting in which a limit lies that values of an axis can be beyond."""
_FEW = 3


def over_limit(
    allowance: Allowance, axis: AxisRequest, plan: Callable[[AxisRequest], Plan]
) -> dict[str, Any] | None:
    """What is wrong with an axis as `error` and, where something of it may be, as `use` those `values`, with the `text`
    of the button that takes them; None where nothing is. `plan` makes the grid of this axis alone."""
    title = axis_title(axis.name)
    if title not in _FIELDS:
        return None
    made = plan(axis)
    assert made.sheet.x is not None
    labels = made.sheet.x.labels
    beyond = [
        label
        for label, spec in zip(labels, made.specs, strict=True)
        if _refused(allowance, spec) == _FIELDS[title]
    ]
    if not beyond:
        return None
    left = tuple(label for label in labels if label not in beyond)
    told: dict[str, Any] = {"error": _sentence(allowance, title, beyond), "hint": ""}
    if left:
        values = written_axis(Axis(title=title, labels=left)).values
        what = ", ".join(beyond) if len(beyond) <= _FEW else f"these {len(beyond)}"
        return told | {"use": {"text": f"Leave out {what}", "values": values}}
    if title == STEPS:
        return told | {"use": {"text": f"Use {allowance.steps}", "values": str(allowance.steps)}}
    return told


def _refused(allowance: Allowance, spec: PictureSpec) -> str:
    """The setting in which a limit lies that a picture is beyond; "" for none."""
    try:
        admit_asked(allowance, spec.model.id, ())
        admit_each(allowance, [spec])
    except OverLimit as fault:
        return fault.field
    return ""


def _sentence(allowance: Allowance, title: str, beyond: Sequence[str]) -> str:
    *first, last = beyond if len(beyond) <= _FEW else [f"{len(beyond)} of these"]
    named = f"{', '.join(first)} and {last}" if first else last
    if title == MODEL:
        return f"Guests may not dream with {named}."
    more = f"{named} {'is' if len(beyond) == 1 else 'are'} more."
    if title == STEPS:
        return (
            f"Guests: up to {allowance.steps} {'step' if allowance.steps == 1 else 'steps'}; {more}"
        )
    side = math.isqrt(allowance.pixels or 0)
    return f"Guests: up to {side} × {side} pixels, or as many in another shape; {more}"

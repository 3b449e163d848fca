"""What the scripts must know of models and settings: Python says it, once."""

from typing import Any

from sdgui.model_info import GuidanceKind, ModelInfo
from sdgui.request_fields import PAGE, REQUEST, Setting
from sdgui.samplers import steady
from sdgui.web.shared.settings.controls import (
    ASPECTS,
    OWN_SIZE,
    default_controls,
    lengths,
    size_for,
)

SHARED_SETTINGS: dict[str, Setting] = {one.name: one for one in (*REQUEST, *PAGE) if one.on_page}
"""The settings that all tabs have."""

FORMER_CONTROLS = {
    "sdgui-controls-1": (
        *("prompt", "negative_prompt", "aspect", "width", "height", "count", "steps", "guidance"),
        *("seed", "sampler", "model", "lock"),
    )
}
"""What the former version saved, and the order of its values."""


def facts_of(info: ModelInfo) -> dict[str, Any]:
    """What the page must know of one model; `defaults` go with it when it is chosen."""
    own = default_controls(info)
    return {
        "title": info.title,
        "defaults": {
            "aspect": own.aspect,
            "width": own.width,
            "height": own.height,
            "steps": own.steps,
            "guidance": own.guidance,
            "sampler": own.sampler,
        },
        "samplers": info.samplers,
        "steady": steady(info.samplers),
        "examples": info.examples,
        "vocabulary": None if info.vocabulary is None else info.vocabulary.told(),
        "sizes": {aspect: size_for(aspect, info) for aspect in ASPECTS if aspect != OWN_SIZE},
        "lengths": lengths(info),
        "negative_prompt": info.negative_prompt,
        "guided": info.guidance_kind is not GuidanceKind.NONE,
        "emphasis": info.emphasis,
    }

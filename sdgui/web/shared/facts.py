"""What the scripts must know of models and settings: Python says it, once."""

from dataclasses import dataclass
from typing import Any

from sdgui.model_info import ModelInfo
from sdgui.samplers import steady
from sdgui.web.shared.controls import ASPECTS, OWN_SIZE, default_controls, size_for


@dataclass(frozen=True, kw_only=True)
class SettingFacts:
    """Of a setting: whether it suits every model and so outlives one that is gone, what can be chosen where that is
    fixed, and the setting without which it means nothing."""

    lasting: bool = False
    choices: tuple[str, ...] | None = None
    goes_with: str | None = None

    def told(self) -> dict[str, Any]:
        """For the script; what does not apply is left out."""
        told: dict[str, Any] = {"lasting": self.lasting}
        if self.choices is not None:
            told["choices"] = self.choices
        if self.goes_with is not None:
            told["goes_with"] = self.goes_with
        return told


SHARED_SETTINGS: dict[str, SettingFacts] = {
    "prompt": SettingFacts(lasting=True),
    "negative_prompt": SettingFacts(lasting=True),
    "aspect": SettingFacts(choices=ASPECTS),
    "width": SettingFacts(),
    "height": SettingFacts(),
    "count": SettingFacts(lasting=True),
    "steps": SettingFacts(),
    "guidance": SettingFacts(),
    "seed": SettingFacts(lasting=True),
    "lock": SettingFacts(lasting=True),
    "sampler": SettingFacts(),
    "model": SettingFacts(),
}
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
        "sizes": {aspect: size_for(aspect, info) for aspect in ASPECTS if aspect != OWN_SIZE},
        "negative_prompt": info.negative_prompt,
    }

"""What the owner corrects of a model, by the hash of its content."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from sdgui.correction import Correction
from sdgui.engine.library.owners_file import OwnersFile
from sdgui.errors import UserError
from sdgui.library import Defaults
from sdgui.model_info import ModelInfo
from sdgui.samplers import knows_zero_snr
from sdgui.spec import DreamRequest

PART = "corrections"


def corrected(info: ModelInfo, correction: Correction, defaults: Defaults) -> ModelInfo:
    """What is known of a model, as its owner has it: what they say goes before what its files and its family say.

    UserError, in the words of a dream that cannot be, where it cannot be so.
    """
    samplers = info.samplers
    if correction.zero_snr:
        samplers = tuple(filter(knows_zero_snr, samplers))
    sampler = info.sampler if info.sampler in samplers else samplers[0]
    said = {name: value for name, value in asdict(defaults).items() if value is not None}
    info = replace(info, correction=correction, samplers=samplers, **{"sampler": sampler, **said})
    DreamRequest(
        prompt="a cat",
        width=info.width,
        height=info.height,
        steps=info.steps,
        guidance=info.guidance,
        sampler=info.sampler,
    ).resolve(info, lambda: 0)
    return info


class Corrections:
    """Kept with what else the owner decided about models."""

    def __init__(self, kept: OwnersFile) -> None:
        self._kept = kept
        self._known = _readable(kept.get(PART))

    def of(self, model: str) -> tuple[Correction, Defaults]:
        """What was corrected of a model with this hash."""
        return self._known.get(model, (Correction(), Defaults()))

    def keep(self, model: str, correction: Correction, defaults: Defaults) -> None:
        """Keeps it, durably; nothing where nothing is corrected any more."""
        told = {**asdict(correction), **asdict(defaults)}
        if (correction, defaults) == (Correction(), Defaults()):
            self._kept.drop(PART, model)
        else:
            self._kept.put(PART, model, told)
        self._known = {**self._known, model: (correction, defaults)}

    def apply(self, info: ModelInfo) -> ModelInfo:
        """A model as its owner has it; as its files say, where what was kept does not fit it any more."""
        known = self._known.get(info.ref.hash)
        if known is None:
            return info
        try:
            return corrected(info, *known)
        except UserError:
            return info


def _readable(told: Mapping[str, Any]) -> dict[str, tuple[Correction, Defaults]]:
    known = {}
    for model, values in told.items():
        if isinstance(values, dict):
            known[model] = (
                Correction.from_dict(_of(Correction, values)),
                Defaults(**_of(Defaults, values)),
            )
    return known


def _of(kind: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: values[one.name] for one in fields(kind) if one.name in values}

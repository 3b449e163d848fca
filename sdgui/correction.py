"""How a model is read where its owner knows better than its files: what of that decides pixels."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sdgui.errors import UserError
from sdgui.model_ref import ModelRef

EPSILON, V = "epsilon", "v_prediction"
PREDICTIONS = {EPSILON: "epsilon (noise)", V: "v (velocity)"}
"""What models predict, by the names that diffusers gives it."""
MOST_SKIPPED = 12
LONGEST = 4000
"""Letters of a correction as text."""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """None is as the model's files say. `zero_snr`: its noise schedule ends in pure noise (Lin et al. 2023,
    https://arxiv.org/abs/2305.08891). `clip_skip` counts the text encoder's layers from its end, as A1111 does: 1 is
    the last one. `vae`: another one that decodes its latents, by the hash of its file.
    """

    prediction_type: str | None = None
    zero_snr: bool | None = None
    clip_skip: int = 1
    vae: ModelRef | None = None

    @staticmethod
    def from_dict(written: Mapping[str, Any]) -> "Correction":
        """What `asdict` made of one; TypeError for what is none."""
        vae = written.get("vae")
        return Correction(**{**written, "vae": None if vae is None else ModelRef(**vae)})


def written(correction: Correction) -> str:
    """As text, for a page that keeps it: one JSON object of what differs from the model's files."""
    usual = asdict(NOTHING)
    told = {name: value for name, value in asdict(correction).items() if value != usual[name]}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def read_correction(text: object) -> Correction | None:
    """What `written` wrote, None of nothing; UserError for what is none. Whether it fits a model is judged later."""
    if text is None or text == "":
        return None
    odd = UserError("How the model is to be read is not understood.", "Choose the model anew.")
    if not isinstance(text, str) or len(text) > LONGEST:
        raise odd
    try:
        told = json.loads(text)
        read = Correction.from_dict(told)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise odd from None
    vae = read.vae
    if not isinstance(read.prediction_type, str | None) or (
        vae is not None and not (isinstance(vae.id, str) and isinstance(vae.hash, str))
    ):
        raise odd
    return read


NOTHING = Correction()
CORRECTIONS = {
    "prediction_type": "prediction type",
    "zero_snr": "end of its noise schedule",
    "clip_skip": "clip skip",
    "vae": "VAE",
}
"""The fields in words."""

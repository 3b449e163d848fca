"""How a model is read where its owner knows better than its files: what of that decides pixels."""

from dataclasses import dataclass

EPSILON, V = "epsilon", "v_prediction"
PREDICTIONS = {EPSILON: "epsilon (noise)", V: "v (velocity)"}
"""What models predict, by the names that diffusers gives it."""
MOST_SKIPPED = 12


@dataclass(frozen=True, kw_only=True)
class Correction:
    """None is as the model's files say. `zero_snr`: its noise schedule ends in pure noise (Lin et al. 2023,
    https://arxiv.org/abs/2305.08891). `clip_skip` counts the text encoder's layers from its end, as A1111 does: 1 is
    the last one.
    """

    prediction_type: str | None = None
    zero_snr: bool | None = None
    clip_skip: int = 1


NOTHING = Correction()
CORRECTIONS = {
    "prediction_type": "prediction type",
    "zero_snr": "end of its noise schedule",
    "clip_skip": "clip skip",
}
"""The fields in words."""

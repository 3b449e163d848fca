"""What a checkpoint was trained to predict, and on which noise schedule, by its own marks."""

from dataclasses import dataclass
from typing import Any

from sdgui.engine.checkpoints.header import Header

V_PREDICTION, ZERO_SNR = "v_pred", "ztsnr"
"""Tensors without meaning but their names, as NoobAI and its kin carry them."""
PREDICTION = "modelspec.prediction_type"
ARCHITECTURE = "modelspec.architecture"
"""Of https://github.com/Stability-AI/ModelSpec."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """`prediction` is None where nothing is said of it."""

    prediction: str | None
    zero_snr: bool

    def predicts_v(self, *, usual: bool) -> bool:
        """Whether it predicts v; `usual` where it does not say."""
        return usual if self.prediction is None else self.prediction == "v_prediction"


def marks_of(header: Header) -> Marks:
    """The marks of a checkpoint: its tensors before its metadata."""
    said = {name: value.strip().casefold() for name, value in header.metadata.items()}
    prediction = {"v": "v_prediction", "v_prediction": "v_prediction", "epsilon": "epsilon"}.get(
        said.get(PREDICTION, "")
    )
    if prediction is None:
        made = said.get(ARCHITECTURE, "").partition("/")[0]
        if made == "stable-diffusion-v2-512":
            prediction = "epsilon"
        elif made == "stable-diffusion-v2-768-v":
            prediction = "v_prediction"
    if prediction is None and said.get("ss_v_parameterization") == "true":
        prediction = "v_prediction"
    if V_PREDICTION in header.tensors:
        prediction = "v_prediction"
    return Marks(
        prediction=prediction,
        zero_snr=ZERO_SNR in header.tensors or said.get("ss_zero_terminal_snr") == "true",
    )


def scheduler_config(pipeline: str, marks: Marks, *, second: bool) -> dict[str, Any]:
    """Diffusers' scheduler config, as the folders of these families have it; `second`: of 2.x.

    Whether 2.x predicts v cannot be told from its tensors: it does unless its metadata says otherwise, as most do.
    """
    if pipeline == "StableDiffusionXLPipeline":
        kind = "EulerDiscreteScheduler"
    else:
        kind = "DDIMScheduler" if second else "PNDMScheduler"
    config: dict[str, Any] = {
        "_class_name": kind,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "clip_sample": False,
        "num_train_timesteps": 1000,
        "prediction_type": "v_prediction" if marks.predicts_v(usual=second) else "epsilon",
        "set_alpha_to_one": False,
        "skip_prk_steps": True,
        "steps_offset": 1,
        "timestep_spacing": "leading",
        "trained_betas": None,
    }
    if marks.zero_snr:
        # Lin et al. 2023 (https://arxiv.org/abs/2305.08891, 3.3): such a model begins at the last timestep.
        config |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
    return config

"""What the families with a UNet have in common before torch is there: sizes, defaults and checks."""

from typing import Any

from sdgui.engine.families.few_steps import few_steps
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import ModelFolder, factor_of, pair
from sdgui.errors import UserError
from sdgui.model_info import GuidanceKind
from sdgui.samplers import SAMPLER_NAMES, knows_zero_snr

TEXT_ENCODERS = ("text_encoder", "text_encoder_2")


def diffusion_traits(
    folder: ModelFolder,
    *,
    steps: int,
    guidance: float,
    token_limit: int,
    corrections: tuple[str, ...] = ("prediction_type", "zero_snr"),
) -> Traits:
    """The traits of a complete model with a UNet; `steps` and `guidance` are its family's, where its own files say
    nothing. UserError when it does not make pictures from words, or predicts what no sampler works with."""
    unet, vae = folder.config("unet"), folder.config("vae")
    check_predicts(folder.name, folder.scheduler)
    if unet.get("in_channels", 4) != vae.get("latent_channels", 4):
        raise UserError(
            f"“{folder.name}” is made for inpainting or editing, not for making a picture from words.",
            "Choose a text-to-image model.",
        )
    factor = factor_of(vae)
    height, width = pair(unet["sample_size"])
    embedded = unet.get("time_cond_proj_dim") is not None
    few = few_steps(folder)
    if few is not None:
        steps, guidance = few.steps, guidance if embedded else 1.0
    return Traits(
        width=width * factor,
        height=height * factor,
        size_step=8,
        steps=steps,
        guidance=guidance,
        guidance_kind=GuidanceKind.EMBEDDED if embedded else GuidanceKind.CLASSIFIER_FREE,
        negative_prompt=not embedded,
        emphasis=True,
        sampler="Euler" if few is None or few.sampler is None else few.sampler,
        samplers=_samplers(folder.scheduler),
        token_limit=token_limit,
        corrections=corrections,
        text_widths=tuple(
            int(folder.config(part).get("hidden_size", 512))
            for part in TEXT_ENCODERS
            if folder.has(part)
        ),
    )


def _samplers(scheduler: dict[str, Any]) -> tuple[str, ...]:
    """All, but for a model of zero terminal SNR (Lin et al. 2023, https://arxiv.org/abs/2305.08891) those that go by
    its noise schedule and do not leave that out without a word."""
    if not scheduler.get("rescale_betas_zero_snr", False):
        return SAMPLER_NAMES
    return tuple(filter(knows_zero_snr, SAMPLER_NAMES))


def check_predicts(name: str, scheduler: dict[str, Any]) -> None:
    """UserError unless the model predicts epsilon or v."""
    if scheduler.get("prediction_type", "epsilon") not in ("epsilon", "v_prediction"):
        raise UserError(
            f"“{name}” predicts {scheduler['prediction_type']}, and no sampler here works with that.",
            "Models that predict epsilon or v work.",
        )

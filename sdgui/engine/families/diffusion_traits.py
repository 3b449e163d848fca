"""What the families with a UNet have in common before torch is there: their checks, and the marks of few steps."""

import re
from dataclasses import dataclass
from typing import Any

from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import ModelFolder, factor_of, pair
from sdgui.errors import UserError
from sdgui.model_info import GuidanceKind
from sdgui.samplers import SAMPLER_NAMES

FEW = re.compile(r"turbo|lightning|lcm|hyper|schnell|distill|flash|dmd", re.IGNORECASE)
"""In the name that a distilled model says of itself."""
COUNT = re.compile(r"(?<![0-9])([1-9]|1[0-6])[-_ ]?steps?(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class FewSteps:
    """The defaults of a model that was distilled to few steps; `sampler` where its own files name one."""

    steps: int
    sampler: str | None = None


def diffusion_traits(
    folder: ModelFolder, *, steps: int, guidance: float, token_limit: int
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
        sampler="Euler" if few is None or few.sampler is None else few.sampler,
        samplers=SAMPLER_NAMES,
        token_limit=token_limit,
    )


def few_steps(folder: ModelFolder) -> FewSteps | None:
    """The marks of a distilled model, None where there are none.

    A consistency model comes with LCM's scheduler; an adversarially distilled one (Sauer et al. 2023,
    https://arxiv.org/abs/2311.17042; Lin et al. 2024, https://arxiv.org/abs/2402.13929) predicts epsilon and begins
    at the last timestep, which others do only together with v and zero terminal SNR.
    """
    scheduler = folder.scheduler
    kind = str(scheduler.get("_class_name"))
    name = said_name(folder)
    said = COUNT.search(name) if FEW.search(name) else None
    steps = None if said is None else int(said.group(1))
    if kind in ("LCMScheduler", "TCDScheduler"):
        return FewSteps(steps=6 if steps is None else steps, sampler="LCM")
    begins_last = (
        scheduler.get("timestep_spacing") == "trailing"
        and scheduler.get("prediction_type", "epsilon") == "epsilon"
        and not scheduler.get("rescale_betas_zero_snr", False)
    )
    if begins_last and kind.startswith("Euler"):
        ancestral = "Ancestral" in kind
        return FewSteps(
            steps=4 if steps is None else steps, sampler="Euler a" if ancestral else "Euler"
        )
    if FEW.search(name):
        return FewSteps(steps=6 if steps is None else steps)
    return None


def said_name(folder: ModelFolder) -> str:
    """The names that a model's own files give it, where they do."""
    part = "unet" if folder.has("unet") else "transformer"
    names = (folder.index.get("_name_or_path"), folder.config(part).get("_name_or_path"))
    return " ".join(name.rstrip("/").rpartition("/")[2] for name in names if isinstance(name, str))


def check_predicts(name: str, scheduler: dict[str, Any]) -> None:
    """UserError unless the model predicts epsilon or v."""
    if scheduler.get("prediction_type", "epsilon") not in ("epsilon", "v_prediction"):
        raise UserError(
            f"“{name}” predicts {scheduler['prediction_type']}, and no sampler here works with that.",
            "Models that predict epsilon or v work.",
        )

"""The marks by which a model that was distilled to few steps is told from others: no torch."""

import re
from dataclasses import dataclass

from sdgui.engine.model_folder import ModelFolder

FEW = re.compile(
    r"(?<![a-z])(turbo|lightning|lcm|hyper[-_]?(sd|flux)|schnell|distill(ed)?|flash[-_]?sd|dmd2?)(?![a-z])",
    re.IGNORECASE,
)
"""In the name that a distilled model says of itself: a word, for `hyperrealism` is another thing."""
COUNT = re.compile(r"(?<![0-9])([1-9]|1[0-6])[-_ ]?steps?(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class FewSteps:
    """The defaults of a model that was distilled to few steps; `sampler` where its own files name one."""

    steps: int
    sampler: str | None = None


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

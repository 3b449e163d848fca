"""A model's own safety checker by its files: no torch.

Only folders in diffusers' layout have one, and of the pipelines whose models work here only the Stable Diffusion of
the first years: diffusers has one class of it for all of them. A checkpoint in one file has none, or one that was put
into it by hand, whose shape nobody knows.
"""

from dataclasses import dataclass

from sdgui.engine.model_folder import VARIANTS, ModelFolder, weight_files
from sdgui.errors import UserError
from sdgui.model_info import SafetyChecker

PART, PREPROCESSING = "safety_checker", "feature_extractor"
KIND = "StableDiffusionSafetyChecker"
_SETTINGS = (f"{PART}/config.json", f"{PREPROCESSING}/preprocessor_config.json")
_NO_SAFETENSORS = "Its safety checker cannot be read here, as it is not there in safetensors."
_DAMAGED = "Its safety checker cannot be read here, as its file is damaged."
_INCOMPLETE = "Its safety checker cannot be read here, as files of it are missing."


@dataclass(frozen=True, kw_only=True)
class OwnChecker:
    """The files of a checker, relative to the model's folder, the variant of its weights and their bytes; none with a
    `fault`, in words."""

    files: tuple[str, ...] = ()
    variant: str | None = None
    bytes: int = 0
    fault: str = ""

    @property
    def told(self) -> SafetyChecker:
        """What the page and the studio know of it."""
        return SafetyChecker(fault=self.fault)


def find_checker(folder: ModelFolder, variant: str | None) -> OwnChecker | None:
    """The checker that a model's index names, of the weights' own variant where there are several; None where it names
    none."""
    if not folder.has(PART):
        return None
    if folder.class_of(PART) != KIND:
        return OwnChecker(fault="Its safety checker cannot be read here, as its kind is not known.")
    files = folder.files
    for one in dict.fromkeys((variant, *VARIANTS)):
        weights = weight_files(f"{PART}/model", one, files)
        if weights:
            if any(file not in files.sizes for file in _SETTINGS):
                return OwnChecker(fault=_INCOMPLETE)
            return _whole(folder, weights, one)
    return OwnChecker(fault=_NO_SAFETENSORS)


def _whole(folder: ModelFolder, weights: list[str], variant: str | None) -> OwnChecker:
    try:
        size = sum(
            folder.files.tensor_bytes(name) for name in weights if name.endswith(".safetensors")
        )
    except UserError:
        return OwnChecker(fault=_DAMAGED)
    return OwnChecker(files=(*_SETTINGS, *weights), variant=variant, bytes=size)

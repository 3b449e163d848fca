"""The families: those who recognise, at once, and those who run, when the worker asks for one."""

from importlib import import_module
from typing import TYPE_CHECKING

from sdgui.engine.families.recogniser import Recogniser
from sdgui.engine.families.sd1.recognise import SD1
from sdgui.engine.families.sd2.recognise import SD2
from sdgui.engine.families.sdxl.recognise import SDXL

if TYPE_CHECKING:  # the other half needs torch
    from sdgui.engine.families.family import Family

RECOGNISERS: tuple[Recogniser, ...] = (SD2, SD1, SDXL)
"""Where two have the same pipeline, the first that claims a model has it."""


def family_called(name: str) -> "Family":
    """The half of a family that runs models, by its name in ModelInfo; imports torch."""
    family: Family = import_module(f"sdgui.engine.families.{name}.family").FAMILY
    return family

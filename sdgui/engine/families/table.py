"""The families: those who recognise, at once, and those who run, when the worker asks for one."""

from importlib import import_module
from typing import TYPE_CHECKING

from sdgui.engine.families.recogniser import Recogniser
from sdgui.engine.families.sd1.recognise import SD1

if TYPE_CHECKING:  # the other half needs torch
    from sdgui.engine.families.family import Family

RECOGNISERS: tuple[Recogniser, ...] = (SD1,)


def family_called(name: str) -> "Family":
    """The half of a family that runs models, by its name in ModelInfo; imports torch."""
    family: Family = import_module(f"sdgui.engine.families.{name}.family").FAMILY
    return family

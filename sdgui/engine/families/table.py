"""The families by name."""

from sdgui.engine.families.family import Family
from sdgui.engine.families.sd1 import StableDiffusion1

FAMILIES: dict[str, Family] = {"sd1": StableDiffusion1()}

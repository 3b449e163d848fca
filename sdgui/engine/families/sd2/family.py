"""Stable Diffusion 2.x at work: the pipeline of 1.x."""

from sdgui.engine.families.family import Family
from sdgui.engine.families.sd1.family import StableDiffusion1

FAMILY: Family = StableDiffusion1()

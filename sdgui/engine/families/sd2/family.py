"""Stable Diffusion 2.x at work: the pipeline of 1.x."""

from sdgui.engine.families.sd1.family import StableDiffusion1

FAMILY = StableDiffusion1()

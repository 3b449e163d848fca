"""Stable Diffusion XL (Podell et al. 2023, https://arxiv.org/abs/2307.01952): two text encoders, 1024 pixels."""

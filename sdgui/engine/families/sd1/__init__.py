"""Stable Diffusion 1.x (Rombach et al. 2022, https://arxiv.org/abs/2112.10752): one CLIP text encoder, a UNet."""

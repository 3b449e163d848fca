"""Stable Diffusion 3 and 3.5 (Esser et al. 2024, https://arxiv.org/abs/2403.03206): two CLIPs, and a T5 or none."""

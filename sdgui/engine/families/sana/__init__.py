"""Sana (Xie et al. 2024, https://arxiv.org/abs/2410.10629): linear attention on latents 32 times smaller."""

"""Qwen-Image (Wu et al. 2025, https://arxiv.org/abs/2508.02324): a Qwen2.5-VL reads the prompt, and writes well."""

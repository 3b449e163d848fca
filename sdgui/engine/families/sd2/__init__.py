"""Stable Diffusion 2.x: as 1.x, with OpenCLIP's text encoder and, at 768 pixels, v-prediction."""

"""FLUX.1 (Black Forest Labs 2024): dev, whose guidance is distilled into it, and schnell, of few steps without."""

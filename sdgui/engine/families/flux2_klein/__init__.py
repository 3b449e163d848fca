"""FLUX.2 klein (Black Forest Labs 2026): base, and distilled to few steps; one Qwen3 reads the prompt."""

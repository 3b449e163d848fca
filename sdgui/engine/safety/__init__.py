"""A model's own safety checker: what came with a checkpoint to look at its finished pictures."""

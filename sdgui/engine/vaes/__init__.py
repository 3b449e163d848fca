"""VAEs of the owner's that stand in for a model's own: recognised, found by name, held beside a warm model."""

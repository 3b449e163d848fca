"""Pictures beside each other: difference maps, and sheets as PNG, ZIP and HTML."""

"""The public link."""

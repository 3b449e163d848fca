"""The Dream tab: what it shows, what its controls do, and its routes."""

"""Choosing together: whoever has the link to a wall says what to keep of it, and all see it at once."""

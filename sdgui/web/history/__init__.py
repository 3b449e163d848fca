"""History: every picture of the visitor, found again by when, how and from what it was made."""

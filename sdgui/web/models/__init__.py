"""The Models tab, the owner's: what is here, what is on its way, and what can be fetched."""

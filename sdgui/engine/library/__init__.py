"""The owner's models looked after: what is here, what is remembered of it, and what is fetched from a hub. No torch."""

"""The settings: what they hold, what each model allows, the panel on the right, and what is saved of them."""

"""A and B: two pictures side by side, and what tells them apart."""

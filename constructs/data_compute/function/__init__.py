"""A Python function, and what triggers it."""

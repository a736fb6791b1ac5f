"""A change deployed for real, to an embedded AWS of its own, and what came of it."""

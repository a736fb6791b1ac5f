"""Both sides of a change of this checkout, synthesized for `review` to compare: without an AWS, with nothing kept."""

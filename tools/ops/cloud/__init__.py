"""What AWS, or the embedded AWS, says of a deployed copy, and what can be asked of it."""

"""One EC2 machine, whatever it serves: what it is made of, and how it boots."""

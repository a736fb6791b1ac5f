"""The embedded AWS: the whole cloud on the laptop, deployed to by the real CDK command line."""

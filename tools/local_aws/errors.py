"""What a person is told instead of a traceback."""


class LocalAwsError(Exception):
    """Something that stops a command, said in a sentence that names the fix."""
